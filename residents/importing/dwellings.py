"""Lines of a file by dwelling: one dwelling with its facts and people, however many rows it has. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from residents import checks
from residents.importing.fields import FACTS
from residents.importing.lines import Line, Person
from residents.importing.spots import Spot

ERROR, WARNING = "error", "warning"
LONGEST_NOTE = 120


@dataclass(slots=True)
class Dwelling:
    """A dwelling as the file describes it; `row` is the first that speaks of it, `rows` are all of them."""

    spot: Spot
    row: int
    floor: int | None = None
    grid: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about a row: `kind` is ERROR (it stays out) or WARNING."""

    row: int
    kind: str
    text: str


@dataclass
class Reading:
    """A whole file: its dwellings in the order of their places, what is amiss by row, and how many rows it has."""

    dwellings: list[Dwelling] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rows: int = 0


def gather(lines: Iterable[Line]) -> Reading:
    """Put the lines of a file together, and look at it as a whole: who stands in it twice, who heads a household."""
    reading, found = Reading(), dict[Spot, Dwelling]()
    numbers: dict[str, tuple[int, Spot]] = {}
    for line in lines:
        reading.rows += 1
        reading.remarks += [Remark(line.row, WARNING, text) for text in line.warnings]
        problem = line.error or _twice(line, numbers)
        if problem:
            reading.remarks.append(Remark(line.row, ERROR, problem))
            continue
        dwelling = found.setdefault(line.spot, Dwelling(line.spot, line.row))
        dwelling.rows.append(line.row)
        dwelling.floor = line.floor if dwelling.floor is None else dwelling.floor
        dwelling.grid = dwelling.grid or line.grid
        reading.remarks += [Remark(line.row, WARNING, text) for text in _add_facts(dwelling, line)]
        reading.remarks += [Remark(line.row, WARNING, text) for text in _add_person(dwelling, line.person)]
    reading.dwellings = sorted(found.values(), key=_order)
    for dwelling in reading.dwellings:
        reading.remarks += [Remark(dwelling.row, WARNING, text) for text in _as_a_whole(dwelling)]
    reading.remarks.sort(key=lambda each: (each.row, each.kind))
    return reading


def _order(dwelling: Dwelling) -> tuple[Any, ...]:
    spot = dwelling.spot
    return spot.estate, len(spot.building), spot.building, spot.unit or 0, len(spot.room), spot.room


def _twice(line: Line, numbers: dict[str, tuple[int, Spot]]) -> str:
    """An ID number that an earlier row gave to somebody in another dwelling, or to another name, keeps the row out."""
    person = line.person
    if person is None or not person.id_number:
        return ""
    first, spot = numbers.setdefault(person.id_number, (line.row, line.spot))
    if first == line.row or spot == line.spot:
        return ""
    return _("同一个身份证号已经写在第 %d 行的另一户，只登记了那一行") % first


def _add_facts(dwelling: Dwelling, line: Line) -> list[str]:
    told = []
    for name, value in line.facts.items():
        known = dwelling.facts.setdefault(name, value)
        if known == value:
            continue
        if name == "note":
            dwelling.facts[name] = f"{known}；{value}"[:LONGEST_NOTE] if value not in known else known
        elif name == "vehicles":
            dwelling.facts[name] = list(dict.fromkeys([*known, *value]))
        else:
            told.append(_("与第 %d 行说的同一户不一样，按前一行登记") % dwelling.row)
    return told


def _add_person(dwelling: Dwelling, person: Person | None) -> list[str]:
    if person is None:
        return []
    for known in dwelling.people:
        same_number = bool(person.id_number) and person.id_number == known.id_number
        alike = (person.name, person.birth_date) == (known.name, known.birth_date)
        if same_number or (alike and not (person.id_number and known.id_number)):
            return [_("与第 %d 行是同一个人，只登记一次") % known.row]
    dwelling.people.append(person)
    return []


def _as_a_whole(dwelling: Dwelling) -> list[str]:
    """Give the first person the household when nobody has it; tell of two heads and of numbers that do not agree."""
    people = dwelling.people
    if people and not any(person.relation for person in people):
        people[0].relation = checks.HEAD
    problems = checks.household_problems([person.relation for person in people], dwelling.facts.get("beds"))
    counted = dwelling.facts.get("people_count")
    told = [words for kind, words in problems.items() if kind != checks.HEADLESS]
    if counted is not None and len(people) > 1 and counted != len(people):
        told.append(_("写着 %(said)d 口人，表里有 %(found)d 人") % {"said": counted, "found": len(people)})
    return told


def facts_of(dwelling: Dwelling) -> dict[str, Any]:
    """The facts that a file keeps, those that the portal has a place for."""
    return {name: dwelling.facts[name] for name in FACTS if name in dwelling.facts}
