"""The working calendar as the pure functions need it."""

import time as monotonic
from datetime import date, timedelta

from django.conf import settings

from community_portal.worktime.deadlines import WorkCalendar, parse_periods
from community_portal.worktime.models import CalendarDay

CACHE_SECONDS = 60
_cached: tuple[float, WorkCalendar] | None = None


def work_calendar() -> WorkCalendar:
    """The whole calendar (a few thousand days), read at most once a minute by each process."""
    global _cached
    now = monotonic.monotonic()
    if _cached is None or now - _cached[0] > CACHE_SECONDS:
        days = dict(CalendarDay.objects.values_list("date", "is_workday"))
        _cached = (now, WorkCalendar(days, parse_periods(settings.WORK_HOURS)))
    return _cached[1]


def forget_calendar() -> None:
    """Make the next reader load the calendar anew, after an edit in this process."""
    global _cached
    _cached = None


def first_gap(first: date, last: date) -> date | None:
    """The first day from `first` to `last` that the calendar does not cover, None when it covers them all."""
    covered = set(CalendarDay.objects.filter(date__range=(first, last)).values_list("date", flat=True))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return next((day for day in days if day not in covered), None)
