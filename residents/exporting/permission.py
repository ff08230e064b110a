"""Who may take which kind of sheet out, with which columns in plain; each one is logged with its purpose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.actions import log_access
from community_portal.privacy.masking import mask_id, mask_name, mask_phone
from grid.access import Role
from grid.models import Staff

HOUSEHOLDS, PEOPLE, LEDGER = "households", "people", "ledger"
NAME, PHONE, ID_NUMBER = "name", "phone", "id_number"
MASKED, PLAIN = False, True
MASKS = {NAME: mask_name, PHONE: mask_phone, ID_NUMBER: mask_id}
EXPORTS: dict[str, dict[str, bool]] = {
    HOUSEHOLDS: {
        Role.GRID_WORKER: MASKED,
        Role.COMMUNITY_WORKER: MASKED,
        Role.COMMUNITY_HEAD: PLAIN,
        Role.STREET_OFFICER: MASKED,
    },
    PEOPLE: {Role.COMMUNITY_WORKER: MASKED, Role.COMMUNITY_HEAD: PLAIN},
    LEDGER: {
        Role.GRID_WORKER: MASKED,
        Role.COMMUNITY_WORKER: PLAIN,
        Role.COMMUNITY_HEAD: PLAIN,
        Role.STREET_OFFICER: MASKED,
        Role.DISTRICT_OFFICER: MASKED,
    },
}
"""Kind of sheet × role: masked or plain columns of personal data; a role that is not named takes none out [?]."""


@dataclass(frozen=True)
class ExportPermission:
    """What somebody may take out: with `plain`, columns of personal data as they are, else as `cell` masks them."""

    kind: str
    plain: bool

    def cell(self, group: str, text: str) -> str:
        """A value of a field group (NAME, PHONE, ID_NUMBER) as it goes into the sheet."""
        return text if self.plain else MASKS[group](text)


def export_permission(roles: Iterable[str], kind: str) -> ExportPermission | None:
    """What these roles may take out of a kind; None for nothing. Raises KeyError for an unknown kind."""
    row = EXPORTS[kind]
    allowed = [row[role] for role in roles if role in row]
    return ExportPermission(kind, PLAIN in allowed) if allowed else None


def log_export(
    permission: ExportPermission, *, by: Staff, at: datetime, purpose: str, rows: int, condition: str
) -> None:
    """Note in the access log who took how many rows out, by which condition (in words) and for what.

    Call it before the first row leaves. Raises ValidationError on "purpose" as `log_access` does.
    """
    columns = _("原文") if permission.plain else _("脱敏")
    log_access(
        by=by,
        at=at,
        action="export",
        subject=f"export:{permission.kind}",
        field=f"{rows}，{columns}，{condition}"[:64],
        purpose=purpose,
    )


def watermark(name: str, at: datetime, purpose: str) -> str:
    """The line on every page of a sheet: who took it out, when, for what, and that it is not to be passed on."""
    when = localtime(at).strftime("%Y-%m-%d %H:%M")
    return _("%(name)s %(when)s 导出，用途：%(purpose)s。含个人信息，不得外传，用后销毁。") % {
        "name": name,
        "when": when,
        "purpose": purpose,
    }
