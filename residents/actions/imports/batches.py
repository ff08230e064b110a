"""The life of one import: uploaded, its columns confirmed, checked, run, undone; who may do what with it."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.tables import headers
from community_portal.tables.errors import FileRefused
from grid.access import Role, Scope, scope_of
from grid.models import Staff
from residents.catalogue import tags
from residents.importing.book import NEEDS, Book, open_book, rows_of, usable
from residents.importing.dwellings import Reading, gather
from residents.importing.fields import TagWord
from residents.importing.lines import Reader
from residents.models import Community, HouseholdImport, ImportNote, RememberedColumn

State, Kind = HouseholdImport.State, ImportNote.Kind
IMPORT_ROLES, BUILD_ROLES = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD}), frozenset({Role.COMMUNITY_HEAD})
STALLED = timedelta(minutes=2)
MAX_NAME = 120
MOVING = (State.CHECKING, State.RUNNING, State.UNDOING)


class ImportRefused(Exception):
    """The step is not possible now; the text says why."""


def may_import(scope: Scope, community: int) -> bool:
    """Whether these appointments may bring files into a community: its own clerks and heads."""
    return bool(scope.roles_over(community=community) & IMPORT_ROLES)


def may_build(scope: Scope, community: int) -> bool:
    """Whether they may have missing buildings and rooms put up: its heads."""
    return bool(scope.roles_over(community=community) & BUILD_ROLES)


def tag_words() -> list[TagWord]:
    """The care tags that can be given by hand, as a file may name them."""
    rows = tags().rows.values()
    return [TagWord(row.code, row.name, tuple(row.kinds), row.grades) for row in rows if not row.condition]


def import_create(
    *,
    by: Staff | None,
    community: Community,
    file_name: str,
    content: bytes,
    at: datetime,
    book: Book | None = None,
) -> HouseholdImport:
    """Keep an uploaded file, its columns matched as far as they are known. Raises FileRefused, ImportRefused.

    `book` is the file opened already.
    """
    if by is not None and not may_import(scope_of(by, localtime(at).date()), community.pk):
        raise ImportRefused(_("只有这个社区的社工和书记可以导入"))
    book = book or open_book(content, tags=tag_words(), remembered=remembered(community))
    return HouseholdImport.objects.create(
        by=by,
        community=community,
        file_name=file_name[-MAX_NAME:],
        content=base64.b64encode(content).decode(),
        sheet=book.sheet,
        columns=book.columns,
        created_at=at,
        moved_at=at,
    )


def remembered(community: Community) -> dict[str, str]:
    """What a community's people said earlier about headers."""
    return dict(RememberedColumn.objects.filter(community=community).values_list("header", "field"))


def book_of(batch: HouseholdImport, sheet: str = "") -> Book:
    """The batch's file, opened anew, at another sheet if asked. Raises FileRefused, also for a forgotten file."""
    if not batch.has_file:
        raise FileRefused(_("这个文件已经不再保存，请重新上传"))
    content = base64.b64decode(batch.content)
    known = remembered(batch.community)
    return open_book(content, tags=tag_words(), sheet=sheet or batch.sheet, remembered=known)


def reading_of(batch: HouseholdImport) -> Reading:
    """Everything that the batch's file says, by the columns that were confirmed. Raises FileRefused."""
    return read(book_of(batch), batch.columns, batch.created_at)


def read(book: Book, columns: Mapping[str, str], at: datetime) -> Reading:
    """Everything that a file says, by these columns (header → field). Raises FileRefused when they are not enough."""
    if not usable(dict.fromkeys(columns.values())):
        raise FileRefused(str(NEEDS))
    derived = [row.name for row in tags().rows.values() if row.condition]
    reader = Reader(tag_words(), derived, localtime(at).date())
    return gather(reader.line(cells) for cells in rows_of(book, columns))


