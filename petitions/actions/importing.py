"""Importing a file of orders: batch by batch, each in one transaction with its progress, so that a killed import
goes on where it stood and no row comes in twice."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community_portal.tables.errors import FileRefused
from community_portal.tables.table import Raw, Table
from grid.models import Division, Staff
from petitions.actions.public import petition_supplement
from petitions.actions.register import Intake, find_externals, is_other_order, key_of, register_many
from petitions.catalogue import catalogue
from petitions.importing.orders import Order, read_order
from petitions.importing.table import read_table
from petitions.models import ImportBatch, Petition
from petitions.workflow import Verb

DEFAULT_SYSTEM = "文件导入"
ACTOR = "导入"
ROWS = 250
TRIES = 3
STALLED = timedelta(minutes=2)
MAX_PROBLEMS = 5000
ERROR, WARNING = "error", "warning"
KINDS = {str(label): value for value, label in Petition.Kind.choices}
State = ImportBatch.State


def import_create(
    *, by: Staff | None, division: Division, file_name: str, content: bytes, system: str, at: datetime
) -> ImportBatch:
    """Keep an uploaded file for importing. Raises FileRefused when it cannot be read at all."""
    table = read_table(content)
    return ImportBatch.objects.create(
        by=by,
        division=division,
        system=system.strip() or DEFAULT_SYSTEM,
        file_name=file_name[-120:],
        content=base64.b64encode(content).decode(),
        total=len(table.rows),
        created_at=at,
        moved_at=at,
    )


def import_run(
    batch_id: int, *, now: Callable[[], datetime] = timezone.now, told: Callable[[ImportBatch], None] | None = None
) -> ImportBatch:
    """Import what is left of a file; `told` hears of the progress. Safe to run twice, also at once."""
    batch = ImportBatch.objects.get(pk=batch_id)
    try:
        table = table_of(batch)
    except FileRefused as error:
        return _fail(batch_id, str(error), now())
    while batch.state in (State.WAITING, State.RUNNING):
        batch = _step(batch_id, table, now())
        if told:
            told(batch)
    return batch


def table_of(batch: ImportBatch) -> Table:
    """The batch's file, read anew. Raises FileRefused."""
    return read_table(base64.b64decode(batch.content))


