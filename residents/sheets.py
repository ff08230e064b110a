"""What a page of the wall shows: its cells, legend, grids and marks, read in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from grid.access import Scope, place_name
from residents.marks import Marks, gathered, marks_in
from residents.models import Building, Community
from residents.querysets import (
    buildings_visible_to,
    households_visible_to,
    palette_of,
    wall_buildings,
    wall_households,
)
from residents.wall import BuildingRow, Colour, HouseholdRow, Palette, Wall, build


@dataclass(frozen=True, slots=True)
class Sheet:
    """A wall with what stands around it.

    `open` says how much is open (words, count); `grids` are those in reach, by id; `grid` is the one picked out.
    """

    community: Community
    name: str
    wall: Wall
    open: list[tuple[str, int]]
    grids: dict[int, str]
    grid: int | None = None
    chosen: Colour | None = None


def sheet_of_community(scope: Scope, community: Community, at: datetime, *, grid: str, show: str) -> Sheet:
    """The buildings of a community that the scope reaches; three queries and one for each source of marks.

    `grid` (an id) leaves one grid, `show` (a status) one colour; what is not there leaves everything.
    """
    palette = palette_of(community)
    buildings = wall_buildings(buildings_visible_to(scope).filter(community=community))
    grids = {row.grid: row.grid_name for row in sorted(buildings, key=lambda row: row.grid_code)}
    only = int(grid) if grid.isdecimal() and int(grid) in grids else None
    households = households_visible_to(scope).filter(community=community)
    if only is not None:
        buildings = [row for row in buildings if row.grid == only]
        households = households.filter(building__grid=only)
    marks = marks_in(scope, community.pk, at)
    return Sheet(
        community=community,
        name=place_name(community.division),
        wall=_wall(buildings, wall_households(households, scope), palette, marks),
        open=[(each.word, each.count(only)) for each in marks],
        grids=grids,
        grid=only,
        chosen=palette.named(show),
    )


def sheet_of_building(
    scope: Scope, building: Building, at: datetime, *, show: str = "", palette: Palette | None = None
) -> Sheet:
    """One building; two queries, one for each source of marks, and one for the colours when they are not at hand."""
    palette = palette or palette_of(building.community)
    row = BuildingRow(
        building.pk,
        building.name,
        building.estate.name,
        building.grid_id,
        building.grid.name,
        building.grid.code,
    )
    rows = wall_households(households_visible_to(scope).filter(building=building), scope)
    marks = marks_in(scope, building.community_id, at)
    ids = {row.pk for row in rows}
    return Sheet(
        community=building.community,
        name=place_name(building.community.division),
        wall=_wall([row], rows, palette, marks),
        open=[(each.word, _count_at(each, building.pk, ids)) for each in marks],
        grids={row.grid: row.grid_name},
        chosen=palette.named(show),
    )


def _count_at(marks: Marks, building: int, households: set[int]) -> int:
    here = [mark.count for pk, mark in marks.households.items() if pk in households]
    return sum(here) + (marks.buildings[building].count if building in marks.buildings else 0)


def _wall(buildings: list[BuildingRow], rows: list[HouseholdRow], palette: Palette, marks: list[Marks]) -> Wall:
    at_households = gathered(each.households for each in marks)
    return build(buildings, rows, palette, at_households, gathered(each.buildings for each in marks))
