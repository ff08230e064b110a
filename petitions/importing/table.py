"""A file of orders as rows, whatever its format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from django.utils.translation import gettext as _

from petitions.importing import columns
from petitions.importing.cells import text_of
from petitions.importing.errors import MAX_ROWS, FileRefused
from petitions.importing.texts import csv_rows, decode, json_objects
from petitions.importing.workbooks import is_workbook, sheets

HEADER_ROWS = 10
SHOWN_HEADERS = 12
Numbered = Iterable[tuple[int, list[Any] | str]]


@dataclass(frozen=True)
class Raw:
    """One row: its number as the file's own program shows it, its cells by header, or why it cannot be read."""

    number: int
    cells: dict[str, Any] = field(default_factory=dict)
    unreadable: str = ""


@dataclass(frozen=True)
class Table:
    """The rows, and which header holds which part of an order."""

    columns: dict[str, str]
    headers: list[str]
    rows: list[Raw]


def read_table(content: bytes) -> Table:
    """A whole file. Raises FileRefused for one that is empty, too long, of another kind, or without usable columns."""
    if not content.strip():
        raise FileRefused(_("文件是空的"))
    if is_workbook(content):
        return _limited(_from_sheets(content))
    text = decode(content)
    if text.lstrip()[:1] in ("[", "{"):
        return _limited(_from_objects(json_objects(text)))
    return _limited(_from_rows(csv_rows(text)))


def _limited(table: Table) -> Table:
    if len(table.rows) > MAX_ROWS:
        raise FileRefused(_("超过 %d 行，请分成几个文件上传") % MAX_ROWS)
    if not table.rows:
        raise FileRefused(_("只有表头，没有工单"))
    return table


def _from_sheets(content: bytes) -> Table:
    """The first sheet with usable columns."""
    problem = FileRefused(_("文件是空的"))
    for sheet in sheets(content):
        try:
            return _from_rows(sheet)
        except FileRefused as error:
            problem = error
    raise problem


def _from_rows(rows: Numbered) -> Table:
    stream = iter(rows)
    top = list(islice(stream, HEADER_ROWS))
    heads = [(number, [text_of(cell) for cell in cells]) for number, cells in top if not isinstance(cells, str)]
    best = max(heads, key=lambda each: len(columns.match(each[1])), default=(0, []))
    headers = _unique(best[1])
    matched = columns.match(headers)
    if not columns.is_usable(matched):
        raise FileRefused(_no_header(heads))
    below = chain((row for row in top if row[0] > best[0]), stream)
    return Table(matched, headers, list(islice(_raws(below, headers), MAX_ROWS + 1)))


def _raws(rows: Numbered, headers: list[str]) -> Iterator[Raw]:
    for number, cells in rows:
        if isinstance(cells, str):
            yield Raw(number, unreadable=cells)
        elif any(cell not in ("", None) for cell in cells):
            named = dict(zip(headers, cells, strict=False))
            spare = {f"第 {place} 列": cell for place, cell in enumerate(cells, 1) if place > len(headers)}
            yield Raw(number, {name: cell for name, cell in {**named, **spare}.items() if cell not in ("", None)})


def _unique(headers: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for place, header in enumerate(headers, 1):
        name = header or f"第 {place} 列"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _from_objects(objects: list[dict[str, Any]]) -> Table:
    headers = list(dict.fromkeys(name for each in objects[: MAX_ROWS + 1] for name in each))
    matched = columns.match(headers)
    if not columns.is_usable(matched):
        raise FileRefused(_no_header([(1, headers)]))
    rows = [Raw(number, each) for number, each in enumerate(objects[: MAX_ROWS + 1], 1)]
    return Table(matched, headers, rows)


def _no_header(heads: list[tuple[int, list[str]]]) -> str:
    first = next((cells for _number, cells in heads if any(cells)), [])
    said = "、".join(cell[:20] for cell in first[:SHOWN_HEADERS] if cell)
    return _("没有认出表头：要有“内容”或“标题”一列。读到的第一行是：%s") % (said or _("空行"))
