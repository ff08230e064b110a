"""Households, the people who live there, and visits: masked by the table of privacy.disclosure, nothing opened."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from community_portal.interfaces.kinds import Kind
from community_portal.interfaces.rest.base import ReadOnly, Sparse
from community_portal.interfaces.rest.places import CODE
from community_portal.privacy.disclosure import BIRTH_DATE, ID_NUMBER, NAME, PHONE, show
from grid.access import Scope
from residents.actions.base import ids_of
from residents.catalogue import tags
from residents.models import Household, Stay, Visit, VisitDue
from residents.querysets import households_visible_to

PLACE = ("building", "community__division__parent", "grid")


def _roles(household: Household, context: Mapping[str, Any]) -> frozenset[str]:
    scope: Scope = context["scope"]
    return scope.roles_over(**ids_of(household))


class HouseholdData(Sparse):
    """A dwelling's file. `tags` are the living status and the care tags that the asker may see."""

    community = serializers.CharField(source="community.division.code")
    grid = serializers.CharField(source="grid.code")
    building = serializers.IntegerField(source="building_id")
    building_name = serializers.CharField(source="building.name")
    care_class = serializers.CharField(source="care_class.code", default=None, allow_null=True)
    tags = serializers.SerializerMethodField()
    owner_name = serializers.SerializerMethodField(help_text=gettext_lazy("产权人，脱敏"))
    owner_phone = serializers.SerializerMethodField(help_text=gettext_lazy("脱敏"))

    class Meta:
        model = Household
        fields = (
            *("id", "community", "grid", "building", "building_name", "unit", "floor", "room", "storeys", "use"),
            *("area", "beds", "living", "tags", "care_class", "owner_name", "owner_phone", "lease_ends_on"),
            *("utilities_off", "version"),
        )

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_tags(self, household: Household) -> list[str]:
        """Codes."""
        seen = tags().seen_by(self.context["scope"])
        sealed = [code for code in household.care.split() if code in seen] if seen else []
        return list(dict.fromkeys([*household.statuses, *sealed]))

    def get_owner_name(self, household: Household) -> str:
        """Masked for this reader."""
        return show(_roles(household, self.context), NAME, household.owner_name)

    def get_owner_phone(self, household: Household) -> str:
        """Masked for this reader."""
        return show(_roles(household, self.context), PHONE, household.owner_phone)


class HouseholdQuery(django_filters.FilterSet):
    """By place, living status and visiting class."""

    grid = django_filters.CharFilter(field_name="grid__code", max_length=15)
    building = django_filters.NumberFilter(field_name="building_id", min_value=1)
    living = django_filters.ChoiceFilter(choices=Household.Living.choices)
    care_class = django_filters.CharFilter(field_name="care_class__code", max_length=20)


class Households(ReadOnly):
    """户."""

    kind = Kind.HOUSEHOLDS
    order = ("id",)
    serializer_class = HouseholdData
    filterset_class = HouseholdQuery
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Household]:
        """In the order they were entered."""
        return households_visible_to(scope).select_related(*PLACE, "care_class")


class ResidentData(Sparse):
    """Somebody who lives in a household now; `id` is the person's. What the asker's role is not shown is ""."""

    id = serializers.IntegerField(source="resident_id")
    household = serializers.IntegerField(source="household_id")
    name = serializers.SerializerMethodField()
    sex = serializers.CharField(source="resident.sex")
    birth_date = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    id_number = serializers.SerializerMethodField()

    class Meta:
        model = Stay
        fields = (
            *("id", "household", "relation", "name", "sex", "birth_date", "phone", "id_number"),
            *("registered_here", "moved_in"),
        )

    def get_name(self, stay: Stay) -> str:
        """Masked for this reader."""
        return self._shown(stay, NAME, stay.resident.name)

    def get_birth_date(self, stay: Stay) -> str:
        """Whole, the year alone, or nothing."""
        return self._shown(stay, BIRTH_DATE, stay.resident.birth_date.isoformat())

    def get_phone(self, stay: Stay) -> str:
        """Masked for this reader."""
        return self._shown(stay, PHONE, stay.resident.phone)

    def get_id_number(self, stay: Stay) -> str:
        """Masked for this reader."""
        return self._shown(stay, ID_NUMBER, stay.resident.id_number)

    def _shown(self, stay: Stay, group: str, text: str) -> str:
        return show(_roles(stay.household, self.context), group, text)


class ResidentQuery(django_filters.FilterSet):
    """By household."""

    household = django_filters.NumberFilter(field_name="household_id", min_value=1)


class Residents(ReadOnly):
    """居民."""

    kind = Kind.HOUSEHOLDS
    order = ("id",)
    serializer_class = ResidentData
    filterset_class = ResidentQuery
    lookup_field = "resident_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Stay]:
        """Those who live inside the scope now."""
        here = Stay.objects.current().filter(household__in=households_visible_to(scope))
        return here.select_related("resident", *(f"household__{name}" for name in PLACE))

    def get_object(self) -> Stay:
        """The person's latest stay here: the street registers people in two households, too."""
        found = self.get_queryset().filter(resident_id=self.kwargs["id"]).order_by("-id").first()
        return found or super().get_object()


class VisitData(Sparse):
    """A visit that was made. What was written down at the door stays on the household's page."""

    household = serializers.IntegerField(source="household_id")
    due = serializers.IntegerField(source="due_id", allow_null=True)
    by = serializers.CharField(source="by.name")

    class Meta:
        model = Visit
        fields = ("id", "household", "due", "by", "at", "entered_at", "result", "fulfils", "off_hours")


class VisitQuery(django_filters.FilterSet):
    """By household, result and day."""

    household = django_filters.NumberFilter(field_name="household_id", min_value=1)
    result = django_filters.ChoiceFilter(choices=Visit.Result.choices)
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")


class Visits(ReadOnly):
    """走访."""

    kind = Kind.VISITS
    serializer_class = VisitData
    filterset_class = VisitQuery
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Visit]:
        """Newest first."""
        return Visit.objects.filter(household__in=households_visible_to(scope)).select_related("by").defer("note")


class VisitDueData(Sparse):
    """A visit that must be made by an instant, or was called off."""

    household = serializers.IntegerField(source="household_id")
    grid = serializers.CharField(source="grid.code")

    class Meta:
        model = VisitDue
        fields = ("id", "household", "grid", "kind", "opens_at", "due_at", "closed_at", "outcome", "tries", "reached")


class VisitDueQuery(django_filters.FilterSet):
    """Open or closed ones, of a class, of a household."""

    household = django_filters.NumberFilter(field_name="household_id", min_value=1)
    kind = django_filters.CharFilter(max_length=20)
    open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")


class VisitsDue(ReadOnly):
    """待访."""

    kind = Kind.VISITS
    serializer_class = VisitDueData
    filterset_class = VisitDueQuery
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[VisitDue]:
        """Newest first."""
        return VisitDue.objects.filter(household__in=households_visible_to(scope)).select_related("grid")
