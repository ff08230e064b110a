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
from residents.models import Household, Stay
from residents.places import names
from residents.querysets import households_visible_to
from residents.rules import age_on

MOST = 30
ENOUGH = 200
LONGEST = 60
MIN_DIGITS = 7
ROOM = re.compile(r"[0-9]{3,4}[A-Z]?", re.ASCII)
LETTERS = re.compile(r"[a-z]{2,40}")
NAME = re.compile(r"[\u3400-\u9fff·]{1,20}")
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
    """People and dwellings that these words mean; `community` (an id) looks there alone. At most three queries."""
    text = half_width(words)[:LONGEST]
    households = households_visible_to(scope)
    narrow = community is not None or not (scope.ids(STREET) or scope.ids(DISTRICT))
    if community is not None:
        households = households.filter(community=community)
    digits = normalise(PHONE, text)
    if digits.isdecimal() and len(digits) >= MIN_DIGITS:
        return _people(Way.PHONE, by_phone(households, digits), on)
    plain = text.replace(" ", "").lower()
    place = _place(text)
    if place is not None:
        if not (place.building or narrow):
            return Found(Way.WIDE, [])
        return _dwellings(at_place(households, place, text))
    if NAME.fullmatch(plain):
        return _people(Way.NAME, by_name(households, plain), on, plain, narrow)
    if LETTERS.fullmatch(plain):
        return _people(Way.NAME, by_letters(households, plain), on, plain, narrow)
    return Found(Way.NOTHING, [])


def by_phone(households: QuerySet[Household], phone: str) -> QuerySet[Stay]:
    """Those who live in these households and have this number, as their first or their other one."""
    index = blind_index(PHONE, phone)
    return _living_in(households).filter(Q(resident__phone_index=index) | Q(resident__other_phone_index=index))


def by_name(households: QuerySet[Household], start: str) -> QuerySet[Stay]:
    """Those whose name begins so."""
    return _living_in(households).filter(resident__name__startswith=start)


def by_letters(households: QuerySet[Household], start: str) -> QuerySet[Stay]:
    """Those whose name begins so in pinyin."""
    letters = Replace(F("resident__name_key"), Value(" "), Value(""))
    return _living_in(households).alias(letters=letters).filter(letters__startswith=start)


def at_place(households: QuerySet[Household], place: Place, text: str = "") -> QuerySet[Household]:
    """The dwellings of these households that a place can mean; an estate that the text names leaves only its own."""
    asked = {"building__number": place.building, "unit": place.unit, "floor": place.floor, "room": place.room}
    found = households.filter(**{name: value for name, value in asked.items() if value not in ("", None)})
    known = names()
    estates = [pk for said in known.said_in(text) for pk, _community in known.estates.get(said, ())]
    return found.filter(building__estate__in=estates) if estates else found


def _place(text: str) -> Place | None:
    """The place that a text names: a building or a room; a bare 302 is a room."""
    bare = text.replace(" ", "").upper()
    if ROOM.fullmatch(bare):
        return Place(room=bare)
    place = parse_place(text)
    return place if place.building or place.room else None


def _living_in(households: QuerySet[Household]) -> QuerySet[Stay]:
    return Stay.objects.current().filter(household__in=households)


def _people(way: Way, stays: QuerySet[Stay], on: date, start: str = "", narrow: bool = True) -> Found:
    """The best thirty: the name itself first, then by pinyin.

    A narrow scope is read whole (a community has some thousands of people). A wide one gives the first hits that the
    index meets: sorting all of a district's 王 would take seconds and show nothing that one more character would not.
    """
    rows: Iterable[tuple[int, str, str]] = stays.values_list("pk", "resident__name", "resident__name_key")
    read = list(rows) if narrow else list(_exact(stays, start)) + list(stays.values_list(*KEYS)[:ENOUGH])
    order = {pk: (name != start, key, pk) for pk, name, key in read}
    best = sorted(order, key=order.__getitem__)
    shown = Stay.objects.select_related("resident", *WHERE).in_bulk(best[:MOST])
    return Found(way, [_person(shown[pk], on) for pk in best[:MOST]], len(best) > MOST)


KEYS = ("pk", "resident__name", "resident__name_key")


def _exact(stays: QuerySet[Stay], name: str) -> Iterable[tuple[int, str, str]]:
    return stays.filter(resident__name=name).values_list(*KEYS)[: MOST + 1] if NAME.fullmatch(name) else ()


def _dwellings(households: QuerySet[Household]) -> Found:
    rows = list(households.select_related("building__estate", "community__division")[:ENOUGH])
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
