"""Files of households as communities keep them, made up by us."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

from community_portal.privacy.id_number import check_digit

HEADERS = ["楼栋", "单元", "房号", "姓名", "与户主关系", "身份证号", "联系电话", "居住状况", "低保", "备注"]


def id_number(serial: int, born: date = date(1980, 5, 1)) -> str:
    """A valid identity number; an odd serial is a man's."""
    first = f"110105{born:%Y%m%d}{serial % 1000:03}"
    return first + check_digit(first)


def person(name: str, serial: int, **over: Any) -> dict[str, Any]:
    """One row: somebody who lives in 3号楼2单元301."""
    return {
        "楼栋": "3号楼",
        "单元": "2单元",
        "房号": "301",
        "姓名": name,
        "与户主关系": "户主",
        "身份证号": id_number(serial),
        "联系电话": f"1390000{serial:04}",
        "居住状况": "自住",
    } | over


def csv_of(rows: Sequence[dict[str, Any]], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """The rows as CSV."""
    headers = list(dict.fromkeys(name for row in rows for name in row))
    lines = [headers, *([str(row.get(name, "")) for name in headers] for row in rows)]
    return "".join(delimiter.join(line) + "\r\n" for line in lines).encode(encoding)


def xlsx_of(
    rows: Sequence[dict[str, Any]],
    *,
    title: Sequence[str] = (),
    merge: Sequence[tuple[int, int, int, int, str]] = (),
    formulas: Sequence[tuple[int, int, str, Any]] = (),
    before: Sequence[str] = (),
    name: str = "台账",
) -> bytes:
    """The rows as a workbook: below `title` lines, behind the sheets `before`.

    `merge` are (first row, first column, last row, last column, text), `formulas` (row, column, formula, result), all
    from 0 as the writer counts.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for other in before:
            book.add_worksheet(other).write(0, 0, "填表说明")
        sheet = book.add_worksheet(name)
        headers = list(dict.fromkeys(each for row in rows for each in row))
        for line, text in enumerate(title):
            sheet.write(line, 0, text)
        for column, header in enumerate(headers):
            sheet.write(len(title), column, header)
        for line, row in enumerate(rows, len(title) + 1):
            for column, header in enumerate(headers):
                if row.get(header, "") != "":
                    sheet.write(line, column, row[header])
        for area in merge:
            sheet.merge_range(*area)
        for line, column, formula, result in formulas:
            sheet.write_formula(line, column, formula, None, result)
    return stream.getvalue()
