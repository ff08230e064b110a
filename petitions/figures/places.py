"""Whose figures a person may see: the divisions of their appointments and all below, by month."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from grid.access import COMMUNITY, DISTRICT, STREET, Scope, place_name
from grid.models import Division
from petitions.figures.sums import month_of
from petitions.models import Figure, PetitionFact

Level = Division.Level
HOME_COLUMNS = {Level.COMMUNITY: "home", Level.STREET: "street", Level.DISTRICT: "district"}
FIRST_YEAR = 2000


@dataclass(frozen=True)
class View:
    """One division's figures in one month."""

    place: Division
    month: date
    up: Division | None = None
    """The division above, when its figures may be seen too."""

    @property
    def name(self) -> str:
        """The division as people say it."""
        return place_name(self.place)

    @property
    def rolled(self) -> bool:
        """Whether its figures are rolled up from below."""
        return self.place.level != Level.COMMUNITY

    @property
    def homes(self) -> Q:
        """The condition on figures of the homes that it is made of: itself, and the communities below a street."""
        if self.place.level == Level.STREET:
            return Q(division=self.place) | Q(division__parent=self.place)
        return Q(division=self.place)

    def facts(self) -> QuerySet[PetitionFact]:
        """Its petitions' facts, of every month."""
        return PetitionFact.objects.filter(**{HOME_COLUMNS[Level(self.place.level)]: self.place})

    def totals(self) -> QuerySet[Figure]:
        """Its own sums, of every month and axis that is rolled up."""
        return Figure.objects.filter(division=self.place, rolled=self.rolled)


def divisions_visible_to(scope: Scope) -> QuerySet[Division]:
    """Communities, streets and districts inside the appointments' scope."""
    inside = (
        scope.matches(community="pk", street="pk", district="pk")
        | scope.matches(street="parent_id", district="parent_id")
        | scope.matches(district="parent__parent_id")
    )
    return Division.objects.filter(inside, level__in=HOME_COLUMNS).select_related("parent__parent")


def view_of(scope: Scope, query: Any, today: date) -> View | None:
    """What an address asks for (`place`, `month`), by default one's own place and this month; None outside the scope.

    A month that cannot be read, or lies ahead, is this one.
    """
    wanted = str(query.get("place", ""))
    own = next((ids for place in (DISTRICT, STREET, COMMUNITY) if (ids := scope.ids(place))), frozenset())
    if wanted and not (wanted.isascii() and wanted.isdigit() and len(wanted) < 18):
        return None
    found = divisions_visible_to(scope).filter(pk=int(wanted) if wanted else min(own, default=0)).first()
    return View(found, _month(str(query.get("month", "")), today), _above(found, scope)) if found else None


def _above(place: Division, scope: Scope) -> Division | None:
    up = place.parent
    held = scope.ids(STREET) | scope.ids(DISTRICT)
    return up if up and (up.pk in held or up.parent_id in held) else None


def _month(text: str, today: date) -> date:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return month_of(today)
    return month if month.year >= FIRST_YEAR and month <= today else month_of(today)


def below(place: Division) -> QuerySet[Division]:
    """The streets of a district, the communities of a street."""
    if place.level == Level.COMMUNITY:
        return Division.objects.none()
    return place.children.filter(level=place.level + 1).order_by("code")
