"""The wall as plain values: where each household's cell stands and what it shows. Pure, no ORM."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from residents.asked import Asked
from residents.marks import Mark
from residents.palette import DWELLING, Colour, Palette

WIDE, FULL = 8, 14
NO_UNIT = 0
NO_MARKS: tuple[Mark, ...] = ()


class HouseholdRow(NamedTuple):
    """What the wall reads of a household, in the order of its query's columns."""

    pk: int
    building: int
    unit: int
    floor: int
    column: int
    room: str
    living: str
    statuses: Sequence[str]
    storeys: int = 1
    use: str = DWELLING


class BuildingRow(NamedTuple):
    """What the wall reads of a building, in the order of its query's columns."""

    pk: int
    name: str
    estate: str
    grid: int
    grid_name: str
    grid_code: str


class Cell(NamedTuple):
    """One household's cell; `lit` is false for one that the reader did not ask for."""

    pk: int
    unit: int
    room: str
    colour: Colour
    marks: tuple[Mark, ...] = NO_MARKS
    storeys: int = 1
    lit: bool = True


class Gap(Enum):
    """A place without a cell: nothing is there, or a flat of the storey above reaches down into it."""

    MISSING = "missing"
    COVERED = "covered"


class Floor(NamedTuple):
    """A storey: its places from the first column to the last."""

    number: int
    cells: list[Cell | Gap]


class Unit(NamedTuple):
    """A unit (单元) with its storeys from the top down; units of one building have the same storeys."""

    number: int
    floors: list[Floor]


@dataclass(slots=True)
class Block:
    """One building on the wall; `span` is how many places of the wall it takes (1, 2, or 3 for a whole line).

    `base` has the rows that belong to no unit and run under all of them: shops at the street, a basement. `away` is a
    building outside the grid or the worker's grids that the reader picked.
    """

    row: BuildingRow
    units: list[Unit] = field(default_factory=list)
    base: list[Floor] = field(default_factory=list)
    households: int = 0
    span: int = 1
    marks: tuple[Mark, ...] = NO_MARKS
    away: bool = False


@dataclass(slots=True)
class Wall:
    """Buildings by estate, and what is counted over those that are not away.

    `counts` are the households asked for by colour (whichever colour is picked out), `households` all there are;
    `tags` says how many of all have a status, `open` how many have a mark of a kind, `late` how many a late one.
    """

    estates: dict[str, list[Block]]
    counts: list[tuple[Colour, int]]
    households: int
    tags: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    late: int = 0

    @property
    def found(self) -> int:
        """How many households are asked for."""
        return sum(count for _colour, count in self.counts)


Places = dict[int, dict[int, dict[int, Cell]]]
"""Cells by unit, floor and column."""


def build(
    buildings: Sequence[BuildingRow],
    households: Iterable[HouseholdRow],
    palette: Palette,
    marks: Mapping[int, tuple[Mark, ...]],
    building_marks: Mapping[int, tuple[Mark, ...]] | None = None,
    asked: Asked | None = None,
    near: Collection[int] | None = None,
) -> Wall:
    """The wall of these buildings, in their order; a household of no listed building is left out.

    `near` are the buildings that the reader looks at (None: all of them).
    """
    asked = asked or Asked()
    near = {row.pk for row in buildings} if near is None else near
    places: dict[int, Places] = {row.pk: {} for row in buildings}
    lived_in: dict[int, set[int]] = {row.pk: set() for row in buildings}
    tally = _Tally(palette, asked)
    for row in households:
        units = places.get(row.building)
        if units is None:
            continue
        cell = tally.cell(row, marks.get(row.pk, NO_MARKS), row.building in near)
        units.setdefault(row.unit, {}).setdefault(row.floor, {})[row.column] = cell
        if row.use == DWELLING:
            lived_in[row.building].add(row.unit)
    estates: dict[str, list[Block]] = {}
    for building in buildings:
        block = _block(building, places[building.pk], lived_in[building.pk])
        block.marks = (building_marks or {}).get(building.pk, NO_MARKS)
        block.away = building.pk not in near
        estates.setdefault(building.estate, []).append(block)
    return tally.wall(estates)


Look = tuple[str, str, tuple[str, ...]]
"""Use, living status and tags: thousands of households share a few hundred of these."""


