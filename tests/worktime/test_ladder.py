"""Ladders: when each rung is reached, and which ladders are refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.worktime import ladder
from community_portal.worktime.deadlines import ZONE, CalendarNotCovered, WorkCalendar
from petitions.defaults import LEVELS

START = datetime(2026, 11, 23, 10, tzinfo=ZONE)
DUE = START + timedelta(hours=24)
EVERY_DAY = WorkCalendar({(START + timedelta(days=n)).date(): True for n in range(60)})
WARN = {"action": "warn", "to": "handler", "amount": 25, "unit": "percent"}
URGE = {"action": "urge", "to": "handler", "amount": 0, "unit": "hour"}
HEAD = {"action": "escalate", "to": "community_head", "amount": 3, "unit": "hour"}
STREET = {"action": "escalate", "to": "street", "amount": 24, "unit": "hour"}


def rule(*steps: dict[str, Any]) -> dict[str, Any]:
    """A rule of one day with these rungs."""
    return {"amount": 24, "unit": "hour", "ladder": list(steps)}


def test_rungs_count_back_in_percent_and_on_in_time() -> None:
    instants = [step.instant(START, DUE, EVERY_DAY) for step in ladder.steps_of(rule(WARN, URGE, HEAD, STREET))]
    assert instants == [DUE - timedelta(hours=6), DUE, DUE + timedelta(hours=3), DUE + timedelta(hours=24)]


def test_each_step_is_looked_at_in_turn_and_nothing_after_the_last() -> None:
    whole = rule(WARN, URGE)
    assert ladder.next_check(whole, 0, START, DUE, EVERY_DAY) == DUE - timedelta(hours=6)
    assert ladder.next_check(whole, 1, START, DUE, EVERY_DAY) == DUE
    assert ladder.next_check(whole, 2, START, DUE, EVERY_DAY) is None
    assert ladder.next_check({"amount": 1, "unit": "hour"}, 0, START, DUE, EVERY_DAY) is None


def test_a_rung_never_comes_before_the_one_below_it() -> None:
    """A working day after the deadline can lie before eight plain hours after it."""
    late = {"action": "escalate", "to": "community_head", "amount": 30, "unit": "hour"}
    early = {"action": "escalate", "to": "street", "amount": 1, "unit": "workday"}
    due = datetime(2026, 11, 23, 17, tzinfo=ZONE)
    assert ladder.next_check(rule(late, early), 1, START, due, EVERY_DAY) == due + timedelta(hours=30)


def test_a_rung_beyond_the_calendar_is_refused() -> None:
    far = {"action": "escalate", "to": "street", "amount": 90, "unit": "workday"}
    with pytest.raises(CalendarNotCovered):
        ladder.next_check(rule(far), 0, START, DUE, EVERY_DAY)


@given(step=st.integers(0, 4), level=st.sampled_from(LEVELS), kind=st.sampled_from(["sign_in", "contact", "resolve"]))
def test_the_shipped_ladders_only_go_forward(step: int, level: Any, kind: str) -> None:
    amount, unit, steps = getattr(level, kind)
    shipped = {"amount": amount, "unit": unit, "ladder": steps}
    ladder.validate(shipped)
    due = ladder.due_of(shipped, START, EVERY_DAY)
    now = ladder.next_check(shipped, step, START, due, EVERY_DAY)
    after = ladder.next_check(shipped, step + 1, START, due, EVERY_DAY)
    assert now is not None
    assert after is None or now <= after


@pytest.mark.parametrize(
    "steps",
    [
        [STREET, HEAD],
        [URGE, WARN],
        [{**WARN, "action": "shout"}],
        [{**HEAD, "unit": "fortnight"}],
        [{**HEAD, "amount": "soon"}],
    ],
)
def test_a_ladder_out_of_order_or_unknown_is_refused(steps: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match=r"."):
        ladder.validate(rule(*steps))


def test_a_rung_with_a_part_missing_is_refused() -> None:
    with pytest.raises(KeyError):
        ladder.validate(rule({"action": "warn", "to": "handler"}))
