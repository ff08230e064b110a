"""Files of orders as other systems write them, made up by us."""

import io
import json
import zipfile
from xml.sax.saxutils import escape

HEADER = ["受理编号", "诉求主题", "诉求详情", "受理时间", "诉求人", "联系电话", "地址", "问题类型", "紧急程度", "处室"]
ANSWERED = [*HEADER, "答复内容", "答复时间"]

_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def order(number: int, **over: str) -> dict[str, str]:
    """One open order as cells by header."""
    return {
        "受理编号": f"QX{number:06}",
        "诉求主题": f"路灯不亮 {number}",
        "诉求详情": f"双合家园3号楼2单元门口路灯不亮，第 {number} 次反映",
        "受理时间": "2026-03-02 09:30:00",
        "诉求人": "赵六",
        "联系电话": "13800000006",
        "地址": "双合家园3号楼2单元302",
        "问题类型": "公共设施",
        "紧急程度": "一般",
        "处室": "城管科",
    } | over


def answered(number: int, **over: str) -> dict[str, str]:
    """One order with its answer."""
    return order(number) | {"答复内容": f"第 {number} 盏已修好", "答复时间": "2026-03-05 16:00:00"} | over


def csv_of(rows: list[dict[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """The rows as CSV, quoted throughout."""
    headers = list(dict.fromkeys(name for row in rows for name in row))
    lines = [headers, *([row.get(name, "") for name in headers] for row in rows)]
    text = "".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) + "\r\n" for line in lines)
    return text.encode(encoding)


def json_of(orders: object) -> bytes:
    """Anything as JSON."""
    return json.dumps(orders, ensure_ascii=False).encode()


def xlsx_of(lines: list[list[str | float]], **extra: bytes) -> bytes:
    """A workbook with one sheet of these lines; `extra` are further files inside it."""
    return _zip(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": _rels("officeDocument", "xl/workbook.xml"),
            "xl/_rels/workbook.xml.rels": _rels("worksheet", "worksheets/sheet1.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>'
            '<sheet name="工单" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": sheet_xml(
                [
                    (_name(column) + str(row), cell)
                    for row, line in enumerate(lines, 1)
                    for column, cell in enumerate(line)
                ]
            ),
            **{name: data.decode("latin-1") for name, data in extra.items()},
        }
    )


def sheet_xml(cells: list[tuple[str, str | float]]) -> str:
    """A worksheet with these cells by reference (A1)."""
    rows: dict[str, list[str]] = {}
    for place, value in cells:
        row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if isinstance(value, str):
            rows.setdefault(row, []).append(f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>')
        else:
            rows.setdefault(row, []).append(f'<c r="{place}"><v>{value}</v></c>')
    data = "".join(f'<row r="{row}">{"".join(found)}</row>' for row, found in rows.items())
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{data}</sheetData></worksheet>'


def workbook_with_sheet(xml: str) -> bytes:
    """A workbook whose only sheet is this XML."""
    source = zipfile.ZipFile(io.BytesIO(xlsx_of([["x"]])))
    parts = {name: source.read(name).decode() for name in source.namelist()}
    return _zip({**parts, "xl/worksheets/sheet1.xml": xml})


def zip_of(**parts: bytes) -> bytes:
    """A zip with these files; "__" in a name stands for "/"."""
    return _zip({name.replace("__", "/"): data.decode("latin-1") for name, data in parts.items()})


def _zip(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def _rels(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_RELATION}/{kind}" Target="{target}"/>'
        "</Relationships>"
    )


def _name(column: int) -> str:
    return chr(65 + column)
