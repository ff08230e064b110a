"""What votes come to: fractions, ties, nobody, everybody, areas to the square decimetre; and how it is said."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from councils.ballot_rules import (
    Amount,
    Choice,
    Clause,
    Count,
    Decision,
    Group,
    Measure,
    Outcome,
    Rule,
    Unit,
    as_stored,
    clause_from,
    decide,
    rule_from,
    total,
)
from councils.ballot_words import headline, rule_words, share_words, sums

PASSED, NOT_PASSED, NOT_VALID = Outcome.PASSED, Outcome.NOT_PASSED, Outcome.NOT_VALID
NUMBER, AREA = Measure.NUMBER, Measure.AREA


def clause(part: str, base: str, share: str, measure: str = NUMBER, *, strict: bool = False) -> Clause:
    return clause_from({"part": part, "measure": measure, "base": base, "share": share, "strict": strict})


ASSEMBLY = Rule(
    (clause("present", "entitled", "1/2", strict=True), clause("agreed", "present", "1/2", strict=True)),
)
OWNERS_GRAVE = Rule(
    tuple(clause("cast", "entitled", "2/3", measure) for measure in Measure)
    + tuple(clause("agreed", "cast", "3/4", measure) for measure in Measure),
)
OWNERS = Rule(
    tuple(clause("cast", "entitled", "2/3", measure) for measure in Measure)
    + tuple(clause("agreed", "cast", "1/2", measure, strict=True) for measure in Measure),
)
PARTY = Rule((clause("present", "entitled", "2/3"), clause("agreed", "entitled", "1/2")))


def heads(entitled: int, yes: int, no: int = 0, abstain: int = 0, invalid: int = 0, silent: int = 0) -> Count:
    """Votes of people; `silent` came and handed in nothing."""
    cast = yes + no + abstain + invalid
    return Count(Amount(entitled), Amount(cast + silent), Amount(cast), Amount(yes))


def test_one_short_of_the_quorum_is_not_valid_and_says_so() -> None:
    decision = decide(ASSEMBLY, heads(3000, yes=1500))
    assert decision.outcome == NOT_VALID
    assert headline(decision, Unit.PERSON) == "无效：到会的居民人数差 1 人，没有达到规定，本次表决不算"
    assert decide(ASSEMBLY, heads(3000, yes=1501)).outcome == PASSED


def test_a_tie_carries_nothing() -> None:
    decision = decide(ASSEMBLY, heads(20, yes=10, no=10))
    assert decision.outcome == NOT_PASSED
    assert headline(decision, Unit.PERSON) == "不通过：同意的人数差 1 人"


def test_who_came_and_kept_silent_counts_against_the_motion() -> None:
    assert decide(ASSEMBLY, heads(20, yes=8, no=7)).outcome == PASSED
    assert decide(ASSEMBLY, heads(20, yes=8, no=7, silent=1)).outcome == NOT_PASSED
    assert decide(ASSEMBLY, heads(20, yes=8, no=6, invalid=2)).outcome == NOT_PASSED


def test_half_is_enough_where_the_rule_says_at_least() -> None:
    assert decide(PARTY, heads(30, yes=15, no=5)).outcome == PASSED
    assert decide(PARTY, heads(30, yes=14, no=6)).outcome == NOT_PASSED
    assert decide(PARTY, heads(30, yes=15, no=4)).outcome == NOT_VALID


def test_owners_need_both_the_number_and_the_area() -> None:
    """Three owners: one with many flats, who has most of the area and still only one vote."""
    many, one, other = Amount(1, 60_000), Amount(1, 20_000), Amount(1, 10_001)
    all_of_them = many + one + other

    def outcome(yes: list[Amount], no: list[Amount]) -> Outcome:
        cast = total(yes + no)
        return decide(OWNERS, Count(all_of_them, cast, cast, total(yes))).outcome

    assert outcome([many, one], []) == PASSED
    assert outcome([one, other], []) == NOT_VALID, "two of three owners, but a third of the area"
    assert outcome([many], []) == NOT_VALID, "two thirds of the area, but one owner of three"
    assert outcome([one, other], [many]) == NOT_PASSED, "most owners, a third of the area"
    assert outcome([many], [one, other]) == NOT_PASSED, "most of the area, one owner of three"


def test_a_square_decimetre_decides() -> None:
    """100.00 of 150.00 m² is two thirds; 99.99 is not; of 150.01 m² 100.01 is needed."""

    def voted(area: int, whole: int) -> Decision:
        voted = Amount(3, area)
        return decide(OWNERS_GRAVE, Count(Amount(3, whole), voted, voted, voted))

    assert voted(10_000, 15_000).outcome == PASSED
    short = voted(9_999, 15_000)
    assert short.outcome == NOT_VALID
    assert headline(short, Unit.OWNER) == "无效：参加表决的业主专有部分面积差 0.01 平方米，没有达到规定，本次表决不算"
    assert voted(10_000, 15_001).outcome == NOT_VALID
    assert voted(10_001, 15_001).outcome == PASSED


def test_nobody_entitled_and_nobody_there_decide_nothing() -> None:
    for rule in (ASSEMBLY, OWNERS, OWNERS_GRAVE, PARTY):
        for entitled in (0, 1, 7):
            decision = decide(rule, heads(entitled, yes=0))
            assert decision.outcome == NOT_VALID
            assert all(line.short > 0 for line in decision.missing)


def test_the_rule_is_said_in_plain_words() -> None:
    assert rule_words(OWNERS_GRAVE, Unit.OWNER) == [
        "有效：参加表决的业主人数达到全体业主的三分之二，并且参加表决的业主专有部分面积达到全体业主的三分之二。",
        "通过：同意的人数达到参加表决的四分之三，并且同意的专有部分面积达到参加表决的四分之三。",
    ]
    assert rule_words(ASSEMBLY, Unit.HOUSEHOLD) == [
        "有效：到会的户数超过全体户数的半数。",
        "通过：同意的户数超过到会的半数。",
    ]


def test_the_arithmetic_is_shown_and_a_percentage_never_rounds_up() -> None:
    first, second = sums(decide(PARTY, heads(300, yes=160, no=39)).lines, Unit.MEMBER)
    assert (first.share, first.percent, first.needed, first.verdict) == (
        "199 人 / 300 人",
        "66.33%",
        "至少 200 人",
        "差 1 人",
    )
    assert (second.share, second.percent, second.verdict) == ("160 人 / 300 人", "53.33%", "达到")
    close = sums(decide(PARTY, heads(30_000, yes=19_999)).lines, Unit.MEMBER)
    assert close[0].percent == "66.66%"


def test_shares_that_cannot_be_are_refused() -> None:
    for share, strict in (("0", False), ("4/3", False), ("1", True), ("-1/2", False)):
        with pytest.raises(ValueError, match="share"):
            clause("cast", "entitled", share, strict=strict)
    with pytest.raises(ValueError, match="no part"):
        clause("present", "cast", "1/2")
    with pytest.raises(ValueError, match="majority"):
        rule_from([as_stored(PARTY.quorum[0])])
    assert [share_words(Fraction(*each)) for each in ((1, 2), (2, 3), (3, 4), (1, 1), (5, 12))] == [
        "半数", "三分之二", "四分之三", "全部", "5/12",
    ]  # fmt: skip


def test_more_votes_than_people_is_no_count() -> None:
    with pytest.raises(ValueError, match="number"):
        decide(ASSEMBLY, heads(5, yes=6))


shares = st.fractions(min_value=Fraction(1, 60), max_value=1, max_denominator=60)


@settings(deadline=None)
@given(shares, st.booleans(), st.integers(0, 10**7), st.data())
def test_enough_is_exactly_where_the_fraction_says(
    share: Fraction, strict: bool, whole: int, data: st.DataObject
) -> None:
    rule = Clause(Group.CAST, NUMBER, Group.ENTITLED, share, strict)
    part = data.draw(st.integers(0, whole))
    enough = (part > share * whole if strict else part >= share * whole) and whole > 0
    assert (part >= rule.needed(whole)) == enough


votes = st.tuples(st.sampled_from([*Choice, "silent", "absent"]), st.integers(1, 50_000))
rules = st.sampled_from([ASSEMBLY, OWNERS, OWNERS_GRAVE, PARTY])


def count_of(cast: list[tuple[str, int]]) -> Count:
    """Each of them has one vote and some area."""

    def those(*kinds: str) -> Amount:
        return total(Amount(1, area) for said, area in cast if said in kinds)

    return Count(those(*Choice, "silent", "absent"), those(*Choice, "silent"), those(*Choice), those(Choice.YES))


@settings(deadline=None)
@given(rules, st.lists(votes, max_size=40), st.integers(0, 39))
def test_a_vote_more_for_it_never_hurts(rule: Rule, cast: list[tuple[str, int]], nth: int) -> None:
    """Whoever turns to yes cannot undo a motion that was carried, nor a quorum."""
    before = decide(rule, count_of(cast)).outcome
    turned = [(Choice.YES if n == nth else said, area) for n, (said, area) in enumerate(cast)]
    after = decide(rule, count_of(turned)).outcome
    order = [NOT_VALID, NOT_PASSED, PASSED]
    assert order.index(after) >= order.index(before)


@settings(deadline=None)
@given(rules, st.lists(st.integers(1, 50_000), min_size=1, max_size=60))
def test_everybody_for_it_carries_and_everybody_against_it_does_not(rule: Rule, areas: list[int]) -> None:
    assert decide(rule, count_of([(Choice.YES, area) for area in areas])).outcome == PASSED
    assert decide(rule, count_of([(Choice.NO, area) for area in areas])).outcome == NOT_PASSED
    assert decide(rule, count_of([("absent", area) for area in areas])).outcome == NOT_VALID


@settings(deadline=None)
@given(rules, st.lists(votes, max_size=40))
def test_the_words_never_contradict_the_numbers(rule: Rule, cast: list[tuple[str, int]]) -> None:
    decision = decide(rule, count_of(cast))
    said = headline(decision, Unit.OWNER)
    assert said.startswith({PASSED: "通过", NOT_PASSED: "不通过：", NOT_VALID: "无效："}[decision.outcome])
    assert all(("差" in each.verdict) == (not each.met) for each in sums(decision.lines, Unit.OWNER))
    assert (decision.missing == ()) == (decision.outcome == PASSED)


@settings(deadline=None)
@given(rules)
def test_rules_survive_being_stored(rule: Rule) -> None:
    assert rule_from(map(as_stored, rule.clauses)) == rule
