"""What petitioners and hotlines do to a petition that exists."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from grid.models import Staff
from petitions.actions.base import RESIDENT, begin, finish, tell_staff
from petitions.actions.ending import follow_up, redo
from petitions.models import Petition
from petitions.workflow import Verb


@transaction.atomic
def petition_supplement(
    petition_id: int,
    *,
    at: datetime,
    text: str,
    actor: str = RESIDENT,
    by: Staff | None = None,
    version: int | None = None,
) -> Petition:
    """Add what the petitioner or the hotline says afterwards; the same words twice are kept once.

    `by` is the staff member who writes it down, None when `actor` says it themselves.
    """
    turn = begin(petition_id, Verb.SUPPLEMENT, by=by, at=at, text=text, actor="" if by else actor, version=version)
    petition = turn.petition
    said = petition.events.filter(verb=Verb.SUPPLEMENT, text=turn.text)
    if turn.text == petition.text or said.exists():
        return petition
    tell_staff(turn, petition.handler_id, _("有补充：%s") % petition.title, turn.text)
    finish(turn)
    return petition


@transaction.atomic
def petition_rate(
    petition_id: int, *, at: datetime, contacted: bool, solved: bool, satisfied: bool, text: str = ""
) -> Petition:
    """The petitioner's own follow-up answers. Solved and satisfied files it; otherwise it is done again (重办).

    Raises Changed when there is nothing to rate (not answered yet, or rated already).
    """
    turn = begin(petition_id, Verb.RATE, by=None, at=at, text=text, actor=RESIDENT)
    follow_up(turn, {"contacted": contacted, "solved": solved, "satisfied": satisfied})
    if not (solved and satisfied):
        redo(turn.petition, None, at, turn.text or _("居民评价：未解决或不满意"), RESIDENT)
    return turn.petition
