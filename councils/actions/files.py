"""Files of meetings and tasks: kept encrypted, given out to those in scope, removed with a reason that stays."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext as _

from councils.actions.base import CouncilRefused, lock_council, record
from councils.models import CouncilFile, Meeting, ResolutionTask
from councils.rights import Task
from councils.workflow import Verb
from grid.models import Staff
from residents import photos

JPEG, PDF = "image/jpeg", "application/pdf"
PDF_BEGINS = b"%PDF-"
MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """A file as it can be kept: a JPEG that was drawn anew, or a PDF."""

    content: bytes
    media_type: str


def accept(content: bytes) -> Sent:
    """A picture without anything hidden in it, or a PDF as it is. Raises CouncilRefused for anything else."""
    if len(content) > MOST_BYTES:
        raise CouncilRefused(_("文件超过 10 MB，请缩小再传"))
    if content.startswith(PDF_BEGINS):
        return Sent(content, PDF)
    try:
        return Sent(photos.redraw(BytesIO(content), len(content)), JPEG)
    except photos.PhotoRefused as refusal:
        raise CouncilRefused(_("只收照片（JPG、PNG、WebP）和 PDF：%s") % refusal) from refusal


@transaction.atomic
def file_keep(
    *, by: Staff, at: datetime, sent: Sent, kind: str, title: str, meeting: Meeting | None = None,
    task: ResolutionTask | None = None,
) -> CouncilFile:  # fmt: skip
    """Keep a file of a meeting or a task. Raises Council.DoesNotExist, CouncilRefused."""
    subject = meeting or (task.resolution if task else None)
    assert subject is not None
    turn = lock_council(subject.council_id, Task.ATTEND, by=by, at=at)
    row = CouncilFile(
        council=turn.council, meeting=meeting, task=task, kind=kind, media_type=sent.media_type, key=photos.new_key(),
        title=title.strip()[:80] or str(CouncilFile.Kind(kind).label), size=len(sent.content), at=at, by=by,
    )  # fmt: skip
    row.save()
    photos.keep(row.name, row.key, sent.content)
    record(
        turn, Verb.NOTE, _("上传%(kind)s：%(title)s") % {"kind": row.get_kind_display(), "title": row.title},
        meeting=meeting, resolution=task.resolution if task else None,
    )  # fmt: skip
    return row


@transaction.atomic
def file_remove(file_id: int, *, by: Staff, at: datetime, reason: str) -> CouncilFile:
    """Take a file away for good; that it was there, who removed it and why stays. Raises CouncilRefused."""
    council_id = CouncilFile.objects.values_list("council_id", flat=True).get(pk=file_id)
    turn = lock_council(council_id, Task.PLAN, by=by, at=at)
    row = CouncilFile.objects.select_for_update(of=("self",)).select_related("meeting", "task__resolution").get(
        pk=file_id
    )  # fmt: skip
    if row.removed_at:
        raise CouncilRefused(_("这个文件已经删除了"))
    if not reason.strip():
        raise CouncilRefused(_("请写明为什么删除"))
    row.key, row.removed_at, row.removed_by, row.reason = "", at, by, reason.strip()[:120]
    row.save()
    transaction.on_commit(partial(photos.drop, row.name))
    record(
        turn, Verb.NOTE, _("删除%(title)s：%(why)s") % {"title": row.title, "why": row.reason}, meeting=row.meeting,
        resolution=row.task.resolution if row.task else None,
    )  # fmt: skip
    return row


def read_file(row: CouncilFile) -> bytes:
    """What a file holds. Raises FileNotFoundError for one that was removed."""
    if row.removed_at:
        raise FileNotFoundError(str(row.name))
    return photos.read(row.name, row.key)
