"""What the large demo keeps of a petition while it is made, and how that becomes rows for COPY; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from community_portal.worktime import ladder
from community_portal.worktime.ladder import Step
from grid.copying import Encoded, encoded
from petitions.actions.base import SYSTEM
from petitions.actions.clocks import VERBS, step_words
from petitions.demo.served import Served, Worker
from petitions.demo.stories import Problem
from petitions.models import Category, ClockRule

PETITION = (
    "id", "row_key", "number", "query_code", "source", "kind", "external_system", "external_no", "title", "text",
    "category_id", "level_id", "anonymous", "caller_name", "caller_phone", "caller_phone_index", "address",
    "jurisdiction", "district_id", "street_id", "community_id", "grid_id", "building_id", "household_id", "handler_id",
    "organisation_id", "state", "escalated_to", "received_at", "registered_at", "due_at", "resolved_at", "closed_at",
    "answer", "asked_contacted", "asked_solved", "asked_satisfied", "version", "search",
)  # fmt: skip
CLOCK = (
    "petition_id", "kind", "started_at", "due_at", "next_check_at", "closed_at", "outcome", "breached_at", "step",
    "rule", "reached", "acknowledged_until",
)  # fmt: skip
EVENT = ("petition_id", "at", "verb", "by_id", "actor", "old_state", "new_state", "text", "data")

Row = Sequence[Any]


@dataclass(frozen=True)
class Rule:
    """A clock rule as it is needed many times: the snapshot, the same in COPY's form, its steps, its label."""

    kind: str
    snapshot: dict[str, Any]
    copied: Encoded
    steps: list[Step]
    label: str


@dataclass(frozen=True)
class Facts:
    """What is known of a petition when it comes in."""

    serial: int
    at: datetime
    source: str
    problem: Problem
    category: Category
    place: str
    served: Served
    worker: Worker
    house: int
    household: int
    text: str
    title: str

    @property
    def building(self) -> int:
        """The building's id."""
        return self.served.built.buildings[self.house]

    @property
    def outer(self) -> bool:
        """Whether it lies outside the walls."""
        return self.category.jurisdiction == Category.Jurisdiction.OUTER


@dataclass(frozen=True)
class Deed:
    """One event on its way: what happened, by whom, the state after it (None: the same), the words."""

    at: datetime
    verb: str
    by: int | None = None
    actor: str = ""
    state: str | None = None
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Running:
    """A clock of one petition: when it ends (`outcome` then), the rungs taken until then."""

    rule: Rule
    due_at: datetime | None
    ends_at: datetime | None = None
    outcome: str = ""
    next_check_at: datetime | None = None
    reached: int = 0
    rungs: list[Deed] = field(default_factory=list)


@dataclass
class Rows:
    """What one batch adds to the three tables."""

    petitions: list[Row] = field(default_factory=list)
    clocks: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)


def rule_of(kind: str, snapshot: dict[str, Any]) -> Rule:
    label = str(ClockRule.Kind(kind).label)
    return Rule(kind, snapshot, encoded(snapshot), ladder.steps_of(snapshot), label)


def rung_deed(rule: Rule, number: int, step: Step, due_at: datetime, at: datetime) -> Deed:
    text = step_words(rule.label, due_at, step.action, step.to, at)
    data = {"clock": rule.kind, "step": number, "to": step.to, "due_at": due_at.isoformat()}
    return Deed(at, VERBS[step.action].value, None, SYSTEM, None, text, data)


def clock_row(serial: int, clock: Running, at: datetime) -> Row:
    due, end = clock.due_at, clock.ends_at
    last = clock.rungs[-1].at if clock.rungs else at
    breached = due is not None and (last >= due or (clock.outcome == "met" and end is not None and end > due))
    return (
        serial, clock.rule.kind, at, due, clock.next_check_at, end, clock.outcome, due if breached else None,
        len(clock.rungs), clock.rule.copied, clock.reached, None,
    )  # fmt: skip


def event_rows(serial: int, deeds: list[Deed]) -> Iterator[Row]:
    """The deeds in order of time, each from the state that the one before it left."""
    state = ""
    for deed in deeds:
        new = deed.state or state
        yield serial, deed.at, deed.verb, deed.by, deed.actor, state, new, deed.text, deed.data
        state = new
