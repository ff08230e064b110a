"""What one petition counts for, out of its events and deadlines; pure.

The three rates (三率, DOMAIN.md): 响应率 = contacted in time / assigned; 解决率 = solved / asked; 满意率 = satisfied /
asked. A petition whose contact deadline has neither been met nor passed is not judged yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from petitions.models import ClockRule, Petition
from petitions.workflow import ENDED, State, Verb

Kind = ClockRule.Kind
ANSWERED = frozenset({Verb.RESOLVE, Verb.ON_SPOT})
CONTACTED = frozenset({Verb.CONTACT}) | ANSWERED
ASKED = frozenset({Verb.RATE, Verb.CLOSE})
TURNED_BACK = frozenset({Verb.RETURN, Verb.TAKE_BACK})
RUNG_OF = {"community_head": "up_community", "street": "up_street", "district": "up_district"}
CANCELLED, MOVED = "cancelled", "moved"

CONTACT_WITHIN = (
    ("contact_30m", timedelta(minutes=30)),
    ("contact_2h", timedelta(hours=2)),
    ("contact_24h", timedelta(hours=24)),
    ("contact_3d", timedelta(days=3)),
    ("contact_more", timedelta.max),
)
RESOLVE_WITHIN = (
    ("resolve_2h", timedelta(hours=2)),
    ("resolve_24h", timedelta(hours=24)),
    ("resolve_3d", timedelta(days=3)),
    ("resolve_7d", timedelta(days=7)),
    ("resolve_15d", timedelta(days=15)),
    ("resolve_more", timedelta.max),
)


class Happened(Protocol):
    """An event's columns, as the petition's history has them."""

    @property
    def verb(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def new_state(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


class Timed(Protocol):
    """A clock's columns."""

    @property
    def kind(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def outcome(self) -> str: ...


@dataclass(frozen=True)
class Fact:
    """The measures that are not 0, and when they change by themselves (None: never)."""

    measures: dict[str, int]
    settles_at: datetime | None = None


def fact_of(
    source: str, registered_at: datetime, events: Sequence[Happened], clocks: Sequence[Timed], at: datetime
) -> Fact:
    """What a petition counts for as seen at an instant; events and clocks in the order they were made."""
    state = events[-1].new_state if events else State.REGISTERED
    if source == Petition.Source.PATROL:
        return Fact({"orders": 1, "proactive": 1, **_one("fixed", state in (State.RESOLVED, State.CLOSED))})
    if exclusion_of(events):
        return Fact({"orders": 1, "excluded": 1})
    found = {"orders": 1, "counted": 1}
    clocks = [clock for clock in clocks if clock.outcome != MOVED]  # Another one went on in its place.
    first = next((clock for clock in clocks if clock.kind == Kind.CONTACT), None)
    contacted = next((event.at for event in events if event.verb in CONTACTED), None)
    found |= _response(registered_at, contacted, first.due_at if first else None, at)
    found |= _resolution(registered_at, events, state) | _lateness(clocks, state, at)
    found |= _asked(events, "solved") | _asked(events, "satisfied") | _trouble(events)
    waits = [] if contacted or first is None else [first.due_at]
    waits += [clock.due_at for clock in clocks if clock.kind == Kind.RESOLVE and clock.closed_at is None]
    return Fact(found, min((due for due in waits if due and due >= at), default=None))


def exclusion_of(events: Sequence[Happened]) -> str:
    """Why a petition is left out of the rates (剔除): a ground, "refused", "imported", or "" when it counts."""
    if any(event.data.get("imported") for event in events[:1]):
        return "imported"
    if events and events[-1].new_state == State.REFUSED:
        return "refused"
    by_hand = [event for event in events if event.verb in (Verb.EXCLUDE, Verb.INCLUDE)]
    return str(by_hand[-1].data["ground"]) if by_hand and by_hand[-1].verb == Verb.EXCLUDE else ""


def _response(since: datetime, contacted: datetime | None, due: datetime | None, at: datetime) -> dict[str, int]:
    if contacted is None:
        return _one("judged", due is not None and due < at)
    in_time = due is None or contacted <= due
    return {"judged": 1, **_one("responded", in_time), **_spent("contact", contacted - since, CONTACT_WITHIN)}


def _resolution(since: datetime, events: Sequence[Happened], state: str) -> dict[str, int]:
    """Solved work stays resolved only while nobody reopened it; then the last answer ends it."""
    if state not in (State.RESOLVED, State.CLOSED):
        return _one("unfinished", state not in ENDED)
    answers = [event.at for event in events if event.verb in ANSWERED]
    return {"resolved": 1, **(_spent("resolve", answers[-1] - since, RESOLVE_WITHIN) if answers else {})}


def _lateness(clocks: Sequence[Timed], state: str, at: datetime) -> dict[str, int]:
    mine = [clock for clock in clocks if clock.kind == Kind.RESOLVE and clock.outcome != CANCELLED and clock.due_at]
    over = [clock for clock in mine if clock.due_at and (clock.closed_at or at) > clock.due_at]
    open_over = any(clock.closed_at is None for clock in over)
    done = state in (State.RESOLVED, State.CLOSED)
    return {**_one("resolved_late", done and bool(over)), **_one("overdue", not done and open_over)}


def _asked(events: Sequence[Happened], what: str) -> dict[str, int]:
    """The last answer that the petitioner gave to one question; an answer stands until another one is given."""
    answers = [event.data[what] for event in events if event.verb in ASKED and event.data.get(what) is not None]
    return {f"asked_{what}": 1, **_one(what, answers[-1])} if answers else {}


def _trouble(events: Sequence[Happened]) -> dict[str, int]:
    rungs = {RUNG_OF[to] for event in events if event.verb == Verb.ESCALATE and (to := event.data.get("to")) in RUNG_OF}
    return {
        **_one("reopened", any(event.verb == Verb.REOPEN for event in events)),
        **_one("returned", any(event.verb in TURNED_BACK for event in events)),
        **_one("escalated", rungs),
        **dict.fromkeys(sorted(rungs), 1),
    }


def _spent(what: str, span: timedelta, within: Sequence[tuple[str, timedelta]]) -> dict[str, int]:
    span = max(span, timedelta())
    bucket = next(name for name, longest in within if span <= longest)
    return {bucket: 1, f"{what}_minutes": int(span.total_seconds() // 60)}


def _one(name: str, yes: object) -> dict[str, int]:
    return {name: 1} if yes else {}
