"""Councils, topics, meetings, resolutions, publications. Who proposed a topic stays on its page."""

from django.db.models import QuerySet
from rest_framework import serializers

from community_portal.interfaces.kinds import Kind
from community_portal.interfaces.rest.base import ReadOnly, Sparse
from community_portal.interfaces.rest.petitions import NUMBER
from community_portal.interfaces.rest.places import CODE
from councils.models import AgendaItem, Council, Meeting, Publication, Resolution, ResolutionTask, Topic
from councils.querysets import (
    councils_visible_to,
    meetings_visible_to,
    reach,
    resolutions_visible_to,
    topics_visible_to,
)
from grid.access import Scope


class CouncilData(Sparse):
    """A body of residents' self-government."""

    community = serializers.CharField(source="community.division.code")
    estate = serializers.CharField(source="estate.name", default=None, allow_null=True)

    class Meta:
        model = Council
        fields = ("id", "name", "kind", "level", "community", "estate", "venue", "place", "founded_on", "ended_on")


class Councils(ReadOnly):
    """议事组织."""

    kind = Kind.COUNCILS
    order = ("id",)
    serializer_class = CouncilData
    filterset_fields = ("kind", "level")
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Council]:
        """In the order of their founding in the portal."""
        return councils_visible_to(scope).select_related("community__division", "estate")


class TopicData(Sparse):
    """One matter for a council."""

    council = serializers.IntegerField(source="council_id")
    building = serializers.IntegerField(source="building_id", allow_null=True)
    handler = serializers.CharField(source="handler.name", default=None, allow_null=True)

    class Meta:
        model = Topic
        fields = (
            *("number", "council", "source", "title", "text", "building", "proposed_at", "state", "way", "handler"),
            *("due_at", "answer", "ended_at", "satisfied", "backers", "version"),
        )


class Topics(ReadOnly):
    """议题."""

    kind = Kind.COUNCILS
    serializer_class = TopicData
    filterset_fields = ("state", "way", "source")
    lookup_field = "number"
    lookup_value_regex = NUMBER

    def rows(self, scope: Scope) -> QuerySet[Topic]:
        """Newest first."""
        return topics_visible_to(scope).select_related("handler")


class AgendaData(serializers.ModelSerializer[AgendaItem]):
    """One item of a meeting."""

    topic = serializers.CharField(source="topic.number", default=None, allow_null=True)

    class Meta:
        model = AgendaItem
        fields = ("position", "title", "topic", "outcome")


class MeetingData(Sparse):
    """A meeting of a body with its agenda."""

    council = serializers.IntegerField(source="council_id")
    kind = serializers.CharField(source="kind.code")
    agenda = AgendaData(many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = (
            *("id", "council", "kind", "title", "state", "starts_at", "ends_at", "place", "entitled", "called_at"),
            *("confirmed_at", "agenda", "version"),
        )


class Meetings(ReadOnly):
    """会议."""

    kind = Kind.COUNCILS
    serializer_class = MeetingData
    filterset_fields = ("state",)
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Meeting]:
        """Newest first."""
        return meetings_visible_to(scope).select_related("kind").prefetch_related("agenda__topic")


class TaskData(serializers.ModelSerializer[ResolutionTask]):
    """One thing to be done under a resolution."""

    staff = serializers.CharField(source="staff.name")

    class Meta:
        model = ResolutionTask
        fields = ("position", "text", "staff", "due_on", "state", "reported_at", "accepted_at")


class ResolutionData(Sparse):
    """One decision and what is to be done."""

    council = serializers.IntegerField(source="council_id")
    meeting = serializers.IntegerField(source="meeting_id", allow_null=True)
    topic = serializers.CharField(source="topic.number", default=None, allow_null=True)
    tasks = TaskData(many=True, read_only=True)

    class Meta:
        model = Resolution
        fields = (
            *("id", "number", "council", "meeting", "topic", "title", "text", "state", "decided_on", "in_force_on"),
            *("done_at", "revoked_on", "tasks", "version"),
        )


class Resolutions(ReadOnly):
    """决议."""

    kind = Kind.COUNCILS
    serializer_class = ResolutionData
    filterset_fields = ("state",)
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Resolution]:
        """Newest first."""
        return resolutions_visible_to(scope).select_related("topic").prefetch_related("tasks__staff")


class PublicationData(Sparse):
    """What is published for objections, and until when."""

    council = serializers.IntegerField(source="council_id")
    resolution = serializers.IntegerField(source="resolution_id", allow_null=True)

    class Meta:
        model = Publication
        fields = (
            *("id", "council", "resolution", "kind", "title", "text", "days", "starts_at", "ends_at"),
            *("withdrawn_at", "reason"),
        )


class Publications(ReadOnly):
    """公示."""

    kind = Kind.COUNCILS
    serializer_class = PublicationData
    filterset_fields = ("kind",)
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Publication]:
        """Newest first."""
        return Publication.objects.filter(reach(scope, "council__"))
