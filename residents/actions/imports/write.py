"""Writing what a step planned: new rows by COPY, changed ones by one UPDATE a table, an event for each, tags anew."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import models

from community_portal.privacy.fields import Sealed
from community_portal.privacy.sealing import seal
from grid.copying import copy_rows, reserve_ids, update_rows
from grid.models import Staff
from residents.actions.imports.compare import Changes
from residents.actions.imports.plan import DwellingPlan, PersonPlan, StepPlan, plans_of_people
from residents.actions.tags import recompute
from residents.importing.fields import FACTS
from residents.importing.lines import Person
from residents.models import CareTag, FileEvent, Household, Resident, Stay
from residents.names import name_key

Row = Sequence[Any]
Verb, Cause = FileEvent.Verb, Stay.Cause
PERSON_COLUMNS = (
    "id", "name", "name_key", "sex", "birth_date", "id_number", "id_number_index", "phone", "phone_index",
    "other_phone", "other_phone_index", "registered_at", "version",
)  # fmt: skip
PERSON_ROW = (
    "id", "row_key", "name", "name_key", "sex", "birth_date", "id_number", "id_number_index", "phone", "phone_index",
    "other_phone", "other_phone_index", "registered_at", "version",
)  # fmt: skip
STAY_ROW = (
    "household_id", "resident_id", "relation", "registered_here", "moved_in", "moved_out", "came_by", "left_by",
)  # fmt: skip
EVENT_ROW = (
    "row_key", "household_id", "resident_id", "verb", "at", "day", "by_id", "text", "changes", "batch",
)  # fmt: skip
MEMBER = "家庭成员"
HOUSEHOLD_COLUMNS = ("id", *FACTS, "owner_phone_index", "landlord_phone_index", "version")
STAY_COLUMNS = ("id", "relation", "registered_here", "moved_in", "moved_out", "left_by")


@dataclass
class Writer:
    """Gathers the rows of one step; `by`, `at` and `batch` stand in every event."""

    by: Staff | None
    at: datetime
    day: date
    batch: UUID
    text: str
    people: list[Row] = field(default_factory=list)
    stays: list[Row] = field(default_factory=list)
    changed_people: dict[int, Resident] = field(default_factory=dict)
    changed_stays: dict[int, Stay] = field(default_factory=dict)
    changed_households: dict[int, Household] = field(default_factory=dict)
    events: list[Row] = field(default_factory=list)
    tags: list[CareTag] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def write(self, step: StepPlan) -> None:
        """Everything that a step planned. Call inside a transaction that holds the locks of `plan_step(lock=True)`."""
        self._build(step)
        for plan in (each for each in step.dwellings if not each.error):
            self._dwelling(plan)
        new_people = [each for _plan, each in plans_of_people(step.dwellings) if each.resident is None]
        keys = dict(zip(map(id, new_people), reserve_ids(Resident._meta.db_table, len(new_people)), strict=True))
        for plan, each in plans_of_people(step.dwellings):
            self._person(plan, each, keys.get(id(each)))
        self._give_tags(step)
        self._flush()
        recompute(sorted(self.touched), day=self.day, at=self.at, by=self.by)

    def _build(self, step: StepPlan) -> None:
        for building in step.places.new_buildings:
            building.save()
        new = [plan.household for plan in step.dwellings if plan.is_new and not plan.error and plan.household]
        for row, pk in zip(new, reserve_ids(Household._meta.db_table, len(new)), strict=True):
            row.pk, row.building_id = pk, row.building.pk
            row.statuses = [row.living]
            self._note(Verb.CREATE, row.pk)
        copy_models(new)

    def _dwelling(self, plan: DwellingPlan) -> None:
        row = plan.household
        assert row is not None
        if plan.is_new or plan.changes:
            self.touched.add(row.pk)
        if plan.changes:
            _apply(row, plan.changes)
            row.version += 1
            self.changed_households[row.pk] = row
            self._note(Verb.EDIT, row.pk, changes=plan.changes)

    def _person(self, plan: DwellingPlan, each: PersonPlan, new: int | None) -> None:
        household, resident = plan.household, each.resident
        assert household is not None
        if new is not None:
            each.key = new
            self.people.append(person_row(new, each.person))
        if resident is not None:
            each.key = resident.pk
        if resident is not None and each.own:
            _apply(resident, each.own)
            resident.version += 1
            self.changed_people[resident.pk] = resident
        if each.here and each.stay:
            _apply(each.stay, each.here)
            self.changed_stays[each.stay.pk] = each.stay
        if each.own or each.here:
            self._note(Verb.EDIT, household.pk, each.key, {**each.own, **each.here})
        if each.enters:
            self._enter(household, each)
        if each.own or each.here or each.enters:
            self.touched.add(household.pk)

    def _enter(self, household: Household, each: PersonPlan) -> None:
        said, moves = each.person, each.left is not None
        if each.left is not None:
            self._leave(each.left)
        here = not said.registered_at if said.registered_here is None else said.registered_here
        since, cause = (self.day, Cause.MOVE) if moves else (said.moved_in, Cause.FIRST)
        self.stays.append((household.pk, each.key, said.relation or MEMBER, here, since, None, cause.value, ""))
        self._note(Verb.MOVE_IN if moves else Verb.CREATE, household.pk, each.key)

    def _leave(self, stay: Stay) -> None:
        stay.moved_out = max(self.day, stay.moved_in or self.day)
        stay.left_by = Cause.MOVE.value
        self.changed_stays[stay.pk] = stay
        self.touched.add(stay.household_id)
        changes: Changes = {"moved_out": [None, stay.moved_out]}
        self._note(Verb.MOVE_OUT, stay.household_id, stay.resident_id, changes)

    def _give_tags(self, step: StepPlan) -> None:
        wanted = [(plan, each, given) for plan in step.dwellings if not plan.error for each, given in plan.tags]
        there = _tags_there([each.key for _plan, each, _given in wanted]) if wanted else set()
        for plan, each, (code, kind, grade) in wanted:
            household = plan.household
            if household is None or (each.key, code) in there or not _lives_here(each):
                continue
            there.add((each.key, code))
            said = json.dumps({"code": code, "kind": kind, "grade": grade, "reason": ""}, ensure_ascii=False)
            self.tags.append(
                CareTag(
                    household=household, resident_id=each.key, said=said, since=self.day, given_at=self.at,
                    given_by=self.by, batch=self.batch,
                )
            )  # fmt: skip
            self._note(Verb.TAG, household.pk, each.key, {"given": [None, code]})
            self.touched.add(household.pk)

    def _note(self, verb: str, household: int, resident: int | None = None, changes: Changes | None = None) -> None:
        key = uuid4()
        sealed = seal(FileEvent, "changes", key, as_json(changes)) if changes else b""
        by = self.by.pk if self.by else None
        self.events.append((key, household, resident, str(verb), self.at, self.day, by, self.text, sealed, self.batch))

    def _flush(self) -> None:
        copy_rows(Resident._meta.db_table, PERSON_ROW, self.people)
        copy_rows(Stay._meta.db_table, STAY_ROW, self.stays)
        copy_rows(FileEvent._meta.db_table, EVENT_ROW, self.events)
        for row, pk in zip(self.tags, reserve_ids(CareTag._meta.db_table, len(self.tags)), strict=True):
            row.pk = pk
        copy_models(self.tags)
        update_models(self.changed_people.values(), PERSON_COLUMNS)
        update_models(self.changed_stays.values(), STAY_COLUMNS)
        update_models(self.changed_households.values(), HOUSEHOLD_COLUMNS)


def person_row(pk: int, said: Person) -> Row:
    """A new person in the order of PERSON_ROW; plain tuples, since models cost as much as all the rest."""
    key = uuid4()
    return (
        pk, key, said.name, name_key(said.name), said.sex, said.birth_date,
        seal(Resident, "id_number", key, said.id_number), said.index("id_number"),
        seal(Resident, "phone", key, said.phone), said.index("phone"),
        seal(Resident, "other_phone", key, said.other_phone), said.index("other_phone"),
        said.registered_at, 1,
    )  # fmt: skip


def copy_models(rows: Sequence[models.Model]) -> None:
    """Unsaved rows of one model that bring their keys, by COPY, sealed as saving would seal them."""
    if rows:
        fields = rows[0]._meta.concrete_fields
        columns = [str(each.column) for each in fields]
        copy_rows(rows[0]._meta.db_table, columns, (_values(row, fields, add=True) for row in rows))


def update_models(rows: Iterable[models.Model], columns: Sequence[str]) -> None:
    """These columns of saved rows of one model, in one statement."""
    found = list(rows)
    if found:
        meta = found[0]._meta
        fields = [meta.get_field(name) for name in columns]
        named = [str(each.column) for each in fields if isinstance(each, models.Field)]
        update_rows(meta.db_table, named, [_values(row, fields, add=False) for row in found])


def _values(row: models.Model, fields: Sequence[Any], *, add: bool) -> list[Any]:
    return [_plain(each.pre_save(row, add)) for each in fields]


def _plain(value: Any) -> Any:
    if isinstance(value, Sealed):
        return value.blob
    return value.value if isinstance(value, models.TextChoices) else value


def as_json(changes: Changes) -> str:
    """Changes as they are stored (sealed): dates and amounts as text."""
    return json.dumps(changes, ensure_ascii=False, default=_as_text)


def _as_text(value: object) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a file's history")


def _apply(row: models.Model, changes: Changes) -> None:
    for name, (_now, value) in changes.items():
        setattr(row, name, value)


def _lives_here(plan: PersonPlan) -> bool:
    return plan.enters or plan.stay is not None


def _tags_there(residents: Sequence[int]) -> set[tuple[int | None, str]]:
    rows = CareTag.objects.filter(resident__in=residents, ended_at__isnull=True, holds=True)
    return {(row.resident_id, json.loads(row.said)["code"]) for row in rows}
