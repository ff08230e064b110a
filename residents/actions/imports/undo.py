"""Taking an import back: what nobody has touched since goes, what somebody has stays and is named."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Field, ProtectedError, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from grid.copying import reserve_ids
from residents.actions.imports.write import as_json, copy_models
from residents.actions.tags import recompute
from residents.models import Building, CareTag, FileEvent, Household, HouseholdImport, ImportNote, Resident, Stay

STEP = 1000
Verb, State = FileEvent.Verb, HouseholdImport.State
OWN_PARTS: dict[type[models.Model], frozenset[str]] = {
    Household: frozenset({"stay", "fileevent", "caretag", "fault"}),
    Resident: frozenset({"stay", "fileevent", "caretag", "fault"}),
}
"""What belongs to a file and goes with it; whatever else refers to it keeps it."""


def undo_step(batch: HouseholdImport, at: datetime) -> None:
    """Take back what the import did to the next households (`batch.done` counts them); moves the batch on, unsaved.

    Households come in the order of their ids, so that a step that is done again goes on where it stood.
    """
    mine = FileEvent.objects.filter(batch=batch.batch).exclude(verb=Verb.UNDO)
    if batch.done == 0:
        batch.total = mine.values("household").distinct().count()
        batch.notes.filter(kind=ImportNote.Kind.HELD).delete()
        batch.counts = {**batch.counts, "held": 0, "last": 0}
    ids = list(
        mine.filter(household__gt=batch.counts["last"])
        .order_by("household")
        .values_list("household", flat=True)
        .distinct()[:STEP]
    )
    if ids:
        work = Undo(batch, at, ids)
        work.take_back()
        batch.counts = {**batch.counts, "held": batch.counts["held"] + work.held, "last": ids[-1]}
        batch.done += len(ids)
    if len(ids) < STEP:
        _drop_buildings(batch)
        batch.done = batch.total
        batch.state, batch.undone_at = State.UNDONE, at


class Undo:
    """One step: some households, and everything that the import did in them."""

    def __init__(self, batch: HouseholdImport, at: datetime, households: Collection[int]) -> None:
        self.batch, self.at, self.day = batch, at, localtime(at).date()
        self.households = {
            row.pk: row
            for row in Household.objects.filter(pk__in=households)
            .select_related("building")
            .select_for_update(of=("self",), no_key=True)
            .order_by("pk")
        }
        events = FileEvent.objects.filter(batch=batch.batch, household__in=households).exclude(verb=Verb.UNDO)
        self.events = list(events.select_related("resident").order_by("-pk"))
        self.new_files = {
            each.household_id for each in self.events if each.verb == Verb.CREATE and not each.resident_id
        }
        self.new_people = {each.resident_id for each in self.events if each.verb == Verb.CREATE and each.resident_id}
        self.returning = _known_before(batch, self.new_people)
        self.changed = self._changed_since()
        self.notes: list[ImportNote] = []
        self.undone: list[FileEvent] = []
        self.held = 0

    def take_back(self) -> None:
        """Facts first, then tags, people and dwellings; the tags of what stays are worked out anew."""
        self._restore()
        self._end_tags()
        gone_people = self._drop_people()
        gone_files = self._drop_files(gone_people)
        for note, pk in zip(self.notes, reserve_ids(ImportNote._meta.db_table, len(self.notes)), strict=True):
            note.pk = pk
        copy_models(self.notes)
        kept = [each for each in self.undone if each.household_id not in gone_files]
        for event, pk in zip(kept, reserve_ids(FileEvent._meta.db_table, len(kept)), strict=True):
            event.pk = pk
        copy_models(kept)
        recompute(sorted(set(self.households) - gone_files), day=self.day, at=self.at, by=self.batch.by)

    def _changed_since(self) -> set[tuple[int | None, int | None]]:
        """(household, None) and (None, person) of files and people that somebody wrote to after the import."""
        if not self.events:
            return set()
        # Tags follow from facts and write events of their own; those given by hand are found as rows.
        later = FileEvent.objects.filter(pk__gt=self.events[-1].pk).exclude(verb=Verb.TAG)
        later = later.filter(Q(batch__isnull=True) | ~Q(batch=self.batch.batch))
        people = {each.resident_id for each in self.events if each.resident_id}
        rows = later.filter(Q(household__in=self.households) | Q(resident__in=people))
        found: set[tuple[int | None, int | None]] = set()
        for household, resident in rows.values_list("household_id", "resident_id"):
            found.add((None, resident) if resident else (household, None))
        return found

    def _restore(self) -> None:
        """Put back each fact that still is what the import made it; a fact that somebody changed since stays."""
        stays: dict[tuple[int | None, int | None], Stay] = {
            (row.household_id, row.resident_id): row for row in self._stays()
        }
        for event in self.events:
            if event.verb == Verb.MOVE_OUT:
                self._come_back(event)
            if event.verb != Verb.EDIT:
                continue
            rows: list[models.Model] = [self.households[event.household_id or 0]]
            if event.resident is not None:
                rows = [event.resident, *filter(None, [stays.get((event.household_id, event.resident_id))])]
            taken, stuck = _put_back(rows, json.loads(event.changes))
            if taken:
                self._note_undo(event, taken)
            if stuck:
                self._hold(event, _("%s 后来改过，没有恢复") % "、".join(stuck))

    def _come_back(self, event: FileEvent) -> None:
        """Somebody whom the import moved lives where they did."""
        stay = Stay.objects.filter(household=event.household_id, resident=event.resident_id).order_by("-pk").first()
        out = json.loads(event.changes)["moved_out"][1]
        if stay is None or str(stay.moved_out) != out or (None, event.resident_id) in self.changed:
            self._hold(event, _("后来又有变动，没有搬回"))
            return
        moved = Stay.objects.current().filter(resident=event.resident_id, came_by=Stay.Cause.MOVE)
        moved.filter(household__community=self.batch.community_id).delete()
        stay.moved_out, stay.left_by = None, ""
        stay.save(update_fields=["moved_out", "left_by"])
        self._note_undo(event, {"moved_out": [out, None]})

    def _stays(self) -> Iterable[Stay]:
        return Stay.objects.current().filter(household__in=self.households).select_for_update(no_key=True)

    def _end_tags(self) -> None:
        mine = CareTag.objects.filter(batch=self.batch.batch, household__in=self.households, ended_at__isnull=True)
        mine.filter(resident__in=self.new_people - self.returning).delete()
        mine.update(ended_at=self.at)

    def _drop_people(self) -> set[int]:
        """People whom the import entered go, unless somebody wrote to them or something else refers to them."""
        new = {pk for pk in self.new_people if pk is not None}
        referred = _referred(Resident, new - self.returning)
        gone = {pk for pk in new if pk not in referred and (None, pk) not in self.changed}
        for event in (each for each in self.events if each.verb == Verb.CREATE and each.resident_id):
            if event.resident_id not in gone:
                self._hold(event, _("后来登记过别的事，没有删除"))
        Stay.objects.current().filter(household__in=self.households, resident__in=gone).delete()
        gone -= self.returning
        Stay.objects.filter(resident__in=gone).delete()
        CareTag.objects.filter(resident__in=gone).delete()
        FileEvent.objects.filter(resident__in=gone).delete()
        Resident.objects.filter(pk__in=gone).delete()
        return gone

    def _drop_files(self, gone_people: set[int]) -> set[int]:
        """Dwellings that the import added go when nobody lives in them and nothing refers to them."""
        new = {pk for pk in self.new_files if pk is not None}
        lived_in = set(Stay.objects.filter(household__in=new).values_list("household_id", flat=True))
        referred = _referred(Household, new)
        gone = {pk for pk in new if pk not in lived_in | referred and (pk, None) not in self.changed}
        for event in self.events:
            if event.verb == Verb.CREATE and not event.resident_id and event.household_id not in gone:
                self._hold(event, _("后来用到了这一户，没有删除"))
        _delete_parts(gone)
        Household.objects.filter(pk__in=gone).delete()
        return gone

    def _hold(self, event: FileEvent, text: str) -> None:
        self.held += 1
        place = str(self.households[event.household_id or 0])
        who = f"{mask_name(event.resident.name)} · {place}" if event.resident else place
        said = json.dumps({"who": who, "text": text}, ensure_ascii=False)
        note = ImportNote(file=self.batch, row=0, kind=ImportNote.Kind.HELD, of="row", said=said)
        self.notes.append(note)

    def _note_undo(self, event: FileEvent, changes: dict[str, list[Any]]) -> None:
        self.undone.append(
            FileEvent(
                household_id=event.household_id, resident_id=event.resident_id, verb=Verb.UNDO.value, at=self.at,
                day=self.day, by=self.batch.by, text=_("撤销导入"), changes=as_json(changes), batch=self.batch.batch,
            )
        )  # fmt: skip


def _known_before(batch: HouseholdImport, people: Collection[int | None]) -> set[int | None]:
    """Of people whom the import entered, those whom the portal knew already: they came back after moving out."""
    earlier = FileEvent.objects.filter(Q(batch__isnull=True) | ~Q(batch=batch.batch), resident__in=people)
    first = FileEvent.objects.filter(batch=batch.batch).order_by("pk").values_list("pk", flat=True)[:1]
    stayed = Stay.objects.filter(resident__in=people, moved_out__isnull=False)
    return {
        *earlier.filter(pk__lt=next(iter(first), 0)).values_list("resident_id", flat=True),
        *stayed.values_list("resident_id", flat=True),
    }


def _put_back(rows: Iterable[models.Model], changes: dict[str, list[Any]]) -> tuple[dict[str, list[Any]], list[str]]:
    """Set the facts back that are as the import left them; gives {field: [import's, earlier]}, and labels of others."""
    taken: dict[str, list[Any]] = defaultdict(list)
    stuck = []
    for row in rows:
        names = []
        for name, (before, after) in changes.items():
            field = next((each for each in row._meta.concrete_fields if each.name == name), None)
            if not isinstance(field, Field):
                continue
            if getattr(row, name) != field.to_python(after):
                stuck.append(str(field.verbose_name))
                continue
            setattr(row, name, field.to_python(before))
            taken[name] = [after, before]
            names.append(name)
        if names:
            _save(row, names)
    return dict(taken), stuck


def _save(row: models.Model, names: list[str]) -> None:
    extra = []
    if isinstance(row, Household | Resident):
        row.version += 1
        extra.append("version")
    if isinstance(row, Resident) and "name" in names:
        extra.append("name_key")
    row.save(update_fields=[*names, *extra])


def _referred(model: type[models.Model], ids: Collection[int | None]) -> set[int]:
    """Rows that something outside their own file points at: a petition, a visit, a contact."""
    found: set[int] = set()
    for relation in model._meta.related_objects if ids else ():
        other = relation.related_model
        if other._meta.model_name in OWN_PARTS[model] or not isinstance(other, type):
            continue
        column = relation.field.name
        rows = other._base_manager.filter(**{f"{column}__in": ids})
        found.update(rows.values_list(relation.field.attname, flat=True))
    given = CareTag.objects.filter(**{f"{model._meta.model_name}__in": ids}, ended_at__isnull=True)
    return found | set(given.values_list(f"{model._meta.model_name}_id", flat=True))


def _delete_parts(households: Collection[int]) -> None:
    FileEvent.objects.filter(household__in=households).delete()
    for relation in Household._meta.related_objects:
        other = relation.related_model
        if isinstance(other, type) and other._meta.model_name in OWN_PARTS[Household] - {"fileevent"}:
            other._base_manager.filter(**{f"{relation.field.name}__in": households}).delete()


def _drop_buildings(batch: HouseholdImport) -> None:
    """Buildings that the import put up and that stand empty again."""
    for row in Building.objects.filter(pk__in=batch.made.get("buildings", []), households__isnull=True):
        with suppress(ProtectedError), transaction.atomic():
            row.delete()
