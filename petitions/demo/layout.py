"""How a generated community is built: buildings and their rooms; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

HOME_HOUSEHOLDS = 1461
BLOCKS, TOWERS = 31, 5
GRID_OF_TOWERS = 5
BLOCKS_IN_GRID = 8
OVER_SHOPS = (1, 17)
MISSING = {12: frozenset({(3, "602")}), 32: frozenset({(1, "1804")}), 34: frozenset({(1, "1801")})}


@dataclass(frozen=True)
class Shape:
    """A kind of building: units, floors, flats on a floor of a unit, and their areas in square metres from the west."""

    units: int
    floors: int
    flats: int
    areas: tuple[str, ...]


BLOCK = Shape(3, 6, 2, ("62.40", "78.15"))
TOWER = Shape(1, 18, 4, ("91.20", "74.60", "74.60", "88.35"))


@dataclass(frozen=True)
class Room:
    """One dwelling of a building."""

    unit: int
    floor: int
    room: str
    column: int
    area: str


@dataclass(frozen=True)
class House:
    """One building: its number in the community, its shape, and the places that are no dwellings."""

    number: int
    shape: Shape
    shops: bool = False
    missing: frozenset[tuple[int, str]] = frozenset()

    @property
    def is_tower(self) -> bool:
        """Whether it belongs to the estate of towers."""
        return self.shape is TOWER

    @property
    def grid(self) -> int:
        """The grid it lies in, 1 to 5."""
        return GRID_OF_TOWERS if self.is_tower else (self.number - 1) // BLOCKS_IN_GRID + 1

    def rooms(self) -> Iterator[Room]:
        """Every dwelling, unit by unit from the ground up."""
        for unit in range(1, self.shape.units + 1):
            for floor in range(2 if self.shops else 1, self.shape.floors + 1):
                for column in range(1, self.shape.flats + 1):
                    room = f"{floor}{column:02d}"
                    if (unit, room) not in self.missing:
                        yield Room(unit, floor, room, column, self.shape.areas[column - 1])


def houses() -> list[House]:
    """The 36 buildings with 1,461 dwellings: six-storey blocks, two of them over shops, and towers."""
    numbers = range(1, BLOCKS + TOWERS + 1)
    return [House(n, BLOCK if n <= BLOCKS else TOWER, n in OVER_SHOPS, MISSING.get(n, frozenset())) for n in numbers]


def community_of(households: int) -> Iterator[tuple[House, list[Room]]]:
    """Buildings with their rooms until there are so many dwellings; the last one may have fewer than it could."""
    left = households
    for house in houses():
        if left <= 0:
            return
        rooms = list(house.rooms())[:left]
        left -= len(rooms)
        yield house, rooms


def doors_of(households: int) -> list[tuple[House, Room]]:
    """The doors of a community of so many households, in the order in which their ids follow one another."""
    return [(house, room) for house, rooms in community_of(households) for room in rooms]


def communities_of(households: int) -> Iterator[int]:
    """So many households as the sizes of communities, each at most as large as the home community."""
    for index in count():
        left = households - index * HOME_HOUSEHOLDS
        if left <= 0:
            return
        yield min(left, HOME_HOUSEHOLDS)
