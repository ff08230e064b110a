"""How a petition ends: filed after the follow-up, or refused; and how it begins anew."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grid.access import in_force
from grid.models import Staff
from petitions.actions.base import ActionRefused, Turn, begin, finish, tell_resident, tell_staff
from petitions.actions.beside import drop_all
from petitions.actions.timing import CANCELLED, MET, Kind, close_clocks, new_clocks
from petitions.catalogue import catalogue
from petitions.models import Ground, Petition, PetitionClock
from petitions.workflow import State, Verb

CHANNELS = {"phone": gettext_lazy("电话"), "link": gettext_lazy("短信链接"), "desk": gettext_lazy("当面")}


@transaction.atomic
def petition_close(
    petition_id: int,
    *,
    by: Staff,
    at: datetime,
    contacted: bool | None,
    solved: bool | None,
    satisfied: bool | None,
    channel: str = "",
    again: bool = False,
    text: str = "",
    version: int | None = None,
) -> Petition:
    """File the petition after the follow-up (回访); its three answers are kept apart, None meaning not reached.

    `channel` is one of CHANNELS; with `again` it is done again at once (不满意的重办).
    """
    turn = begin(petition_id, Verb.CLOSE, by=by, at=at, text=text, version=version)
    answers = {"contacted": contacted, "solved": solved, "satisfied": satisfied}
    follow_up(turn, answers, **({"channel": channel} if channel in CHANNELS else {}))
    if again:
        redo(turn.petition, by, at, turn.text or _("回访：未解决或不满意"))
    return turn.petition


def follow_up(turn: Turn, answers: dict[str, bool | None], **data: str) -> None:
    """Keep the three answers and file the petition."""
    petition = turn.petition
    close_clocks(petition, turn.at, MET, [Kind.FOLLOW_UP])
    petition.asked_contacted, petition.asked_solved = answers["contacted"], answers["solved"]
    petition.asked_satisfied = answers["satisfied"]
    petition.closed_at = turn.at
    finish(turn, data={**answers, **data})


def redo(petition: Petition, by: Staff | None, at: datetime, text: str, actor: str = "") -> None:
    """Reopen a petition that has just been filed, in the same transaction."""
    turn = Turn(petition, Verb.REOPEN, by, at, State.CLOSED, text, actor)
    reopen(turn)
    finish(turn)


@transaction.atomic
def petition_refuse(
    petition_id: int, *, by: Staff, at: datetime, ground: str, text: str = "", version: int | None = None
) -> Petition:
    """Not to be taken up 不予受理, on one of the listed grounds; the petitioner is told where to turn instead."""
    words = catalogue().grounds.get(Ground.Use.REFUSE, {}).get(ground)
    if words is None:
        raise ActionRefused(_("请选择不予受理的情形"))
    turn = begin(petition_id, Verb.REFUSE, by=by, at=at, text=f"{words}。{text.strip()}", version=version)
    drop_all(turn.petition, at)
    close_clocks(turn.petition, at, CANCELLED)
    turn.petition.closed_at, turn.petition.answer = at, turn.text
    tell_resident(turn, _("您的诉求 %s 不予受理") % turn.petition.number, turn.text)
    finish(turn, data={"ground": ground})
    return turn.petition


@transaction.atomic
def petition_reopen(
    petition_id: int, *, by: Staff | None, at: datetime, text: str, actor: str = "", version: int | None = None
) -> Petition:
    """Do it again 重办, with a fresh set of clocks; it goes back to its last handler, or to the queue without one."""
    turn = begin(petition_id, Verb.REOPEN, by=by, at=at, text=text, actor=actor, version=version)
    reopen(turn)
    finish(turn)
    return turn.petition


def reopen(turn: Turn) -> None:
    """The part of a reopening that a bad rating shares: fresh clocks, cleared answers, a handler still in office."""
    petition = turn.petition
    on = localtime(turn.at).date()
    if petition.handler_id and not in_force(on).filter(staff=petition.handler_id).exists():
        petition.handler = None
    petition.resolved_at = petition.closed_at = petition.due_at = None
    petition.asked_contacted = petition.asked_solved = petition.asked_satisfied = None
    petition.escalated_to = Petition.Step.NONE
    close_clocks(petition, turn.at, CANCELLED, [Kind.FOLLOW_UP])
    drop_all(petition, turn.at)
    PetitionClock.objects.bulk_create(new_clocks(petition, turn.at))
    tell_staff(turn, petition.handler_id, _("重办：%s") % petition.title, turn.text)
