"""Moving an import on, step by step, each in one transaction with its progress: a killed one goes on where it stood."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.tables.errors import FileRefused
from residents.actions.imports.batches import MOVING, reading_of, said_of
from residents.actions.imports.notes import Notebook
from residents.actions.imports.plan import Settings, Tally, plan_step
from residents.actions.imports.undo import undo_step
from residents.actions.imports.write import Writer
from residents.importing.dwellings import ERROR, WARNING, Reading
from residents.models import Community, HouseholdImport, ImportNote

STEP = 1000
State = HouseholdImport.State
Told = Callable[[HouseholdImport], None]


def import_run(
    batch_id: int,
    *,
    now: Callable[[], datetime] = timezone.now,
    told: Told | None = None,
    read: Callable[[HouseholdImport], Reading] = reading_of,
) -> HouseholdImport:
    """Check, write or undo what is left of an import; `told` hears of the progress. Safe to run twice, also at once.

    `read` gives what the file says, for whoever has it at hand.
    """
    batch = HouseholdImport.objects.select_related("community__division").get(pk=batch_id)
    reading: Reading | None = None
    with _set_aside() as aside:
        if batch.state in (State.CHECKING, State.RUNNING):
            try:
                reading = read(batch)
            except FileRefused as error:
                return _fail(batch_id, str(error), now())
        aside()
        while batch.state in MOVING:
            batch = _step(batch_id, reading, now())
            if told:
                told(batch)
    return batch


@contextmanager
def _set_aside() -> Iterator[Callable[[], None]]:
    """Keeps the garbage collector off what the file says: it would look through all of it again and again.

    It rests until the given function is called, and afterwards passes over everything that is there by then.
    """

    def aside() -> None:
        gc.freeze()
        gc.enable()

    gc.disable()
    try:
        yield aside
    finally:
        gc.unfreeze()
        gc.enable()


def survey(community: Community, reading: Reading, settings: Settings) -> tuple[Tally, list[tuple[int, str]]]:
    """What an import would do, and (row, why) of what would stay out; nothing is written or kept."""
    tally = _tally_of(reading)
    problems = [(each.row, each.text) for each in reading.remarks if each.kind == ERROR]
    for start in range(0, len(reading.dwellings), STEP):
        plans = plan_step(community, reading.dwellings[start : start + STEP], settings, lock=False).dwellings
        tally.add(plans)
        problems += [(row, plan.error) for plan in plans if plan.error for row in plan.dwelling.rows]
    return tally, sorted(problems)


def _tally_of(reading: Reading) -> Tally:
    kinds = {kind: len({each.row for each in reading.remarks if each.kind == kind}) for kind in (ERROR, WARNING)}
    return Tally({"rows": reading.rows, **kinds})


@transaction.atomic
def _step(batch_id: int, reading: Reading | None, at: datetime) -> HouseholdImport:
    """The lock makes a second worker wait, and then go on with the dwellings after ours.

    Nobody need wait for the disk: a step that a falling server forgets is forgotten with its progress, and done again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    batch = (
        HouseholdImport.objects.select_for_update(of=("self",))
        .select_related("community__division", "by")
        .defer("content")
        .get(pk=batch_id)
    )
    if batch.state == State.UNDOING:
        undo_step(batch, at)
    elif batch.state in (State.CHECKING, State.RUNNING) and reading is not None:
        # One import at a time writes in a community; petitions and files go on beside it.
        Community.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.community_id)
        _forward(batch, reading, at)
    batch.moved_at = at
    batch.save(update_fields=["done", "total", "counts", "made", "state", "moved_at", "finished_at", "undone_at"])
    return batch


def _forward(batch: HouseholdImport, reading: Reading, at: datetime) -> None:
    notebook, tally = Notebook(batch), Tally(dict(batch.counts))
    if batch.done == 0:
        batch.total = len(reading.dwellings)
        notebook.remarks(reading.remarks)
        tally = _tally_of(reading)
    writing = batch.state == State.RUNNING
    some = reading.dwellings[batch.done : batch.done + STEP]
    step = plan_step(batch.community, some, _settings(batch), lock=writing)
    if writing:
        day = localtime(at).date()
        Writer(batch.by, at, day, batch.batch, _("表格导入")).write(step)
        made = [row.pk for row in step.places.new_buildings]
        batch.made = {"buildings": [*batch.made.get("buildings", []), *made]}
    notebook.plans(step.dwellings)
    notebook.save()
    tally.add(step.dwellings)
    batch.counts = tally.counts
    batch.done += len(some)
    if batch.done >= batch.total:
        batch.state = State.DONE if writing else State.READY
        batch.finished_at = at if writing else None


def _settings(batch: HouseholdImport) -> Settings:
    chosen = batch.notes.exclude(choice="").values_list("row", "of", "choice")
    by_file = HouseholdImport.Conflicts.FILE
    return Settings(
        may_build=batch.may_build,
        by_file=batch.conflicts == by_file,
        choices={(row, of): choice == by_file for row, of, choice in chosen},
    )


def _fail(batch_id: int, text: str, at: datetime) -> HouseholdImport:
    with transaction.atomic():
        batch = HouseholdImport.objects.select_for_update().defer("content").get(pk=batch_id)
        if batch.state in MOVING:
            batch.state, batch.error, batch.finished_at = State.FAILED, text[:200], at
            batch.save(update_fields=["state", "error", "finished_at"])
    return batch


def error_rows(batch: HouseholdImport) -> Iterator[tuple[int, str]]:
    """The rows that do not go in, and why."""
    for note in batch.notes.filter(kind=ImportNote.Kind.ERROR).order_by("row", "id"):
        yield note.row, said_of(note)["text"]
