"""What is on file about the generated dwellings, their elders' families and consents; pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from petitions.demo import names
from petitions.demo.people import Family

PETS = ("一只猫", "一只狗", "两只猫", "一只泰迪", "鹦鹉")
RENTED = ("rented", "borrowed")
OLD = 70
KIN = ("儿子", "女儿", "侄女", "弟弟", "邻居")
AGREED = ("watch", "neighbour", "messages", "health")
CONTACT_PHONES = 61_111_111
OWNER_PHONES = 71_234_567


@dataclass(frozen=True)
class Dwelling:
    """Facts of one dwelling."""

    owner: str
    owner_phone: str
    landlord: str
    landlord_phone: str
    lease_ends_on: date | None
    beds: int | None
    utilities_off: list[str] = field(default_factory=list)
    pets: str = ""
    vehicles: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Kin:
    """Whom to call for an elder."""

    person: int
    name: str
    relation: str
    phone: str


@dataclass(frozen=True)
class Agreed:
    """What an elder agreed to, so many days ago."""

    person: int
    purpose: str
    days_ago: int


def dwelling_of(rng: Random, family: Family, serial: int, area: float, on: date) -> Dwelling:
    """Facts that go with who lives there."""
    let = family.living in RENTED
    head = family.people[0] if family.people else None
    stranger = names.surname(rng) + names.given_name(rng, "male", 1970)
    owner = stranger if let or head is None else head.name
    lease = on + timedelta(days=rng.randint(-20, 400)) if family.living == "rented" else None
    roomy = max(int(area // 18), len(family.people))
    return Dwelling(
        owner=owner,
        owner_phone=names.phone(OWNER_PHONES + serial) if let else "",
        landlord=stranger if let else "",
        landlord_phone=names.phone(OWNER_PHONES + serial) if let else "",
        lease_ends_on=lease,
        beds=roomy if rng.random() < 0.3 else None,
        utilities_off=["gas"] if family.living == "vacant" and rng.random() < 0.5 else [],
        pets=rng.choice(PETS) if family.people and rng.random() < 0.09 else "",
        vehicles=[_plate(rng)] if family.people and rng.random() < 0.4 else [],
    )


def kin_of(rng: Random, family: Family, serial: int, on: date) -> Iterator[Kin]:
    """The eldest of a family of elders has somebody to call."""
    for person in _elders(family, on)[:1]:
        name = family.people[person].name[0] + names.given_name(rng, rng.choice(("male", "female")), 1975)
        yield Kin(person, name, rng.choice(KIN), names.phone(CONTACT_PHONES + serial))


def agreed_of(rng: Random, family: Family, on: date) -> Iterator[Agreed]:
    """Half of the elders agreed to something."""
    for person in _elders(family, on)[:1]:
        if rng.random() < 0.5:
            yield Agreed(person, rng.choice(AGREED), rng.randint(20, 600))


def _elders(family: Family, on: date) -> list[int]:
    return [place for place, person in enumerate(family.people) if on.year - person.birth_date.year >= OLD]


def _plate(rng: Random) -> str:
    """A plate with an O, which no plate has."""
    return f"京O{rng.randrange(100_000):05d}"
