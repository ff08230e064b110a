"""The working calendar as the pure functions need it."""

from datetime import date, timedelta

from django.conf import settings

from community_portal.remembered import Remembered
from community_portal.worktime.deadlines import WorkCalendar, parse_periods
from community_portal.worktime.models import CalendarDay

_calendar: Remembered[None, WorkCalendar] = Remembered()


def work_calendar() -> WorkCalendar:
    """The whole calendar (a few thousand days), read at most once a minute by each process."""
    return _calendar.get(None, _read)


def _read() -> WorkCalendar:
    days = dict(CalendarDay.objects.values_list("date", "is_workday"))
    return WorkCalendar(days, parse_periods(settings.WORK_HOURS))


def forget_calendar() -> None:
    """Make the next reader load the calendar anew, after an edit in this process."""
    _calendar.forget()


def first_gap(first: date, last: date) -> date | None:
    """The first day from `first` to `last` that the calendar does not cover, None when it covers them all."""
    covered = set(CalendarDay.objects.filter(date__range=(first, last)).values_list("date", flat=True))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return next((day for day in days if day not in covered), None)
