"""The wall as plain values: which colour each household has and where its cell stands. Pure, no ORM."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from residents.marks import Mark

OTHER = "other"
WIDE, FULL = 8, 14


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour of the scheme. `key` names it in addresses: its first status, "other" for the rule without any."""

    key: str
    label: str
    symbol: str
    swatch: str


class Palette:
    """A scheme's colours by priority; a household shows the first that fits, and there always is one."""

    def __init__(self, rules: Iterable[tuple[Sequence[str], str, str, str]]) -> None:
        """`rules` are (statuses, label, symbol, swatch) by rank.

        A rule whose statuses all belong to rules before it colours nothing and is left out; when none is open to
        every household, 其他 in white is added.
        """
        self.colours: list[Colour] = []
        self._places: dict[str, int] = {}
        for statuses, label, symbol, swatch in (*rules, ((), _("其他"), "", "white")):
            own = [status for status in statuses or [OTHER] if status not in self._places]
            if own:
                self._places |= dict.fromkeys(own, len(self.colours))
                self.colours.append(Colour(own[0], label, symbol, swatch))
        self._default = self._places[OTHER]

    def of(self, living: str, statuses: Sequence[str]) -> Colour:
        """The colour of a household with this living status and these tags."""
        places = [self._places.get(status, self._default) for status in (living, *statuses)]
        return self.colours[min(*places, self._default)]

    def named(self, status: str) -> Colour | None:
        """The colour that a status, or "other", belongs to; None for an unknown one."""
        place = self._places.get(status)
        return None if place is None else self.colours[place]


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


class BuildingRow(NamedTuple):
    """What the wall reads of a building, in the order of its query's columns."""

    pk: int
    name: str
    estate: str
    grid: int
    grid_name: str
    grid_code: str


class Cell(NamedTuple):
    """One household's cell."""

    pk: int
    unit: int
    room: str
    colour: Colour
    mark: Mark | None


class Floor(NamedTuple):
    """A storey of a unit: its cells from the first column to the unit's last, None where no household is."""

    number: int
    cells: list[Cell | None]


class Unit(NamedTuple):
    """A unit (单元) with its storeys from the top down; units of one building have the same storeys."""

    number: int
    floors: list[Floor]


@dataclass(slots=True)
class Block:
    """One building on the wall; `span` is how many places of the wall it takes (1, 2, or 3 for a whole line)."""

    row: BuildingRow
    units: list[Unit] = field(default_factory=list)
    households: int = 0
    span: int = 1
    mark: Mark | None = None


@dataclass(slots=True)
class Wall:
    """Buildings by estate, and how many households have each colour."""

    estates: dict[str, list[Block]]
    counts: list[tuple[Colour, int]]
    households: int


def build(
    buildings: Iterable[BuildingRow],
    households: Iterable[HouseholdRow],
    palette: Palette,
    marks: Mapping[int, Mark],
    building_marks: Mapping[int, Mark] | None = None,
) -> Wall:
    """The wall of these buildings, in their order; a household of no listed building is left out."""
    places: dict[int, dict[int, dict[int, dict[int, Cell]]]] = {row.pk: {} for row in buildings}
    counts: Counter[str] = Counter()
    known: dict[tuple[str, tuple[str, ...]], Colour] = {}
    for row in households:
        units = places.get(row.building)
        if units is None:
            continue
        look = (row.living, tuple(row.statuses))
        colour = known.get(look) or known.setdefault(look, palette.of(*look))
        counts[colour.key] += 1
        cell = Cell(row.pk, row.unit, row.room, colour, marks.get(row.pk))
        units.setdefault(row.unit, {}).setdefault(row.floor, {})[row.column] = cell
    estates: dict[str, list[Block]] = {}
    for building in buildings:
        block = _block(building, places[building.pk], (building_marks or {}).get(building.pk))
        estates.setdefault(building.estate, []).append(block)
    return Wall(estates, [(colour, counts[colour.key]) for colour in palette.colours], counts.total())


def _block(row: BuildingRow, units: dict[int, dict[int, dict[int, Cell]]], mark: Mark | None) -> Block:
    floors = _storeys({floor for unit in units.values() for floor in unit})
    drawn = [_unit(number, units[number], floors) for number in sorted(units)]
    columns = sum(len(unit.floors[0].cells) for unit in drawn)
    count = sum(len(floor) for unit in units.values() for floor in unit.values())
    return Block(row, drawn, count, 3 if columns > FULL else 2 if columns > WIDE else 1, mark)


def _storeys(lived_in: set[int]) -> list[int]:
    """From the top down; what lies under the lowest home down to the ground (shops, a hall) stays as empty storeys."""
    return sorted(lived_in | set(range(1, min(lived_in, default=1))), reverse=True)


def _unit(number: int, floors: dict[int, dict[int, Cell]], storeys: list[int]) -> Unit:
    first = min(column for cells in floors.values() for column in cells)
    last = max(column for cells in floors.values() for column in cells)
    columns = range(min(first, 1), last + 1)
    return Unit(number, [Floor(each, [floors.get(each, {}).get(column) for column in columns]) for each in storeys])
