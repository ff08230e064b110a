"""What time itself decides: a suspension that has ended, an answer that nobody could be asked about."""

from datetime import datetime

from django.utils.translation import gettext as _

from community_portal.worktime.deadlines import CalendarNotCovered, put_off
from community_portal.worktime.querysets import work_calendar
from petitions.actions.base import SYSTEM, Turn, check, finish, tell_resident, tell_staff
from petitions.actions.timing import MET, Kind, close_clocks, go_on
from petitions.models import HANDLING, Petition, PetitionClock
from petitions.truth import deadline, moves_of
from petitions.workflow import Verb


def expire(clock: PetitionClock, at: datetime) -> None:
    """Take the last step of a clock whose time is up. The petition is locked."""
    if clock.kind == Kind.SUSPENSION:
        turn = check(clock.petition, Verb.RESUME, by=None, at=at, actor=SYSTEM, text=_("挂起到期"))
        resume(turn)
    elif clock.kind == Kind.FOLLOW_UP:
        archive(check(clock.petition, Verb.CLOSE, by=None, at=at, actor=SYSTEM, text=_("一直没有评价，也没问到")))


def resume(turn: Turn) -> None:
    """End a suspension: the clocks go on with what they had left when it began."""
    petition = turn.petition
    pause = petition.clocks.filter(kind=Kind.SUSPENSION, closed_at__isnull=True).get()
    close_clocks(petition, turn.at, MET, [Kind.SUSPENSION])
    stopped = petition.clocks.filter(
        kind__in=HANDLING, outcome=PetitionClock.Outcome.MOVED, closed_at=pause.started_at
    ).order_by("id")
    latest = {clock.kind: clock for clock in stopped}
    after = [go_on(clock, turn.at, _after(clock, pause.started_at, turn.at)) for clock in latest.values()]
    petition.due_at = min((clock.due_at for clock in after if clock.due_at), default=None)
    petition.escalated_to = Petition.Step.NONE
    tell_staff(turn, petition.handler_id, _("恢复办理：%s") % petition.title, turn.text)
    tell_resident(turn, _("您的诉求 %s 恢复办理") % petition.number)
    finish(turn, data={"paused_at": pause.started_at.isoformat()})


def _after(clock: PetitionClock, paused_at: datetime, at: datetime) -> datetime | None:
    """The deadline after the pause; of a clock that had none yet, worked out from the start."""
    calendar = work_calendar()
    try:
        if clock.due_at is not None:
            return put_off(clock.due_at, str(clock.rule["unit"]), paused_at, at, calendar)
        moves = moves_of(clock.petition.events.order_by("id"), clock.kind, clock.started_at)
        before = deadline(clock.rule, clock.started_at, moves, calendar)
        return put_off(before, str(clock.rule["unit"]), paused_at, at, calendar)
    except CalendarNotCovered:
        return None


def archive(turn: Turn) -> None:
    """File an answer that nobody could be asked about; the three questions stay open."""
    close_clocks(turn.petition, turn.at, PetitionClock.Outcome.CANCELLED, [Kind.FOLLOW_UP])
    turn.petition.closed_at = turn.at
    finish(turn, data={"contacted": None, "solved": None, "satisfied": None})
