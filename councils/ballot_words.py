"""A rule, its turnout and its result in plain words, with the arithmetic; no ORM."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from councils.ballot_rules import Clause, Decision, Group, Line, Measure, Outcome, Rule, Unit

CN_DIGITS = "零一二三四五六七八九十"
DM2_IN_M2 = 100


@dataclass(frozen=True)
class Sum:
    """One clause's arithmetic in words: what, how much of how much, the percentage, what is needed, and the verdict."""

    what: str
    share: str
    percent: str
    needed: str
    verdict: str
    met: bool
    fraction: float
    """How far it has come on the way to all, 0 to 1, for a bar."""
    goal: float
    """Where on that bar enough is."""

    @property
    def bar(self) -> str:
        """How far, in per cent for a drawing."""
        return f"{self.fraction * 100:.2f}"

    @property
    def mark(self) -> str:
        """Where enough is, in per cent for a drawing."""
        return f"{self.goal * 100:.2f}"


def share_words(share: Fraction) -> str:
    """三分之二, 半数, 全部; figures for what nobody says in words (5/12)."""
    if share == 1:
        return _("全部")
    if share == Fraction(1, 2):
        return _("半数")
    if share.denominator <= 10:
        return _("%(whole)s分之%(part)s") % {
            "whole": CN_DIGITS[share.denominator],
            "part": CN_DIGITS[share.numerator],
        }
    return str(share)


def vote_words(unit: str) -> str:
    """Who has one vote: 每户一票, 每位业主一票."""
    if unit == Unit.HOUSEHOLD:
        return _("每户一票")
    return _("每位%s一票") % (_("成年居民") if unit == Unit.PERSON else Unit(unit).label)


def rule_words(rule: Rule, unit: str) -> list[str]:
    """What a ballot needs, one sentence for the quorum and one for the majority."""
    said = []
    if rule.quorum:
        said.append(_("有效：%s。") % _("，并且").join(_clause(clause, unit) for clause in rule.quorum))
    said.append(_("通过：%s。") % _("，并且").join(_clause(clause, unit) for clause in rule.majority))
    return said


def _clause(clause: Clause, unit: str) -> str:
    return _("%(part)s%(enough)s%(base)s%(share)s") % {
        "part": _part(clause, unit),
        "enough": _("超过") if clause.strict else _("达到"),
        "base": _base(clause, unit),
        "share": share_words(clause.share),
    }


def _part(clause: Clause, unit: str) -> str:
    """同意的人数, 参加表决的业主人数, 到会的户数, 参加表决的业主专有部分面积."""
    who = "" if clause.part == Group.AGREED or unit == Unit.HOUSEHOLD else str(Unit(unit).label)
    return f"{clause.part.label}{who}{_what(clause.measure, unit)}"


def _base(clause: Clause, unit: str) -> str:
    """全体业主的, 到会的, 参加表决的."""
    if clause.base == Group.ENTITLED:
        return _("全体%s的") % (_("户数") if unit == Unit.HOUSEHOLD else Unit(unit).label)
    return str(clause.base.label)


def _what(measure: str, unit: str) -> str:
    if measure == Measure.AREA:
        return _("专有部分面积")
    return _("户数") if unit == Unit.HOUSEHOLD else _("人数")


def amount_words(measure: str, amount: int, unit: str) -> str:
    """1,999 人, 320 户, 87.53 平方米."""
    if measure == Measure.AREA:
        return _("%s 平方米") % f"{square_metres(amount):,.2f}"
    return f"{amount:,} {_('户') if unit == Unit.HOUSEHOLD else _('人')}"


def square_metres(area: int) -> Decimal:
    """An area in square decimetres as square metres, exactly."""
    return Decimal(area) / DM2_IN_M2


def sum_words(line: Line, unit: str) -> Sum:
    """One clause's arithmetic. The percentage is cut, not rounded: 66.66% is not yet two thirds."""
    clause = line.clause
    part, whole, needed = (
        amount_words(clause.measure, amount, unit) for amount in (line.part, line.whole, line.needed)
    )
    short = amount_words(clause.measure, line.short, unit)
    return Sum(
        what=_clause(clause, unit),
        share=f"{part} / {whole}",
        percent=percent(line.part, line.whole),
        needed=_("至少 %s") % needed,
        verdict=_("达到") if line.met else _("差 %s") % short,
        met=line.met,
        fraction=line.part / line.whole if line.whole else 0.0,
        goal=min(line.needed / line.whole, 1.0) if line.whole else 1.0,
    )


def percent(part: int, whole: int) -> str:
    """Two decimals, cut off; empty of nothing."""
    if not whole:
        return ""
    hundredths = part * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def sums(lines: Iterable[Line], unit: str) -> list[Sum]:
    """The arithmetic of some clauses, in order."""
    return [sum_words(line, unit) for line in lines]


def headline(decision: Decision, unit: str) -> str:
    """The result in one sentence: 通过；不通过：同意的差 1 人；无效：参加表决的差 1 人，没有达到法定数."""
    if decision.outcome == Outcome.PASSED:
        return _("通过")
    short = _("、").join(
        _("%(part)s差 %(short)s")
        % {"part": _part(line.clause, unit), "short": amount_words(line.clause.measure, line.short, unit)}
        for line in decision.missing
    )
    if decision.outcome == Outcome.NOT_VALID:
        return _("无效：%s，没有达到规定，本次表决不算") % short
    return _("不通过：%s") % short
