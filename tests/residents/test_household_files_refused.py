"""Files that are not what they should be: each says in Chinese what it is and what to do."""

import io
import zipfile

import pytest
import xlsxwriter

from community_portal.tables import packages, workbooks
from community_portal.tables.errors import FileRefused
from residents.importing.book import open_book, rows_of
from tests.residents.household_files import csv_of, person, xlsx_of

ROWS = [person("李明", 1), person("王芳", 2, 与户主关系="配偶")]


def read(content: bytes) -> list[int]:
    """The numbers of the rows of a whole file."""
    book = open_book(content)
    return [cells.number for cells in rows_of(book, book.columns)]


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def bomb() -> bytes:
    """A workbook whose shared texts are 200 MB of nothing."""
    parts = parts_of(xlsx_of(ROWS))
    return packed({**parts, "xl/media/image1.png": b"\0" * (200 * 1024 * 1024)})


def lying_bomb() -> bytes:
    """A part that unpacks to more than the package's directory says."""
    content = bytearray(packed({**parts_of(xlsx_of(ROWS)), "xl/sharedStrings.xml": b"<sst>" + b"a" * 5_000_000}))
    true, told = (5_000_005).to_bytes(4, "little"), (5).to_bytes(4, "little")
    assert true in content
    return bytes(content.replace(true, told))


def many_rows() -> bytes:
    """A sheet of a million rows, three columns wide."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True, "in_memory": False}) as book:
        sheet = book.add_worksheet()
        for column, header in enumerate(("楼栋", "房号", "姓名")):
            sheet.write(0, column, header)
        for row in range(1, 1_000_001):
            sheet.write(row, 0, 3)
    return stream.getvalue()


def encrypted() -> bytes:
    """What Excel writes with a password: an OLE container with an encrypted package in it."""
    return workbooks.OLE + b"\x00" * 504 + workbooks.ENCRYPTED + b"\x00" * 600


def old_with_macros() -> bytes:
    return workbooks.OLE + b"\x00" * 504 + workbooks.OLD_MACROS + b"\x00" * 600


def with_macros() -> bytes:
    return packed({**parts_of(xlsx_of(ROWS)), "xl/vbaProject.bin": b"\x00macro"})


CASES = {
    "empty": (lambda: b"", "文件是空的"),
    "blank": (lambda: b" \r\n", "文件是空的"),
    "only a header": (lambda: "楼栋,房号,姓名\n".encode(), "只有表头"),
    "bomb": (bomb, "解开后是原来的"),
    "lying bomb": (lying_bomb, "已损坏"),
    "million rows": (many_rows, "太大了"),
    "password": (encrypted, "设了密码"),
    "macros": (with_macros, "带有宏"),
    "old macros": (old_with_macros, "带有宏"),
    "word": (lambda: packed({"word/document.xml": b"<w/>"}), "Word"),
    "zip": (lambda: packed({"台账.csv": b"1"}), "这是压缩包"),
    "ods": (lambda: packed({"content.xml": b"<x/>"}), "另存为 .xlsx"),
    "pdf": (lambda: b"%PDF-1.7\n\x00\xff", "认不出这个文件"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "认不出这个文件"),
    "web page": (lambda: "<html><table><tr><td>楼栋</td></tr></table>".encode(), "网页格式"),
    "json": (lambda: b'[{"a": 1}]', "JSON"),
    "strange columns": (lambda: "商品,价格\n苹果,3\n".encode(), "没有认出表头"),
    "damaged": (lambda: xlsx_of(ROWS)[:-400], "已损坏"),
    "not a workbook": (lambda: workbooks.OLE + b"\x00" * 600, "不是 Excel 文件"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_that_cannot_be_taken_says_why(name: str) -> None:
    make, says = CASES[name]
    with pytest.raises(FileRefused, match=says):
        read(make())


def test_rows_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("residents.importing.book.MAX_ROWS", 1)
    with pytest.raises(FileRefused, match="超过 1 行"):
        read(csv_of(ROWS))


def test_a_cell_far_away_is_refused_before_the_table_is_built() -> None:
    parts = parts_of(xlsx_of(ROWS))
    sheet = parts["xl/worksheets/sheet1.xml"].replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    with pytest.raises(FileRefused, match="1048576 行 16384 列"):
        read(packed({**parts, "xl/worksheets/sheet1.xml": sheet}))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are read in pieces; cells may lie across two of them."""
    monkeypatch.setattr(packages, "CHUNK", 64)


def test_a_formula_without_a_result_is_found_across_pieces(small_chunks: None) -> None:
    content = xlsx_of(ROWS, formulas=[(2, 3, '="王"&"芳"', "")])
    assert packages.check(content) == {"台账": frozenset({"D3"})}


def test_good_files_pass() -> None:
    for content in (xlsx_of(ROWS), csv_of(ROWS), csv_of(ROWS, "gb18030", "\t"), xlsx_of(ROWS, before=["说明"])):
        assert len(read(content)) == 2
