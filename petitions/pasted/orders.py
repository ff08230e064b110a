"""Pasted text as orders: each a run of pieces, every piece under the heading that it stands behind."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from petitions.importing.columns import match as match_columns
from petitions.pasted.headings import REST, find_headings, usual

EDGES = " \t\r\n\u3000,，;；|、"
RULE = re.compile(r"(?m)(^[^\S\n]*[-=*_—─~～#]{3,}[^\S\n]*(?:\n|\Z))")
FEW_COLUMNS = 2


@dataclass(frozen=True)
class Piece:
    """What stands under a heading ("" before the first one): `raw` is the paste itself, heading and all."""

    field: str
    heading: str
    raw: str
    value: str


@dataclass(frozen=True)
class Order:
    """One order of a paste; the raw parts of all its pieces, one after the other, are its part of the paste."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def raw(self) -> str:
        """Its part of the paste, unchanged."""
        return "".join(piece.raw for piece in self.pieces)

    def values(self, name: str) -> list[str]:
        """What stands under the headings of a field, without empty ones."""
        return [piece.value for piece in self.pieces if piece.field == name and piece.value]


def read_orders(text: str) -> list[Order]:
    """The orders of a paste, at least one; together their pieces are the paste, character for character."""
    if rows := _table(text):
        return rows
    orders = [Order()]
    for piece in _pieces(text):
        if _begins_next(orders[-1], piece):
            orders.append(Order())
        orders[-1].pieces.append(piece)
    return orders


def _pieces(text: str) -> Iterator[Piece]:
    """Headings reach to the next one, or to a ruled line."""
    for place, part in enumerate(RULE.split(text)):
        if place % 2:
            yield Piece(REST, "", part, "")
        elif part:
            yield from _between_rules(part)


def _between_rules(text: str) -> Iterator[Piece]:
    headings = list(find_headings(usual(text)))
    starts = [*(heading.start for heading in headings), len(text)]
    if starts[0]:
        yield Piece(REST, "", text[: starts[0]], text[: starts[0]].strip(EDGES))
    for heading, end in zip(headings, starts[1:], strict=True):
        value = text[heading.end : end].strip(EDGES)
        yield Piece(heading.field, heading.word, text[heading.start : end], value)


def _begins_next(order: Order, piece: Piece) -> bool:
    """Whether a piece opens another order: its number again, or the first field again once something was said."""
    fields = [each.field for each in order.pieces if each.field != REST and each.value]
    if not piece.heading or piece.field == REST or piece.field not in fields:
        return False
    if piece.field == "order_no":
        return True
    return piece.field == fields[0] and len(set(fields)) > 1 and bool({"text", "title"} & set(fields)) and _other(order)


def _other(order: Order) -> bool:
    """With numbers, only a number begins the next order."""
    return not order.values("order_no")


def _table(text: str) -> list[Order]:
    """Rows copied out of a sheet: headers in the first line, tabs between the cells."""
    lines = text.splitlines(keepends=True)
    headers = [cell.strip() for cell in lines[0].rstrip("\r\n").split("\t")] if lines else []
    matched = match_columns(headers) if len(headers) > FEW_COLUMNS else {}
    if len(matched) < FEW_COLUMNS or not {"text", "title"} & matched.keys() or len(lines) < FEW_COLUMNS:
        return []
    fields = {header: name for name, header in matched.items()}
    orders = [Order(list(_cells(line, headers, fields))) for line in _joined(lines[1:], len(headers))]
    orders = [order for order in orders if any(piece.value for piece in order.pieces)]
    if orders:
        orders[0].pieces.insert(0, Piece(REST, "", lines[0], ""))
    return orders


def _joined(lines: list[str], width: int) -> Iterator[str]:
    """Rows of the sheet: a cell with a line break goes on in the next line."""
    row = ""
    for line in lines:
        row += line
        if row.count("\t") >= width - 1:
            yield row
            row = ""
    if row:
        yield row


def _cells(row: str, headers: list[str], fields: dict[str, str]) -> Iterator[Piece]:
    cells: Iterable[str] = re.findall(r"[^\t]*\t|[^\t]+$", row)
    for place, raw in enumerate(cells):
        header = headers[place] if place < len(headers) else ""
        yield Piece(fields.get(header, REST), header, raw, raw.strip(EDGES).strip('"'))
