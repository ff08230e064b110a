"""The rates that figures give, each with its formula; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

Sums = Mapping[str, int]
"""Measures by name (models.MEASURES)."""

NOTHING: Sums = {}
POINTS = 0.05
"""A change that rounds to nothing is none."""


@dataclass(frozen=True)
class Rate:
    """A share: its parts by measure, how it is reckoned in words, and whether more of it is better."""

    code: str
    name: Any
    part: str
    whole: str
    formula: Any
    more_is_better: bool = True

    def of(self, sums: Sums) -> float | None:
        """In percent, None without anything to take a share of."""
        whole = sums.get(self.whole, 0)
        return 100 * sums.get(self.part, 0) / whole if whole else None

    def missing(self, sums: Sums) -> int:
        """How many of the whole are not part of it."""
        return sums.get(self.whole, 0) - sums.get(self.part, 0)


RESPONSE = Rate(
    "responded", _("响应率"), "responded", "judged", _("按时首次联系 ÷ 应联系（已联系的，和时限已过还没联系的）")
)
SOLVED = Rate("solved", _("解决率"), "solved", "asked_solved", _("回访或评价说“已解决” ÷ 问到的"))
SATISFIED = Rate("satisfied", _("满意率"), "satisfied", "asked_satisfied", _("回访或评价说“满意” ÷ 问到的"))
THREE = (RESPONSE, SOLVED, SATISFIED)
IN_TIME_LATE = Rate(
    "late", _("超时办结率"), "resolved_late", "resolved", _("过时限才办结 ÷ 已办结"), more_is_better=False
)
REOPENED = Rate("reopened", _("重办率"), "reopened", "counted", _("重办过的 ÷ 计入的"), more_is_better=False)
RETURNED = Rate("returned", _("退单率"), "returned", "counted", _("退过单的 ÷ 计入的"), more_is_better=False)
PROACTIVE = Rate("proactive", _("未诉先办占比"), "proactive", "orders", _("巡查发现的 ÷ 全部登记的"))

EXCLUSIONS = _(
    "不计入的：巡查发现的（未诉先办，另计）、不予受理的、导入的历史工单、剔除的。按登记的月份归月，后来有变化的月份重新计算。"
)


def score(sums: Sums) -> float | None:
    """The three rates as one number by settings.RATE_WEIGHTS (source: a banner's 30/35/35, DOMAIN.md); a rate that has
    nothing to take a share of leaves its weight to the others.
    """
    found = [(settings.RATE_WEIGHTS.get(rate.code, 0), value) for rate in THREE if (value := rate.of(sums)) is not None]
    weights = sum(weight for weight, _value in found)
    return sum(weight * value for weight, value in found) / weights if weights else None


def added(rows: list[Sums]) -> Sums:
    """Sums of several rows together."""
    found: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            found[name] = found.get(name, 0) + value
    return found


def percent(value: float | None) -> str:
    """98.2%, or — for none; all of them is 100%, but nothing less is rounded up to it."""
    if value is None:
        return "—"
    return "100%" if value == 100 else f"{min(value, 99.9):.1f}%"


def change(now: float | None, before: float | None) -> float | None:
    """The difference in points, None when there is none to tell."""
    if now is None or before is None or abs(now - before) < POINTS:
        return None
    return now - before
