"""A petition's files as pages list them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from petitions.models import Petition, PetitionFile

Kind = PetitionFile.Kind


@dataclass(frozen=True)
class Shown:
    """One file: its address part, what it is in words, when it came, and whether it is seen or heard in the page."""

    name: str
    words: str
    label: str
    at: datetime
    is_picture: bool
    is_voice: bool


def shown_files(petition: Petition, *, to_petitioner: bool = False) -> list[Shown]:
    """The files of a petition, the oldest first; to the petitioner only those meant for them. One query."""
    rows = petition.files.filter(removed_at__isnull=True).select_related("by")
    if to_petitioner:
        rows = rows.filter(shown=True)
    return [_shown(row, named=not to_petitioner) for row in rows]


def _shown(row: PetitionFile, *, named: bool) -> Shown:
    who = _("，%s") % row.by.name if named and row.by else ""
    words = _("%(stage)s的%(kind)s%(who)s") % {
        "stage": row.get_stage_display(),
        "kind": row.get_kind_display(),
        "who": who,
    }
    return Shown(str(row.name), words, row.label, row.at, row.kind == Kind.PICTURE, row.kind == Kind.VOICE)
