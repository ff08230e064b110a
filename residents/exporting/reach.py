"""From which part of their scope somebody may take a kind of list out, and how plain."""

from collections.abc import Collection
from dataclasses import replace

from community_portal.privacy.exports import ExportPermission, export_permission
from grid.access import COMMUNITY, GRID, Post, Scope
from grid.models import GridUnit


def reach_of(scope: Scope, kind: str) -> tuple[Scope, ExportPermission | None]:
    """The scope without the posts that take nothing of this kind out, and the permission; None when no post is left.

    Who is the head of one community and works a grid of another takes both out masked: a sheet is as plain as the least
    open place in it. A query only for people with such posts. Raises KeyError for an unknown kind.
    """
    held = [post for post in scope.posts if export_permission([post.role], kind)]
    permission = export_permission({post.role for post in held}, kind)
    if permission is not None and permission.plain:
        permission = replace(permission, plain=_plain_everywhere(held, kind))
    return replace(scope, posts=frozenset(held)), permission


def _plain_everywhere(held: Collection[Post], kind: str) -> bool:
    rights = {post: export_permission([post.role], kind) for post in held}
    plain = {(post.place, post.place_id) for post, right in rights.items() if right and right.plain}
    rest = {(post.place, post.place_id) for post in held} - plain
    grids = [place_id for place, place_id in rest if place == GRID]
    if len(grids) < len(rest):
        return False
    communities = [place_id for place, place_id in plain if place == COMMUNITY]
    return not grids or GridUnit.objects.filter(pk__in=grids, division__in=communities).count() == len(grids)
