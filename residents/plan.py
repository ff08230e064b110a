"""The community's map as it is drawn: grids and buildings with what the reader asks for, and what does not fit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil, cos, radians
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from grid.access import Scope
from grid.models import GridUnit
from residents.geo import Areas, Geometry, label_point, rings
from residents.marks import Kind, Mark, Marks, marks_in, together
from residents.models import Building, Community
from residents.querysets import buildings_visible_to, households_visible_to, wall_households
from residents.sheets import choices_for
from residents.wall import NO_MARKS

LATE = "late"
LEVELS = 4
WIDTH, HEIGHT, MARGIN = 960, 620, 28
ELDERS = ("solitary_elder", "empty_nest", "senior")


@dataclass(slots=True)
class Spot:
    """A grid or a building on the map: how much of what is asked for is there, and how deep its colour is (0 to 4).

    `x`, `y` are pixels of the drawing, None for one without a place; `path` is a grid's outline. `shape` is the
    boundary or [latitude, longitude], `label` where a grid's name stands.
    """

    pk: int
    name: str
    href: str
    count: int
    households: int
    grid: int
    level: int = 0
    x: float | None = None
    y: float | None = None
    path: str = ""
    shape: Any = None
    label: Any = None


@dataclass(frozen=True, slots=True)
class Stray:
    """A building that stands outside the grid it is registered in; `holder` is where it stands, None in none."""

    building: Spot
    registered: str
    holder: GridUnit | None


@dataclass(frozen=True)
class Plan:
    """Everything that the map's page shows. `steps` are the least counts of the levels 1 to 4."""

    by: str
    word: str
    asks: list[tuple[str, str]]
    grids: list[Spot]
    buildings: list[Spot]
    steps: list[int]
    total: int
    strays: list[Stray] = field(default_factory=list)
    unplaced: list[Spot] = field(default_factory=list)
    undrawn: list[Spot] = field(default_factory=list)

    @property
    def drawn(self) -> bool:
        """Whether there is anything to draw."""
        return any(spot.x is not None for spot in (*self.grids, *self.buildings))

    def as_json(self) -> dict[str, Any]:
        """What the script draws."""

        def told(spot: Spot) -> dict[str, Any]:
            names = ("pk", "name", "href", "count", "level", "shape", "label")
            return {name: getattr(spot, name) for name in names}

        return {
            "word": self.word,
            "grids": [told(spot) for spot in self.grids if spot.shape],
            "buildings": [told(spot) for spot in self.buildings if spot.shape],
        }


def plan_of(scope: Scope, community: Community, at: datetime, by: str) -> Plan:
    """The map of what the scope reaches, coloured by `by`: a kind of marks, "late", a tag; 3 queries and marks."""
    marks = marks_in(scope, community.pk, at)
    asks = asks_for(scope, [each.kind for each in marks])
    by = by if by in asks else next(iter(asks))
    rows = list(
        buildings_visible_to(scope)
        .filter(community=community)
        .order_by("estate__name", "position")
        .select_related("estate", "grid")
    )
    counts, households = _counts(scope, community, marks, by)
    buildings = [_spot_of(row, counts, households) for row in rows]
    everywhere = {grid.pk: grid for grid in GridUnit.objects.filter(division=community.pk).order_by("code")}
    reached = {row.grid_id for row in rows}
    grids = [_grid_spot(grid, buildings) for grid in everywhere.values() if grid.pk in reached]
    steps = steps_of([spot.count for spot in buildings])
    for spot in buildings:
        spot.level = level_of(spot.count, steps)
    grid_steps = steps_of([spot.count for spot in grids])
    for spot in grids:
        spot.level = level_of(spot.count, grid_steps)
    _place(grids, {pk: grid.boundary for pk, grid in everywhere.items() if grid.boundary}, buildings)
    return Plan(
        by=by,
        word=asks[by],
        asks=list(asks.items()),
        grids=grids,
        buildings=buildings,
        steps=steps,
        total=sum(counts.values()),
        strays=list(_strays(buildings, everywhere)),
        unplaced=[spot for spot in buildings if spot.x is None],
        undrawn=[spot for spot in grids if spot.x is None],
    )


def asks_for(scope: Scope, kinds: Iterable[Kind]) -> dict[str, str]:
    """What the map can be coloured by, in words: what is open, what is late, elders, then the other tags."""
    tags = choices_for(scope)
    elders = {code: tags[code] for code in ELDERS if code in tags}
    return {kind.code: str(kind.word) for kind in kinds} | {LATE: _("已过时限")} | elders | tags


