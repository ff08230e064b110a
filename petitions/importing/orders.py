"""From a row to an order: what is missing or wrong is said, what can be kept is kept. Pure, but for the secret key."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_id, mask_people_in, mask_phone
from community_portal.tables.cells import text_of
from community_portal.tables.table import Raw
from community_portal.tables.times import parse_time

AHEAD = timedelta(minutes=5)
MAX_ORDER_NO, MAX_PERSONAL = 64, 100
MAX_SHOWN = 40
YES = frozenset({"是", "1", "true", "yes", "y", "匿名"})
ID_HEADER, PHONE_HEADER = re.compile(r"身份证|证件|id_?card", re.I), re.compile(r"电话|手机|phone|mobile", re.I)


@dataclass
class Order:
    """One row as an order. `error` keeps it out; `warnings` are told and it goes in all the same."""

    row: int
    order_no: str = ""
    title: str = ""
    text: str = ""
    received_at: datetime | None = None
    reply: str = ""
    replied_at: datetime | None = None
    caller_name: str = ""
    caller_phone: str = ""
    address: str = ""
    category: str = ""
    level: str = ""
    kind: str = ""
    anonymous: bool = False
    rest: dict[str, str] = field(default_factory=dict)
    error: str = ""
    warnings: list[str] = field(default_factory=list)


def read_order(raw: Raw, columns: dict[str, str], at: datetime) -> Order:
    """The order in a row, with `error` or `warnings` when something is amiss."""
    if raw.unreadable:
        return Order(raw.number, error=raw.unreadable)
    said = {name: text_of(raw.cells.get(header)) for name, header in columns.items()}
    order = Order(raw.number, rest=_rest(raw, set(columns.values())))
    for name in ("order_no", "title", "text", "reply", "address", "category", "level", "kind"):
        setattr(order, name, said.get(name, ""))
    order.text = order.text or order.title
    order.caller_name, order.caller_phone = said.get("caller_name", ""), said.get("caller_phone", "")
    order.anonymous = said.get("anonymous", "").lower() in YES
    order.error = _error(order)
    if not order.error:
        order.received_at = _received(order, raw.cells.get(columns.get("received_at", "")), at)
        order.replied_at = _replied(order, raw.cells.get(columns.get("replied_at", "")), at)
        order.order_no = order.order_no or _fingerprint(order, said.get("received_at", ""))
    return order


def _error(order: Order) -> str:
    if not order.text:
        return _("没有内容，也没有标题")
    if len(order.order_no) > MAX_ORDER_NO:
        return _("编号超过 %d 个字") % MAX_ORDER_NO
    if max(len(order.caller_name), len(order.caller_phone)) > MAX_PERSONAL:
        return _("姓名或电话超过 %d 个字，多半是列错位了") % MAX_PERSONAL
    return ""


def _received(order: Order, value: Any, at: datetime) -> datetime | None:
    if value in ("", None):
        return None
    found = _time(value)
    if found is None:
        order.warnings.append(_("受理时间“%s”认不出，按导入时间登记") % _shown(value))
    elif found > at + AHEAD:
        order.warnings.append(_("受理时间“%s”在未来，按导入时间登记") % _shown(value))
        found = None
    if found is None:
        order.rest["受理时间（原文）"] = text_of(value)
    return found


def _replied(order: Order, value: Any, at: datetime) -> datetime | None:
    if not order.reply or value in ("", None):
        return None
    found = _time(value)
    problem = ""
    if found is None:
        problem = _("回复时间“%s”认不出，已按办结归档，办结时间留空")
    elif found > at + AHEAD:
        problem = _("回复时间“%s”在未来，已按办结归档，办结时间留空")
    elif order.received_at and found < order.received_at:
        problem = _("回复时间“%s”早于受理时间，已按办结归档，办结时间留空")
    if problem:
        order.warnings.append(problem % _shown(value))
        order.rest["回复时间（原文）"] = text_of(value)
        return None
    return found


def _time(value: Any) -> datetime | None:
    try:
        return parse_time(value)
    except (ValueError, OverflowError):
        return None


def _shown(value: Any) -> str:
    return mask_people_in(text_of(value))[:MAX_SHOWN]


def _rest(raw: Raw, used: set[str]) -> dict[str, str]:
    """What no column of ours takes; numbers of people are kept masked, since this is not encrypted."""
    kept = {}
    for header, value in raw.cells.items():
        text = text_of(value)
        if header in used or not text:
            continue
        if ID_HEADER.search(header):
            text = mask_id(text)
        elif PHONE_HEADER.search(header):
            text = mask_phone(text)
        kept[text_of(header)] = text
    return kept


def _fingerprint(order: Order, received: str) -> str:
    """A number for an order without one: the same words, time and phone are the same order.

    Keyed, since the phone could be guessed from a plain hash.
    """
    said = "\x1f".join((order.title, order.text, received, order.caller_phone))
    return "h:" + salted_hmac("order without a number", said, algorithm="sha256").hexdigest()[:32]
