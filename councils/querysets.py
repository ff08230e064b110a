"""Reads of councils, each through the one access rule."""

from django.db.models import F, Q, QuerySet

from councils.models import AgendaItem, Council, Meeting, Resolution, Topic
from councils.workflow import OPEN_TOPICS, MeetingState, TopicState
from grid.access import COMMUNITY, DISTRICT, GRID, STREET, Scope
from grid.models import GridUnit

COMING = (MeetingState.PLANNED, MeetingState.CALLED, MeetingState.OPEN)


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


def topics_visible_to(scope: Scope) -> QuerySet[Topic]:
    """Topics of the councils in scope."""
    return Topic.objects.filter(reach(scope, "council__"))


def meetings_visible_to(scope: Scope) -> QuerySet[Meeting]:
    """Meetings of the councils in scope."""
    return Meeting.objects.filter(reach(scope, "council__"))


def resolutions_visible_to(scope: Scope) -> QuerySet[Resolution]:
    """Resolutions of the councils in scope."""
    return Resolution.objects.filter(reach(scope, "council__"))


def topics_by_time(topics: QuerySet[Topic]) -> QuerySet[Topic]:
    """Those somebody must do something about, the nearest deadline first; those without a deadline last."""
    return topics.filter(state__in=OPEN_TOPICS).order_by(F("due_at").asc(nulls_last=True), "id")


def unplanned_topics(council: Council) -> QuerySet[Topic]:
    """Topics of a council that wait for a meeting and are on no agenda to come, the nearest deadline first."""
    coming = AgendaItem.objects.filter(meeting__council=council, meeting__state__in=COMING, topic__isnull=False)
    listed = Topic.objects.filter(council=council, state=TopicState.LISTED).exclude(pk__in=coming.values("topic"))
    return listed.order_by(F("due_at").asc(nulls_last=True), "id")


def public_topics(council: Council) -> QuerySet[Topic]:
    """What the public sees of a council's topics: sorted ones, neither declined nor merged, newest first."""
    hidden = (TopicState.PROPOSED, TopicState.DECLINED, TopicState.MERGED)
    return Topic.objects.filter(council=council).exclude(state__in=hidden).order_by("-id")
