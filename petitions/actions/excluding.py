"""Leaving a petition out of the rates 剔除, and counting it again. Handling and deadlines go on as they are."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from grid.models import Staff
from petitions.actions.base import ActionRefused, Turn, begin, finish, tell_staff
from petitions.catalogue import catalogue
from petitions.models import Ground, Petition
from petitions.workflow import Verb


@transaction.atomic
def petition_exclude(
    petition_id: int, *, by: Staff, at: datetime, ground: str, text: str, version: int | None = None
) -> Petition:
    """Leave it out on one of the listed grounds, with a reason. Raises ActionRefused when it is out already."""
    words = catalogue().grounds.get(Ground.Use.EXCLUDE, {}).get(ground)
    if words is None:
        raise ActionRefused(_("请选择剔除的情形"))
    turn = begin(petition_id, Verb.EXCLUDE, by=by, at=at, text=text, version=version)
    if is_excluded(turn.petition):
        raise ActionRefused(_("这件工单已经剔除了"))
    turn.text = f"{words}。{turn.text}"
    return _say(turn, _("已从考核中剔除：%s"), {"ground": ground})


@transaction.atomic
def petition_include(petition_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """Count it again, with a reason. Raises ActionRefused when it counts."""
    turn = begin(petition_id, Verb.INCLUDE, by=by, at=at, text=text, version=version)
    if not is_excluded(turn.petition):
        raise ActionRefused(_("这件工单没有剔除"))
    return _say(turn, _("恢复计入考核：%s"), {})


def is_excluded(petition: Petition) -> bool:
    """Whether somebody left it out and nobody has taken that back; one query."""
    said = petition.events.filter(verb__in=(Verb.EXCLUDE, Verb.INCLUDE)).order_by("-id")
    return said.values_list("verb", flat=True).first() == Verb.EXCLUDE


def _say(turn: Turn, title: str, data: dict[str, str]) -> Petition:
    tell_staff(turn, turn.petition.handler_id, title % turn.petition.title, turn.text)
    finish(turn, data=data)
    return turn.petition
