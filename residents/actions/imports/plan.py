"""What one step of an import would do: each dwelling and person new, changed, the same, or in conflict. No writes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from residents.actions.imports.compare import Changes, Difference, of_dwelling, of_person
from residents.actions.imports.known import Elsewhere, Known, Places, Unplaced, read_elsewhere, read_known, read_places
from residents.importing.dwellings import Dwelling, facts_of
from residents.importing.lines import Given, Person
from residents.importing.values import floor_in_room
from residents.models import Building, Community, Household, Resident, Stay

NEW, CHANGED, SAME, CONFLICT, ERROR = "new", "changed", "same", "conflict", "error"
DWELLING, PERSON, ROW = "dwelling", "person", "row"
HOUSEHOLD = "household"
"""The name of the conflict about where somebody lives."""


@dataclass(frozen=True)
class Settings:
    """What somebody said before the import: may it build, who is right in a conflict, in general and by row."""

    may_build: bool = False
    by_file: bool = False
    choices: Mapping[tuple[int, str], bool] = field(default_factory=dict)

    def file_is_right(self, row: int, of: str) -> bool:
        """Whether a conflict of this row ends with what the file says."""
        return self.choices.get((row, of), self.by_file)


@dataclass
class PersonPlan:
    """A person of the file and what becomes of them. `stay` is the open one here; `left` the one they move out of.

    `key` is the resident's once the step is written.
    """

    person: Person
    outcome: str
    resident: Resident | None = None
    stay: Stay | None = None
    left: Stay | None = None
    own: Changes = field(default_factory=dict)
    here: Changes = field(default_factory=dict)
    conflicts: Changes = field(default_factory=dict)
    enters: bool = False
    key: int = 0


@dataclass
class DwellingPlan:
    """A dwelling of the file and what becomes of it; with `error` nothing of it goes in.

    `room` is the key of the household that it is, 0 for one to be added.
    """

    dwelling: Dwelling
    outcome: str = SAME
    building: Building | None = None
    room: int = 0
    household: Household | None = None
    is_new: bool = False
    changes: Changes = field(default_factory=dict)
    conflicts: Changes = field(default_factory=dict)
    people: list[PersonPlan] = field(default_factory=list)
    tags: list[tuple[PersonPlan, Given]] = field(default_factory=list)
    error: str = ""


@dataclass
class StepPlan:
    """The plans of one step's dwellings, with the buildings that have to be put up first (unsaved)."""

    dwellings: list[DwellingPlan]
    places: Places


@dataclass
class Tally:
    """How many dwellings and people came to which end, as plain counts by "dwelling.new", "person.same" …"""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, plans: Iterable[DwellingPlan]) -> None:
        """Count the plans of a step; a dwelling that stays out keeps all its rows out."""
        for plan in plans:
            if plan.error:
                self.count(ERROR, len(plan.dwelling.rows))
                continue
            self.count(f"{DWELLING}.{plan.outcome}")
            for each in plan.people:
                self.count(f"{PERSON}.{each.outcome}")

    def count(self, name: str, number: int = 1) -> None:
        """One more."""
        self.counts[name] = self.counts.get(name, 0) + number


def plan_step(community: Community, dwellings: Sequence[Dwelling], settings: Settings, *, lock: bool) -> StepPlan:
    """Plan some dwellings beside what is there now; about nine queries. `lock` for those that will be written."""
    places = read_places(community, dwellings)
    plans = [_placed(DwellingPlan(dwelling), places, settings) for dwelling in dwellings]
    ids = sorted({plan.room for plan in plans if plan.room})
    known = read_known(ids, lock=lock)
    for plan in plans:
        if not plan.error:
            _compare(plan, known, settings)
    strangers = [each for _plan, each in plans_of_people(plans) if each.stay is None]
    elsewhere = read_elsewhere(community, [each.person for each in strangers], lock=lock)
    seen = {each.stay.resident_id for _plan, each in plans_of_people(plans) if each.stay}
    for each in strangers:
        _look_around(each, elsewhere, settings, seen)
    return StepPlan(plans, places)


def _placed(plan: DwellingPlan, places: Places, settings: Settings) -> DwellingPlan:
    """Find the dwelling's household; the one to be added is unsaved and has no key yet."""
    spot = plan.dwelling.spot
    try:
        building = places.building(spot, plan.dwelling.grid, may_build=settings.may_build)
        room = places.room(building, spot)
        if room is not None:
            plan.building, plan.room = building, room.pk
        elif settings.may_build:
            plan.household, plan.is_new, plan.outcome = _new_room(plan.dwelling, building, places), True, NEW
        else:
            raise Unplaced(_missing_room(building, plan.dwelling))
    except Unplaced as error:
        plan.error, plan.outcome = str(error), ERROR
    return plan


