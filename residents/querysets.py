"""Reads of buildings and households, each through the one access rule."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from community_portal.privacy.fields import Sealed
from community_portal.privacy.sealing import open_sealed
from grid.access import DISTRICT, STREET, Scope
from residents.catalogue import tags
from residents.models import Building, ColourRule, Community, Fault, Household, Resident, SignDue, Stay
from residents.palette import Palette
from residents.wall import BuildingRow, HouseholdRow

WALL_COLUMNS = (
    "pk", "building_id", "unit", "floor", "column", "room", "living", "statuses", "storeys", "use", "key", "care",
)  # fmt: skip


def _reach(scope: Scope, prefix: str = "") -> Q:
    return scope.matches(
        grid=f"{prefix}grid_id",
        community=f"{prefix}community_id",
        street=f"{prefix}community__division__parent_id",
        district=f"{prefix}community__division__parent__parent_id",
    )


def buildings_visible_to(scope: Scope) -> QuerySet[Building]:
    """Buildings inside the appointments' scope."""
    return Building.objects.filter(_reach(scope))


def households_visible_to(scope: Scope) -> QuerySet[Household]:
    """Households inside the appointments' scope whose file is open."""
    return Household.objects.filter(_reach(scope), ended_on__isnull=True)


def reach_by_community(scope: Scope, prefix: str = "") -> Q:
    """The same reach, with the communities of streets and districts named one by one; one query, none without such.

    A condition over a join three tables away gives the planner no idea how many households it leaves, and a search in
    a whole district then reads all of them. Ids it can count.
    """
    held = scope.matches(grid=f"{prefix}grid_id", community=f"{prefix}community_id")
    if not (scope.ids(STREET) or scope.ids(DISTRICT)):
        return held
    above = scope.matches(street="division__parent_id", district="division__parent__parent_id")
    ids = list(Community.objects.filter(above).values_list("pk", flat=True))
    return held | Q(**{f"{prefix}community__in": ids})


def residents_visible_to(scope: Scope) -> QuerySet[Resident]:
    """People who belong to a household inside the appointments' scope now."""
    here = Stay.objects.current().filter(household__in=households_visible_to(scope))
    return Resident.objects.filter(pk__in=here.values("resident"))


def files_visible_to(scope: Scope) -> QuerySet[Household]:
    """Every file inside the appointments' scope, also those that have ended."""
    return Household.objects.filter(_reach(scope))


def known_to(scope: Scope) -> QuerySet[Resident]:
    """People who belong, or once belonged, to a household inside the appointments' scope."""
    return Resident.objects.filter(pk__in=Stay.objects.filter(household__in=files_visible_to(scope)).values("resident"))


def faults_visible_to(scope: Scope) -> QuerySet[Fault]:
    """What does not fit in the files in scope and waits for somebody.

    Of people in two households both must be seen, and the pair is listed once.
    """
    visible = households_visible_to(scope)
    both = Q(other__isnull=True) | Q(other__in=visible, household__lte=F("other"))
    return Fault.objects.filter(both, household__in=visible, accepted_at__isnull=True)


def signs_visible_to(scope: Scope) -> QuerySet[SignDue]:
    """Signs of households inside the appointments' scope that nobody has seen yet."""
    within = scope.matches(
        grid="grid_id",
        community="community_id",
        street="community__parent_id",
        district="community__parent__parent_id",
    )
    return SignDue.objects.filter(within, closed_at__isnull=True)


def communities_visible_to(scope: Scope) -> QuerySet[Community]:
    """Communities that the scope reaches into, wholly or by one of their grids."""
    whole = scope.matches(
        grid="division__grids__id",
        community="division_id",
        street="division__parent_id",
        district="division__parent__parent_id",
    )
    return (
        Community.objects.filter(whole)
        .select_related("division__parent", "scheme")
        .order_by("division__code")
        .distinct()
    )


def palette_of(community: Community) -> Palette:
    """The colours of a community's scheme; one query. A colour of one's own has a class of its own (c12)."""
    rules = ColourRule.objects.filter(scheme=community.scheme_id).order_by("rank")
    rows = list(rules.values_list("statuses", "label", "symbol", "swatch", "pk", "scheme__version"))
    own = any(swatch == ColourRule.Swatch.OWN for _s, _l, _y, swatch, _pk, _v in rows)
    return Palette(
        [
            (statuses, label, symbol, f"c{pk}" if swatch == ColourRule.Swatch.OWN else swatch)
            for statuses, label, symbol, swatch, pk, _version in rows
        ],
        reverse("colours-css", args=[community.scheme_id, rows[0][-1]]) if own else "",
    )


def wall_buildings(buildings: QuerySet[Building]) -> list[BuildingRow]:
    """Buildings as the wall reads them, estate by estate in the order of their places; one query."""
    rows = buildings.order_by("estate__name", "position", "pk").values_list(
        "pk", "name", "estate__name", "grid_id", "grid__name", "grid__code"
    )
    return list(map(BuildingRow._make, rows))


def wall_households(households: QuerySet[Household], scope: Scope) -> list[HouseholdRow]:
    """Households as the wall reads them, with the sealed tags that the scope may see; one query, no model objects."""
    seen = tags().seen_by(scope)
    # The key as text: thousands of UUID objects would be made for the few that are opened.
    rows: Iterable[Any] = households.annotate(key=Cast("row_key", TextField())).values_list(*WALL_COLUMNS)
    found = []
    for pk, building, unit, floor, column, room, living, statuses, storeys, use, key, care in rows:
        tags_here = [*statuses, *_open(key, care, seen)] if care else statuses
        found.append(HouseholdRow(pk, building, unit, floor, column, room, living, tags_here, storeys, use))
    return found


def _open(row_key: str, care: Sealed, seen: frozenset[str]) -> list[str]:
    """The sealed tags of a household that are among `seen`; most households have none and are not opened."""
    if not (seen and care):
        return []
    return [code for code in open_sealed(Household, "care", UUID(row_key), care.blob).split() if code in seen]


def building_counts(scope: Scope, communities: Iterable[Community]) -> dict[int, tuple[int, int]]:
    """(buildings, grids) that the scope shows in each of these communities, by community id; one query."""
    rows = (
        buildings_visible_to(scope)
        .filter(community__in=[row.pk for row in communities])
        .values_list("community_id")
        .annotate(Count("pk"), Count("grid_id", distinct=True))
        .order_by()
    )
    return {community: (buildings, grids) for community, buildings, grids in rows}
