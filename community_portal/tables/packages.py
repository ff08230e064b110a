"""What is inside an .xlsx before anybody builds it: its parts, how large they become, formulas without a result."""

import io
import re
import zipfile
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from community_portal.tables.errors import MAX_ROWS, FileRefused

ZIP = b"PK\x03\x04"
BOOK, RELATIONS, SHEETS, PROGRAM = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/", "vbaProject.bin"
MAX_UNPACKED = 512 * 1024 * 1024
SMALL, MAX_RATIO = 32 * 1024 * 1024, 100
"""Above SMALL bytes, more than MAX_RATIO times the packed size is no table that a person filled in."""
MAX_CELLS = 12_000_000
SPARE_ROWS = 1000
MAX_DIRECTORY = 4 * 1024 * 1024
CHUNK, OVERLAP = 1 << 20, 4096
ROW, COLUMN = re.compile(rb'<row\b[^>]*?\br="(\d+)"'), re.compile(rb'<c r="([A-Z]+)\d')
FORMULA = re.compile(rb'<c r="([A-Z]+\d+)"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>')
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def has_macros(content: bytes) -> bool:
    """Whether the package holds a program. Raises FileRefused for a damaged one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.endswith(PROGRAM) for name in archive.namelist())
    except zipfile.BadZipFile as error:
        raise FileRefused(_("文件已损坏，请重新导出后上传")) from error


def check(content: bytes) -> dict[str, frozenset[str]]:
    """Reads through the whole package without keeping it; gives each sheet's formulas without a result, by cell name.

    Raises FileRefused for other packages, naming what they may be, and for sizes that nobody means.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if BOOK not in names:
                raise FileRefused(_other(names))
            _check_declared(entries)
            empty = {entry.filename: _read_through(archive, entry) for entry in entries}
            return {name: empty[part] for part, name in _titles(archive).items() if empty.get(part)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ElementTree.ParseError) as error:
        raise FileRefused(_("文件已损坏，请重新导出后上传")) from error


def _other(names: set[str]) -> str:
    if any(name.startswith("word/") for name in names):
        return _("这是 Word 文件，请上传 Excel、CSV 或 JSON")
    if "xl/workbook.bin" in names or "content.xml" in names:
        return _("请在 Excel 或 WPS 里另存为 .xlsx 再上传")
    return _("这是压缩包，请解开后上传里面的表格")


def _check_declared(entries: list[zipfile.ZipInfo]) -> None:
    """By the package's own directory, before anything is unpacked."""
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise FileRefused(_("文件解开后超过 512 MB，请分成几个文件上传"))
    if unpacked > SMALL and unpacked > packed * MAX_RATIO:
        raise FileRefused(
            _("文件解开后是原来的 %d 倍，不像正常的表格，没有读取；请在 Excel 里新建一个表，把内容复制过去再上传")
            % (unpacked // max(packed, 1))
        )


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> frozenset[str]:
    """Unpacks one part and lets it go; a size that the directory told wrongly is a damaged file.

    A single cell far down and far right makes a table of billions: a sheet's size is known before it is built.
    """
    is_sheet = entry.filename.startswith(SHEETS) and entry.filename.endswith(".xml")
    rows, filled, columns, formulas, rest = 1, 0, {b"A"}, set[bytes](), b""
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            if not is_sheet:
                continue
            text = rest + chunk
            rows = max(rows, max((int(found) for found in ROW.findall(text)), default=1))
            filled += chunk.count(b"</row>")
            columns.update(COLUMN.findall(text))
            formulas.update(FORMULA.findall(text))
            rest = text[-OVERLAP:]
    width = max(_column(letters) for letters in columns)
    if rows * width > MAX_CELLS or filled > MAX_ROWS + SPARE_ROWS:
        raise FileRefused(
            _("表格有 %(rows)d 行 %(columns)d 列，太大了；请删掉空行空列，或分成每个不超过 %(most)d 行的文件")
            % {"rows": rows, "columns": width, "most": MAX_ROWS}
        )
    return frozenset(name.decode() for name in formulas)


def _titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Each sheet's name by the part that holds it."""
    parts = [archive.NameToInfo[name] for name in (BOOK, RELATIONS) if name in archive.NameToInfo]
    if len(parts) < 2 or any(part.file_size > MAX_DIRECTORY for part in parts):
        return {}
    book, relations = (ElementTree.fromstring(archive.read(part)) for part in parts)
    targets = {each.get("Id"): (each.get("Target") or "") for each in relations}
    found = {}
    for sheet in book.iter(f"{MAIN}sheet"):
        target = targets.get(sheet.get(RELATION_ID), "")
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        found[part] = sheet.get("name") or ""
    return found


def _column(letters: bytes) -> int:
    value = 0
    for letter in letters:
        value = value * 26 + letter - 64
    return value