@transaction.atomic
def import_match(
    batch_id: int, *, by: Staff | None, at: datetime, columns: Mapping[str, str], sheet: str = ""
) -> HouseholdImport:
    """Say what the columns hold (header → field, "" for none), remember it for the community, and begin checking.

    Raises ImportRefused when the columns do not find dwellings, or hold one thing twice, or it is too late to say.
    """
    batch = _locked(batch_id, (State.MATCHING, State.READY), by=by, at=at)
    said = {header: field for header, field in columns.items() if field}
    twice = {field for field in said.values() if list(said.values()).count(field) > 1}
    if twice:
        raise ImportRefused(_("有两列选了同一项，请只留一列"))
    if not usable(dict.fromkeys(said.values())):
        raise ImportRefused(str(NEEDS))
    for header, field in columns.items():
        RememberedColumn.objects.update_or_create(
            community=batch.community, header=headers.plain(header)[:60], defaults={"field": field}
        )
    batch.columns, batch.sheet = said, sheet or batch.sheet
    return _begin(batch, State.CHECKING, at)


@transaction.atomic
def import_start(
    batch_id: int, *, by: Staff | None, at: datetime, may_build: bool = False, conflicts: str = "keep"
) -> HouseholdImport:
    """Begin to write. Raises ImportRefused when it is not checked, or `may_build` is not theirs to allow."""
    batch = _locked(batch_id, (State.MATCHING, State.READY), by=by, at=at)
    if may_build and not _may_build(batch, by, at):
        raise ImportRefused(_("补建楼栋和房屋要由社区书记来做"))
    batch.may_build, batch.conflicts = may_build, conflicts
    return _begin(batch, State.RUNNING, at)


@transaction.atomic
def import_check_again(batch_id: int, *, by: Staff | None, at: datetime, may_build: bool) -> HouseholdImport:
    """Check once more, with or without putting up what is missing. Raises ImportRefused."""
    batch = _locked(batch_id, (State.READY,), by=by, at=at)
    if may_build and not _may_build(batch, by, at):
        raise ImportRefused(_("补建楼栋和房屋要由社区书记来做"))
    batch.may_build = may_build
    return _begin(batch, State.CHECKING, at)


@transaction.atomic
def import_undo(batch_id: int, *, by: Staff | None, at: datetime) -> HouseholdImport:
    """Begin to take everything back that this import did. Raises ImportRefused for one that is not done."""
    batch = _locked(batch_id, (State.DONE,), by=by, at=at)
    return _begin(batch, State.UNDOING, at)


@transaction.atomic
def import_choose(batch_id: int, *, by: Staff, at: datetime, choices: Mapping[int, str]) -> None:
    """Say about single conflicts (note id → keep, file, or "" for as the rest). Raises ImportRefused."""
    batch = _locked(batch_id, (State.READY,), by=by, at=at)
    for choice in [*HouseholdImport.Conflicts.values, ""]:
        ids = [pk for pk, said in choices.items() if said == choice]
        batch.notes.filter(pk__in=ids, kind=Kind.CONFLICT).update(choice=choice)


def stalled(at: datetime) -> list[int]:
    """Imports that nobody has moved for a while: their worker was killed, or the queue was away."""
    waiting = HouseholdImport.objects.filter(state__in=MOVING, moved_at__lt=at - STALLED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _locked(batch_id: int, states: Sequence[str], *, by: Staff | None, at: datetime) -> HouseholdImport:
    batch = (
        HouseholdImport.objects.select_for_update(of=("self",))
        .select_related("community__division")
        .defer("content")
        .get(pk=batch_id)
    )
    if by is not None and not may_import(scope_of(by, localtime(at).date()), batch.community_id):
        raise HouseholdImport.DoesNotExist
    if batch.state not in states:
        raise ImportRefused(_("这次导入现在是“%s”，请刷新页面看看") % batch.get_state_display())
    return batch


def _may_build(batch: HouseholdImport, by: Staff | None, at: datetime) -> bool:
    return by is None or may_build(scope_of(by, localtime(at).date()), batch.community_id)


def _begin(batch: HouseholdImport, state: str, at: datetime) -> HouseholdImport:
    batch.state, batch.done, batch.moved_at, batch.error = state, 0, at, ""
    if state == State.CHECKING:
        batch.notes.all().delete()
        batch.total = 0
    if state in (State.CHECKING, State.RUNNING):
        batch.counts = {}
    batch.save(
        update_fields=[
            "columns", "sheet", "may_build", "conflicts", "state", "done", "total", "counts", "moved_at", "error",
        ]
    )  # fmt: skip
    return batch


def said_of(note: ImportNote) -> dict[str, Any]:
    """What a note says, opened."""
    said: dict[str, Any] = json.loads(note.said)
    return said
