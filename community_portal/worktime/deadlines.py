"""Deadline arithmetic on plain values: no database, no clock on the wall, no guess.

Units (DOMAIN.md, 令39号 and 民法典 201-204):
minute, hour   plain time, day and night
day            calendar days: the same time of day, n days later
workhour       only time inside the working periods of working days counts
workday        the day of the start does not count; ends when the n-th following working day's work ends
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """How an amount of time is counted."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKHOUR = "workhour"
    WORKDAY = "workday"


class CalendarNotCovered(LookupError):
    """The working calendar has no entry for a day that the computation needs."""

    def __init__(self, day: date) -> None:
        super().__init__(f"工作日历没有 {day.year} 年的数据，无法计算 {day:%Y-%m-%d} 是否上班")
        self.day = day


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked and when. `workdays` maps each covered day to whether it is worked."""

    workdays: Mapping[date, bool]
    periods: tuple[tuple[time, time], ...] = field(default=((time(9), time(12)), (time(13), time(18))))

    def is_workday(self, day: date) -> bool:
        """Whether people work on that day. Raises CalendarNotCovered for a day without an entry."""
        try:
            return self.workdays[day]
        except KeyError:
            raise CalendarNotCovered(day) from None

    def closing(self, day: date) -> datetime:
        """When work ends on that day."""
        return datetime.combine(day, self.periods[-1][1], ZONE)

    def opening(self, day: date) -> datetime:
        """When work begins on that day."""
        return datetime.combine(day, self.periods[0][0], ZONE)

    def next_workday(self, day: date) -> date:
        """The first working day after that day. Raises CalendarNotCovered."""
        day += ONE_DAY
        while not self.is_workday(day):
            day += ONE_DAY
        return day


def parse_periods(text: str) -> tuple[tuple[time, time], ...]:
    """Working periods from "09:00-12:00,13:00-18:00". Raises ValueError when they overlap or run backwards."""
    pairs = [part.strip().split("-") for part in text.split(",")]
    periods = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in pairs)
    edges = [edge for period in periods for edge in period]
    if edges != sorted(set(edges)):
        raise ValueError(f"working periods must follow one another: {text!r}")
    return periods


def add(start: datetime, amount: int, unit: Unit | str, calendar: WorkCalendar) -> datetime:
    """The instant `amount` units after `start` (aware), in Asia/Shanghai.

    Raises CalendarNotCovered when a needed day is missing, ValueError for a naive start or a negative amount.
    """
    if start.tzinfo is None or amount < 0:
        raise ValueError("deadline arithmetic needs an aware start and a non-negative amount")
    start = start.astimezone(ZONE)
    match Unit(unit):
        case Unit.MINUTE:
            return start + timedelta(minutes=amount)
        case Unit.HOUR:
            return start + timedelta(hours=amount)
        case Unit.DAY:
            return start + timedelta(days=amount)
        case Unit.WORKHOUR:
            return _add_work(start, timedelta(hours=amount), calendar)
        case Unit.WORKDAY:
            return _add_workdays(start, amount, calendar)


def _add_workdays(start: datetime, amount: int, calendar: WorkCalendar) -> datetime:
    if amount == 0:
        return start
    day = start.date()
    for _ in range(amount):
        day = calendar.next_workday(day)
    return calendar.closing(day)


def _add_work(start: datetime, left: timedelta, calendar: WorkCalendar) -> datetime:
    if not left:
        return start
    day = start.date()
    while True:
        if calendar.is_workday(day):
            for opens, closes in calendar.periods:
                begin = max(datetime.combine(day, opens, ZONE), start)
                end = datetime.combine(day, closes, ZONE)
                if begin + left <= end:
                    return begin + left
                left -= max(end - begin, timedelta())
        day += ONE_DAY


def put_off(due: datetime, unit: Unit | str, paused: datetime, resumed: datetime, calendar: WorkCalendar) -> datetime:
    """A deadline after a pause that does not count; one that had passed when the pause began stays.

    minute, hour, day   as much later as the pause was long
    workhour            the working time that was left when the pause began, counted on from its end
    workday             the working days left after the day on which the pause began, at least one, from its end
    Raises CalendarNotCovered, and ValueError for a pause that ends before it begins.
    """
    if resumed < paused:
        raise ValueError("a pause ends after it begins")
    if paused >= due:
        return due
    match Unit(unit):
        case Unit.WORKHOUR:
            return _add_work(resumed.astimezone(ZONE), work_between(paused, due, calendar), calendar)
        case Unit.WORKDAY:
            return _add_workdays(resumed.astimezone(ZONE), max(1, workdays_left(paused, due, calendar)), calendar)
        case _:
            return due.astimezone(ZONE) + (resumed - paused)


def work_between(begin: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
    """The working time from one instant to another. Raises CalendarNotCovered."""
    begin, end, worked = begin.astimezone(ZONE), end.astimezone(ZONE), timedelta()
    day = begin.date()
    while day <= end.date():
        if calendar.is_workday(day):
            for opens, closes in calendar.periods:
                first = max(datetime.combine(day, opens, ZONE), begin)
                last = min(datetime.combine(day, closes, ZONE), end)
                worked += max(last - first, timedelta())
        day += ONE_DAY
    return worked


def workdays_left(begin: datetime, end: datetime, calendar: WorkCalendar) -> int:
    """The working days after the day of `begin`, up to the day of `end`. Raises CalendarNotCovered."""
    day, last = begin.astimezone(ZONE).date() + ONE_DAY, end.astimezone(ZONE).date()
    return sum(calendar.is_workday(day + n * ONE_DAY) for n in range((last - day).days + 1))


def leave_quiet(at: datetime, quiet: tuple[time, time]) -> datetime:
    """`at` itself, or the end of the quiet hours (such as 21:00 to 08:00) that it falls into."""
    at = at.astimezone(ZONE)
    begins, ends = quiet
    clock = at.timetz().replace(tzinfo=None)
    overnight = begins > ends
    if not (begins <= clock < ends if not overnight else clock >= begins or clock < ends):
        return at
    day = at.date() + ONE_DAY if overnight and clock >= begins else at.date()
    return datetime.combine(day, ends, ZONE)