def _new_room(dwelling: Dwelling, building: Building, places: Places) -> Household:
    spot = dwelling.spot
    unit = places.unit_for(building, spot)
    floor = floor_in_room(spot.room) if dwelling.floor is None else dwelling.floor
    column = places.add_room(building, unit, floor, spot.room)
    return Household(
        building=building, community=places.community, grid=building.grid, unit=unit, floor=floor, column=column,
        room=spot.room,
    )  # fmt: skip


def _missing_room(building: Building, dwelling: Dwelling) -> str:
    unit = _("%d 单元 ") % dwelling.spot.unit if dwelling.spot.unit else ""
    return _("%(building)s没有 %(unit)s%(room)s；要补建，请社区书记在导入时勾选") % {
        "building": building.name,
        "unit": unit,
        "room": dwelling.spot.room,
    }


def _compare(plan: DwellingPlan, known: Known, settings: Settings) -> None:
    """The dwelling's facts, and those of its people who are known there."""
    facts, stays = facts_of(plan.dwelling), list[Stay]()
    if plan.household is not None:
        for name, value in facts.items():
            setattr(plan.household, name, value)
    else:
        household = plan.household = known.households[plan.room]
        if plan.building is not None:
            household.building = plan.building
        stays = list(known.stays.get(plan.room, ()))
        difference = of_dwelling(household, facts, bool(stays))
        by_file = settings.file_is_right(plan.dwelling.row, DWELLING)
        plan.changes = difference.settle(by_file)
        plan.conflicts = {} if by_file else difference.conflicts
        plan.outcome = CONFLICT if plan.conflicts else CHANGED if plan.changes else SAME
    for person in plan.dwelling.people:
        stay = _among(person, stays)
        each = PersonPlan(person, SAME if stay else NEW, enters=stay is None)
        if stay is not None:
            stays.remove(stay)
            each.stay, each.resident = stay, stay.resident
            _settle(each, of_person(stay.resident, stay, person), settings.file_is_right(person.row, PERSON))
        plan.people.append(each)
        plan.tags += [(each, given) for given in person.tags]


def _look_around(plan: PersonPlan, elsewhere: Elsewhere, settings: Settings, seen: set[int]) -> None:
    """Somebody who is not in the household yet: new, or known in the community."""
    by_file = settings.file_is_right(plan.person.row, PERSON)
    other = _somewhere(plan.person, elsewhere)
    if other is None or other.resident_id in seen:
        return
    seen.add(other.resident_id)
    plan.outcome, plan.resident = CHANGED, other.resident
    difference = of_person(other.resident, None, plan.person)
    if other.moved_out is None:
        # Somebody who lives elsewhere in the community moves only when the file is said to be right.
        difference.conflicts[HOUSEHOLD] = [str(other.household), ""]
        plan.left, plan.enters = other, by_file
    _settle(plan, difference, by_file)


def _settle(plan: PersonPlan, difference: Difference, by_file: bool) -> None:
    written = difference.settle(by_file)
    written.pop(HOUSEHOLD, None)
    plan.here = {name: written.pop(name) for name in ("relation", "registered_here", "moved_in") if name in written}
    plan.own = written
    plan.conflicts = {} if by_file else difference.conflicts
    if plan.conflicts:
        plan.outcome = CONFLICT
    elif plan.own or plan.here or plan.enters:
        plan.outcome = CHANGED


def _among(person: Person, stays: Sequence[Stay]) -> Stay | None:
    """The person among those in the household: by ID number, else by name with birth date or phone."""
    ids, phones = person.indexes("id_number"), person.indexes("phone")
    for stay in stays if ids else ():
        if stay.resident.id_number_index in ids:
            return stay
    for stay in stays:
        row = stay.resident
        if row.name != person.name or (ids and row.id_number_index and row.id_number_index not in ids):
            continue
        if row.birth_date == person.birth_date or row.phone_index in phones or row.other_phone_index in phones:
            return stay
    return None


def _somewhere(person: Person, elsewhere: Elsewhere) -> Stay | None:
    """The person elsewhere in the community: by ID number, or without one by name and phone."""
    found: Iterable[Stay | None] = (elsewhere.by_id.get(index) for index in person.indexes("id_number"))
    if not person.id_number:
        found = (elsewhere.by_phone.get((person.name, index)) for index in person.indexes("phone"))
    return next(filter(None, found), None)


def plans_of_people(plans: Iterable[DwellingPlan]) -> Iterator[tuple[DwellingPlan, PersonPlan]]:
    """Every person with their dwelling, those of dwellings with an error left out."""
    return ((plan, each) for plan in plans if not plan.error for each in plan.people)


def shown(changes: Changes, place: str) -> dict[str, list[Any]]:
    """Changes as a note keeps them: plain words, the place where somebody would live filled in."""
    return {
        name: [_plain(name, now), place if name == HOUSEHOLD else _plain(name, value)]
        for name, (now, value) in changes.items()
    }


WORDS: dict[str, dict[Any, Any]] = {"living": dict(Household.Living.choices), "sex": dict(Resident.Sex.choices)}


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(WORDS.get(name, {}).get(value, value))
