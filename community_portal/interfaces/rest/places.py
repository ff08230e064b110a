"""Divisions' communities, grids, buildings and organisations."""

import django_filters
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from community_portal.interfaces.kinds import Kind
from community_portal.interfaces.rest.base import ReadOnly, Sparse
from grid.access import Scope
from grid.models import GridUnit, Organisation
from grid.querysets import grids_visible_to
from petitions.querysets import organisations_for
from residents.models import Building, Community
from residents.querysets import buildings_visible_to, communities_visible_to

CODE = r"[0-9]{1,15}"


class CommunityData(Sparse):
    """A community that the portal serves."""

    code = serializers.CharField(source="division.code")
    name = serializers.CharField(source="division.name")
    street = serializers.CharField(source="division.parent.code")

    class Meta:
        model = Community
        fields = ("code", "name", "street", "phone", "address")


class Communities(ReadOnly):
    """社区."""

    kind = Kind.PLACES
    order = ("division__code",)
    serializer_class = CommunityData
    lookup_field = "division__code"
    lookup_url_kwarg = "code"
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Community]:
        """By code."""
        return communities_visible_to(scope)


class GridData(Sparse):
    """A grid unit; its boundary is a GeoJSON geometry."""

    division = serializers.CharField(source="division.code")
    boundary = extend_schema_field({"type": ["object", "null"]})(serializers.JSONField)()

    class Meta:
        model = GridUnit
        fields = ("code", "name", "kind", "division", "boundary")


class Grids(ReadOnly):
    """网格."""

    kind = Kind.PLACES
    order = ("code",)
    serializer_class = GridData
    filterset_fields = ("kind",)
    lookup_field = "code"
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[GridUnit]:
        """By number."""
        return grids_visible_to(scope)


class BuildingData(Sparse):
    """A building."""

    estate = serializers.CharField(source="estate.name")
    community = serializers.CharField(source="community.division.code")
    grid = serializers.CharField(source="grid.code")

    class Meta:
        model = Building
        fields = ("id", "name", "number", "position", "estate", "community", "grid", "lon", "lat")


class BuildingQuery(django_filters.FilterSet):
    """By grid and community."""

    grid = extend_schema_field(OpenApiTypes.STR)(django_filters.CharFilter(field_name="grid__code", max_length=15))
    community = django_filters.CharFilter(field_name="community__division__code", max_length=12)


class Buildings(ReadOnly):
    """楼栋."""

    kind = Kind.PLACES
    order = ("id",)
    serializer_class = BuildingData
    filterset_class = BuildingQuery
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Building]:
        """In the order they were entered."""
        return buildings_visible_to(scope).select_related("estate", "community__division", "grid")


class OrganisationData(Sparse):
    """Who can handle work besides the community's own staff."""

    division = serializers.CharField(source="division.code")

    class Meta:
        model = Organisation
        fields = ("id", "name", "kind", "division", "phone")


class Organisations(ReadOnly):
    """单位."""

    kind = Kind.PLACES
    order = ("id",)
    serializer_class = OrganisationData
    filterset_fields = ("kind",)
    lookup_value_regex = CODE

    def rows(self, scope: Scope) -> QuerySet[Organisation]:
        """Those that serve the asker's places."""
        return organisations_for(scope, wide=True).select_related("division")
