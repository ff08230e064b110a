"""Reads of councils, each through the one access rule."""

from django.db.models import Q, QuerySet

from councils.models import Council
from grid.access import COMMUNITY, DISTRICT, GRID, STREET, Scope
from grid.models import GridUnit


def reach(scope: Scope, prefix: str = "") -> Q:
    """The condition on a model that `prefix` leads from to a council ("council__"): its community is in scope.

    A grid's worker sees the councils of the whole community: its topics come from every stairway.
    """
    held = scope.matches(
        community=f"{prefix}community_id",
        street=f"{prefix}community__division__parent_id",
        district=f"{prefix}community__division__parent__parent_id",
    )
    if grids := scope.ids(GRID):
        held |= Q(**{f"{prefix}community__in": GridUnit.objects.filter(pk__in=grids).values("division_id")})
    return held


def councils_visible_to(scope: Scope) -> QuerySet[Council]:
    """Councils and assemblies of the communities that the scope reaches into."""
    return Council.objects.filter(reach(scope))


def ids_of(council: Council) -> dict[str, int | None]:
    """The community, street and district of a council, for Scope.roles_over."""
    division = council.community.division
    return {
        COMMUNITY: council.community_id,
        STREET: division.parent_id,
        DISTRICT: division.parent.parent_id if division.parent else None,
    }


def roles_over(scope: Scope, council: Council) -> frozenset[str]:
    """The roles that reach a council; a grid's worker of the community counts as one there."""
    above = scope.roles_over(**ids_of(council))
    grids = scope.ids(GRID)
    if not grids:
        return above
    inside = set(GridUnit.objects.filter(pk__in=grids, division_id=council.community_id).values_list("pk", flat=True))
    return above | {post.role for post in scope.posts if post.place == GRID and post.place_id in inside}