class _Tally:
    """Makes the cells and counts what they show."""

    def __init__(self, palette: Palette, asked: Asked) -> None:
        self._palette, self._asked = palette, asked
        self._chosen = palette.named(asked.show)
        self._colours: dict[Look, Colour] = {}
        self._near: Counter[Look] = Counter()
        self._lit: Counter[Colour] = Counter()
        self._open: Counter[str] = Counter()
        self._late = 0

    def cell(self, row: HouseholdRow, marks: tuple[Mark, ...], near: bool) -> Cell:
        """A household's cell, counted when its building is not away."""
        look = (row.use, row.living, tuple(row.statuses))
        colour = self._colours.get(look)
        if colour is None:
            colour = self._colours[look] = self._palette.of(row.living, row.statuses, row.use)
        if near:
            self._near[look] += 1
            if marks:
                self._open.update(mark.kind.code for mark in marks)
                self._late += any(mark.late for mark in marks)
            near = not self._asked.narrows or self._asked.lets(row.living, row.statuses, marks)
            if near:
                self._lit[colour] += 1
        lit = near and (self._chosen is None or colour is self._chosen)
        return Cell(row.pk, row.unit, row.room, colour, marks, row.storeys, lit)

    def wall(self, estates: dict[str, list[Block]]) -> Wall:
        """The wall with everything that was counted."""
        tags: Counter[str] = Counter()
        for (_use, living, statuses), count in self._near.items():
            for status in {living, *statuses}:
                tags[status] += count
        shown = set(self._colours.values())
        colours = [*self._palette.colours, *(each for each in self._palette.premises.values() if each in shown)]
        counts = [(colour, self._lit[colour]) for colour in colours]
        return Wall(estates, counts, self._near.total(), tags, self._open, self._late)


def _block(row: BuildingRow, places: Places, lived_in: set[int]) -> Block:
    """`lived_in` are the units with a dwelling; what has no number and no dwelling lies under the other units."""
    households = sum(len(floor) for unit in places.values() for floor in unit.values())
    base: dict[int, dict[int, Cell]] = {}
    if len(places) > 1 and NO_UNIT in places and NO_UNIT not in lived_in:
        base = places[NO_UNIT]
        places = {number: floors for number, floors in places.items() if number != NO_UNIT}
    storeys = _storeys(places, set(base))
    drawn = [_unit(number, places[number], storeys) for number in sorted(places)]
    under = _unit(NO_UNIT, base, sorted(base, reverse=True)).floors if base else []
    columns = sum(len(unit.floors[0].cells) for unit in drawn)
    return Block(row, drawn, under, households, 3 if columns > FULL else 2 if columns > WIDE else 1)


def _storeys(places: Places, elsewhere: set[int]) -> list[int]:
    """From the top down; what lies under the lowest home down to the ground (a hall) stays as empty storeys.

    `elsewhere` are floors that are drawn under all units, and so are not empty.
    """
    found = {
        floor + extra
        for unit in places.values()
        for floor, cells in unit.items()
        for extra in range(max((cell.storeys for cell in cells.values()), default=1))
        if floor + extra != 0
    }
    ground = set(range(1, min(found, default=1))) - elsewhere
    return sorted(found | ground, reverse=True)


def _unit(number: int, floors: dict[int, dict[int, Cell]], storeys: list[int]) -> Unit:
    first = min(column for cells in floors.values() for column in cells)
    last = max(column for cells in floors.values() for column in cells)
    columns = range(min(first, 1), last + 1)
    drawn = [Floor(each, [floors.get(each, {}).get(column, Gap.MISSING) for column in columns]) for each in storeys]
    for at in range(len(drawn) - 1, 0, -1):
        for column, cell in enumerate(drawn[at].cells):
            if isinstance(cell, Cell) and cell.storeys > 1:
                _stretch(drawn, at, column, cell)
    return Unit(number, drawn)


def _stretch(floors: list[Floor], at: int, column: int, cell: Cell) -> None:
    """Draw a flat of several storeys from its top one down, as far up as nobody else is."""
    top = at
    while top > 0 and at - top + 1 < cell.storeys and floors[top - 1].cells[column] is Gap.MISSING:
        top -= 1
    for each in range(top, at + 1):
        floors[each].cells[column] = Gap.COVERED
    floors[top].cells[column] = cell._replace(storeys=at - top + 1)
