"""The two readings of a text: as an address with its parts as they stand, and as a place for certain."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from residents.addresses import rows, singles
from residents.addresses import words as w
from residents.addresses.context import GAP, NEAR, Context, Part
from residents.addresses.estates import Span, estate_in
from residents.addresses.numbers import building_number, familiar, number_of, room_number

Value = TypeVar("Value")
DOOR = re.compile("0[1-9]")
"""A room by its place on the floor: 5层01 is 501."""

UNREADABLE = -1
"""A unit that was said but has no number (东单元, 1、2单元): it fits none."""

ROLES = (w.BUILDING, w.UNIT, w.FLOOR, w.ROOM)
RANK = {role: rank for rank, role in enumerate(ROLES)}
BEFORE = 24
SHORTEST_ROOM = 3
FAR = 24
LONGEST = 10_000
"""Characters that are read: twice what a form takes."""


@dataclass(frozen=True)
class Place:
    """Numbers found in a text; "" or None where the text says nothing, or says two things.

    `floor` is negative below ground, `unit` UNREADABLE where one was said without a number; `before` is what
    stands before the building, up to 24 characters.
    """

    building: str = ""
    unit: int | None = None
    floor: int | None = None
    room: str = ""
    before: str = field(default="", compare=False)


@dataclass(frozen=True)
class Address:
    """An address and where its parts stand in it: (start, end) by part, and each part's number in its normal form.

    A range (2-8栋) has a span and no number; `floor_no` is negative below ground.
    """

    text: str
    spans: dict[str, Span]
    building_no: str = ""
    unit_no: str = ""
    floor_no: str = ""
    room_no: str = ""

    def part(self, name: str) -> str:
        """A part as it stands in the text: estate, building, unit, floor or room; "" without one."""
        start, end = self.spans.get(name, (0, 0))
        return self.text[start:end]

    @property
    def rest(self) -> list[str]:
        """What is left around the parts, untouched and in order."""
        pieces, at = [], 0
        for start, end in sorted(self.spans.values()):
            pieces.append(self.text[at:start])
            at = end
        return [piece for piece in [*pieces, self.text[at:]] if piece]


def read_parts(text: str) -> list[Part]:
    """Every part of a familiar text, in its order."""
    context = Context(text)
    for at, row in enumerate(context.rows):
        context.look(at)
        if len(row) == 1:
            singles.read(context, row[0])
        else:
            rows.read(context, row)
    return context.parts


def parse_address(text: str) -> Address:
    """The parts of a text that is an address; of two parts of one kind the first counts."""
    plain = familiar(text[:LONGEST])
    found: dict[str, Part] = {}
    parts = read_parts(plain)
    for part in parts:
        if part.role in RANK:
            found.setdefault(part.role, part)
    spans = {role: (part.start, part.end) for role, part in found.items()}
    estate = estate_in(plain, parts, ROLES)
    if estate:
        spans["estate"] = estate
    numbers = {f"{role}_no": str(_normal(role, part.number)) for role, part in found.items() if part.number}
    return Address(text, spans, **numbers)


def parse_place(text: str) -> Place:
    """The place that any text names for certain.

    A household named in full goes before what is named in part; where two statements differ, neither counts.
    """
    plain = familiar(text[:LONGEST])
    return _certain(plain, read_parts(plain))


def parse_places(text: str) -> tuple[Place, Place]:
    """The place for certain, and the one that the text may mean: for offering, never for deciding."""
    plain = familiar(text[:LONGEST])
    parts = read_parts(plain)
    certain = _certain(plain, parts)
    if certain.building and certain.room:
        return certain, certain
    guesses = list(_mentions(plain, parts))
    full = [each for each in guesses if each.building and (each.room or each.unit)]
    if certain.building:
        full = [each for each in full if each.building == certain.building]
    return certain, _agreed(full) if full else certain


def _certain(text: str, parts: list[Part]) -> Place:
    mentions = list(_mentions(text, [part for part in parts if part.firm]))
    if len(mentions) < 2:
        return mentions[0] if mentions else Place()
    return _agreed([each for each in mentions if each.building and each.room] or mentions)


def _mentions(text: str, parts: list[Part]) -> Iterator[Place]:
    """Every place that these parts mention, each as far as it is said in one go; a room alone only near the rest."""
    said: list[Part] = []
    end: int | None = None
    for part in parts:
        if part.role not in RANK:
            continue
        if said and (RANK[part.role] <= RANK[said[-1].role] or not _joined(text, said[-1], part)):
            yield _place(text, said)
            end, said = said[-1].end, []
        if part.role == w.ROOM and not said and end is not None and part.start - end > FAR:
            continue
        said.append(part)
    if said:
        yield _place(text, said)


def _joined(text: str, first: Part, second: Part) -> bool:
    gap = text[first.end : second.start]
    return len(gap) <= NEAR and all(char in GAP for char in gap)


def _place(text: str, said: list[Part]) -> Place:
    values = {part.role: _normal(part.role, part.number) if part.number else "" for part in said}
    unit, floor, room = values.get(w.UNIT), values.get(w.FLOOR), str(values.get(w.ROOM) or "")
    storey = floor if isinstance(floor, int) else None
    if DOOR.fullmatch(room) and storey and storey > 0:
        room = f"{storey}{room}"
    if len(room) < SHORTEST_ROOM:
        room = ""  # a door on no floor, or A5, may be anything
    readable = isinstance(unit, int) and 0 < unit <= rows.MAX_UNIT
    number = int(unit or 0) if readable else UNREADABLE if room and unit is not None else None
    before = text[max(0, said[0].start - BEFORE) : said[0].start] if w.BUILDING in values else ""
    return Place(str(values.get(w.BUILDING) or ""), number, storey, room, before)


def _normal(role: str, number: str) -> str | int:
    """The normal form of a part's number; units and floors that have no number (东单元, 底层) keep their word."""
    if role == w.BUILDING:
        return building_number(number)
    if role == w.ROOM:
        return room_number(number)
    sign, digits = (-1, number[1:]) if number[0] == "-" else (1, number)
    try:
        return sign * number_of(digits)
    except ValueError:
        return FLOORS.get(number, number.upper())


FLOORS: dict[str, int] = {"首层": 1, "底层": 1}


def _agreed(mentions: list[Place]) -> Place:
    """What all mentions allow; from the first thing on that they differ in, nothing."""
    buildings = _distinct(each.building for each in mentions)
    units = _distinct(each.unit for each in mentions)
    rooms = _distinct(each.room for each in mentions)
    floors = _distinct(each.floor for each in mentions)
    if len(buildings) > 1:
        return Place()
    building = buildings[0] if buildings else ""
    before = next((each.before for each in mentions if each.building), "")
    if len(units) > 1:
        return Place(building, before=before)
    return Place(
        building,
        units[0] if units else None,
        floors[0] if len(floors) == 1 else None,
        rooms[0] if len(rooms) == 1 else "",
        before,
    )


def _distinct(values: Iterable[Value]) -> list[Value]:
    return list(dict.fromkeys(value for value in values if value not in ("", None)))
