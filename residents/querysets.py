"""Reads of buildings and households, each through the one access rule."""

from django.db.models import Q, QuerySet

from grid.access import Scope
from residents.models import Building, Community, Household


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
    """Households inside the appointments' scope."""
    return Household.objects.filter(_reach(scope))


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
