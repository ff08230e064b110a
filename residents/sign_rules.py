"""When the signs of a day can be seen and by when they must be. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings

from community_portal.worktime.deadlines import ZONE, parse_periods

MORNING, EVENING = "morning", "evening"
KINDS = (MORNING, EVENING)
MISSED_CLASS = "missed_sign"
# What the clock of a sign does at its hour: the worker is told, and a visit of MISSED_CLASS is called.
RULE = {"ladder": [{"action": "urge", "to": "handler", "amount": 0, "unit": "hour"}]}


@dataclass(frozen=True)
class Hours:
    """From when the curtain and the light are looked for, and by when they are missed where nothing else is said."""

    morning_from: time
    morning_by: time
    evening_from: time
    evening_by: time


@dataclass(frozen=True)
class Seen:
    """One sign's day: from when it can be seen, and by when it must be."""

    opens_at: datetime
    due_at: datetime


def hours() -> Hours:
    """The portal's hours from settings.WATCH_HOURS ("06:00-09:00,17:00-21:00")."""
    (morning_from, morning_by), (evening_from, evening_by) = parse_periods(settings.WATCH_HOURS)
    return Hours(morning_from, morning_by, evening_from, evening_by)


def times_of(kind: str, day: date, morning_by: time, evening_by: time) -> Seen:
    """The sign of a day for somebody with these hours; one that is due before it opens opens at midnight."""
    common = hours()
    opens, due = (common.morning_from, morning_by) if kind == MORNING else (common.evening_from, evening_by)
    return Seen(
        datetime.combine(day, opens if opens < due else time(), ZONE),
        datetime.combine(day, due, ZONE),
    )
