"""What a deadline must be, worked out again from the events: the rule it started with, and all that moved it since.

Pure but for reading the events it is given; the actions that move clocks use it, so it cannot drift from them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from community_portal.worktime.deadlines import WorkCalendar, put_off
from community_portal.worktime.ladder import due_of
from petitions.models import ClockRule, PetitionEvent
from petitions.workflow import Verb

MOVERS = (Verb.RESUME, Verb.EXTEND, Verb.PLEDGE, Verb.LEVEL)
PUTS_DATE = (Verb.EXTEND, Verb.PLEDGE)


@dataclass(frozen=True)
class Move:
    """One thing that moved a deadline: a pause that ended, a date that was set, or another rule."""

    pause: tuple[datetime, datetime] | None = None
    until: datetime | None = None
    rule: dict[str, Any] = field(default_factory=dict)


def moves_of(events: Iterable[PetitionEvent], kind: str, since: datetime) -> list[Move]:
    """What moved a clock of this kind that was started at an instant; expects the events in order."""
    found = []
    for event in events:
        if event.at < since or event.verb not in MOVERS:
            continue
        if event.verb == Verb.RESUME:
            found.append(Move(pause=(datetime.fromisoformat(event.data["paused_at"]), event.at)))
        elif event.verb in PUTS_DATE and kind == ClockRule.Kind.RESOLVE:
            found.append(Move(until=datetime.fromisoformat(event.data["until"])))
        elif event.verb == Verb.LEVEL and kind in event.data["rules"]:
            found.append(Move(rule=event.data["rules"][kind]))
    return found


def deadline(rule: dict[str, Any], started_at: datetime, moves: Sequence[Move], calendar: WorkCalendar) -> datetime:
    """The deadline after all moves. Another rule counts from the start again, and the pauses with it; a date that was
    set before it is given up. Raises CalendarNotCovered.
    """
    due, pauses = due_of(rule, started_at, calendar), []
    for move in moves:
        if move.pause:
            pauses.append(move.pause)
            due = put_off(due, str(rule["unit"]), *move.pause, calendar)
        elif move.until:
            due = move.until
        else:
            rule, due = move.rule, due_of(move.rule, started_at, calendar)
            for pause in pauses:
                due = put_off(due, str(rule["unit"]), *pause, calendar)
    return due
