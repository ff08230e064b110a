"""Excel files: old (.xls) and new (.xlsx, .xlsm), as data only. Refuses what would burst the memory."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from petitions.importing.errors import MAX_ROWS, FileRefused

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAX_UNPACKED = 512 * 1024 * 1024
MAX_CELLS = 12_000_000
CHUNK, OVERLAP = 1 << 20, 64
ROW, COLUMN = re.compile(rb'<row\b[^>]*?\br="(\d+)"'), re.compile(rb'<c r="([A-Z]+)\d')
Sheet = Iterator[tuple[int, list[Any]]]


def is_workbook(content: bytes) -> bool:
    """Whether it looks like an Excel file, by its first bytes."""
    return content.startswith((ZIP, OLE))


def sheets(content: bytes) -> Iterator[Sheet]:
    """The worksheets, each as (row number as Excel shows it, cells). Raises FileRefused."""
    if content.startswith(ZIP):
        _check_zip(content)
    elif ENCRYPTED in content:
        raise FileRefused(_("这个 Excel 文件设了密码，请先取消密码再上传"))
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for number, meta in enumerate(book.sheets_metadata):
                if meta.typ == SheetTypeEnum.WorkSheet:
                    sheet = book.get_sheet_by_index(number)
                    first = sheet.start[0] + 1 if sheet.start else 1
                    yield enumerate(sheet.to_python(skip_empty_area=True), first)
    except PasswordError as error:
        raise FileRefused(_("这个 Excel 文件设了密码，请先取消密码再上传")) from error
    except CalamineError as error:
        raise FileRefused(_("这不是 Excel 文件，或文件已损坏，请重新导出后上传")) from error


def _check_zip(content: bytes) -> None:
    """Names what else it may be, and reads through every sheet without keeping it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise FileRefused(_other(names))
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise FileRefused(_("文件解开后超过 512 MB，请分成几个文件上传"))
            for entry in archive.infolist():
                if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                    _check_size(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise FileRefused(_("文件已损坏，请重新导出后上传")) from error


def _other(names: set[str]) -> str:
    if any(name.startswith("word/") for name in names):
        return _("这是 Word 文件，请上传 Excel、CSV 或 JSON")
    if "xl/workbook.bin" in names or "content.xml" in names:
        return _("请在 Excel 或 WPS 里另存为 .xlsx 再上传")
    return _("这是压缩包，请解开后上传里面的表格")


def _check_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """A single cell far down and far right makes a table of billions: its size is known before it is built."""
    rows, columns, read, rest = 1, {b"A"}, 0, b""
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            read += len(chunk)
            text = rest + chunk
            rows = max(rows, max((int(found) for found in ROW.findall(text)), default=1))
            columns.update(COLUMN.findall(text))
            rest = text[-OVERLAP:]
            if read > MAX_UNPACKED:
                raise FileRefused(_("文件解开后超过 512 MB，请分成几个文件上传"))
    width = max(_column(letters) for letters in columns)
    if rows * width > MAX_CELLS:
        raise FileRefused(
            _("表格有 %(rows)d 行 %(columns)d 列，太大了；请删掉空行空列，或分成每个不超过 %(most)d 行的文件")
            % {"rows": rows, "columns": width, "most": MAX_ROWS}
        )


def _column(letters: bytes) -> int:
    value = 0
    for letter in letters:
        value = value * 26 + letter - 64
    return value
