"""Which turn of the rota an instant falls into, and how long a turn lasts. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from community_portal.worktime.deadlines import ONE_DAY, ZONE, CalendarNotCovered, WorkCalendar

DESK, PHONE = "desk", "phone"


@dataclass(frozen=True)
class Turn:
    """A day's turn at the desk or with the phone."""

    day: date
    kind: str


def turn_at(at: datetime, calendar: WorkCalendar) -> Turn:
    """Who is in charge: before the office opens still yesterday's phone, while it is open the desk, then the phone.

    On a day that the calendar does not cover nobody is taken to sit at the desk: the phone answers at any hour.
    """
    local = at.astimezone(ZONE)
    clock, day = local.timetz().replace(tzinfo=None), local.date()
    opens, closes = calendar.periods[0][0], calendar.periods[-1][1]
    if clock < opens:
        return Turn(day - ONE_DAY, PHONE)
    return Turn(day, DESK if clock < closes and _works(day, calendar) else PHONE)


def span_of(turn: Turn, calendar: WorkCalendar) -> tuple[datetime, datetime]:
    """From when to when a turn lasts."""
    opens, closes = calendar.periods[0][0], calendar.periods[-1][1]
    opening = datetime.combine(turn.day, opens, ZONE)
    closing = datetime.combine(turn.day, closes, ZONE)
    if turn.kind == DESK:
        return opening, closing
    return closing if _works(turn.day, calendar) else opening, opening + timedelta(days=1)


def in_turns(staff: list[int], first: date, last: date, days_each: int) -> dict[date, int]:
    """Whose turn each day from `first` to `last` is when they follow one another every so many days."""
    count = (last - first).days + 1
    return {first + ONE_DAY * n: staff[n // days_each % len(staff)] for n in range(count)}


def _works(day: date, calendar: WorkCalendar) -> bool:
    try:
        return calendar.is_workday(day)
    except CalendarNotCovered:
        return False
