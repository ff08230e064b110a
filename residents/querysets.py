"""Reads of buildings and households, each through the one access rule."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from community_portal.privacy.fields import Sealed
from community_portal.privacy.sealing import open_sealed
from grid.access import Scope
from residents.catalogue import tags
from residents.models import Building, ColourRule, Community, Fault, Household, Resident, Stay
from residents.wall import BuildingRow, HouseholdRow, Palette


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
    """The colours of a community's scheme; one query."""
    rules = ColourRule.objects.filter(scheme=community.scheme_id).order_by("rank")
    return Palette(rules.values_list("statuses", "label", "symbol", "swatch"))


def wall_buildings(buildings: QuerySet[Building]) -> list[BuildingRow]:
    """Buildings as the wall reads them, estate by estate in the order of their places; one query."""
    rows = buildings.order_by("estate__name", "position", "pk").values_list(
        "pk", "name", "estate__name", "grid_id", "grid__name", "grid__code"
    )
    return list(map(BuildingRow._make, rows))


def wall_households(households: QuerySet[Household], scope: Scope) -> list[HouseholdRow]:
    """Households as the wall reads them, with the sealed tags that the scope may see; one query, no model objects."""
    seen = tags().seen_by(scope)
    rows: Iterable[Any] = households.values_list(
        "pk", "building_id", "unit", "floor", "column", "room", "living", "statuses", "row_key", "care"
    )
    return [HouseholdRow._make([*row, [*statuses, *_open(key, care, seen)]]) for *row, statuses, key, care in rows]


def _open(row_key: UUID, care: Sealed, seen: frozenset[str]) -> list[str]:
    """The sealed tags of a household that are among `seen`; most households have none and are not opened."""
    if not (seen and care):
        return []
    return [code for code in open_sealed(Household, "care", row_key, care.blob).split() if code in seen]


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
