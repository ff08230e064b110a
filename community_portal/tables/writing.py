"""Tables that go out: Excel in the layout of a ledger, or CSV. No cell of them ever runs as a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WIDE, MOST_IN_HEADER, MAX_CELL = 60, 250, 32_767
EVERY = 500
Rows = Iterable[Sequence[Any]]
Told = Callable[[int], None]


@dataclass(frozen=True)
class Column:
    """One column: its header, and its width in characters."""

    title: object
    width: int = 12


@dataclass(frozen=True)
class Layout:
    """What stands around the rows: the title, the lines under it (date, source), and who took it out for what."""

    title: str
    lines: Sequence[str] = ()
    watermark: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: the name on its tab (up to 31 characters), its columns, rows, and what stands around."""

    name: str
    columns: Sequence[Column]
    rows: Rows
    layout: Layout


def write_xlsx(columns: Sequence[Column], rows: Rows, layout: Layout, told: Told | None = None) -> bytes:
    """A workbook: title, lines, frozen header, the rows; texts as texts, so that ID numbers keep every digit.

    The watermark stands above the rows and in the header and footer of each printed page. `told` hears now and then how
    many rows are written.
    """
    return write_book([Sheet(_("表"), columns, _counted(rows, told), layout)])


def write_book(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of several sheets, each in the layout of `write_xlsx`."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        for sheet in sheets:
            _fill(book, sheet)
    return stream.getvalue()


def _fill(book: Any, whole: Sheet) -> None:
    sheet, layout = book.add_worksheet(whole.name), whole.layout
    head = [each for each in (*layout.lines, layout.watermark) if each]
    _set_up(sheet, whole.columns, layout, len(head) + 1)
    sheet.write_string(0, 0, layout.title, book.add_format({"bold": True, "font_size": 16}))
    quiet = book.add_format({"font_color": "#525b63"})
    for place, line in enumerate(head, 1):
        sheet.write_string(place, 0, line, quiet)
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#efede8", "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for place, column in enumerate(whole.columns):
        sheet.write_string(len(head) + 1, place, str(column.title), bold)
    for number, row in enumerate(whole.rows, len(head) + 2):
        for place, value in enumerate(row):
            _write(sheet, number, place, value, text)


def write_csv(columns: Sequence[Column], rows: Rows, told: Told | None = None) -> bytes:
    """CSV in UTF-8 with a mark that Excel knows it by; a text that would run as a formula gets a ' before it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([str(column.title) for column in columns])
    writer.writerows([harmless(value) for value in row] for row in _counted(rows, told))
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet runs as a formula; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _set_up(sheet: Any, columns: Sequence[Column], layout: Layout, header: int) -> None:
    sheet.freeze_panes(header + 1, 0)
    sheet.repeat_rows(header)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    said = (layout.watermark or layout.title).replace("&", "&&")[:MOST_IN_HEADER]
    sheet.set_header(f"&C{said}")
    sheet.set_footer(f"&L{said[: MOST_IN_HEADER - 20]}&R&P/&N")
    for place, column in enumerate(columns):
        sheet.set_column(place, place, min(column.width, WIDE))


def _write(sheet: Any, row: int, column: int, value: Any, text: Any) -> None:
    if isinstance(value, bool) or value is None:
        sheet.write_string(row, column, {True: "是", False: "否", None: ""}[value], text)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:MAX_CELL], text)


def _counted(rows: Rows, told: Told | None) -> Iterator[Sequence[Any]]:
    for count, row in enumerate(rows, 1):
        yield row
        if told and count % EVERY == 0:
            told(count)
