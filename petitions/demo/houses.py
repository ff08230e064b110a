"""Buildings, households and residents of one community into the database, by COPY."""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from django.db import connection

from community_portal.privacy.normal import ID_NUMBER, PHONE
from community_portal.privacy.sealing import blind_index, index_of, seal
from community_portal.worktime.deadlines import ZONE
from grid.copying import copy_rows
from grid.models import GridUnit
from petitions.demo import names
from petitions.demo.dwellings import Dwelling, agreed_of, dwelling_of, kin_of
from petitions.demo.layout import House, Room, community_of
from petitions.demo.people import Family, families
from residents.defaults import TAGS
from residents.models import (
    Building,
    CareTag,
    Community,
    Consent,
    EmergencyContact,
    Estate,
    Household,
    Resident,
    Stay,
)
from residents.names import name_key

HOUSEHOLD = (
    "id", "row_key", "building_id", "community_id", "grid_id", "unit", "floor", "room", "column", "storeys", "use",
    "area", "living", "owner_name", "owner_phone", "owner_phone_index", "landlord_name", "landlord_phone",
    "landlord_phone_index", "lease_ends_on", "beds", "utilities_off", "pets", "vehicles", "note", "statuses", "care",
    "version",
)  # fmt: skip
RESIDENT = (
    "id", "row_key", "name", "name_key", "sex", "birth_date", "id_number", "id_number_index", "phone", "phone_index",
    "other_phone", "registered_at", "version",
)  # fmt: skip
STAY = ("household_id", "resident_id", "relation", "registered_here", "moved_in", "came_by", "left_by")
TAG = ("row_key", "household_id", "resident_id", "said", "holds", "since", "given_at")
CONTACT = ("row_key", "resident_id", "name", "relation", "phone", "phone_index", "rank")
CONSENT = ("resident_id", "purpose", "how", "given_on")
SEALED_TAGS = frozenset(each["code"] for each in TAGS if each.get("roles"))
LIVED_HERE = (30, 5000)
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
    people = reserve_ids(Resident, sum(len(family.people) for family in homes))
    copy_rows(
        Household._meta.db_table,
        HOUSEHOLD,
        (
            _household(pk, *door, family, dwelling_of(rng, family, first_person + place, float(door[1].area), on))
            for place, (pk, door, family) in enumerate(zip(ids, doors, homes, strict=True))
        ),
    )
    copy_rows(Resident._meta.db_table, RESIDENT, _residents(people, homes, first_person, on))
    copy_rows(Stay._meta.db_table, STAY, _stays(ids, people, homes, rng, on))
    copy_rows(CareTag._meta.db_table, TAG, _tags(ids, people, homes, on))
    copy_rows(EmergencyContact._meta.db_table, CONTACT, _contacts(people, homes, first_person, rng, on))
    copy_rows(Consent._meta.db_table, CONSENT, _consents(people, homes, rng, on))
    numbers = {house.number: building.pk for building, (house, _rooms) in zip(buildings, plan, strict=True)}
    return Built(numbers, ids, len(people))


def reserve_ids(model: Any, number: int) -> range:
    """So many successive ids of a table, taken off its sequence for good. Nobody else may be adding rows meanwhile."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        first = int(cursor.fetchone()[0])
        if number > 0:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + number - 1])
    return range(first, first + number)


def _household(pk: int, building: Building, room: Room, family: Family, facts: Dwelling) -> Sequence[Any]:
    key = uuid.uuid4()
    given = [each.code for each in family.given]
    care = " ".join(code for code in given if code in SEALED_TAGS)
    statuses = [family.living, *family.tags, *(code for code in given if code not in SEALED_TAGS)]
    return (
        pk, key, building.pk, building.community_id, building.grid_id, room.unit, room.floor, room.room, room.column,
        1, Household.Use.DWELLING.value, room.area, family.living,
        facts.owner, seal(Household, "owner_phone", key, facts.owner_phone), index_of(PHONE, facts.owner_phone),
        facts.landlord, seal(Household, "landlord_phone", key, facts.landlord_phone),
        index_of(PHONE, facts.landlord_phone),
        facts.lease_ends_on, facts.beds, facts.utilities_off, facts.pets, facts.vehicles,
        family.note, statuses, seal(Household, "care", key, care), 1,
    )  # fmt: skip


def _residents(ids: range, homes: list[Family], first: int, on: date) -> Iterator[Sequence[Any]]:
    everybody = (person for family in homes for person in family.people)
    for pk, serial, person in zip(ids, count(first), everybody, strict=False):
        key = uuid.uuid4()
        number = names.id_number(serial, person.birth_date, person.sex)
        phone = names.phone(serial) if on.year - person.birth_date.year >= PHONE_FROM_AGE else ""
        yield (
            pk, key, person.name, name_key(person.name), person.sex, person.birth_date,
            seal(Resident, "id_number", key, number), blind_index(ID_NUMBER, number),
            seal(Resident, "phone", key, phone), blind_index(PHONE, phone) if phone else None, b"", "", 1,
        )  # fmt: skip


def _stays(ids: range, people: range, homes: list[Family], rng: Random, on: date) -> Iterator[Sequence[Any]]:
    """A family moves in together; children come with their birth."""
    residents = iter(people)
    for household, family in zip(ids, homes, strict=True):
        since = on - timedelta(days=rng.randint(*LIVED_HERE))
        for person in family.people:
            born = person.birth_date > since
            yield (
                household, next(residents), person.relation, person.registered_here, max(since, person.birth_date),
                (Stay.Cause.BIRTH if born else Stay.Cause.FIRST).value, "",
            )  # fmt: skip


def _tags(ids: range, people: range, homes: list[Family], on: date) -> Iterator[Sequence[Any]]:
    given_at = datetime.combine(on - timedelta(days=90), time(10), ZONE)
    first = people.start
    for household, family in zip(ids, homes, strict=True):
        for each in family.given:
            key = uuid.uuid4()
            said = {"code": each.code, "kind": each.kind, "grade": each.grade, "reason": ""}
            resident = None if each.person is None else first + each.person
            yield (
                key, household, resident, seal(CareTag, "said", key, json.dumps(said, ensure_ascii=False)),
                True, given_at.date(), given_at,
            )  # fmt: skip
        first += len(family.people)


def _contacts(people: range, homes: list[Family], first: int, rng: Random, on: date) -> Iterator[Sequence[Any]]:
    begin = people.start
    for family in homes:
        for kin in kin_of(rng, family, first + begin - people.start, on):
            key = uuid.uuid4()
            yield (
                key, begin + kin.person, kin.name, kin.relation, seal(EmergencyContact, "phone", key, kin.phone),
                blind_index(PHONE, kin.phone), 1,
            )  # fmt: skip
        begin += len(family.people)


def _consents(people: range, homes: list[Family], rng: Random, on: date) -> Iterator[Sequence[Any]]:
    begin = people.start
    for family in homes:
        for agreed in agreed_of(rng, family, on):
            given_on = on - timedelta(days=agreed.days_ago)
            yield begin + agreed.person, agreed.purpose, Consent.How.PAPER.value, given_on
        begin += len(family.people)
