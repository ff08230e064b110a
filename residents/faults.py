"""What does not fit together in a household's file. Pure; plain values in, kinds of faults out."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from community_portal.privacy.id_number import birth_date_of, sex_of, valid_id
from community_portal.privacy.normal import ID_NUMBER, normalise

DOUBLE, ID, BIRTH, SEX, HEADS, HEADLESS, BEDS = "double", "id_number", "birth", "sex", "heads", "headless", "beds"
OF_PEOPLE = (ID, BIRTH, SEX)
HEAD = "户主"
_CITIZEN = re.compile(r"[0-9]{14,}X?")


def of_person(id_number: str, birth_date: date, sex: str) -> list[str]:
    """The faults of one person: a broken ID number, or a date of birth or sex that it contradicts.

    Only citizens' numbers are judged (GB 11643): one with letters is a passport or another paper.
    """
    if not _CITIZEN.fullmatch(normalise(ID_NUMBER, id_number)):
        return []
    if not valid_id(id_number):
        return [ID]
    found = [BIRTH] if birth_date_of(id_number) != birth_date else []
    return [*found, SEX] if sex_of(id_number) != sex else found


def of_household(relations: Sequence[str], beds: int | None) -> list[str]:
    """The faults of the people of one household together, by their relations to the head and the bed space."""
    if not relations:
        return []
    heads = relations.count(HEAD)
    found = [] if heads == 1 else [HEADS if heads else HEADLESS]
    return [*found, BEDS] if beds is not None and len(relations) > beds else found


def twice(entries: Iterable[tuple[int, int, int, int]]) -> set[tuple[int, int, int]]:
    """(household, person, other household) from pairs (household, person, other household, person there), both ways."""
    found: set[tuple[int, int, int]] = set()
    for here, person, there, person_there in entries:
        found |= {(here, person, there), (there, person_there, here)}
    return found
