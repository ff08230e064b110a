"""Petitions with their clocks and history; every verb of the one table as a POST."""

import json
from collections.abc import Mapping
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal.interfaces.kinds import Kind
from community_portal.interfaces.rest.base import ReadOnly, Sparse
from community_portal.interfaces.rest.errors import Conflict, Invalid
from community_portal.privacy.disclosure import NAME, PHONE, show
from grid.access import Scope
from grid.querysets import grids_visible_to
from petitions import trail
from petitions.actions.base import ActionRefused, Changed, roles_over, verbs_now
from petitions.filters import PetitionFilter
from petitions.forms.acts import FORMS, ActForm
from petitions.models import Petition, PetitionClock, PetitionEvent
from petitions.querysets import matching, visible_to
from petitions.views.common import PAGE_RELATED
from petitions.workflow import State, Verb

NUMBER = r"[A-Za-z0-9-]{1,20}"
RELATED = ("level", "category", "handler", "organisation", "grid", "community", "street", "district")
MOST_EVENTS = 200
LONGEST_WORDS = 100


class PetitionQuery(PetitionFilter):
    """The filters of the order list, and two that its tabs and search box have there."""

    category = extend_schema_field(OpenApiTypes.STR)(PetitionFilter.base_filters["category"])
    level = extend_schema_field(OpenApiTypes.STR)(PetitionFilter.base_filters["level"])
    grid = extend_schema_field(OpenApiTypes.INT)(PetitionFilter.base_filters["grid"])
    state = django_filters.ChoiceFilter(choices=State.choices, label=gettext_lazy("状态"))
    q = django_filters.CharFilter(
        method="of_words", label=gettext_lazy("工单号、来单编号、电话、标题、地址里的字"), max_length=LONGEST_WORDS
    )

    def __init__(self, data: Any = None, queryset: Any = None, *, request: Request, prefix: Any = None) -> None:
        view = request.parser_context["view"]
        super().__init__(data, queryset, staff=view.staff, grids=grids_visible_to(view.scope), now=view.at)

    def of_words(self, queryset: QuerySet[Petition], _name: str, value: str) -> QuerySet[Petition]:
        """As the search box of the list finds them."""
        return matching(queryset, value)


class PetitionData(Sparse):
    """A petition. Who asked is masked as on its page; whoever was anonymous has left nothing."""

    level = serializers.CharField(source="level.code", help_text=gettext_lazy("响应级别的代码"))
    category = serializers.CharField(source="category.code", default=None, allow_null=True)
    community = serializers.CharField(source="community.code", default=None, allow_null=True)
    street = serializers.CharField(source="street.code", default=None, allow_null=True)
    district = serializers.CharField(source="district.code", default=None, allow_null=True)
    grid = serializers.CharField(source="grid.code", default=None, allow_null=True)
    handler = serializers.CharField(source="handler.name", default=None, allow_null=True)
    organisation = serializers.CharField(source="organisation.name", default=None, allow_null=True)
    building = serializers.IntegerField(source="building_id", allow_null=True)
    household = serializers.IntegerField(source="household_id", allow_null=True)
    outside_no = serializers.CharField(help_text=gettext_lazy("来单系统里的编号"))
    caller_name = serializers.SerializerMethodField()
    caller_phone = serializers.SerializerMethodField()

    class Meta:
        model = Petition
        fields: tuple[str, ...] = (
            *("number", "state", "title", "text", "source", "kind", "level", "category", "anonymous"),
            *("external_system", "outside_no", "caller_name", "caller_phone", "address", "jurisdiction"),
            *("community", "street", "district", "grid", "building", "household", "handler", "organisation"),
            *("escalated_to", "received_at", "registered_at", "due_at", "resolved_at", "closed_at", "answer"),
            *("asked_contacted", "asked_solved", "asked_satisfied", "version"),
        )

    def get_caller_name(self, petition: Petition) -> str:
        """Masked for this reader."""
        return show(self._roles(petition), NAME, petition.caller_name)

    def get_caller_phone(self, petition: Petition) -> str:
        """Masked for this reader."""
        return show(self._roles(petition), PHONE, petition.caller_phone)

    def _roles(self, petition: Petition) -> frozenset[str]:
        context = self.context
        return roles_over(petition, context["staff"], localtime(context["at"]).date())


