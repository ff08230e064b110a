"""What a clock does while time passes: pure functions over its rule snapshot."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from community_portal.worktime.deadlines import WorkCalendar, add

PERCENT = "percent"


class StepAction(StrEnum):
    """What a ladder step does."""

    WARN = "warn"
    URGE = "urge"
    ESCALATE = "escalate"
    ACT = "act"
    """Time itself decides: what happens then belongs to the clock's kind."""


@dataclass(frozen=True)
class Step:
    """One rung: `percent` counts back from the deadline in shares of the whole time, other units count on from it."""

    action: StepAction
    to: str
    amount: int
    unit: str

    @classmethod
    def from_rule(cls, data: dict[str, Any]) -> "Step":
        """A rung from its snapshot. Raises KeyError or ValueError when a part is missing or unknown."""
        return cls(StepAction(data["action"]), str(data["to"]), int(data["amount"]), str(data["unit"]))

    def instant(self, started_at: datetime, due_at: datetime, calendar: WorkCalendar) -> datetime:
        """When this rung is reached. Raises CalendarNotCovered."""
        if self.unit == PERCENT:
            return due_at - (due_at - started_at) * self.amount / 100
        return add(due_at, self.amount, self.unit, calendar)


@lru_cache(maxsize=500)
def read_rule(text: str) -> dict[str, Any]:
    """A rule snapshot from its JSON; a list has many of few rules. Equal texts share one dict: do not change it."""
    rule: dict[str, Any] = json.loads(text)
    return rule


def steps_of(rule: dict[str, Any]) -> list[Step]:
    """The ladder of a rule snapshot, in order."""
    return [Step.from_rule(data) for data in rule.get("ladder", [])]


def due_of(rule: dict[str, Any], started_at: datetime, calendar: WorkCalendar) -> datetime:
    """The deadline of a rule started at an instant. Raises CalendarNotCovered."""
    return add(started_at, int(rule["amount"]), str(rule["unit"]), calendar)


def next_check(
    rule: dict[str, Any], step: int, started_at: datetime, due_at: datetime, calendar: WorkCalendar
) -> datetime | None:
    """When the rung number `step` is reached, never before the rung below it; None past the last one.

    Raises CalendarNotCovered.
    """
    rungs = rule.get("ladder", [])
    if step >= len(rungs):
        return None
    reached = (Step.from_rule(data) for data in rungs[: step + 1])
    return max(each.instant(started_at, due_at, calendar) for each in reached)


def validate(rule: dict[str, Any]) -> None:
    """Raises ValueError when rungs are out of order or unknown; order is judged on a plain ten-day clock."""
    start = datetime.fromisoformat("2024-05-06T09:00:00+08:00")
    calendar = WorkCalendar({(start + timedelta(days=n)).date(): True for n in range(400)})
    instants = [step.instant(start, start + timedelta(days=10), calendar) for step in steps_of(rule)]
    if instants != sorted(instants):
        raise ValueError("ladder steps must follow one another in time")
