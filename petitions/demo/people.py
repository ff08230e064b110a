"""Who lives in the generated households: living status, people, statuses for the wall, words for the door; pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from petitions.demo import names
from petitions.demo.layout import HOME_HOUSEHOLDS
from residents.defaults import DISABILITIES, TAGS
from residents.rules import condition_of, derived_tags

# How many of the home community's 1,461 households are of each kind; the two counts of elders are the seed reports'.
KINDS = {
    "solitary": 22,
    "nest": 256,
    "rented": 291,
    "vacant": 39,
    "borrowed": 14,
    "registered_only": 11,
    "elsewhere": 16,
}
LIVING = {"solitary": "owner", "nest": "owner", "family": "owner"}
AID_SHARE, DISABLED_SHARE = 0.022, 0.028
CONDITIONS = {each["code"]: condition_of(each["condition"]) for each in TAGS if "condition" in each}
NOTES = (
    "耳背，多敲两次门",
    "门铃坏了，请敲门",
    "家里有狗，先打电话",
    "白天上班，19 点后在家",
    "腿脚不便，开门慢，请等一等",
    "女儿住 5 号楼，有事可联系",
    "上午去公园，10 点后在家",
    "夜班，上午休息，请下午来",
    "爱人住院，近期少打扰",
)
ELDER_NOTES = NOTES[:1] + NOTES[4:7]


@dataclass(frozen=True)
class Person:
    """One resident."""

    name: str
    relation: str
    sex: str
    birth_date: date
    registered_here: bool


@dataclass(frozen=True)
class Given:
    """A care tag given by hand: to the person of this place in the family, or to all of them."""

    code: str
    person: int | None = None
    kind: str = ""
    grade: int = 0


@dataclass(frozen=True)
class Family:
    """Who lives behind one door; `tags` follow from their ages, `given` is what the community registered."""

    living: str
    tags: list[str]
    given: list[Given] = field(default_factory=list)
    note: str = ""
    people: list[Person] = field(default_factory=list)


def kinds_of(rng: Random, households: int) -> list[str]:
    """The kind of each of so many households, in the home community's shares, mixed."""
    found: list[str] = []
    for kind, share in KINDS.items():
        found += [kind] * round(share * households / HOME_HOUSEHOLDS)
    found = found[:households] + ["family"] * (households - len(found))
    rng.shuffle(found)
    return found


def families(rng: Random, households: int, on: date) -> Iterator[Family]:
    """Families for so many doors, as they are on a day."""
    for kind in kinds_of(rng, households):
        yield _family(rng, kind, on)


def _family(rng: Random, kind: str, on: date) -> Family:
    people = _PEOPLE[kind](rng, on) if kind in _PEOPLE else []
    living = LIVING.get(kind, kind)
    tags = list(derived_tags(CONDITIONS, [person.birth_date for person in people], living, on))
    old = kind in ("solitary", "nest")
    given = []
    if kind == "family":
        chance = rng.random()
        if chance < AID_SHARE:
            given = [Given("aid")]
        elif chance < AID_SHARE + DISABLED_SHARE:
            given = [Given("disabled", rng.randrange(len(people)), rng.choice(DISABILITIES), rng.randint(1, 4))]
    note = ""
    if people and rng.random() < (0.35 if old else 0.05):
        note = rng.choice(ELDER_NOTES if old else NOTES)
    return Family(living, tags, given, note, people)


def _born(rng: Random, on: date, youngest: int, oldest: int) -> date:
    """A birth date of somebody who has been `youngest` years old for some days and is not yet `oldest`."""
    days = rng.randrange(int(youngest * 365.25) + 3, int(oldest * 365.25) - 3)
    return on - timedelta(days=days)


def _person(rng: Random, on: date, relation: str, sex: str, ages: tuple[int, int], **given: object) -> Person:
    birth = _born(rng, on, *ages)
    family_name = str(given.get("surname") or names.surname(rng))
    name = family_name + names.given_name(rng, sex, birth.year)
    return Person(name, relation, sex, birth, bool(given.get("registered", True)))


def _sex(rng: Random) -> str:
    return rng.choice(("male", "female"))


def _solitary(rng: Random, on: date) -> list[Person]:
    sex = "female" if rng.random() < 0.68 else "male"
    return [_person(rng, on, "户主", sex, (66, 92))]


def _nest(rng: Random, on: date) -> list[Person]:
    return [_person(rng, on, "户主", "male", (63, 88)), _person(rng, on, "配偶", "female", (61, 85))]


def _household(rng: Random, on: date) -> list[Person]:
    """A couple of working age, oftenest with a child, sometimes with a parent; a few live alone."""
    sex = _sex(rng)
    head = _person(rng, on, "户主", sex, (29, 58))
    if rng.random() < 0.12:
        return [head]
    found = [head, _person(rng, on, "配偶", "female" if sex == "male" else "male", (27, 57))]
    if rng.random() < 0.64:
        found.append(_person(rng, on, "子女", _sex(rng), (1, 22), surname=head.name[0]))
    if rng.random() < 0.12:
        found.append(_person(rng, on, "子女", _sex(rng), (0, 12), surname=head.name[0]))
    if rng.random() < 0.14:
        found.append(_person(rng, on, "父母", _sex(rng), (62, 88)))
    return found


def _tenants(rng: Random, on: date) -> list[Person]:
    head = _person(rng, on, "户主", _sex(rng), (21, 45), registered=False)
    found = [head]
    for _index in range(rng.choice((0, 1, 1, 2, 3))):
        relation = rng.choice(("同住", "配偶")) if len(found) == 1 else "同住"
        found.append(_person(rng, on, relation, _sex(rng), (20, 44), registered=False))
    return found


_PEOPLE = {
    "solitary": _solitary,
    "nest": _nest,
    "family": _household,
    "rented": _tenants,
    "borrowed": _tenants,
    "elsewhere": _household,
}
