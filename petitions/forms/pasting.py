"""Filling the desk form from pasted text, around whatever a person has typed into it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.timezone import localtime

from petitions.catalogue import catalogue
from petitions.forms.intake_forms import LONGEST_PASTE, DeskForm
from petitions.models import Petition
from petitions.pasted.filling import Filled, read_pasted
from petitions.titles import title_of

KINDS = {str(label): value for value, label in Petition.Kind.choices}
DEFAULTS = {"kind": str(Petition.Kind.HELP), "source": str(Petition.Source.PHONE)}
FIELDS = (
    *("caller_phone", "caller_name", "text", "where", "category", "level"),
    *("kind", "source", "anonymous", "order_no", "received", "title"),
)
FILL, WHICH = "fill", "order"
SHORT = 20


@dataclass(frozen=True)
class Paste:
    """The form's values with a paste filled in; the orders that it holds, in short, and which one is shown.

    `kept` are the labels of fields that keep what was typed although the paste says something else.
    """

    data: QueryDict
    titles: list[str]
    chosen: int
    kept: list[str]

    @property
    def shown(self) -> int:
        """The number of the order shown, from 1."""
        return self.chosen + 1

    @property
    def choices(self) -> list[tuple[int, str, bool]]:
        """The orders to choose from: number from 1, words, whether it is the one shown; none for a single order."""
        if len(self.titles) < 2:
            return []
        return [(n, title, n - 1 == self.chosen) for n, title in enumerate(self.titles, 1)]


def wants_filling(data: QueryDict) -> bool:
    """Whether the button pressed asks for filling in, and not for registering."""
    return FILL in data or WHICH in data


def fill(data: QueryDict, at: datetime) -> Paste:
    """Fill in the chosen order of a paste. What a person typed stays; what the paste says instead goes to the rest.

    `filled` among the data is the part that was filled in before: what that one gave is not the person's.
    """
    orders = _orders(data, at)
    if not orders:
        return Paste(data.copy(), [], 0, [])
    chosen = _which(data, len(orders))
    former = read_pasted(_clean(data, "filled"), at)
    before = _values(former[0]) if former else {}
    filled, kept = _merged(data, before, _values(orders[chosen]))
    filled["filled"] = orders[chosen].raw
    return Paste(filled, [_short(order) for order in orders], chosen, kept)


def order_shown(data: QueryDict, at: datetime) -> tuple[str, QueryDict | None]:
    """The part of the paste that the form was filled from (the whole when it holds one order), and what comes next.

    The second is the data of an empty form with the order after it, None at the end.
    """
    raws = [order.raw for order in _orders(data, at)]
    shown = _clean(data, "filled")
    if len(raws) < 2 or shown not in raws:
        return _clean(data, "pasted"), None
    after = raws.index(shown) + 2
    if after > len(raws):
        return shown, None
    following = QueryDict(mutable=True)
    following[WHICH] = str(after)
    for name in ("pasted", "home"):
        following[name] = str(data.get(name, ""))
    return shown, following


def _orders(data: QueryDict, at: datetime) -> list[Filled]:
    return read_pasted(_clean(data, "pasted"), at)


def _clean(data: QueryDict, name: str) -> str:
    """Browsers send line ends as two characters."""
    return data.get(name, "").replace("\r\n", "\n")[:LONGEST_PASTE]


def _which(data: QueryDict, count: int) -> int:
    said = data.get(WHICH, "")
    return min(max(int(said), 1), count) - 1 if said.isascii() and said.isdigit() and len(said) < 6 else 0


def _merged(data: QueryDict, before: dict[str, str], now: dict[str, str]) -> tuple[QueryDict, list[str]]:
    merged, labels = data.copy(), []
    rest = now.get("remarks", "")
    for name in FIELDS:
        typed, default = data.get(name, ""), DEFAULTS.get(name, "")
        if typed in ("", default, before.get(name, default)):
            _put(merged, name, now.get(name, default))
        elif (said := now.get(name, "")) and said != typed:
            label = str(DeskForm.base_fields[name].label)
            labels.append(label)
            rest = "\n".join(part for part in (rest, f"{label}：{_shown(name, said)}") if part)
    own = data.get("remarks", "")
    if own.strip() and _lines(own) != _lines(before.get("remarks", "")):
        rest = "\n".join([own, *(line for line in rest.splitlines() if line not in own)])
    merged["remarks"] = rest
    return merged, labels


def _put(data: QueryDict, name: str, value: str) -> None:
    """An empty value of a checkbox is no value at all."""
    if value or name != "anonymous":
        data[name] = value
    else:
        data.pop(name, None)


def _values(order: Filled) -> dict[str, str]:
    """An order as the form's values; words of another system for category, level or kind go to the rest."""
    known = catalogue()
    category, level, kind = known.category(order.category), known.level(order.level), KINDS.get(order.kind)
    unknown = {
        "类别": "" if category else order.category,
        "级别": "" if level else order.level,
        "性质": "" if kind else order.kind,
    }
    return {
        "caller_phone": order.caller_phone,
        "caller_name": order.caller_name,
        "text": order.text,
        "where": order.address,
        "category": str(category.pk) if category else "",
        "level": str(level.pk) if level else "",
        "kind": kind or DEFAULTS["kind"],
        "source": str(Petition.Source.HOTLINE) if order.order_no else DEFAULTS["source"],
        "anonymous": "on" if order.anonymous else "",
        "order_no": order.order_no,
        "received": f"{localtime(order.received_at):%Y-%m-%d %H:%M}" if order.received_at else "",
        "title": order.title,
        "remarks": "\n".join([*order.rest, *(f"{label}：{said}" for label, said in unknown.items() if said)]),
    }


def _shown(name: str, value: str) -> str:
    """A value as a person reads it."""
    known = catalogue()
    names = {f"category {row.pk}": row.name for row in known.categories.values()}
    names |= {f"level {row.pk}": row.name for row in known.levels.values()}
    return names.get(f"{name} {value}", value)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _short(order: Filled) -> str:
    title = order.title or title_of(order.text)
    return title if len(title) <= SHORT else f"{title[: SHORT - 1]}…"
