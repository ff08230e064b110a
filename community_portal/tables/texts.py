"""CSV and JSON files. Pure."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from community_portal.tables.cells import clean, flatten
from community_portal.tables.errors import FileRefused

MAX_CELL = 1_000_000
DELIMITERS = ",\t;|"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
LISTS = ("orders", "data", "rows", "items", "results", "list")


def decode(content: bytes) -> str:
    """Text in UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030. Raises FileRefused."""
    encodings = ("utf-16",) if content.startswith(UTF16) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileRefused(_("认不出这个文件：请上传 Excel（.xlsx、.xls）、CSV（UTF-8 或 GB18030）或 JSON"))


def is_web_page(text: str) -> bool:
    """Whether a text is HTML or XML, as some systems write what they call an Excel file."""
    return text.lstrip()[:15].lower().startswith(("<html", "<!doctype", "<table", "<?xml", "<meta"))


def csv_rows(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """(row number counting the header as 1, cells); in place of the cells what is wrong with an unreadable row."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, _("这一行读不了：有一格超过一百万字，多半是引号没有成对")


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


def json_objects(text: str) -> list[dict[str, Any]]:
    """The objects of a list, or of the list inside an object, flattened. Raises FileRefused."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f"（{error.lineno} 行 {error.colno} 列）" if isinstance(error, json.JSONDecodeError) else ""
        raise FileRefused(_("JSON 写法不对%s，请检查后上传") % place) from error
    if isinstance(found, dict):
        inside = next((found[name] for name in LISTS if isinstance(found.get(name), list)), None)
        found = [found] if inside is None else inside
    if not isinstance(found, list) or not found:
        raise FileRefused(_("JSON 里应有一列工单：[{…}, {…}]"))
    return [flatten(each) if isinstance(each, dict) else {"": clean(str(each))} for each in found]
