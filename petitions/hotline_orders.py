"""What the hotline's API takes and gives."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from community_portal.worktime.deadlines import ZONE
from petitions.actions.drafts import ADDRESS_LENGTH, TITLE_LENGTH, Intake
from petitions.catalogue import catalogue
from petitions.models import HotlineClient, Petition, PetitionClock

AHEAD = timedelta(minutes=5)
OLDEST_YEAR = 1990
REQUIRED_TEXTS = {"order_no": 64, "text": 200_000}
TEXTS = {"title": 1000, "caller_name": 100, "caller_phone": 100, "address": 1000, "category": 100, "level": 100}
"""Characters that each field may have."""
YES = frozenset({"true", "t", "yes", "y", "on", "1"})
NO = frozenset({"false", "f", "no", "n", "off", "0"})


class WrongFields(Exception):
    """What is wrong with an order, in words by field."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class _Wrong(Exception):
    """What is wrong with one field."""


def read_order(said: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """The fields of an order that arrives at an instant, in their kinds. Raises WrongFields, naming all that are wrong.

    Texts are trimmed; an optional one that is missing or null is "".
    """
    order: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}

    def take(name: str, read: Callable[..., Any], *bounds: Any) -> None:
        try:
            order[name] = read(said.get(name, MISSING), *bounds)
        except _Wrong as error:
            wrong[name] = [str(error)]

    take("order_no", _required_text, REQUIRED_TEXTS["order_no"])
    take("received_at", _instant, at)
    for name, most in TEXTS.items():
        take(name, _text, most)
    take("text", _required_text, REQUIRED_TEXTS["text"])
    take("anonymous", _yes_or_no)
    if wrong:
        raise WrongFields(wrong)
    return order


MISSING = object()


def _there(said: Any) -> Any:
    if said is MISSING:
        raise _Wrong(_("必填"))
    if said is None:
        raise _Wrong(_("不能为空"))
    return said


def _required_text(said: Any, most: int) -> str:
    text = _text(_there(said), most)
    if not text:
        raise _Wrong(_("不能为空"))
    return text


def _text(said: Any, most: int) -> str:
    """A text, or a number as one: systems differ in what their numbers are."""
    if said is None or said is MISSING:
        return ""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        raise _Wrong(_("应为文字"))
    text = str(said).strip()
    if len(text) > most:
        raise _Wrong(_("最多 %d 个字") % most)
    if "\x00" in text or not _writable(text):
        raise _Wrong(_("含有不能保存的字符"))
    return text


def _writable(text: str) -> bool:
    """Whether a text has an UTF-8 form; half of a surrogate pair has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _instant(said: Any, at: datetime) -> datetime:
    """A time with its zone, or without one in the portal's; not in the future (clocks may differ by five minutes)."""
    try:
        read = parse_datetime(_there(said))
    except (TypeError, ValueError):
        read = None
    if read is None:
        raise _Wrong(_("时间写法不对，应为 2026-07-15T08:43:42+08:00"))
    try:
        aware = read if timezone.is_aware(read) else timezone.make_aware(read)
        instant = timezone.localtime(aware.astimezone(UTC))  # years 1 and 9999 leave the calendar on the way
    except OverflowError:
        raise _Wrong(_("时间超出范围")) from None
    if instant > at + AHEAD:
        raise _Wrong(_("受理时间在未来，请检查发送方的时钟"))
    if instant.year < OLDEST_YEAR:
        raise _Wrong(_("受理时间早于 %d 年") % OLDEST_YEAR)
    return instant


def _yes_or_no(said: Any) -> bool:
    if said is MISSING:
        return False
    word = str(_there(said)).lower()
    if word not in YES | NO:
        raise _Wrong(_("应为 true 或 false"))
    return word in YES


def order_intake(order: dict[str, Any], client: HotlineClient) -> Intake:
    """A valid order as intake. Words of the hotline's own for category or level, and what is too long, stay as data."""
    title, address, known = order["title"], order["address"], catalogue()
    category, level = known.category(order["category"]), known.level(order["level"])
    kept = {
        "title": title if len(title) > TITLE_LENGTH else "",
        "address": address if len(address) > ADDRESS_LENGTH else "",
        "category": "" if category else order["category"],
        "level": "" if level else order["level"],
    }
    return Intake(
        source=Petition.Source.HOTLINE,
        home=client.division,
        text=order["text"],
        received_at=order["received_at"],
        title=title,
        category=category,
        level=level,
        anonymous=order["anonymous"],
        caller_name=order["caller_name"],
        caller_phone=order["caller_phone"],
        address=address,
        external_system=client.name,
        external_no=order["order_no"],
        actor=client.name[:20],
        data={name: value for name, value in kept.items() if value},
    )


def _by_deadline(clock: PetitionClock) -> tuple[bool, float]:
    return clock.due_at is None, clock.due_at.timestamp() if clock.due_at else 0


def order_answer(petition: Petition) -> dict[str, Any]:
    """What the hotline is told: number, query code, where it went, and what must happen by when.

    The petition comes with its `open_clocks`.
    """
    division = petition.community or petition.street or petition.district
    return {
        "number": petition.number,
        "query_code": petition.query_code,
        "state": petition.state,
        "division": division.code if division else None,
        "grid": petition.grid.code if petition.grid else None,
        "household": str(petition.household) if petition.household else None,
        "level": petition.level.code,
        "clocks": [
            {
                "kind": clock.kind,
                "due_at": clock.due_at.astimezone(ZONE).isoformat(timespec="seconds") if clock.due_at else None,
            }
            for clock in sorted(petition.open_clocks, key=_by_deadline)
        ],
    }
