"""What an address may mean when it is not certain: buildings and households to choose from. Never a decision."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from residents.addresses import Place
from residents.models import Building, Household

MOST = 6
"""As many as a person takes in at a glance; more are no help, so none are shown."""


class Room(NamedTuple):
    """A dwelling in its building: the columns of a household that tell where it is, in the model's order."""

    id: int
    unit: int
    floor: int
    room: str
    storeys: int


@dataclass(frozen=True)
class Candidate:
    """A building or a household that an address may mean. `name` says its estate where several are in question."""

    building: Building
    household: Household | None
    name: str

    @property
    def address(self) -> str:
        """The address in full, as routing reads it."""
        return f"{self.building.estate.name}{self.household or self.building}"


def named(places: Sequence[tuple[Building, Household | None]]) -> list[Candidate]:
    """These places with the names to choose by."""
    several = len({building.estate_id for building, _household in places}) > 1
    return [
        Candidate(building, household, f"{building.estate.name if several else ''}{household or building}")
        for building, household in places
    ]


def household(building: Building, room: Room) -> Household:
    """A household with its key and place alone."""
    found = Household.from_db(DEFAULT_DB_ALIAS, Room._fields, room)
    found.building = building
    return found


def fitting(rooms: Sequence[tuple[Building, Room]], place: Place) -> list[Candidate]:
    """The households that fit best, when they are few: that room in any unit, near rooms of the unit, or the floor."""
    rows = [(building, room) for building, room in rooms if _possible(room, place)]
    exact = [row for row in rows if row[1].room == place.room or not place.room]
    here = [row for row in rows if unit_fits(place.unit, row[1].unit)]
    best = [row for row in exact if row in here] or exact or here or rows
    return named([(building, household(building, room)) for building, room in best]) if len(best) <= MOST else []


def in_community(community_id: int, estates: Iterable[int] | None, place: Place) -> list[Candidate]:
    """Households with this unit and room anywhere in a community, when no building was said; one query."""
    if not place.room or not place.unit:
        return []
    units = [0, 1] if place.unit == 1 else [place.unit]
    fitting = _files().filter(community_id=community_id, unit__in=units, room=place.room)
    if estates is not None:
        fitting = fitting.filter(building__estate__in=list(estates))
    rows = list(fitting.select_related("building__estate").order_by("building__position")[: MOST + 1])
    return named([(row.building, row) for row in rows]) if len(rows) <= MOST else []


def near_numbers(number: str) -> list[str]:
    """Building numbers that a slip can have made this one of: a digit was doubled (33 for 3)."""
    return list(dict.fromkeys(_undoubled(number)))


def _undoubled(text: str) -> Iterator[str]:
    """The text without one of two like characters that stand side by side."""
    for at in range(1, len(text)):
        if text[at] == text[at - 1]:
            yield text[:at] + text[at + 1 :]


@lru_cache(maxsize=1000)
def _near_rooms(room: str) -> set[str]:
    """Rooms that one slip of the finger makes this one of: a digit doubled, or two changed over."""
    swapped = (room[:at] + room[at + 1] + room[at] + room[at + 2 :] for at in range(len(room) - 1))
    return {*_undoubled(room), *swapped} - {room}


def unit_fits(said: int | None, unit: int) -> bool:
    """Whether a unit, said or not, can be this one; a building without units (0) may be called its first."""
    return said in (None, unit) or (unit == 0 and said == 1)


def _possible(row: Room, place: Place) -> bool:
    """Whether a dwelling has the room that was said, one a slip away, or takes up its floor."""
    storey = _storey(place.room) if place.room else place.floor
    on_floor = storey is not None and row.floor <= storey < row.floor + row.storeys
    if not place.room:
        return on_floor
    return row.room == place.room or row.room in _near_rooms(place.room) or (on_floor and row.storeys > 1)


def _storey(room: str) -> int | None:
    """The floor that a room's number speaks of; a duplex is entered on another."""
    return int(room[:-2]) if room.isdecimal() and len(room) in (3, 4) else None


def _files() -> QuerySet[Household]:
    """Households whose file is open."""
    return Household.objects.filter(ended_on__isnull=True)
