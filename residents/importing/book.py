"""A file of households as rows of cells under named columns: which sheet, where the header is, what is merged. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.tables import headers
from community_portal.tables.cells import text_of
from community_portal.tables.errors import MAX_ROWS, FileRefused
from community_portal.tables.table import Headed, Kind, headed, text_in
from community_portal.tables.texts import csv_rows
from community_portal.tables.workbooks import Sheet, has_macros, is_workbook, sheets
from residents.importing.fields import TagWord, is_of_dwelling, synonyms

SAMPLES = 3
NEEDS = gettext_lazy("要有房号（或地址）一列，和姓名、户主、居住状况等至少一列")
FAULTS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
Row = tuple[int, list[Any] | str]


@dataclass(frozen=True)
class Book:
    """A file with its header found: `columns` is what the headers seem to hold (header → field), `rows` come once."""

    sheet: str
    sheets: list[str]
    headers: list[str]
    columns: dict[str, str]
    at: int
    rows: Iterator[Row]
    merged: tuple[Any, ...] = ()
    uncomputed: frozenset[str] = frozenset()


@dataclass
class Cells:
    """One row: its number, its cells by field, or why it cannot be read."""

    number: int
    by_field: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


def open_book(
    content: bytes, *, tags: Sequence[TagWord] = (), sheet: str = "", remembered: Mapping[str, str] | None = None
) -> Book:
    """A file's sheet (the first with usable columns unless named), its header found among the first rows.

    `remembered` is what a community's people said earlier (plain header → field, "" for none), and goes first.
    Raises FileRefused for macros, passwords, sizes nobody means, other kinds of files and unusable columns.
    """
    if not content.strip():
        raise FileRefused(_("文件是空的"))
    kind = _kind(tags, remembered or {})
    if not is_workbook(content):
        text = text_in(content)
        if text.lstrip()[:1] in ("[", "{"):
            raise FileRefused(_("这是 JSON 文件，请上传 Excel（.xlsx、.xls）或 CSV"))
        return _book(Sheet("", iter(())), headed(csv_rows(text), kind), [""], remembered or {}, tags)
    if has_macros(content):
        raise FileRefused(_("这个 Excel 文件带有宏，没有读取；请另存为不带宏的 .xlsx 再上传"))
    return _from_workbook(content, kind, sheet, remembered or {}, tags)


def matched(found: Sequence[str], tags: Sequence[TagWord], remembered: Mapping[str, str]) -> dict[str, str]:
    """Header → field: what was said earlier, then the synonyms; no field twice."""
    said = {header: remembered[headers.plain(header)] for header in found if headers.plain(header) in remembered}
    columns = {header: name for header, name in said.items() if name}
    rest = [header for header in found if header not in said]
    taken = set(columns.values())
    for name, header in headers.match(rest, synonyms(tags)).items():
        if name not in taken:
            columns[header] = name
    return columns


def usable(fields: Mapping[str, Any]) -> bool:
    """Whether these fields find a dwelling and say something about it."""
    place = "address" in fields or "room" in fields
    return place and len(fields.keys() - {"estate", "building", "unit", "floor", "room", "address", "grid"}) > 0


def rows_of(book: Book, columns: Mapping[str, str]) -> Iterator[Cells]:
    """The rows below the header by field, merged cells filled down, empty rows left out; `columns` is header → field.

    Raises FileRefused when there are more than MAX_ROWS.
    """
    places = [(place, columns[header]) for place, header in enumerate(book.headers, 1) if header in columns]
    merges = _merges(book, dict(places))
    empty = _uncomputed(book)
    held: dict[tuple[int, int], Any] = {}
    count = 0
    for number, cells in book.rows:
        if isinstance(cells, str):
            yield Cells(number, problem=cells)
            continue
        row = Cells(number, {name: cells[place - 1] for place, name in places if place <= len(cells)})
        if number in merges:
            _fill(row, merges[number], held, dict(places))
        if number in empty:
            row.problem = row.problem or _uncomputed_words(empty[number], number, dict(places))
        if row.problem or any(value not in ("", None) for value in row.by_field.values()):
            count += 1
            if count > MAX_ROWS:
                raise FileRefused(_("超过 %d 行，请分成几个文件上传") % MAX_ROWS)
            row.problem = row.problem or _fault(row)
            yield row


def samples(book: Book) -> dict[str, list[str]]:
    """The first few values under each header, for people who say what the column is."""
    found: dict[str, list[str]] = {header: [] for header in book.headers}
    for _number, cells in (row for row, _n in zip(book.rows, range(50), strict=False)):
        if isinstance(cells, str):
            continue
        for header, value in zip(book.headers, cells, strict=False):
            text = text_of(value)
            if text and len(found[header]) < SAMPLES and text not in found[header]:
                found[header].append(text)
    return found


def _kind(tags: Sequence[TagWord], remembered: Mapping[str, str]) -> Kind:
    def match(found: Sequence[str]) -> dict[str, str]:
        return {name: header for header, name in matched(found, tags, remembered).items()}

    # One known header is enough here: what the others hold can be said by hand.
    return Kind(match, bool, NEEDS, gettext_lazy("户"))


def _from_workbook(
    content: bytes, kind: Kind, wanted: str, remembered: Mapping[str, str], tags: Sequence[TagWord]
) -> Book:
    names: list[str] = []
    best: Book | None = None
    problem = FileRefused(_("文件是空的"))
    for each in sheets(content):
        names.append(each.name)
        if best is not None or (wanted and each.name != wanted):
            continue
        try:
            best = _book(each, headed(each.rows, kind), names, remembered, tags)
        except FileRefused as error:
            problem = error
    if best is None:
        raise problem
    return best


def _book(
    sheet: Sheet, found: Headed, names: list[str], remembered: Mapping[str, str], tags: Sequence[TagWord]
) -> Book:
    columns = matched(found.headers, tags, remembered)
    first = next(found.below, None)
    if first is None:
        raise FileRefused(_("只有表头，没有%s") % _("户"))
    rows = chain([first], found.below)
    return Book(sheet.name, names, found.headers, columns, found.at, rows, sheet.merged, sheet.uncomputed)


def _merges(book: Book, fields: Mapping[int, str]) -> dict[int, list[tuple[int, tuple[int, int], bool]]]:
    """By row below the header: (column, the area's first cell, whether it may be filled down) of each merged cell."""
    found: dict[int, list[tuple[int, tuple[int, int], bool]]] = {}
    for (top, left), (bottom, right) in book.merged:
        if top <= book.at:
            continue
        for column in (each for each in range(left, right + 1) if each in fields):
            may_fill = left == right and is_of_dwelling(fields[column])
            for row in range(top, bottom + 1):
                found.setdefault(row, []).append((column, (top, left), may_fill))
    return found


def _fill(
    row: Cells,
    merges: Sequence[tuple[int, tuple[int, int], bool]],
    held: dict[tuple[int, int], Any],
    fields: Mapping[int, str],
) -> None:
    for column, first, may_fill in merges:
        name = fields[column]
        if not may_fill:
            row.problem = _("“%s”这一格是合并单元格；只有楼栋、房号、户主等写户的列可以上下合并") % _word(
                column, first[0]
            )
        elif first == (row.number, column):
            held[first] = row.by_field.get(name)
        elif first in held:
            row.by_field[name] = held[first]


def _uncomputed(book: Book) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for name in book.uncomputed:
        letters = name.rstrip("0123456789")
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        found.setdefault(int(name[len(letters) :]), set()).add(column)
    return found


def _uncomputed_words(columns: set[int], row: int, fields: Mapping[int, str]) -> str:
    mine = sorted(column for column in columns if column in fields)
    if not mine:
        return ""
    return _("%s 是公式，文件里没有它的结果；请在 Excel 里打开保存一次，或粘贴成数值") % "、".join(
        _word(each, row) for each in mine
    )


def _fault(row: Cells) -> str:
    wrong = next((value for value in row.by_field.values() if isinstance(value, str) and value in FAULTS), "")
    return _("有一格公式出错（%s）") % wrong if wrong else ""


def _word(column: int, row: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
