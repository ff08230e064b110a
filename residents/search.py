"""Finding people and dwellings by name, phone or room, within what a person may see.

A name is found by its beginning, in characters or in pinyin letters without spaces; a phone only in full, because just
its blind index is stored; a room in any of the writings that `residents.addresses` reads. Results come masked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Replace

from community_portal.privacy.masking import mask_name
from community_portal.privacy.normal import PHONE, half_width, normalise
from community_portal.privacy.sealing import blind_index
from grid.access import DISTRICT, STREET, Scope
from residents.addresses import Place, parse_place
from residents.models import Building, Household, Resident, Stay
from residents.places import names
from residents.querysets import households_visible_to, reach_by_community
from residents.rules import age_on

MOST = 30
ENOUGH = MOST + 1
"""Hits that are read, one more than shown: each costs a street dozens of looks at people of other streets."""
LONGEST = 60
MIN_DIGITS = 7
ROOM = re.compile(r"[0-9]{3,4}[A-Z]?", re.ASCII)
LETTERS = re.compile(r"[a-z]{2,40}")
NAME = re.compile(r"[\u3400-\u9fff·]{1,20}")
KEYS = ("pk", "resident__name", "resident__name_key")
WHERE = ("household__building__estate", "household__community__division")


class Way(Enum):
    """How a search was understood."""

    NOTHING = "nothing"
    NAME = "name"
    PHONE = "phone"
    PLACE = "place"
    WIDE = "wide"
    """A room number alone, in so many communities that a building is needed."""


@dataclass(frozen=True)
class Hit:
    """One person or, without a name, one dwelling."""

    household: Household
    name: str = ""
    relation: str = ""
    age: int | None = None


@dataclass(frozen=True)
class Found:
    """What a search found, up to 30; `more` says that there is more."""

    way: Way
    hits: list[Hit]
    more: bool = False


def find(words: str, scope: Scope, on: date, community: int | None = None) -> Found:
    """People and dwellings that these words mean; `community` (an id) looks there alone. At most five queries."""
    text = half_width(words)[:LONGEST]
    plain = text.replace(" ", "").lower()
    narrow = community is not None or not (scope.ids(STREET) or scope.ids(DISTRICT))
    digits = normalise(PHONE, text)
    if digits.isdecimal() and len(digits) >= MIN_DIGITS:
        return _people(Way.PHONE, by_phone(stays_in(scope, community), digits).values_list(*KEYS)[:ENOUGH], on)
    place = _place(text)
    if place is not None:
        if not (place.building or narrow):
            return Found(Way.WIDE, [])
        return _dwellings(at_place(scope, community, place, text))
    if NAME.fullmatch(plain):
        begin = by_name
    elif LETTERS.fullmatch(plain):
        begin = by_letters
    else:
        return Found(Way.NOTHING, [])
    stays = stays_in(scope, community)
    read = (
        _narrow(stays, plain) if narrow else [*_exact(stays, plain), *begin(stays, plain).values_list(*KEYS)[:ENOUGH]]
    )
    return _people(Way.NAME, read, on, plain)


def stays_in(scope: Scope, community: int | None = None) -> QuerySet[Stay]:
    """Who lives where now, inside a scope."""
    reach = reach_by_community(scope, "household__")
    found = Stay.objects.current().filter(reach, household__ended_on__isnull=True)
    return found if community is None else found.filter(household__community=community)


def by_phone(stays: QuerySet[Stay], phone: str) -> QuerySet[Stay]:
    """Those who have this number, as their first or their other one."""
    index = blind_index(PHONE, phone)
    people = Resident.objects.filter(Q(phone_index=index) | Q(other_phone_index=index))
    return stays.filter(resident__in=people)


def by_name(stays: QuerySet[Stay], start: str) -> QuerySet[Stay]:
    """Those whose name begins so."""
    return stays.filter(resident__name__startswith=start)


def by_letters(stays: QuerySet[Stay], start: str) -> QuerySet[Stay]:
    """Those whose name begins so in pinyin."""
    letters = Replace(F("resident__name_key"), Value(" "), Value(""))
    return stays.alias(letters=letters).filter(letters__startswith=start)


def at_place(scope: Scope, community: int | None, place: Place, text: str = "") -> QuerySet[Household]:
    """The dwellings that a place can mean; an estate that the text names leaves only its own."""
    asked = {"unit": place.unit, "floor": place.floor, "room": place.room}
    found = households_visible_to(scope).filter(
        **{name: value for name, value in asked.items() if value not in ("", None)}
    )
    if community is not None:
        found = found.filter(community=community)
    if not place.building:
        return found
    known = names()
    estates = [pk for said in known.said_in(text) for pk, _community in known.estates.get(said, ())]
    buildings = Building.objects.filter(reach_by_community(scope), number=place.building)
    buildings = buildings.filter(estate__in=estates) if estates else buildings
    # Named one by one: a number is in few of a district's buildings, and each has an index of its rooms.
    return found.filter(building__in=list(buildings.values_list("pk", flat=True)))


def _place(text: str) -> Place | None:
    """The place that a text names: a building or a room; a bare 302 is a room."""
    bare = text.replace(" ", "").upper()
    if ROOM.fullmatch(bare):
        return Place(room=bare)
    place = parse_place(text)
    return place if place.building or place.room else None


Read = tuple[int, str, str]
"""A stay's id, its person's name, and the name in pinyin."""


def _people(way: Way, read: Iterable[Read], on: date, start: str = "") -> Found:
    """The best thirty: the name itself first, then by pinyin."""
    order = {pk: (name != start, key, pk) for pk, name, key in read}
    best = sorted(order, key=order.__getitem__)
    shown = Stay.objects.select_related("resident", *WHERE).in_bulk(best[:MOST])
    return Found(way, [_person(shown[pk], on) for pk in best[:MOST]], len(best) > MOST)


def _narrow(stays: QuerySet[Stay], start: str) -> list[Read]:
    """All whose name or pinyin begins so, among the few thousand people of a community.

    They are read whole: left to choose, the database may read every 刘 of the city first. In a wide scope it is the
    other way round, and the index gives the first hits: sorting all of a district's 王 would take seconds and show
    nothing that one more character would not.
    """
    rows = stays.values_list(*KEYS)
    return [row for row in rows if row[1].startswith(start) or row[2].replace(" ", "").startswith(start)]


def _exact(stays: QuerySet[Stay], name: str) -> Iterable[Read]:
    return stays.filter(resident__name=name).values_list(*KEYS)[: MOST + 1] if NAME.fullmatch(name) else ()


def _dwellings(households: QuerySet[Household]) -> Found:
    rows = list(households.select_related("building__estate", "community__division")[: MOST + 1])
    rows.sort(key=lambda row: (row.community_id, row.building.position, row.unit, row.floor, row.column))
    heads = {}
    stays = Stay.objects.current().filter(household__in=rows[:MOST], relation=Stay.HEAD).select_related("resident")
    for stay in stays:
        heads[stay.household_id] = mask_name(stay.resident.name)
    hits = [Hit(row, heads.get(row.pk, ""), Stay.HEAD if row.pk in heads else "") for row in rows[:MOST]]
    return Found(Way.PLACE, hits, len(rows) > MOST)


def _person(stay: Stay, on: date) -> Hit:
    resident = stay.resident
    return Hit(stay.household, mask_name(resident.name), stay.relation, age_on(resident.birth_date, on))
