"""What a page of the wall shows: its cells, legend, filters and marks, read in a fixed number of queries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.timezone import localtime

from grid.access import Scope, place_name
from grid.querysets import Hand, workers_of
from residents.asked import Asked, Query, asked_of
from residents.catalogue import tags
from residents.marks import Kind, Marks, marks_in, together
from residents.models import Building, Community, Household
from residents.palette import Colour, Palette
from residents.querysets import (
    buildings_visible_to,
    households_visible_to,
    palette_of,
    wall_buildings,
    wall_households,
)
from residents.wall import BuildingRow, HouseholdRow, Wall, build

LIVING = dict(Household.Living.choices)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A wall with what stands around it.

    `open` says how much is open (kind, count); `grids` are those in reach, by id, `hands` who works in them;
    `choices` are the tags that the reader can ask for (code, word), the living statuses first.
    """

    community: Community
    name: str
    wall: Wall
    palette: Palette
    asked: Asked
    open: list[tuple[Kind, int]]
    grids: dict[int, str]
    hands: list[Hand] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)

    @property
    def chosen(self) -> Colour | None:
        """The colour picked out."""
        return self.palette.named(self.asked.show)

    @property
    def narrowed(self) -> bool:
        """Whether some cells recede."""
        return self.asked.narrows or self.chosen is not None

    @property
    def found(self) -> int:
        """How many households stay in full colour."""
        if self.chosen is None:
            return self.wall.found
        return sum(count for colour, count in self.wall.counts if colour == self.chosen)

    @property
    def place(self) -> str:
        """The grid or the worker that was picked; "" for the whole community."""
        if self.asked.grid is not None:
            return self.grids[self.asked.grid]
        return next((hand.name for hand in self.hands if hand.pk == self.asked.worker), "")

    def hands_of(self, grid: int) -> str:
        """Who works in a grid: 马雪、周敏."""
        return "、".join(hand.name for hand in self.hands if grid in hand.grids)


def sheet_of_community(scope: Scope, community: Community, at: datetime, query: Query) -> Sheet:
    """The buildings of a community that the scope reaches; four queries and one for each source of marks.

    What the address asks for and is not there leaves everything.
    """
    palette = palette_of(community)
    buildings = wall_buildings(buildings_visible_to(scope).filter(community=community))
    grids = {row.grid: row.grid_name for row in sorted(buildings, key=lambda row: row.grid_code)}
    hands = workers_of(grids, localtime(at).date())
    marks = marks_in(scope, community.pk, at)
    choices = choices_for(scope)
    asked = _there(asked_of(query, LIVING, choices, [each.kind.code for each in marks]), grids, hands)
    picked = _picked(asked, hands)
    rows = wall_households(households_visible_to(scope).filter(community=community), scope)
    near = {row.pk for row in buildings if picked is None or row.grid in picked}
    return Sheet(
        community=community,
        name=place_name(community.division),
        wall=_wall(buildings, rows, palette, marks, asked, near),
        palette=palette,
        asked=asked,
        open=[(each.kind, each.count(picked)) for each in marks],
        grids=grids,
        hands=hands,
        choices=list(choices.items()),
    )


def sheet_of_building(
    scope: Scope, building: Building, at: datetime, *, show: str = "", palette: Palette | None = None
) -> Sheet:
    """One building; three queries, one for each source of marks, and one for the colours when they are not at hand."""
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
    asked = Asked(show=show)
    return Sheet(
        community=building.community,
        name=place_name(building.community.division),
        wall=_wall([row], rows, palette, marks, asked),
        palette=palette,
        asked=asked,
        open=[(each.kind, _count_at(each, building.pk, ids)) for each in marks],
        grids={row.grid: row.grid_name},
        hands=workers_of([row.grid], localtime(at).date()),
    )


def choices_for(scope: Scope) -> dict[str, str]:
    """What a reader can ask for, by code: living statuses, and the tags that this scope may see."""
    known = tags()
    hidden = known.sealed - known.seen_by(scope)
    return {**{code: str(word) for code, word in LIVING.items()}, **{
        code: row.name for code, row in known.rows.items() if code not in hidden
    }}  # fmt: skip


def _there(asked: Asked, grids: Mapping[int, str], hands: list[Hand]) -> Asked:
    """Without a grid or worker that is not in reach."""
    return replace(
        asked,
        grid=asked.grid if asked.grid in grids else None,
        worker=asked.worker if any(hand.pk == asked.worker for hand in hands) else None,
    )


def _picked(asked: Asked, hands: list[Hand]) -> frozenset[int] | None:
    """The grids that the filters leave; None for all."""
    found: frozenset[int] | None = None if asked.grid is None else frozenset({asked.grid})
    for hand in hands:
        if hand.pk == asked.worker:
            found = hand.grids if found is None else found & hand.grids
    return found


def _count_at(marks: Marks, building: int, households: set[int]) -> int:
    here = [mark.count for pk, mark in marks.households.items() if pk in households]
    return sum(here) + (marks.buildings[building].count if building in marks.buildings else 0)


def _wall(
    buildings: list[BuildingRow],
    rows: list[HouseholdRow],
    palette: Palette,
    marks: list[Marks],
    asked: Asked,
    near: Collection[int] | None = None,
) -> Wall:
    at_households = together(each.households for each in marks)
    return build(buildings, rows, palette, at_households, together(each.buildings for each in marks), asked, near)
