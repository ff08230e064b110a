"""The orders behind a number: which question it answers, and the petitions that it counts."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grid.access import Scope
from petitions.figures.places import View
from petitions.figures.rates import THREE
from petitions.figures.sums import next_month
from petitions.models import MEASURES, Figure, PetitionFact
from petitions.querysets import visible_to

Axis = Figure.Axis
OWN = "own"
KEYS = {Axis.CATEGORY: "category_key", Axis.GRID: "grid_key", Axis.HANDLER: "handler_key"}
WORDS: dict[str, Any] = {
    "orders": _("全部登记的"),
    "counted": _("计入的"),
    "proactive": _("未诉先办的"),
    "fixed": _("未诉先办，已办好"),
    "excluded": _("不计入的"),
    "judged": _("应联系的"),
    "responded": _("按时联系的"),
    "not_responded": _("没有按时联系的"),
    "asked_solved": _("问过解没解决的"),
    "solved": _("说已解决的"),
    "not_solved": _("说没解决的"),
    "asked_satisfied": _("问过满不满意的"),
    "satisfied": _("说满意的"),
    "not_satisfied": _("说不满意的"),
    "resolved": _("已办结的"),
    "resolved_late": _("超时才办结的"),
    "unfinished": _("还没办结的"),
    "overdue": _("超期未办的"),
    "reopened": _("重办过的"),
    "returned": _("退过单的"),
    "escalated": _("升级过的"),
    "up_community": _("升级到社区书记的"),
    "up_street": _("升级到街道的"),
    "up_district": _("升级到区级的"),
    "contact_30m": _("30 分钟内联系的"),
    "contact_2h": _("30 分钟到 2 小时联系的"),
    "contact_24h": _("2 到 24 小时联系的"),
    "contact_3d": _("1 到 3 天联系的"),
    "contact_more": _("3 天以后联系的"),
    "resolve_2h": _("2 小时内办结的"),
    "resolve_24h": _("2 到 24 小时办结的"),
    "resolve_3d": _("1 到 3 天办结的"),
    "resolve_7d": _("3 到 7 天办结的"),
    "resolve_15d": _("7 到 15 天办结的"),
    "resolve_more": _("15 天以后办结的"),
}
MISSING = {f"not_{rate.code}": rate for rate in THREE}


@dataclass(frozen=True)
class Asked:
    """What an address asks for: which number of which line."""

    what: str
    axis: str = ""
    key: int = 0

    @property
    def words(self) -> Any:
        """The number in words."""
        return WORDS[self.what]


def asked_of(query: Any) -> Asked:
    """Read from an address; what cannot be read is left out."""
    what, axis, key = (str(query.get(name, "")) for name in ("what", "axis", "key"))
    known = axis in (*KEYS, Axis.DAY, OWN) and key.isascii() and key.isdigit() and len(key) < 18
    return Asked(what if what in WORDS else "orders", axis if known else "", int(key) if known else 0)


def address(place: int, month: date, what: str, **asks: Any) -> str:
    """Where the orders behind a number are listed."""
    query = {"place": place, "month": f"{month:%Y-%m}", "what": what, **asks}
    return f"{reverse('figure-orders')}?{urlencode(query)}"


def facts_behind(view: View, asked: Asked, scope: Scope) -> QuerySet[PetitionFact]:
    """The facts that a number is the sum of, those only that the asking person may see."""
    found = view.facts().filter(_days(view, asked), _counts(asked.what), petition__in=visible_to(scope))
    if asked.axis in KEYS:
        return found.filter(**{KEYS[Axis(asked.axis)]: asked.key})
    return found.filter(home=view.place) if asked.axis == OWN else found


def _days(view: View, asked: Asked) -> Q:
    if asked.axis == Axis.DAY:
        last = (next_month(view.month) - view.month).days
        return Q(day=view.month.replace(day=min(max(asked.key, 1), last)))
    return Q(day__gte=view.month, day__lt=next_month(view.month))


def _counts(what: str) -> Q:
    if what == "orders":
        return Q()
    if rate := MISSING.get(what):
        return Q(**{f"{rate.whole}__gt": F(rate.part)})
    assert what in MEASURES
    return Q(**{f"{what}__gt": 0})
