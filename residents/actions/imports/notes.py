"""What is kept to look at about the rows of an import: a few of each new and changed, everything amiss."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from grid.copying import reserve_ids
from residents.actions.imports.compare import Changes
from residents.actions.imports.plan import (
    CHANGED,
    CONFLICT,
    DWELLING,
    ERROR,
    NEW,
    PERSON,
    ROW,
    DwellingPlan,
    PersonPlan,
    shown,
)
from residents.actions.imports.write import copy_models
from residents.importing.dwellings import Remark
from residents.models import HouseholdImport, ImportNote

SAMPLES, MOST = 20, 5000
Key = tuple[int, str, str]


class Notebook:
    """Writes the notes of one import, none twice: a step that is done again says the same."""

    def __init__(self, batch: HouseholdImport) -> None:
        self._batch = batch
        self._known: set[Key] = set(batch.notes.values_list("row", "of", "kind"))
        self._counts: dict[str, int] = {}
        for _row, _of, kind in self._known:
            self._counts[kind] = self._counts.get(kind, 0) + 1
        self._new: list[ImportNote] = []

    def remarks(self, remarks: Iterable[Remark]) -> None:
        """What was amiss in the file by itself; several warnings of a row make one note."""
        texts: dict[tuple[int, str], list[str]] = {}
        for each in remarks:
            texts.setdefault((each.row, each.kind), []).append(each.text)
        for (row, kind), said in texts.items():
            self._add(row, ROW, kind, partial(_text, "；".join(said)))

    def plans(self, plans: Iterable[DwellingPlan]) -> None:
        """What would become, or became, of dwellings and people."""
        for plan in plans:
            if plan.error:
                for row in plan.dwelling.rows:
                    self._add(row, ROW, ERROR, partial(_text, plan.error))
            else:
                for row, of, kind, say in _told(plan):
                    self._add(row, of, kind, say)

    def save(self) -> None:
        """Write what is new."""
        for note, pk in zip(self._new, reserve_ids(ImportNote._meta.db_table, len(self._new)), strict=True):
            note.pk = pk
        copy_models(self._new)
        self._new = []

    def _add(self, row: int, of: str, kind: str, say: Callable[[], dict[str, Any]]) -> None:
        most = SAMPLES if kind in (NEW, CHANGED) else MOST
        count = self._counts.get(kind, 0)
        if count >= most or (row, of, kind) in self._known:
            return
        self._known.add((row, of, kind))
        self._counts[kind] = count + 1
        said_json = json.dumps(say(), ensure_ascii=False)
        self._new.append(ImportNote(file=self._batch, row=row, of=of, kind=kind, said=said_json))


def _text(text: str) -> dict[str, Any]:
    return {"text": text}


def _told(plan: DwellingPlan) -> Iterator[tuple[int, str, str, Callable[[], dict[str, Any]]]]:
    """(row, of what, kind, what to say); the words are made only for a note that is kept."""
    row = plan.dwelling.row
    if plan.is_new:
        yield row, DWELLING, NEW, lambda: {"who": str(plan.household), "text": _("补建这一户")}
    for kind, changes in ((CHANGED, plan.changes), (CONFLICT, plan.conflicts)):
        if changes:
            yield row, DWELLING, kind, partial(_changes, plan, None, changes)
    for each in plan.people:
        if each.outcome == NEW:
            yield each.person.row, PERSON, NEW, partial(_newcomer, plan, each)
        for kind, changes in ((CHANGED, {**each.own, **each.here}), (CONFLICT, each.conflicts)):
            if changes:
                yield each.person.row, PERSON, kind, partial(_changes, plan, each, changes)


def _changes(plan: DwellingPlan, each: PersonPlan | None, changes: Changes) -> dict[str, Any]:
    return {"who": _who(plan, each), "fields": shown(changes, str(plan.household))}


def _newcomer(plan: DwellingPlan, each: PersonPlan) -> dict[str, Any]:
    return {"who": _who(plan, each), "text": each.person.relation or _("家庭成员")}


def _who(plan: DwellingPlan, each: PersonPlan | None) -> str:
    return f"{each.person.name} · {plan.household}" if each else str(plan.household)
