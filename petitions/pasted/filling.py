"""From a pasted order to the values of a form: what fits into a field goes there, everything else into the rest."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from petitions.pasted import guesses
from petitions.pasted.headings import REST, usual
from petitions.pasted.orders import Order, Piece, read_orders

ORDER_NO = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/\-]{0,63}")
YES, NO = frozenset(("是", "匿名", "yes", "1", "对")), frozenset(("否", "不", "no", "0", "不匿名", "实名"))
LONGEST = {"caller_name": 40, "text": 5000, "address": 200, "title": 120, "category": 30, "level": 30, "kind": 10}
SINGLE = ("caller_name", "address", "title", "category", "level", "kind")


@dataclass
class Filled:
    """The values of one order. `rest` has, line by line, what went into no field; `raw` is its part of the paste."""

    raw: str
    order_no: str = ""
    title: str = ""
    text: str = ""
    caller_name: str = ""
    caller_phone: str = ""
    address: str = ""
    category: str = ""
    level: str = ""
    kind: str = ""
    anonymous: bool = False
    received_at: datetime | None = None
    rest: list[str] = field(default_factory=list)


def read_pasted(text: str, at: datetime) -> list[Filled]:
    """The orders of a paste as values, as of `at`; an empty list for nothing but space."""
    return [_filled(order, at) for order in read_orders(text) if order.raw.strip()]


def _filled(order: Order, at: datetime) -> Filled:
    found = Filled(order.raw)
    loose = [piece for piece in order.pieces if not piece.heading and piece.value]
    for piece in order.pieces:
        if piece.heading and piece.value and not _place(found, piece, at):
            found.rest.append(f"{piece.heading}：{piece.value}")
    if found.text or found.title:
        found.rest = [piece.value for piece in loose] + found.rest
        found.text = found.text or found.title
    else:
        _as_said(found, loose, order)
    _guess(found, loose, at)
    return found


def _as_said(found: Filled, loose: list[Piece], order: Order) -> None:
    """Nothing stands under a heading for the matter: it is what stands under none, else the whole."""
    said = "\n".join(piece.value for piece in loose) or order.raw.strip()
    found.text, left = said[: LONGEST["text"]], said[LONGEST["text"] :]
    if left:
        found.rest.append(left)


def _place(found: Filled, piece: Piece, at: datetime) -> bool:
    """Put a piece's value into its field; whether all of it went in."""
    if piece.field == REST:
        return False
    if piece.field == "text":
        return _add_text(found, piece)
    if piece.field in SINGLE:
        return _set(found, piece.field, " ".join(piece.value.split()))
    placed: bool = READERS[piece.field](found, piece.value, at)
    return placed


def _add_text(found: Filled, piece: Piece) -> bool:
    """The first matter as it is; what stands under more such headings below it, heading and all."""
    text = f"{found.text}\n{piece.heading}：{piece.value}" if found.text else piece.value
    if len(text) > LONGEST["text"]:
        return False
    found.text = text
    return True


def _set(found: Filled, name: str, value: str) -> bool:
    if getattr(found, name) or len(value) > LONGEST[name]:
        return getattr(found, name) == value
    setattr(found, name, value)
    return True


def _order_no(found: Filled, value: str, _at: datetime) -> bool:
    said = usual(value)
    if found.order_no or not ORDER_NO.fullmatch(said):
        return found.order_no == said
    found.order_no = said
    return True


def _phone(found: Filled, value: str, _at: datetime) -> bool:
    """The number goes into its field; with words beside it (女儿), the whole stays in the rest too."""
    number = guesses.phone_in(value)
    if not number or (found.caller_phone and found.caller_phone != number):
        return False
    found.caller_phone = number
    return re.sub(r"[^0-9]", "", usual(value)) in (number, f"86{number}") and not re.search(r"[^\W\d_]", value)


def _received(found: Filled, value: str, at: datetime) -> bool:
    moment = guesses.time_in(value, at)
    if moment is None or found.received_at:
        return False
    found.received_at = moment
    return not guesses.beyond_time(value)


def _anonymous(found: Filled, value: str, _at: datetime) -> bool:
    said = usual(value).lower()
    found.anonymous = found.anonymous or said in YES
    return said in YES | NO


READERS = {"order_no": _order_no, "caller_phone": _phone, "received_at": _received, "anonymous": _anonymous}


def _guess(found: Filled, loose: list[Piece], at: datetime) -> None:
    """Who and how to reach them, where no heading said it: out of the words themselves. These stay where they are."""
    said = "\n".join([*(piece.value for piece in loose), found.text])
    found.caller_phone = found.caller_phone or guesses.phone_in(said)
    found.caller_name = found.caller_name or guesses.name_in(said)
    if found.received_at is None and (head := guesses.LINE_HEAD.match(usual(said))):
        found.received_at = guesses.time_in(head["when"], at)
        found.caller_name = found.caller_name or head["name"].strip()
