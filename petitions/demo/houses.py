"""Buildings, households and residents of one community into the database, by COPY."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random
from typing import Any

from django.db import connection

from community_portal.privacy.normal import ID_NUMBER, PHONE
from community_portal.privacy.sealing import blind_index, seal
from grid.copying import copy_rows
from grid.models import GridUnit
from petitions.demo import names
from petitions.demo.layout import House, Room, community_of
from petitions.demo.people import Family, families
from residents.models import Building, Community, Estate, Household, Resident

HOUSEHOLD = (
    "id", "building_id", "community_id", "grid_id", "unit", "floor", "room", "column", "area", "living", "statuses",
    "note",
)  # fmt: skip
RESIDENT = (
    "row_key", "household_id", "name", "relation", "sex", "birth_date", "id_number", "id_number_index", "phone",
    "phone_index", "registered_here",
)  # fmt: skip
PHONE_FROM_AGE = 12


@dataclass(frozen=True)
class Built:
    """What went up: building ids by number, the households' ids (in the order of the plan), how many people."""

    buildings: dict[int, int]
    households: range
    residents: int


def build_houses(
    community: Community,
    grids: dict[int, GridUnit],
    estate_of: Callable[[House], Estate],
    *,
    households: int,
    rng: Random,
    on: date,
    first_person: int = 0,
) -> Built:
    """Fill a community with so many households and the people in them.

    `first_person` is the number from which identity numbers and phones are made.
    """
    plan = list(community_of(households))
    buildings = Building.objects.bulk_create(
        Building(
            estate=estate_of(house),
            community=community,
            grid=grids[house.grid],
            name=f"{house.number}号楼",
            number=str(house.number),
            position=house.number,
        )
        for house, _rooms in plan
    )
    doors = [(building, room) for building, (_house, rooms) in zip(buildings, plan, strict=True) for room in rooms]
    ids = reserve_ids(Household, len(doors))
    homes = list(families(rng, len(doors), on))
    copy_rows(
        Household._meta.db_table,
        HOUSEHOLD,
        (_household(pk, *door, family) for pk, door, family in zip(ids, doors, homes, strict=True)),
    )
    people = copy_rows(Resident._meta.db_table, RESIDENT, _residents(ids, homes, first_person, on))
    numbers = {house.number: building.pk for building, (house, _rooms) in zip(buildings, plan, strict=True)}
    return Built(numbers, ids, people)


def reserve_ids(model: Any, number: int) -> range:
    """So many successive ids of a table, taken off its sequence for good. Nobody else may be adding rows meanwhile."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        first = int(cursor.fetchone()[0])
        if number > 0:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + number - 1])
    return range(first, first + number)


def _household(pk: int, building: Building, room: Room, family: Family) -> Sequence[Any]:
    return (
        pk, building.pk, building.community_id, building.grid_id, room.unit, room.floor, room.room, room.column,
        room.area, family.living, family.statuses, family.note,
    )  # fmt: skip


def _residents(ids: range, homes: list[Family], first: int, on: date) -> Iterator[Sequence[Any]]:
    serials = count(first)
    for household, family in zip(ids, homes, strict=True):
        for person in family.people:
            serial, key = next(serials), uuid.uuid4()
            number = names.id_number(serial, person.birth_date, person.sex)
            phone = names.phone(serial) if on.year - person.birth_date.year >= PHONE_FROM_AGE else ""
            yield (
                key, household, person.name, person.relation, person.sex, person.birth_date,
                seal(Resident, "id_number", key, number), blind_index(ID_NUMBER, number),
                seal(Resident, "phone", key, phone), blind_index(PHONE, phone) if phone else None,
                person.registered_here,
            )  # fmt: skip