class ClockData(serializers.ModelSerializer[PetitionClock]):
    """A deadline, running or ended."""

    class Meta:
        model = PetitionClock
        fields = ("id", "kind", "started_at", "due_at", "closed_at", "outcome", "reached")


class EventData(serializers.ModelSerializer[PetitionEvent]):
    """One thing that happened, in the words of the order page."""

    by = serializers.SerializerMethodField(help_text=gettext_lazy("谁办的"))
    text = serializers.SerializerMethodField(help_text=gettext_lazy("说明"))

    class Meta:
        model = PetitionEvent
        fields = ("id", "at", "verb", "old_state", "new_state", "by", "text")

    def get_by(self, event: PetitionEvent) -> str:
        """A name, or the side without an account."""
        return event.by.name if event.by else event.actor

    def get_text(self, event: PetitionEvent) -> str:
        """As the page says it."""
        return trail.lines([event])[0].text


class WholePetition(PetitionData):
    """A petition with its clocks, its history (the latest 200 events, oldest first) and what the asker may do now."""

    clocks = ClockData(many=True, read_only=True)
    events = serializers.SerializerMethodField()
    verbs = serializers.SerializerMethodField(help_text=gettext_lazy("现在可以办的动作"))

    class Meta(PetitionData.Meta):
        fields = (*PetitionData.Meta.fields, "clocks", "events", "verbs")

    @extend_schema_field(EventData(many=True))
    def get_events(self, petition: Petition) -> Any:
        """One query."""
        latest = petition.events.select_related("by").order_by("-id")[:MOST_EVENTS]
        return EventData(list(reversed(latest)), many=True).data

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": [verb.value for verb in FORMS]}})
    def get_verbs(self, petition: Petition) -> list[str]:
        """By state and role."""
        possible = verbs_now(petition, self.context["staff"], self.context["at"])
        return [verb.value for verb in possible if verb in FORMS]


class Petitions(ReadOnly):
    """诉求工单."""

    kind = Kind.PETITIONS
    serializer_class = PetitionData
    filterset_class = PetitionQuery
    lookup_field = "number"
    lookup_value_regex = NUMBER

    def rows(self, scope: Scope) -> QuerySet[Petition]:
        """Newest first."""
        return visible_to(scope).select_related(*RELATED).defer("search")

    def get_serializer_class(self) -> Any:
        """One petition is told whole."""
        return PetitionData if self.action == "list" else WholePetition

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path=r"(?P<verb>[a-z_]{1,20})", url_name="act")
    def act(self, request: Request, number: str, verb: str) -> Response:
        """Do it, as the form of the page does; answers with the petition as it is then."""
        if verb not in FORMS:
            get_object_or_404(Petition.objects.none())
        found = self.rows(self.scope).select_related(*PAGE_RELATED)
        petition = get_object_or_404(found.defer("search", "original__text"), number=number)
        form = FORMS[Verb(verb)](_as_form(request.data), staff=self.staff, now=self.at, petition=petition)
        if not form.is_valid():
            raise Invalid({name: [str(each) for each in said] for name, said in form.errors.items()})
        _done(form)
        again = get_object_or_404(Petition.objects.select_related(*RELATED).defer("search"), pk=petition.pk)
        return Response(WholePetition(again, context=self.get_serializer_context()).data)


def _done(form: ActForm) -> None:
    """Do it. Raises Conflict where it is not possible, Invalid where one field is at fault."""
    try:
        form.act()
    except Changed as error:
        raise Conflict("changed", str(error)) from error
    except ActionRefused as error:
        raise Conflict("refused", str(error)) from error
    except ValidationError as error:
        raise Invalid({"": list(error.messages)}) from error


def _as_form(said: Any) -> dict[str, Any]:
    """A JSON object as what a form reads: yes and no, numbers and lists as their texts. Raises Invalid."""
    if not isinstance(said, Mapping):
        raise Invalid({"": [_("请求体应为一个 JSON 对象")]}, 400)
    return {str(name): _plain(value) for name, value in said.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return "" if value is None else _writable(value)
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return json.dumps(value)


def _writable(text: str) -> str:
    """Raises Invalid for half of a surrogate pair, which no database keeps."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Invalid({"": [_("含有不能保存的字符")]}) from error
    return text
