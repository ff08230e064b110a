"""Quorum and notice of a meeting as pure arithmetic over its rule snapshot (councils.models.MeetingKind.snapshot)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

CHINESE_PARTS = {(1, 2): "二分之一", (2, 3): "三分之二", (3, 4): "四分之三", (1, 3): "三分之一", (1, 5): "五分之一"}


@dataclass(frozen=True)
class Quorum:
    """How a meeting stands against its quorum; `needed` is the smallest number that makes it valid."""

    entitled: int
    present: int
    needed: int
    rule: str

    @property
    def met(self) -> bool:
        """Whether enough came; nobody at all is never enough."""
        return self.present >= max(1, self.needed)

    @property
    def words(self) -> str:
        """应到 15，实到 9，需要 8（过半数）：有效; or how many are short."""
        said = _("应到 %(entitled)d，实到 %(present)d") % {"entitled": self.entitled, "present": self.present}
        if not self.rule:
            return said
        said += _("，需要 %(needed)d（%(rule)s）") % {"needed": self.needed, "rule": self.rule}
        if self.met:
            return _("%s：人数够") % said
        return _("%(said)s：还差 %(short)d") % {"said": said, "short": max(1, self.needed) - self.present}


def quorum_of(rule: Mapping[str, Any], entitled: int, present: int) -> Quorum:
    """The quorum of a snapshot: at least the fraction of the entitled, or more than it where `over` is set."""
    part, whole = rule.get("quorum", [0, 1])
    if not part:
        return Quorum(entitled, present, 0, "")
    wanted = Fraction(part, whole) * entitled
    over = bool(rule.get("over"))
    needed = wanted.numerator // wanted.denominator + 1 if over else -(-wanted.numerator // wanted.denominator)
    return Quorum(entitled, present, needed, quorum_words(part, whole, over=over))


def quorum_words(part: int, whole: int, *, over: bool) -> str:
    """过半数, 三分之二以上, 超过三分之二; "" for none."""
    if not part:
        return ""
    if (part, whole, over) == (1, 2, True):
        return _("过半数")
    name = CHINESE_PARTS.get((part, whole), f"{part}/{whole}")
    return _("超过%s") % name if over else _("%s以上") % name


def days_of_notice(told_on: date, held_on: date) -> int:
    """Whole days between the notice and the meeting: neither the day of the one nor of the other is given away twice.

    Told on the 1st for the 16th is fifteen days before (民法典 201: the day of the start does not count).
    """
    return (held_on - told_on).days
