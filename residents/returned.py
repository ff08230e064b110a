"""The rows of an imported file that did not go in, as a sheet to be put right and imported again."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.tables.cells import text_of
from community_portal.tables.writing import Column, Layout, write_xlsx
from residents.actions.imports.batches import book_of
from residents.actions.imports.steps import error_rows
from residents.importing.book import rows_of
from residents.models import HouseholdImport


def bad_rows(batch: HouseholdImport) -> bytes:
    """A workbook under the file's own headers, with the row's number and the reason behind them. Raises FileRefused."""
    reasons: dict[int, str] = {}
    for row, text in error_rows(batch):
        reasons[row] = f"{reasons[row]}；{text}" if row in reasons else text
    book = book_of(batch)
    columns = [*(Column(header, 16) for header in book.headers), Column(_("行号"), 8), Column(_("没有导入的原因"), 50)]
    filled = {
        cells.number: cells.by_field for cells in rows_of(book_of(batch), batch.columns) if cells.number in reasons
    }
    rows = (
        [*_texts(book.headers, cells, batch.columns, filled.get(number, {})), number, reasons[number]]
        for number, cells in book.rows
        if number in reasons
    )
    when = localtime(batch.created_at).strftime("%Y-%m-%d %H:%M")
    said = _("%(file)s，%(when)s 上传。改好后可以直接导入这张表") % {"file": batch.file_name, "when": when}
    layout = Layout(_("没有导入的行"), [said])
    return write_xlsx(columns, rows, layout)


def _texts(
    headers: Sequence[str], cells: list[Any] | str, columns: Mapping[str, str], filled: Mapping[str, Any]
) -> list[str]:
    """A row under the file's headers, as texts; merged cells are said in each of their rows."""
    found = [cells] if isinstance(cells, str) else cells
    named = dict(zip(headers, found, strict=False))
    return [text_of(filled.get(columns.get(header, ""), named.get(header))) for header in headers]
