"""The clocks of a petition: started, met, cancelled, and put off. A clock's deadline never changes: see move_clocks."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from community_portal import rows
from community_portal.worktime import actions as worktime
from community_portal.worktime.deadlines import CalendarNotCovered
from community_portal.worktime.models import Clock
from community_portal.worktime.querysets import work_calendar
from petitions.catalogue import catalogue
from petitions.models import HANDLING, Application, ClockRule, Part, Petition, PetitionClock

Kind = ClockRule.Kind
MET, CANCELLED, MOVED = Clock.Outcome.MET, Clock.Outcome.CANCELLED, Clock.Outcome.MOVED


def new_clocks(petition: Petition, at: datetime, kinds: Iterable[str] = HANDLING) -> list[PetitionClock]:
    """Unsaved handling clocks of the petition's level, started at an instant; sets its nearest deadline too."""
    calendar = work_calendar()
    rules = catalogue().rules.get(petition.level_id, {})
    clocks = [
        worktime.start(
            rows.fresh(PetitionClock, petition=petition, kind=kind, started_at=at, rule=rules[kind]), calendar
        )
        for kind in kinds
        if kind in rules
    ]
    deadlines = [clock.due_at for clock in clocks if clock.due_at]
    petition.due_at = min([*deadlines, *([petition.due_at] if petition.due_at else [])], default=None)
    return clocks


def beside_clock(
    petition: Petition, kind: Kind, at: datetime, *, part: Part | None = None, application: Application | None = None
) -> PetitionClock | None:
    """An unsaved clock beside the handling, by the petition's level; None where the level has no such rule."""
    rule = catalogue().rules.get(petition.level_id, {}).get(kind)
    if rule is None:
        return None
    clock = PetitionClock(petition=petition, kind=kind, started_at=at, rule=rule, part=part, application=application)
    return worktime.start(clock, work_calendar())


def start_clock(
    petition: Petition, kind: Kind, at: datetime, *, part: Part | None = None, application: Application | None = None
) -> None:
    """Start and save such a clock where the level has a rule for it."""
    if clock := beside_clock(petition, kind, at, part=part, application=application):
        clock.save()


def start_until(petition: Petition, kind: Kind, at: datetime, until: datetime, rule: dict[str, Any]) -> PetitionClock:
    """Start and save a clock that brings its own end."""
    clock = PetitionClock(petition=petition, kind=kind, started_at=at, due_at=until, rule=rule)
    worktime.set_next_check(clock, at, work_calendar())
    clock.save()
    return clock


def open_clocks_of(petition: Petition) -> QuerySet[PetitionClock]:
    """The petition's own running clocks, without those of parts and applications."""
    return petition.clocks.filter(closed_at__isnull=True, part__isnull=True, application__isnull=True)


def close_clocks(petition: Petition, at: datetime, outcome: Clock.Outcome, kinds: Iterable[str] = HANDLING) -> None:
    """End the open clocks of these kinds; sets (without saving) the petition's nearest deadline and ladder level."""
    kinds, still_open = set(kinds), []
    for clock in open_clocks_of(petition):
        if clock.kind in kinds:
            worktime.close(clock, outcome, at)
            clock.save()
        elif clock.kind in HANDLING:
            still_open.append(clock)
    stand(petition, still_open)


def close_all(petitions: Sequence[Petition], at: Callable[[int], datetime]) -> None:
    """Every handling clock of these petitions is met, each at its petition's instant (by id); two statements."""
    wanted = PetitionClock.objects.filter(petition__in=petitions, closed_at__isnull=True, kind__in=HANDLING)
    clocks = list(wanted)
    for clock in clocks:
        worktime.close(clock, MET, at(clock.petition_id))
    rows.update(clocks, ["closed_at", "outcome", "next_check_at", "breached_at"])
    for petition in petitions:
        stand(petition, [])


def close_beside(clocks: QuerySet[PetitionClock], at: datetime, outcome: Clock.Outcome) -> None:
    """End the open ones of a part's or an application's clocks."""
    for clock in clocks.filter(closed_at__isnull=True):
        worktime.close(clock, outcome, at)
        clock.save()


def stand(petition: Petition, clocks: Iterable[PetitionClock]) -> None:
    """Set the nearest deadline and the ladder level of a petition whose open handling clocks are these."""
    clocks = list(clocks)
    petition.due_at = min((clock.due_at for clock in clocks if clock.due_at), default=None)
    petition.escalated_to = max((clock.reached for clock in clocks), default=Petition.Step.NONE)


def move_clocks(
    petition: Petition,
    at: datetime,
    due_of: Callable[[PetitionClock], datetime | None],
    kinds: Iterable[str] = HANDLING,
    rules: dict[str, dict[str, Any]] | None = None,
) -> dict[str, datetime | None]:
    """Put off the open clocks of these kinds: each ends as moved, and another one goes on from the same start.

    `due_of` gives the new deadline, None to leave a clock alone; `rules` are the rules that they go on with. Returns
    the new deadlines by kind, None where the working calendar does not reach.
    """
    kinds, running, moved = set(kinds), [], {}
    for clock in open_clocks_of(petition):
        if clock.kind not in HANDLING:
            continue
        if clock.kind in kinds and (after := _moved(clock, at, due_of, (rules or {}).get(clock.kind))):
            moved[clock.kind] = after.due_at
            clock = after
        running.append(clock)
    stand(petition, running)
    return moved


def _moved(
    clock: PetitionClock,
    at: datetime,
    due_of: Callable[[PetitionClock], datetime | None],
    rule: dict[str, Any] | None,
) -> PetitionClock | None:
    try:
        due = due_of(clock)
        if due is None or (due == clock.due_at and rule is None):
            return None
    except CalendarNotCovered:
        due = None
    worktime.close(clock, MOVED, at)
    clock.save()
    return go_on(clock, at, due, rule)


def go_on(
    clock: PetitionClock, at: datetime, due: datetime | None, rule: dict[str, Any] | None = None
) -> PetitionClock:
    """A new clock that goes on where one ended, with another deadline; saved."""
    after = PetitionClock(
        petition=clock.petition, kind=clock.kind, started_at=clock.started_at, due_at=due, rule=rule or clock.rule
    )
    if due is None:
        after.next_check_at = at + worktime.RETRY
    else:
        worktime.set_next_check(after, at, work_calendar())
    after.save()
    return after


def hold(petition: Petition, until: datetime) -> None:
    """Somebody has taken note: every handling clock remembers it, and a ladder with rungs left rests until then."""
    for clock in open_clocks_of(petition).filter(kind__in=HANDLING):
        clock.acknowledged_until = until
        if clock.next_check_at:
            clock.next_check_at = max(clock.next_check_at, until)
        clock.save(update_fields=["acknowledged_until", "next_check_at"])


def restart_sign_in(petition: Petition, at: datetime) -> None:
    """Somebody else is to sign in: their time starts now."""
    close_clocks(petition, at, CANCELLED, [Kind.SIGN_IN])
    PetitionClock.objects.bulk_create(new_clocks(petition, at, [Kind.SIGN_IN]))