def stalled(at: datetime) -> list[int]:
    """Batches that nobody has moved for a while: their worker was killed, or the queue was away."""
    waiting = ImportBatch.objects.filter(state__in=(State.WAITING, State.RUNNING), moved_at__lt=at - STALLED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _step(batch_id: int, table: Table, at: datetime) -> ImportBatch:
    """One batch of rows. Another process that imports the same number at this moment makes us look again."""
    for _attempt in range(TRIES - 1):
        try:
            return _locked_step(batch_id, table, at)
        except IntegrityError:
            continue
    return _locked_step(batch_id, table, at)


@transaction.atomic
def _locked_step(batch_id: int, table: Table, at: datetime) -> ImportBatch:
    """The lock makes a second worker wait, and then go on with the rows after ours."""
    batch = (
        ImportBatch.objects.select_for_update(of=("self",))
        .defer("content")
        .select_related("division", "by")
        .get(pk=batch_id)
    )
    if batch.state not in (State.WAITING, State.RUNNING):
        return batch
    rows = table.rows[batch.done : batch.done + ROWS]
    _take(batch, [read_order(row, table.columns, at) for row in rows], at)
    batch.done += len(rows)
    batch.state, batch.moved_at = State.RUNNING, at
    if batch.done >= len(table.rows):
        batch.state, batch.finished_at = State.DONE, at
    batch.save(update_fields=["done", "added", "known", "problems", "state", "moved_at", "finished_at"])
    if batch.state == State.DONE and not error_rows(batch):
        _forget_file(batch)
    return batch


def _take(batch: ImportBatch, orders: Sequence[Order], at: datetime) -> None:
    good = []
    for order in orders:
        for text in order.warnings:
            _note(batch, order, WARNING, text)
        if order.error:
            _note(batch, order, ERROR, order.error)
        else:
            good.append((order, _intake(batch, order, at)))
    there = find_externals([intake for _order, intake in good])
    fresh = []
    for order, intake in good:
        petition = there.get(key_of(intake))
        if petition and is_other_order(petition, intake) and not _same_file(batch, petition, intake):
            _note(batch, order, ERROR, _taken(petition))
        else:
            fresh.append(intake)
    for intake, (petition, is_new) in zip(fresh, register_many(fresh, by=batch.by, at=at, known=there), strict=True):
        batch.added += is_new
        batch.known += not is_new
        if not is_new:
            _supplement(petition, intake, at)


def _intake(batch: ImportBatch, order: Order, at: datetime) -> Intake:
    category, level = catalogue().category(order.category), catalogue().level(order.level)
    said = {"category": "" if category else order.category, "level": "" if level else order.level}
    return Intake(
        source=Petition.Source.FILE,
        home=batch.division,
        text=order.text,
        received_at=order.received_at or at,
        title=order.title,
        kind=KINDS.get(order.kind, Petition.Kind.HELP),
        category=category,
        level=level,
        anonymous=order.anonymous,
        caller_name=order.caller_name,
        caller_phone=order.caller_phone,
        address=order.address,
        external_system=batch.system,
        external_no=order.order_no,
        actor=ACTOR,
        reply=order.reply,
        replied_at=order.replied_at,
        data={
            "import": batch.pk,
            "row": order.row,
            **{name: value for name, value in said.items() if value},
            **({"columns": order.rest} if order.rest else {}),
        },
    )


def _supplement(petition: Petition, intake: Intake, at: datetime) -> None:
    """Other words under a known number are kept beside the first ones; so is an answer that came later."""
    if intake.text.strip() != petition.text:
        petition_supplement(petition.pk, at=at, text=intake.text, actor=ACTOR)
    if intake.reply and intake.reply.strip() != petition.answer:
        petition_supplement(petition.pk, at=at, text=_("来单系统的答复：%s") % intake.reply.strip(), actor=ACTOR)


def _same_file(batch: ImportBatch, petition: Petition, intake: Intake) -> bool:
    """Whether a number that looks used for two orders comes from this very file, now or at an earlier import."""
    events = petition.events.all()
    here = events.filter(verb=Verb.REGISTER, data__import=batch.pk)
    return here.exists() or events.filter(verb=Verb.SUPPLEMENT, text=intake.text.strip()).exists()


def _taken(petition: Petition) -> str:
    return _("编号已用于另一件工单 %s，内容和受理时间都不同；若来自别的系统，请填写来单系统后再导入") % petition.number


def _note(batch: ImportBatch, order: Order, kind: str, text: str) -> None:
    if len(batch.problems) < MAX_PROBLEMS:
        batch.problems.append({"row": order.row, "kind": kind, "text": text})


def error_rows(batch: ImportBatch) -> dict[int, str]:
    """The rows that did not go in, and why."""
    return {each["row"]: each["text"] for each in batch.problems if each["kind"] == ERROR}


def bad_rows(batch: ImportBatch) -> tuple[list[str], list[tuple[Raw, str]]]:
    """The headers of a batch's file, and its rows that did not go in with the reason. Raises FileRefused."""
    reasons = error_rows(batch)
    if not reasons:
        return [], []
    table = table_of(batch)
    return table.headers, [(row, reasons[row.number]) for row in table.rows if row.number in reasons]


def _forget_file(batch: ImportBatch) -> None:
    """Everything in it is in the portal now; people's numbers need not lie here a second time."""
    batch.content = ""
    batch.save(update_fields=["content"])


def _fail(batch_id: int, text: str, at: datetime) -> ImportBatch:
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().defer("content").get(pk=batch_id)
        if batch.state in (State.WAITING, State.RUNNING):
            batch.state, batch.error, batch.finished_at = State.FAILED, text[:200], at
            batch.save(update_fields=["state", "error", "finished_at"])
    return batch


def summary(batch: ImportBatch) -> dict[str, Any]:
    """Counts for people: rows, new, known, kept out, with a warning."""
    kinds = [each["kind"] for each in batch.problems]
    return {
        "total": batch.total,
        "done": batch.done,
        "added": batch.added,
        "known": batch.known,
        "errors": kinds.count(ERROR),
        "warnings": kinds.count(WARNING),
    }
