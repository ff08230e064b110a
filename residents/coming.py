"""What comes up in the next days: elders' birthdays and ages to watch, and leases that end."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models.functions import ExtractDay, ExtractMonth
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from grid.access import RANK, Role, Scope
from residents.models import Household, Resident, Stay
from residents.querysets import households_visible_to
from residents.rules import age_on

BIRTHDAY_DAYS, LEASE_DAYS = 7, 30
OLD = 80
ROUND = frozenset({60, 70, 80, 90, 100})
MOST = 20


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing that is coming up: on which day, where, and in words; `round` for an age that changes something."""

    day: date
    household: Household
    text: str
    round: bool = False


def coming_up(scope: Scope, today: date) -> list[Coming]:
    """The nearest 20 in scope, by day; two queries.

    Birthdays within a week of those who turn 60, 70, 80, 90, 100 or are over 80, and leases that end within 30 days.
    For those who work with households: above the community nobody congratulates in person.
    """
    if not RANK[Role.GRID_WORKER] <= scope.rank < RANK[Role.STREET_OFFICER]:
        return []
    found = [*_birthdays(scope, today), *_leases(scope, today)]
    return sorted(found, key=lambda each: each.day)[:MOST]


def birthday_in(birth_date: date, year: int) -> date:
    """The day in a year; 1 March for somebody born on 29 February when it is a common year."""
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _birthdays(scope: Scope, today: date) -> list[Coming]:
    days = [today + timedelta(days=ahead) for ahead in range(BIRTHDAY_DAYS + 1)]
    months = {day.month for day in days}
    youngest = date(today.year - min(ROUND) + 1, 12, 31)
    stays: Any = Stay.objects.current().filter(
        household__in=households_visible_to(scope), resident__birth_date__lte=youngest, resident__died_on__isnull=True
    )
    near = stays.annotate(month=ExtractMonth("resident__birth_date"), on=ExtractDay("resident__birth_date"))
    rows = near.filter(month__in=months).select_related("resident", "household__building").order_by("id")
    return [each for stay in rows if (each := _birthday(stay, days))]


def _birthday(stay: Stay, days: list[date]) -> Coming | None:
    person: Resident = stay.resident
    day = next((day for day in days if birthday_in(person.birth_date, day.year) == day), None)
    age = age_on(person.birth_date, day) if day else 0
    if day is None or not (age in ROUND or age > OLD):
        return None
    words = _("%(name)s %(age)d 岁生日") % {"name": mask_name(person.name), "age": age}
    return Coming(day, stay.household, words, age in ROUND)


def _leases(scope: Scope, today: date) -> list[Coming]:
    ending = households_visible_to(scope).filter(lease_ends_on__range=(today, today + timedelta(days=LEASE_DAYS)))
    return [
        Coming(row.lease_ends_on, row, _("租期到"))
        for row in ending.select_related("building").order_by("lease_ends_on", "id")[:MOST]
        if row.lease_ends_on
    ]
