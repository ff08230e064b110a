"""When a ballot counts and what it decides: rules as data, exact fractions, whole numbers; no ORM.

A rule is a list of clauses that must all hold. Those about taking part (the quorum) make the ballot valid, those about
agreeing (the majority) carry the motion. Areas are whole square decimetres (0.01 m²), so nothing is ever rounded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Unit(TextChoices):
    """Who has one vote."""

    PERSON = "person", _("居民")
    HOUSEHOLD = "household", _("户")
    OWNER = "owner", _("业主")
    REPRESENTATIVE = "representative", _("代表")
    MEMBER = "member", _("党员")


class Measure(TextChoices):
    """What is counted: votes, or the floor area behind them."""

    NUMBER = "number", _("人数")
    AREA = "area", _("专有部分面积")


class Group(TextChoices):
    """Whose votes or area: each group holds the one after it."""

    ENTITLED = "entitled", _("有表决权的")
    PRESENT = "present", _("到会的")
    CAST = "cast", _("参加表决的")
    AGREED = "agreed", _("同意的")


GROUPS = tuple(Group)


class Choice(TextChoices):
    """What a vote says. A spoilt paper took part and agreed to nothing."""

    YES = "yes", _("同意")
    NO = "no", _("不同意")
    ABSTAIN = "abstain", _("弃权")
    INVALID = "invalid", _("废票")


class Outcome(TextChoices):
    """What came of a ballot."""

    PASSED = "passed", _("通过")
    NOT_PASSED = "not_passed", _("不通过")
    NOT_VALID = "not_valid", _("无效")


@dataclass(frozen=True)
class Amount:
    """Some votes: how many, and their area in square decimetres."""

    number: int = 0
    area: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.number + other.number, self.area + other.area)

    def of(self, measure: str) -> int:
        """The one or the other."""
        return self.area if measure == Measure.AREA else self.number


@dataclass(frozen=True)
class Clause:
    """`part` is at least `share` of `base` (or, when `strict`, more than it), by number or by area."""

    part: Group
    measure: Measure
    base: Group
    share: Fraction
    strict: bool = False

    @property
    def quorum(self) -> bool:
        """Whether it is about taking part, not about agreeing."""
        return self.part != Group.AGREED

    def needed(self, whole: int) -> int:
        """The least amount that is enough of `whole`; of nothing, nothing is enough, so never 0."""
        exact = self.share * whole
        up = exact.numerator // exact.denominator + 1 if self.strict else -(-exact.numerator // exact.denominator)
        return max(up, 1)


@dataclass(frozen=True)
class Rule:
    """What must hold, all of it."""

    clauses: tuple[Clause, ...]

    @property
    def quorum(self) -> tuple[Clause, ...]:
        """What makes a ballot valid."""
        return tuple(clause for clause in self.clauses if clause.quorum)

    @property
    def majority(self) -> tuple[Clause, ...]:
        """What carries the motion."""
        return tuple(clause for clause in self.clauses if not clause.quorum)

    @property
    def by_area(self) -> bool:
        """Whether any clause weighs votes by area."""
        return any(clause.measure == Measure.AREA for clause in self.clauses)


@dataclass(frozen=True)
class Count:
    """Everything a decision needs. `present` came or voted, `cast` handed in a vote, whatever it says."""

    entitled: Amount
    present: Amount
    cast: Amount
    agreed: Amount = Amount()

    def of(self, group: str) -> Amount:
        """How many there are in a group, and their area."""
        amount: Amount = getattr(self, group)
        return amount


@dataclass(frozen=True)
class Line:
    """One clause with its arithmetic: `part` of `whole`."""

    clause: Clause
    part: int
    whole: int

    @property
    def needed(self) -> int:
        """The least that is enough."""
        return self.clause.needed(self.whole)

    @property
    def met(self) -> bool:
        """Whether the clause holds."""
        return self.part >= self.needed

    @property
    def short(self) -> int:
        """How much is missing, 0 when it holds."""
        return max(self.needed - self.part, 0)


@dataclass(frozen=True)
class Decision:
    """What came of it, with every clause's arithmetic in the rule's order."""

    outcome: Outcome
    lines: tuple[Line, ...]

    @property
    def missing(self) -> tuple[Line, ...]:
        """The clauses that it fails by: without a quorum, those of the quorum alone."""
        failed = tuple(line for line in self.lines if not line.met)
        return tuple(line for line in failed if line.clause.quorum) or failed


def decide(rule: Rule, count: Count) -> Decision:
    """What the votes come to. Raises ValueError for a count that cannot be (more votes than entitled)."""
    _check(count)
    lines = arithmetic(rule.clauses, count)
    if not all(line.met for line in lines if line.clause.quorum):
        outcome = Outcome.NOT_VALID
    else:
        outcome = Outcome.PASSED if all(line.met for line in lines) else Outcome.NOT_PASSED
    return Decision(outcome, lines)


def arithmetic(clauses: Iterable[Clause], count: Count) -> tuple[Line, ...]:
    """Each clause with the amounts that it compares; of the quorum alone this is the turnout so far."""
    return tuple(
        Line(each, count.of(each.part).of(each.measure), count.of(each.base).of(each.measure)) for each in clauses
    )


def _check(count: Count) -> None:
    for measure in Measure:
        sizes = [count.of(group).of(measure) for group in GROUPS]
        if sizes != sorted(sizes, reverse=True) or sizes[-1] < 0:
            raise ValueError(f"{measure}: {dict(zip(GROUPS, sizes, strict=True))}")


def rule_from(stored: Iterable[Mapping[str, Any]]) -> Rule:
    """A rule out of its stored clauses. Raises ValueError or KeyError for one that cannot be."""
    rule = Rule(tuple(map(clause_from, stored)))
    if not rule.majority:
        raise ValueError("a rule needs a majority")
    return rule


def clause_from(stored: Mapping[str, Any]) -> Clause:
    """{"part": "agreed", "measure": "area", "base": "cast", "share": "3/4", "strict": false} as a clause."""
    share, strict = Fraction(str(stored["share"])), bool(stored.get("strict", False))
    part, base = Group(stored["part"]), Group(stored["base"])
    if not 0 < share <= 1 or (strict and share == 1):
        raise ValueError(f"no possible share: {stored['share']}")
    if GROUPS.index(part) <= GROUPS.index(base):
        raise ValueError(f"{part} is no part of {base}")
    return Clause(part, Measure(stored["measure"]), base, share, strict)


def total(amounts: Iterable[Amount]) -> Amount:
    """The sum."""
    return sum(amounts, Amount())


def as_stored(clause: Clause) -> dict[str, Any]:
    """What `clause_from` reads."""
    return {
        "part": str(clause.part),
        "measure": str(clause.measure),
        "base": str(clause.base),
        "share": str(clause.share),
        "strict": clause.strict,
    }
