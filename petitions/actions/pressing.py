"""Pressure from above and beside: taking note, supervising, hurrying. None of it changes who has the petition."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import Role, in_force
from grid.models import Staff
from petitions.actions.base import ActionRefused, begin, finish, tell_staff
from petitions.actions.timing import hold
from petitions.models import Petition
from petitions.workflow import Verb

HOLD_HOURS = (2, 4, 24)
PRESS_EVERY = timedelta(hours=1)


@transaction.atomic
def petition_acknowledge(
    petition_id: int, *, by: Staff, at: datetime, text: str, hours: int, version: int | None = None
) -> Petition:
    """Take note of an overdue petition with a reason: the ladder rests for so many hours (one of HOLD_HOURS)."""
    if hours not in HOLD_HOURS:
        raise ActionRefused(_("请选择暂缓升级的时长"))
    turn = begin(petition_id, Verb.ACKNOWLEDGE, by=by, at=at, text=text, version=version)
    until = at + timedelta(hours=hours)
    hold(turn.petition, until)
    finish(turn, data={"hours": hours, "until": until.isoformat()})
    return turn.petition


@transaction.atomic
def petition_supervise(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """A superior's instruction 督办; the handler and the community head are told at once."""
    turn = begin(petition_id, Verb.SUPERVISE, by=by, at=at, text=text, version=version)
    petition = turn.petition
    heads = in_force(localtime(at).date()).filter(role=Role.COMMUNITY_HEAD, division=petition.community_id)
    for staff_id in {petition.handler_id, *heads.values_list("staff_id", flat=True)}:
        tell_staff(turn, staff_id, _("督办：%s") % petition.title, turn.text)
    finish(turn)
    return petition


@transaction.atomic
def petition_press(
    petition_id: int,
    *,
    by: Staff | None,
    at: datetime,
    text: str = "",
    actor: str = "",
    version: int | None = None,
) -> Petition:
    """Hurry 催办: the handler is told at once, and the community head where nobody has it. Once an hour at most."""
    turn = begin(petition_id, Verb.PRESS, by=by, at=at, text=text, actor=actor, version=version)
    petition = turn.petition
    if petition.events.filter(verb=Verb.PRESS, at__gt=at - PRESS_EVERY).exists():
        raise ActionRefused(_("一小时内已经催过了，办理人看得到"))
    heads = in_force(localtime(at).date()).filter(role=Role.COMMUNITY_HEAD, division=petition.community_id)
    told = [petition.handler_id] if petition.handler_id else heads.values_list("staff_id", flat=True)
    for staff_id in told:
        tell_staff(turn, staff_id, _("催办：%s") % petition.title, turn.text)
    finish(turn)
    return petition
