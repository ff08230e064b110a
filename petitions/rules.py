"""Routing rules as plain values: does a rule fit, and which of its conditions does not; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from django.utils.translation import gettext_lazy as _

MISSED = (
    _("类别不同"),
    _("性质不同"),
    _("来源不同"),
    _("管辖不同"),
    _("网格类别不同"),
    _("不在这个地方"),
    _("文字里没有这些词"),
    _("不在这个时段"),
)
"""What each condition asked for in vain, in the order of `_met`: put into words only where somebody reads them."""


@dataclass(frozen=True)
class Rule:
    """One rule; an empty condition asks nothing. `prefix` is the digits that a division's subtree starts with."""

    pk: int
    name: str
    target: str
    organisation: int | None = None
    categories: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    jurisdiction: str = ""
    grid_kind: str = ""
    prefix: str = ""
    words: tuple[str, ...] = ()
    hours: tuple[time, time] | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of a petition when it is routed: codes, the words it came with, and the local time of day."""

    category: str
    kind: str
    source: str
    jurisdiction: str
    grid_kind: str
    division: str
    text: str
    clock: time


@dataclass(frozen=True)
class Tried:
    """A rule held against facts: what it asked for in vain, in words; it fits when that is nothing."""

    rule: Rule
    missed: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether every condition was met."""
        return not self.missed


def first_fit(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    """The rule that decides: the first, in order, that fits."""
    return next((rule for rule in rules if all(_met(rule, facts))), None)


def tried(rules: Sequence[Rule], facts: Facts) -> list[Tried]:
    """Every rule held against the facts, in order."""
    return [Tried(rule, missed(rule, facts)) for rule in rules]


def missed(rule: Rule, facts: Facts) -> tuple[str, ...]:
    """The conditions that are not met, in words."""
    return tuple(str(words) for met, words in zip(_met(rule, facts), MISSED, strict=True) if not met)


def _met(rule: Rule, facts: Facts) -> Iterator[bool]:
    """Condition by condition, whether it is met."""
    yield not rule.categories or facts.category in rule.categories
    yield not rule.kinds or facts.kind in rule.kinds
    yield not rule.sources or facts.source in rule.sources
    yield rule.jurisdiction in ("", facts.jurisdiction)
    yield rule.grid_kind in ("", facts.grid_kind)
    yield facts.division.startswith(rule.prefix)
    yield not rule.words or any(word in facts.text for word in rule.words)
    yield rule.hours is None or within(facts.clock, *rule.hours)


def within(clock: time, begins: time, ends: time) -> bool:
    """Whether a time of day lies in a period, which goes over midnight when it ends before it begins."""
    if begins <= ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends
