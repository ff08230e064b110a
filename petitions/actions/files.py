"""Keeping what people and workers add to a petition, and taking it away again."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from grid.models import Staff
from petitions.actions.base import RESIDENT, ActionRefused, Turn, begin, finish, tell_staff
from petitions.actions.drafts import Intake
from petitions.actions.register import register
from petitions.files import IN_ALL, Ready
from petitions.models import Petition, PetitionFile
from petitions.workflow import Verb
from residents import photos

Stage = PetitionFile.Stage


@transaction.atomic
def register_with_files(
    intake: Intake, files: Sequence[Ready], *, by: Staff | None, at: datetime
) -> tuple[Petition, bool]:
    """As `register`, with the files that came along: both are there, or neither. Raises ActionRefused."""
    petition, is_new = register(intake, by=by, at=at)
    if is_new:
        keep_files(petition, files, by=by, at=at, stage=Stage.ASKED, shown=True)
    return petition, is_new


@transaction.atomic
def petition_attach(
    petition_id: int,
    files: Sequence[Ready],
    *,
    by: Staff,
    at: datetime,
    stage: str = Stage.OTHER,
    text: str = "",
    shown: bool = False,
) -> Petition:
    """Add a worker's photos and papers, as a note in the history. Raises ActionRefused."""
    turn = begin(petition_id, Verb.NOTE, by=by, at=at, text=text.strip() or _words(files, str(Stage(stage).label)))
    kept = keep_files(turn.petition, files, by=by, at=at, stage=stage, shown=shown)
    finish(turn, data={"files": [str(row.name) for row in kept]})
    return turn.petition


@transaction.atomic
def petition_send_files(petition_id: int, files: Sequence[Ready], *, at: datetime, text: str = "") -> Petition:
    """Add what the petitioner sends afterwards; the handler is told. Raises ActionRefused."""
    said = text.strip() or _words(files, _("补充"))
    turn = begin(petition_id, Verb.SUPPLEMENT, by=None, at=at, text=said, actor=RESIDENT)
    kept = keep_files(turn.petition, files, by=None, at=at, stage=Stage.ASKED, shown=True)
    tell_staff(turn, turn.petition.handler_id, _("有补充：%s") % turn.petition.title, turn.text)
    finish(turn, data={"files": [str(row.name) for row in kept]})
    return turn.petition


@transaction.atomic
def petition_detach(petition_id: int, name: UUID, *, by: Staff, at: datetime, text: str) -> Petition:
    """Remove a file for good, with a reason in the history. Raises ActionRefused when it is gone already."""
    turn = begin(
        petition_id, Verb.NOTE, by=by, at=at, text=_("删除照片或文件：%s") % text.strip() if text.strip() else ""
    )
    row = turn.petition.files.select_for_update().filter(name=name, removed_at__isnull=True).first()
    if row is None:
        raise ActionRefused(_("这个文件已经删除了"))
    remove(row, at)
    finish(turn, data={"removed": str(name)})
    return turn.petition


def keep_files(
    petition: Petition, files: Sequence[Ready], *, by: Staff | None, at: datetime, stage: str, shown: bool
) -> list[PetitionFile]:
    """Store files of a petition, inside the caller's transaction. Raises ActionRefused when there would be too many.

    The rows come first: a file whose transaction fails has no key any more, and is of no use to anybody.
    """
    if files and petition.files.filter(removed_at__isnull=True).count() + len(files) > IN_ALL:
        raise ActionRefused(_("一件诉求最多放 %d 个照片和文件") % IN_ALL)
    kept = []
    for file in files:
        row = PetitionFile(
            petition=petition, key=photos.new_key(), label=file.label, kind=file.kind, type=file.type,
            size=len(file.content), stage=stage, shown=shown, by=by, at=at,
        )  # fmt: skip
        row.save()
        photos.keep(row.name, row.key, file.content)
        kept.append(row)
    return kept


def evidence(turn: Turn, files: Sequence[Ready], *, shown: bool) -> dict[str, list[str]]:
    """Keep what shows how a matter was left; what the event's data says of it, nothing without any."""
    kept = keep_files(turn.petition, files, by=turn.by, at=turn.at, stage=Stage.AFTER, shown=shown)
    return {"files": [str(row.name) for row in kept]} if kept else {}


def remove(row: PetitionFile, at: datetime) -> None:
    """The key goes with this transaction and the file right after it."""
    row.key, row.label, row.removed_at = "", "", at
    row.save(update_fields=["key", "label", "removed_at"])
    transaction.on_commit(partial(photos.drop, row.name))


def _words(files: Sequence[Ready], what: str) -> str:
    counts = {kind: sum(file.kind == kind for file in files) for kind in PetitionFile.Kind}
    parts = [_("%(kind)s %(number)d 个") % {"kind": kind.label, "number": n} for kind, n in counts.items() if n]
    return _("%(what)s：%(parts)s") % {"what": what, "parts": "、".join(parts)}
