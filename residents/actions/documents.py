"""Photos of papers: kept for a purpose with consent, looked at with a word in the log, removed in time."""

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from community_portal.privacy.actions import log_access
from community_portal.privacy.models import AccessLog
from grid.access import scope_of
from grid.models import Staff
from residents import photos
from residents.actions.base import FileRefused, Turn, Verb, close_file, ids_of, open_file, stay_in
from residents.eyes import PAPER, opened
from residents.models import Consent, Document, Resident
from residents.rights import Task

KEEP_DAYS, MOST_DAYS = 90, 365


@transaction.atomic
def document_keep(
    household_id: int,
    resident_id: int,
    *,
    by: Staff,
    at: datetime,
    picture: bytes,
    kind: str,
    purpose: str,
    keep_until: date | None = None,
) -> Document:
    """Keep a photo (a JPEG from photos.redraw) of a person's paper until a day, 90 days from now by default.

    Raises Household.DoesNotExist, and FileRefused without the person's consent in force or for more than a year.
    """
    turn, _rows = open_file(household_id, Task.DOCUMENT, by=by, at=at)
    person = stay_in(turn.household, resident_id).resident
    if not person.consents.filter(purpose=Consent.Purpose.DOCUMENTS, withdrawn_on__isnull=True).exists():
        raise FileRefused(_("本人还没有同意留存证件照片，请先登记同意"))
    last = keep_until or turn.day + timedelta(days=KEEP_DAYS)
    if not turn.day <= last <= turn.day + timedelta(days=MOST_DAYS):
        raise FileRefused(_("照片最多保留一年"))
    document = Document(
        household=turn.household, resident=person, kind=kind, purpose=purpose, key=photos.new_key(), keep_until=last,
        kept_at=at, kept_by=by,
    )  # fmt: skip
    document.save()
    photos.keep(document.name, document.key, picture)
    turn.note(Verb.DOCUMENT, resident=person, text=_("留存照片：%s") % document.get_kind_display())
    close_file(turn)
    return document


@transaction.atomic
def document_show(household_id: int, document_id: int, *, by: Staff, at: datetime, purpose: str) -> bytes:
    """The photo, with an entry in the access log; for the purposes that open an ID number, as one can be read on it.

    Raises Household.DoesNotExist, Document.DoesNotExist, FileRefused for a role that handles no papers, and
    ValidationError (on "purpose") when it says too little or does not open papers for this role.
    """
    turn, _rows = open_file(household_id, Task.DOCUMENT, by=by, at=at)
    opened(scope_of(by, turn.day).roles_over(**ids_of(turn.household)), PAPER, purpose)
    document = Document.objects.get(pk=document_id, household=turn.household, removed_at__isnull=True)
    picture = photos.read(document.name, document.key)
    log_access(
        by=by,
        at=at,
        action=AccessLog.Action.REVEAL,
        subject=f"residents.Document:{document.pk}",
        field="photo",
        purpose=purpose,
    )
    return picture


@transaction.atomic
def document_drop(household_id: int, document_id: int, *, by: Staff, at: datetime) -> None:
    """Remove a photo for good. Raises Household.DoesNotExist, FileRefused."""
    turn, _rows = open_file(household_id, Task.DROP_DOCUMENT, by=by, at=at)
    mine = Document.objects.select_for_update(of=("self",)).filter(household=turn.household, removed_at__isnull=True)
    document = mine.filter(pk=document_id).select_related("resident").first()
    if document is None:
        raise FileRefused(_("这张照片已经删除了"))
    _remove(document, at)
    turn.note(Verb.DOCUMENT, resident=document.resident, text=_("删除照片：%s") % document.get_kind_display())
    close_file(turn)


def remove_all(turn: Turn, person: Resident) -> None:
    """Every photo of a person's papers goes, wherever it was kept."""
    rows = Document.objects.select_for_update().filter(resident=person, removed_at__isnull=True)
    for document in rows:
        _remove(document, turn.at)
        turn.note(Verb.DOCUMENT, resident=person, text=_("删除照片：%s") % document.get_kind_display())


def _remove(document: Document, at: datetime) -> None:
    """The key goes with this transaction and the file right after it: from then on nobody can open the picture."""
    document.key, document.removed_at = "", at
    document.save(update_fields=["key", "removed_at"])
    transaction.on_commit(partial(photos.drop, document.name))
