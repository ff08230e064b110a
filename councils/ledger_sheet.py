"""The ledger of a council as a sheet: one line for each entry of a month, as accountants read it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.exports import BOOKS, ExportPermission
from community_portal.tables.writing import Column
from councils.ledger import journals_between, last_day, month_of
from councils.models import Council, Journal
from councils.money_rights import Deed, deeds_for
from councils.querysets import councils_visible_to, roles_over
from grid.access import Scope
from grid.models import Staff
from residents.exporting.kinds import Kind, Row, Selection

COLUMNS = (
    Column(gettext_lazy("凭证号"), 14),
    Column(gettext_lazy("日期"), 12),
    Column(gettext_lazy("类别"), 10),
    Column(gettext_lazy("摘要"), 40),
    Column(gettext_lazy("科目"), 16),
    Column(gettext_lazy("借方（元）"), 14),
    Column(gettext_lazy("贷方（元）"), 14),
    Column(gettext_lazy("录入人"), 10),
    Column(gettext_lazy("备注"), 20),
)


def select(_staff: Staff, scope: Scope, query: QueryDict, at: datetime) -> Selection:
    """The month (`month=2026-11`) of a council (`council=`) whose books the reader may see; nothing of any other."""
    first = month_of(query.get("month", ""), localtime(at).date())
    council = _council(scope, query.get("council", ""))
    found = journals_between(council.pk if council else 0, first, last_day(first))
    words = _("%(council)s，%(month)s") % {"council": council or "", "month": f"{first:%Y-%m}"}
    total = sum(len(journal.entries.all()) for journal in found)
    return Selection(words, total, lambda permission: _rows(found, permission))


def _council(scope: Scope, number: str) -> Council | None:
    visible = councils_visible_to(scope).select_related("community__division__parent")
    wanted = int(number) if number.isdecimal() and len(number) < len("1" * 18) else 0
    council = visible.filter(pk=wanted).first()
    return council if council and Deed.BOOKS in deeds_for(roles_over(scope, council)) else None


def _rows(found: QuerySet[Journal], _permission: ExportPermission) -> Iterator[Row]:
    for journal in found:
        for entry in journal.entries.all():
            left, right = (_money(amount) for amount in (max(entry.amount, 0), max(-entry.amount, 0)))
            note = _("冲销 %s") % journal.reverses if journal.reverses else ""
            yield [
                str(journal), journal.day, journal.get_kind_display(), journal.text, entry.get_account_display(), left,
                right, journal.by.name, note,
            ]  # fmt: skip


def _money(cents: int) -> Decimal | str:
    return Decimal(cents) / 100 if cents else ""


LEDGER_SHEET = Kind(BOOKS, gettext_lazy("账本"), COLUMNS, select)
