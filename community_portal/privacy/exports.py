"""Who may take which kind of sheet out of the portal, with which columns in plain; each one is logged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.actions import log_access
from community_portal.privacy.disclosure import CLERK, DISTRICT, HEAD, STREET, WORKER, Shown, mask, shown
from community_portal.privacy.models import AccessLog

HOUSEHOLDS, PEOPLE, PETITIONS, LEDGER, BOOKS = "households", "people", "petitions", "ledger", "council-ledger"
KINDS = {
    HOUSEHOLDS: gettext_lazy("户"),
    PEOPLE: gettext_lazy("人员"),
    PETITIONS: gettext_lazy("诉求工单"),
    LEDGER: gettext_lazy("台账"),
    BOOKS: gettext_lazy("账本"),
}
MASKED, PLAIN = Shown.MASKED, Shown.PLAIN
EXPORTS: dict[str, dict[str, Shown]] = {
    HOUSEHOLDS: {WORKER: MASKED, CLERK: MASKED, HEAD: PLAIN, STREET: MASKED},
    PEOPLE: {CLERK: MASKED, HEAD: PLAIN},
    PETITIONS: {WORKER: MASKED, CLERK: PLAIN, HEAD: PLAIN, STREET: MASKED, DISTRICT: MASKED},
    LEDGER: {WORKER: MASKED, CLERK: PLAIN, HEAD: PLAIN, STREET: MASKED, DISTRICT: MASKED},
    BOOKS: {CLERK: PLAIN, HEAD: PLAIN, STREET: PLAIN, DISTRICT: PLAIN},
}
"""Kind of sheet × role: masked or plain columns of personal data; a role that is not named takes none out [?]."""


@dataclass(frozen=True)
class ExportPermission:
    """What somebody may take out: with `plain`, columns of personal data as they are, else as `cell` masks them."""

    kind: str
    roles: frozenset[str]
    plain: bool

    def cell(self, group: str, text: str) -> str:
        """A value of a field group (disclosure.GROUPS) as it goes into the sheet; hidden groups stay empty."""
        how = shown(self.roles, group)
        if how is Shown.HIDDEN:
            return ""
        return text if self.plain or how is Shown.PLAIN else mask(group, text)


def export_permission(roles: Iterable[str], kind: str) -> ExportPermission | None:
    """What these roles may take out of a kind; None for nothing. Raises KeyError for an unknown kind."""
    held, row = frozenset(roles), EXPORTS[kind]
    allowed = {role: row[role] for role in held if role in row}
    return ExportPermission(kind, frozenset(allowed), PLAIN in allowed.values()) if allowed else None


def log_export(
    permission: ExportPermission,
    *,
    by: AbstractBaseUser,
    at: datetime,
    purpose: str,
    rows: int,
    condition: str,
    columns: Iterable[str] = (),
) -> AccessLog:
    """Note in the access log who took how many rows out, by which condition (as the page says it) and for what.

    Call it before the first row leaves. Raises ValidationError on "purpose" as `log_access` does.
    """
    detail = _("%(rows)d 行；%(condition)s；%(columns)s") % {
        "rows": rows,
        "condition": condition or _("全部"),
        "columns": _("原文") if permission.plain else _("脱敏"),
    }
    return log_access(
        by=by,
        at=at,
        action=AccessLog.Action.EXPORT,
        subject=f"export:{permission.kind}",
        field=",".join(columns)[:64],
        purpose=purpose,
        detail=detail,
    )


def watermark(name: str, at: datetime, purpose: str) -> str:
    """The line on every page of a sheet: who took it out, when, for what, and that it is not to be passed on."""
    when = localtime(at).strftime("%Y-%m-%d %H:%M")
    return _("%(name)s %(when)s 导出，用途：%(purpose)s。含个人信息，不得外传，用后销毁。") % {
        "name": name,
        "when": when,
        "purpose": purpose,
    }
