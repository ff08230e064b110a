"""Where a point on the earth is: the grid around it and the building at it. Degrees are WGS 84, longitude first."""

from grid.models import Division, GridUnit
from residents.geo import Areas
from residents.models import Building

NEAR = 0.0008
"""Degrees, 60 to 90 metres: a building farther from the point than that is not what was meant."""


def grid_at(lon: float, lat: float, home: Division) -> GridUnit | None:
    """The inner grid of `home` (or of what lies below it) whose boundary holds the point; one query."""
    rows = GridUnit.objects.filter(boundary__isnull=False, kind=GridUnit.Kind.INNER)
    within = (
        rows.filter(division=home) | rows.filter(division__parent=home) | rows.filter(division__parent__parent=home)
    )
    grids = {row.pk: row for row in within.select_related("division__parent__parent__parent__parent")}
    found = Areas({pk: row.boundary or {} for pk, row in grids.items()}).holding(lon, lat)
    return grids[found] if found is not None else None


def building_near(lon: float, lat: float, home: Division) -> Building | None:
    """The building of `home` nearest to a point, when it is near enough; one query."""
    close = Building.objects.filter(
        lon__range=(lon - NEAR, lon + NEAR), lat__range=(lat - NEAR, lat + NEAR)
    ).select_related("grid", "community__division__parent__parent", "estate__property_company")
    return min(
        (row for row in close if lies_in(row, home)),
        key=lambda row: ((row.lon or 0) - lon) ** 2 + ((row.lat or 0) - lat) ** 2,
        default=None,
    )


def lies_in(building: Building, home: Division) -> bool:
    """Whether a building belongs to a division, or to one below it."""
    division: Division | None = building.community.division
    while division is not None and division != home:
        division = division.parent
    return division is not None
