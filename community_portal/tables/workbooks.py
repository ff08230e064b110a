"""Excel files: old (.xls) and new (.xlsx, .xlsm), as data only. Refuses what would burst the memory."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from community_portal.tables import packages
from community_portal.tables.errors import FileRefused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED, OLD_MACROS = "EncryptedPackage".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le")
Place = tuple[int, int]
"""Row and column of a cell, both from 1."""


@dataclass(frozen=True)
class Sheet:
    """A worksheet. `rows` gives (row number as Excel shows it, cells from column A on), once.

    `merged` has the first and last cell of each merged area, `uncomputed` the names (B5) of formulas without a result.
    """

    name: str
    rows: Iterator[tuple[int, list[Any]]]
    merged: tuple[tuple[Place, Place], ...] = ()
    uncomputed: frozenset[str] = frozenset()


def is_workbook(content: bytes) -> bool:
    """Whether it looks like an Excel file, by its first bytes."""
    return content.startswith((packages.ZIP, OLE))


def has_macros(content: bytes) -> bool:
    """Whether a workbook brings a program along."""
    if content.startswith(packages.ZIP):
        return packages.has_macros(content)
    return content.startswith(OLE) and OLD_MACROS in content


def sheets(content: bytes) -> Iterator[Sheet]:
    """The worksheets one after the other; each is built when it is asked for. Raises FileRefused."""
    uncomputed: dict[str, frozenset[str]] = {}
    if content.startswith(packages.ZIP):
        uncomputed = packages.check(content)
    elif ENCRYPTED in content:
        raise FileRefused(_("这个 Excel 文件设了密码，请先取消密码再上传"))
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for number, meta in enumerate(book.sheets_metadata):
                if meta.typ == SheetTypeEnum.WorkSheet:
                    yield _sheet(book.get_sheet_by_index(number), uncomputed.get(meta.name, frozenset()))
    except PasswordError as error:
        raise FileRefused(_("这个 Excel 文件设了密码，请先取消密码再上传")) from error
    except CalamineError as error:
        raise FileRefused(_("这不是 Excel 文件，或文件已损坏，请重新导出后上传")) from error


def _sheet(sheet: CalamineSheet, uncomputed: frozenset[str]) -> Sheet:
    merged = tuple(
        ((first[0] + 1, first[1] + 1), (last[0] + 1, last[1] + 1)) for first, last in sheet.merged_cell_ranges or ()
    )
    return Sheet(sheet.name, _rows(sheet), merged, uncomputed)


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """Row by row, so that not all of a large sheet's cells are Python objects at once."""
    if sheet.start is None:
        return
    before = [""] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, before + cells if before else cells
