"""A file as rows under a header, whatever its format and whatever stands above the header."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from django.utils.translation import gettext as _

from community_portal.tables.cells import text_of
from community_portal.tables.errors import MAX_ROWS, FileRefused
from community_portal.tables.texts import csv_rows, decode, is_web_page, json_objects
from community_portal.tables.workbooks import is_workbook, sheets

HEADER_ROWS = 10
SHOWN_HEADERS = 12
Cells = list[Any] | str
Numbered = Iterable[tuple[int, Cells]]
"""(row number as the file's own program shows it, cells); in place of the cells, why a row cannot be read."""


@dataclass(frozen=True)
class Kind:
    """What a kind of file needs: `match` finds our fields among headers, `usable` says whether they are enough.

    `needs` and `thing` are words for messages: 要有“内容”或“标题”一列, 工单.
    """

    match: Callable[[Sequence[str]], dict[str, str]]
    usable: Callable[[Mapping[str, str]], bool]
    needs: object
    thing: object


@dataclass(frozen=True)
class Raw:
    """One row: its number as the file's own program shows it, its cells by header, or why it cannot be read."""

    number: int
    cells: dict[str, Any] = field(default_factory=dict)
    unreadable: str = ""


@dataclass(frozen=True)
class Table:
    """The rows, and which header holds which field."""

    columns: dict[str, str]
    headers: list[str]
    rows: list[Raw]


@dataclass(frozen=True)
class Headed:
    """Rows with their header found: `below` gives those after it, once; `at` is the header's own row number."""

    columns: dict[str, str]
    headers: list[str]
    at: int
    below: Iterator[tuple[int, Cells]]


def read_table(content: bytes, kind: Kind) -> Table:
    """A whole file. Raises FileRefused for one that is empty, too long, of another kind, or without usable columns."""
    if not content.strip():
        raise FileRefused(_("文件是空的"))
    if is_workbook(content):
        return _limited(_from_sheets(content, kind), kind)
    text = text_in(content)
    if text.lstrip()[:1] in ("[", "{"):
        return _limited(_from_objects(json_objects(text), kind), kind)
    return _limited(_table(headed(csv_rows(text), kind)), kind)


def text_in(content: bytes) -> str:
    """The text of a file that is no workbook. Raises FileRefused, also for a web page that calls itself a table."""
    text = decode(content)
    if is_web_page(text):
        raise FileRefused(_("这是网页格式的表，请用 Excel 或 WPS 打开，另存为 .xlsx 再上传"))
    return text


def headed(rows: Numbered, kind: Kind) -> Headed:
    """Find the header among the first rows: the one with most of our fields. Raises FileRefused without any."""
    stream = iter(rows)
    top = list(islice(stream, HEADER_ROWS))
    heads = [(number, [text_of(cell) for cell in cells]) for number, cells in top if not isinstance(cells, str)]
    best = max(heads, key=lambda each: len(kind.match(each[1])), default=(0, []))
    headers = unique(best[1])
    matched = kind.match(headers)
    if not kind.usable(matched):
        raise FileRefused(_no_header(heads, kind))
    return Headed(matched, headers, best[0], chain((row for row in top if row[0] > best[0]), stream))


def unique(headers: Sequence[str]) -> list[str]:
    """Headers that differ: an empty one is called by its place, a second one of a name gets a number."""
    seen: dict[str, int] = {}
    names = []
    for place, header in enumerate(headers, 1):
        name = header or _("第 %d 列") % place
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _limited(table: Table, kind: Kind) -> Table:
    if len(table.rows) > MAX_ROWS:
        raise FileRefused(_("超过 %d 行，请分成几个文件上传") % MAX_ROWS)
    if not table.rows:
        raise FileRefused(_("只有表头，没有%s") % kind.thing)
    return table


def _from_sheets(content: bytes, kind: Kind) -> Table:
    """The first sheet with usable columns."""
    problem = FileRefused(_("文件是空的"))
    for sheet in sheets(content):
        try:
            return _table(headed(sheet.rows, kind))
        except FileRefused as error:
            problem = error
    raise problem


def _table(found: Headed) -> Table:
    return Table(found.columns, found.headers, list(islice(_raws(found.below, found.headers), MAX_ROWS + 1)))


def _raws(rows: Numbered, headers: list[str]) -> Iterator[Raw]:
    for number, cells in rows:
        if isinstance(cells, str):
            yield Raw(number, unreadable=cells)
        elif any(cell not in ("", None) for cell in cells):
            named = dict(zip(headers, cells, strict=False))
            spare = {_("第 %d 列") % place: cell for place, cell in enumerate(cells, 1) if place > len(headers)}
            yield Raw(number, {name: cell for name, cell in {**named, **spare}.items() if cell not in ("", None)})


def _from_objects(objects: list[dict[str, Any]], kind: Kind) -> Table:
    headers = list(dict.fromkeys(name for each in objects[: MAX_ROWS + 1] for name in each))
    matched = kind.match(headers)
    if not kind.usable(matched):
        raise FileRefused(_no_header([(1, headers)], kind))
    rows = [Raw(number, each) for number, each in enumerate(objects[: MAX_ROWS + 1], 1)]
    return Table(matched, headers, rows)


def _no_header(heads: list[tuple[int, list[str]]], kind: Kind) -> str:
    first = next((cells for _number, cells in heads if any(cells)), [])
    said = "、".join(cell[:20] for cell in first[:SHOWN_HEADERS] if cell)
    return _("没有认出表头：%(needs)s。读到的第一行是：%(said)s") % {"needs": kind.needs, "said": said or _("空行")}