def _counts(scope: Scope, community: Community, marks: list[Marks], by: str) -> tuple[dict[int, int], dict[int, int]]:
    """What is asked for, and all households, by building."""
    at_households = together(each.households for each in marks)
    counts: dict[int, int] = {}
    households: dict[int, int] = {}
    kinds = {each.kind.code for each in marks}
    for row in wall_households(households_visible_to(scope).filter(community=community), scope):
        households[row.building] = households.get(row.building, 0) + 1
        here = at_households.get(row.pk, NO_MARKS)
        tagged = by not in kinds and (by == row.living or by in row.statuses)
        counts[row.building] = counts.get(row.building, 0) + tagged + sum(_of(mark, by) for mark in here)
    for pk, of_building in together(each.buildings for each in marks).items():
        if pk in counts:
            counts[pk] += sum(_of(mark, by) for mark in of_building)
    return counts, households


def _of(mark: Mark, by: str) -> int:
    return mark.count if mark.kind.code == by else int(by == LATE and mark.late)


def _spot_of(row: Building, counts: Mapping[int, int], households: Mapping[int, int]) -> Spot:
    shape = None if row.lon is None or row.lat is None else [row.lat, row.lon]
    href = reverse("wall-building", args=[row.pk])
    return Spot(row.pk, row.name, href, counts.get(row.pk, 0), households.get(row.pk, 0), row.grid_id, shape=shape)


def _grid_spot(grid: GridUnit, buildings: list[Spot]) -> Spot:
    mine = [spot for spot in buildings if spot.grid == grid.pk]
    count, households = sum(spot.count for spot in mine), sum(spot.households for spot in mine)
    return Spot(grid.pk, grid.name, "", count, households, grid.pk, shape=grid.boundary)


def steps_of(counts: list[int]) -> list[int]:
    """The least counts of up to four levels: 1, then each quarter of the largest count."""
    most = max(counts, default=0)
    return sorted({1, *(ceil(most * level / LEVELS) for level in range(1, LEVELS))}) if most else []


def level_of(count: int, steps: list[int]) -> int:
    """How deep a count is coloured: 0 for nothing, then one for each step reached."""
    return sum(count >= least for least in steps)


def _place(grids: list[Spot], boundaries: Mapping[int, Geometry], buildings: list[Spot]) -> None:
    """Pixels of the drawing: north up, a degree of longitude shortened by the latitude."""
    shown = [boundaries[spot.pk] for spot in grids if spot.pk in boundaries]
    corners = [(lon, lat) for shape in shown for ring in rings(shape) for lon, lat in ring]
    corners += [(spot.shape[1], spot.shape[0]) for spot in buildings if spot.shape]
    if not corners:
        return
    west, north = min(lon for lon, _lat in corners), max(lat for _lon, lat in corners)
    east, south = max(lon for lon, _lat in corners), min(lat for _lon, lat in corners)
    shorter = cos(radians((north + south) / 2))
    wide, high = max((east - west) * shorter, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round(left + (lon - west) * shorter * scale, 1), round(top + (north - lat) * scale, 1)

    for spot in buildings:
        if spot.shape:
            spot.x, spot.y = at(spot.shape[1], spot.shape[0])
    for spot in grids:
        if spot.pk in boundaries:
            outline = boundaries[spot.pk]
            points = [(each.shape[1], each.shape[0]) for each in buildings if each.shape]
            lon, lat = label_point(outline, points)
            spot.x, spot.y = at(lon, lat)
            spot.label = [lat, lon]
            spot.path = "".join(
                "M" + "L".join("{:g} {:g}".format(*at(*corner)) for corner in ring) + "Z" for ring in rings(outline)
            )


def _strays(buildings: list[Spot], grids: Mapping[int, GridUnit]) -> Iterable[Stray]:
    """Buildings with a point, in a community with boundaries, that their own grid does not hold."""
    boundaries = {pk: grid.boundary for pk, grid in grids.items() if grid.boundary}
    areas = Areas(boundaries)
    for spot in buildings:
        if not (spot.shape and boundaries):
            continue
        holder = areas.holding(spot.shape[1], spot.shape[0])
        if holder is None or (holder != spot.grid and spot.grid in boundaries):
            yield Stray(spot, grids[spot.grid].name if spot.grid in grids else "", grids.get(holder or 0))
