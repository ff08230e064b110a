"""A file's facts beside the portal's: what is filled in, what is the same, what contradicts. No writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from community_portal.privacy.normal import PHONE
from community_portal.privacy.sealing import index_of
from residents.importing.lines import Person
from residents.models import Household, Resident, Stay

Changes = dict[str, list[Any]]
"""{"field": [now, file]}."""
PHONES = ("phone", "other_phone")
OWN = ("name", "sex", "birth_date", "id_number", "phone", "other_phone", "registered_at")
HERE = ("relation", "registered_here", "moved_in")


@dataclass
class Difference:
    """`fills` go in; `conflicts` wait for somebody's word."""

    fills: Changes = field(default_factory=dict)
    conflicts: Changes = field(default_factory=dict)

    def settle(self, by_file: bool) -> Changes:
        """What is to be written once somebody has said whether the file is right."""
        return {**self.fills, **(self.conflicts if by_file else {})}


def of_dwelling(row: Household, facts: Mapping[str, Any], lived_in: bool) -> Difference:
    """Facts of a dwelling. The living status of a file that says nothing else yet is the default, and no statement."""
    found = Difference()
    untold = not lived_in and row.area is None and not row.owner_name
    for name, value in facts.items():
        now = getattr(row, name)
        if _same(name, now, value):
            continue
        if name == "vehicles":
            found.fills[name] = [now, list(dict.fromkeys([*now, *value]))]
        elif now in ("", None, []) or (name == "living" and untold):
            found.fills[name] = [now, value]
        else:
            found.conflicts[name] = [now, value]
    return found


def of_person(resident: Resident, stay: Stay | None, person: Person) -> Difference:
    """A known person's facts, and (with `stay`) what they are in their household."""
    found = Difference()
    for name in OWN:
        value = getattr(person, name)
        if value in ("", None) or _is_known(resident, name, person):
            continue
        now = getattr(resident, name)
        (found.fills if now in ("", None) else found.conflicts)[name] = [now, value]
    for name in HERE if stay else ():
        value, now = getattr(person, name), getattr(stay, name)
        if value not in ("", None) and value != now:
            (found.fills if now in ("", None) else found.conflicts)[name] = [now, value]
    return found


def _is_known(resident: Resident, name: str, person: Person) -> bool:
    """Sealed numbers are compared by their blind indexes, so that nothing need be opened."""
    if name == "id_number":
        return resident.id_number_index in person.indexes(name)
    if name in PHONES:
        # Either of the two numbers may stand in either column of a file.
        indexes = person.indexes(name)
        return not indexes or resident.phone_index in indexes or resident.other_phone_index in indexes
    return bool(getattr(resident, name) == getattr(person, name))


def _same(name: str, now: Any, value: Any) -> bool:
    return SAME[name](now, value) if name in SAME else bool(now == value)


SAME: dict[str, Callable[[Any, Any], bool]] = {
    "owner_phone": lambda now, value: index_of(PHONE, now) == index_of(PHONE, value),
    "landlord_phone": lambda now, value: index_of(PHONE, now) == index_of(PHONE, value),
    "vehicles": lambda now, value: set(value) <= set(now),
    "note": lambda now, value: value in now,
}
