"""Writes to the working calendar, and the one sweep of every clock."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

import chinese_calendar
from django.db import transaction
from django.db.models import QuerySet

from community_portal.worktime import ladder
from community_portal.worktime.deadlines import CalendarNotCovered, WorkCalendar
from community_portal.worktime.ladder import Step, StepAction
from community_portal.worktime.models import CalendarDay, Clock
from community_portal.worktime.querysets import forget_calendar

logger = logging.getLogger(__name__)

BATCH = 100
RETRY = timedelta(hours=1)
FIRST_YEAR, WEEKEND = 2018, 5

ClockT = TypeVar("ClockT", bound=Clock)


def load_calendar(*, first_year: int = FIRST_YEAR, until_year: int) -> list[int]:
    """Add the days of each year that the library covers; days already there, edited or not, stay. Returns the years."""
    loaded = []
    for year in range(first_year, until_year + 1):
        try:
            days = [_calendar_day(date(year, 1, 1) + timedelta(days=n)) for n in range(_days_in(year))]
        except NotImplementedError:
            break
        CalendarDay.objects.bulk_create(days, ignore_conflicts=True)
        loaded.append(year)
    forget_calendar()
    return loaded


def _days_in(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _calendar_day(day: date) -> CalendarDay:
    works, (is_holiday, name) = chinese_calendar.is_workday(day), chinese_calendar.get_holiday_detail(day)
    kind = CalendarDay.Kind.WORKDAY
    if works and day.weekday() >= WEEKEND:
        kind = CalendarDay.Kind.MAKEUP
    elif not works:
        kind = CalendarDay.Kind.HOLIDAY if is_holiday and name else CalendarDay.Kind.WEEKEND
    return CalendarDay(date=day, is_workday=works, kind=kind, name=name or "")


def start(clock: ClockT, calendar: WorkCalendar) -> ClockT:
    """Set the deadline and the first check of a new clock from its rule; without a calendar, try again in an hour."""
    try:
        clock.due_at = ladder.due_of(clock.rule, clock.started_at, calendar)
    except CalendarNotCovered as error:
        logger.error("clock %s waits for the working calendar: %s", clock.kind, error)
        clock.due_at, clock.next_check_at = None, clock.started_at + RETRY
        return clock
    set_next_check(clock, clock.started_at, calendar)
    return clock


def set_next_check(clock: Clock, at: datetime, calendar: WorkCalendar) -> None:
    """Point an open clock at its next rung; a rung that the calendar does not cover is tried again in an hour."""
    if clock.due_at is None:
        raise ValueError("a clock without a deadline has no rungs")
    try:
        clock.next_check_at = ladder.next_check(clock.rule, clock.step, clock.started_at, clock.due_at, calendar)
    except CalendarNotCovered as error:
        logger.error("clock %s waits for the working calendar: %s", clock.kind, error)
        clock.next_check_at = at + RETRY


def close(clock: Clock, outcome: Clock.Outcome, at: datetime) -> None:
    """End an open clock; one met after its deadline counts as breached at the deadline."""
    clock.closed_at, clock.outcome, clock.next_check_at = at, outcome, None
    if outcome == Clock.Outcome.MET and clock.due_at and at > clock.due_at and clock.breached_at is None:
        clock.breached_at = clock.due_at


def sweep(
    claim: Callable[[datetime, int], QuerySet[ClockT]],
    act: Callable[[Sequence[ClockT], datetime], None],
    *,
    at: datetime,
    batch: int = BATCH,
) -> int:
    """Act on every clock whose next check has come; returns how many were handled.

    `claim(at, n)` gives at most n due rows under FOR UPDATE SKIP LOCKED; `act(clocks, at)` takes their rungs and
    saves where each is to be looked at next. A batch is one transaction: a worker killed in its middle leaves all of
    it to the next one. When a batch fails its clocks are taken one by one; the one that fails alone is pushed on an
    hour and reported.
    """
    handled = 0
    while True:
        count = _sweep_batch(claim, act, at, batch)
        handled += count
        if count < batch:
            return handled


def _sweep_batch(
    claim: Callable[[datetime, int], QuerySet[ClockT]],
    act: Callable[[Sequence[ClockT], datetime], None],
    at: datetime,
    batch: int,
) -> int:
    with transaction.atomic():
        clocks = list(claim(at, batch))
        if not clocks:
            return 0
        try:
            with transaction.atomic():
                act(clocks, at)
        except Exception:
            logger.exception("a batch of %s clocks failed; taking them one by one", len(clocks))
            _one_by_one(clocks, act, at)
    return len(clocks)


def _one_by_one(clocks: Sequence[ClockT], act: Callable[[Sequence[ClockT], datetime], None], at: datetime) -> None:
    for clock in clocks:
        fresh = type(clock)._default_manager.get(pk=clock.pk)
        try:
            with transaction.atomic():
                act([fresh], at)
        except Exception:
            logger.exception("clock %s %s is poisoned; looked at again in an hour", type(clock).__name__, clock.pk)
            type(clock)._default_manager.filter(pk=clock.pk).update(next_check_at=at + RETRY)


def rungs_reached(clock: Clock, at: datetime, calendar: WorkCalendar) -> Iterator[Step]:
    """The rungs of a clock with a deadline that are due by now, in order, up to the first that is not.

    After an outage several may have come due at once: all are given, but a warning whose deadline has passed meanwhile
    is only counted as taken, since the urging says it. The caller counts those it is given.
    """
    assert clock.due_at is not None
    for step in ladder.steps_of(clock.rule)[clock.step :]:
        try:
            if step.instant(clock.started_at, clock.due_at, calendar) > at:
                return
        except CalendarNotCovered:
            return
        if step.action == StepAction.WARN and at >= clock.due_at:
            clock.step += 1
        else:
            yield step
