"""A household's file as the pages show it: who lives there, masked; its tags as chips in the wall's colours."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name, mask_phone
from residents.models import Household, Resident
from residents.rules import STATUS_LABELS, age_on
from residents.wall import Palette

HEAD = "户主"
LABELS = {**dict(Household.Living.choices), **STATUS_LABELS}


@dataclass(frozen=True, slots=True)
class Chip:
    """A word about a household; `swatch` is empty when the scheme has no colour for it."""

    text: str
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A resident as staff see them before they say why they need more. `name` and `phone` are open when `revealed`."""

    pk: int
    name: str
    relation: str
    sex: str
    age: int
    phone: str
    elsewhere: bool
    revealed: bool = False


def chips(household: Household, palette: Palette) -> list[Chip]:
    """The living status and the care tags, those with a colour first in the order of the scheme."""
    order = {colour.key: place for place, colour in enumerate(palette.colours)}
    found = {}
    for status in dict.fromkeys([*household.statuses, household.living]):
        colour = palette.named(status)
        text = LABELS.get(status) or (colour.label if colour else status)
        found[Chip(str(text), colour.swatch if colour else "")] = order[colour.key] if colour else len(order)
    return sorted(found, key=found.__getitem__)


def people(household: Household, day: date, revealed: int | None = None) -> list[Person]:
    """Who lives there, the head first, then by age; one query."""
    residents = household.residents.order_by("birth_date", "pk")
    return [_person(row, day, row.pk == revealed) for row in sorted(residents, key=lambda row: row.relation != HEAD)]


def place_words(household: Household) -> str:
    """3号楼 2 单元: the place without the room."""
    unit = _("%d 单元") % household.unit if household.unit else ""
    return f"{household.building.name} {unit}".strip()


def _person(row: Resident, day: date, revealed: bool) -> Person:
    return Person(
        pk=row.pk,
        name=row.name if revealed else mask_name(row.name),
        relation=row.relation,
        sex=row.get_sex_display(),
        age=age_on(row.birth_date, day),
        phone=row.phone if revealed else mask_phone(row.phone),
        elsewhere=not row.registered_here,
        revealed=revealed,
    )
