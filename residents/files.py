"""A household's file as the pages show it: who lives there, masked; its tags as chips in the wall's colours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from community_portal.privacy.disclosure import NAME, PHONE
from grid.access import Scope
from residents.catalogue import tags
from residents.eyes import Eyes
from residents.models import Household, Stay
from residents.rules import age_on
from residents.wall import Palette

LIVING = dict(Household.Living.choices)


@dataclass(frozen=True, slots=True)
class Chip:
    """A word about a household; `swatch` is empty when the scheme has no colour for it."""

    text: str
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A resident as one reader sees them; `revealed` when they just said why they need more."""

    pk: int
    name: str
    relation: str
    sex: str
    age: int
    phone: str
    elsewhere: bool
    revealed: bool = False


def chips(household: Household, palette: Palette, scope: Scope) -> list[Chip]:
    """The living status and the care tags that the scope may see, those with a colour first, in the scheme's order."""
    known = tags()
    sealed = [code for code in household.care.split() if code in known.seen_by(scope)]
    order = {colour.key: place for place, colour in enumerate(palette.colours)}
    found = {}
    for status in dict.fromkeys([*household.statuses, *sealed, household.living]):
        colour = palette.named(status)
        text = known.rows[status].name if status in known.rows else LIVING.get(status, status)
        found[Chip(str(text), colour.swatch if colour else "")] = order[colour.key] if colour else len(order)
    return sorted(found, key=found.__getitem__)


def people(stays: Iterable[Stay], day: date, eyes: Eyes) -> list[Person]:
    """Some people as the panel shows them to one reader, in their order."""
    return [_person(stay, day, eyes) for stay in stays]


def place_words(household: Household) -> str:
    """3号楼 2 单元: the place without the room."""
    unit = _("%d 单元") % household.unit if household.unit else ""
    return f"{household.building.name} {unit}".strip()


def _person(stay: Stay, day: date, eyes: Eyes) -> Person:
    row = stay.resident
    return Person(
        pk=row.pk,
        name=eyes.show(NAME, row.name, row.pk),
        relation=stay.relation,
        sex=row.get_sex_display(),
        age=age_on(row.birth_date, day),
        phone=eyes.show(PHONE, row.phone, row.pk),
        elsewhere=not stay.registered_here,
        revealed=eyes.whose == row.pk,
    )
