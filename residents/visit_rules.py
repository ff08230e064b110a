"""When a household is visited next, what counts as a visit, and what to try when nobody opens. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from community_portal.worktime.deadlines import ZONE, CalendarNotCovered, WorkCalendar

ONE_DAY = timedelta(days=1)
CALL, NEIGHBOUR, EVENING, HEAD = "call", "neighbour", "evening", "head"
# From the second attempt in a row that meets nobody on, each brings the next way to try.
WAYS = (CALL, NEIGHBOUR, EVENING, HEAD)
FIRST_WAY_AFTER = 2
WAY_WORDS = {
    CALL: _("先打电话约"),
    NEIGHBOUR: _("问问邻居"),
    EVENING: _("晚上再去一次"),
    HEAD: _("已请社区书记出面"),
}


@dataclass(frozen=True)
class Cadence:
    """How often a class is visited: every so many days; without `on_holidays` never due on a day off."""

    every_days: int
    window_days: int
    on_holidays: bool


@dataclass(frozen=True)
class Span:
    """When a visit joins the round, and by when it must be made."""

    opens_at: datetime
    due_at: datetime


def class_for(statuses: Iterable[str], classes: Sequence[tuple[int, frozenset[str]]]) -> int | None:
    """The first class (id, statuses), by rank, that fits one of a household's statuses; None for none."""
    held = frozenset(statuses)
    return next((pk for pk, wanted in classes if held & wanted), None)


def next_visit(last: date, cadence: Cadence, calendar: WorkCalendar) -> Span:
    """The visit after one made on a day: due when work ends, so many days later."""
    return due_on(last + timedelta(days=cadence.every_days), cadence, calendar)


def first_visit(today: date, household: int, cadence: Cadence, calendar: WorkCalendar) -> Span:
    """The first visit of a household never visited: spread over the cadence, so that no day gets them all."""
    return due_on(today + timedelta(days=1 + household % cadence.every_days), cadence, calendar)


def due_on(day: date, cadence: Cadence, calendar: WorkCalendar) -> Span:
    """A visit due on a day, or on the first working day after it when the class rests on days off.

    A day that the calendar does not cover stays as it is: the cadence itself says that day, nothing is guessed.
    """
    if not cadence.on_holidays:
        day = _working(day, calendar)
    due_at = calendar.closing(day)
    opens = day - timedelta(days=min(cadence.window_days, cadence.every_days - 1))
    return Span(datetime.combine(opens, datetime.min.time(), ZONE), due_at)


def _working(day: date, calendar: WorkCalendar) -> date:
    try:
        return day if calendar.is_workday(day) else calendar.next_workday(day)
    except CalendarNotCovered:
        return day


def way_after(tries: int) -> str:
    """What to try after so many attempts in a row that met nobody; "" after the first, the head from the fifth on."""
    if tries < FIRST_WAY_AFTER:
        return ""
    return WAYS[min(tries - FIRST_WAY_AFTER, len(WAYS) - 1)]


def is_off_hours(at: datetime, calendar: WorkCalendar) -> bool:
    """Whether a visit was made outside working hours; on a day without calendar only the hour counts."""
    local = at.astimezone(ZONE)
    try:
        if not calendar.is_workday(local.date()):
            return True
    except CalendarNotCovered:
        pass
    clock = local.timetz().replace(tzinfo=None)
    return not calendar.periods[0][0] <= clock <= calendar.periods[-1][1]
