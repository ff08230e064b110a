"""How a clock's ladder reads: who was told, who is next and when. Works on loaded rows; asks the database nothing."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.worktime.deadlines import CalendarNotCovered, WorkCalendar
from community_portal.worktime.ladder import Step, StepAction, steps_of
from community_portal.worktime.words import CALM, moment, time_left
from petitions.actions.clocks import RUNG_NAMES
from petitions.models import PetitionClock

TAKEN = {
    StepAction.WARN: gettext_lazy("已提醒"),
    StepAction.URGE: gettext_lazy("已催办"),
    StepAction.ESCALATE: gettext_lazy("已升级"),
    StepAction.ACT: gettext_lazy("已自动处理"),
}
COMING = {
    StepAction.WARN: gettext_lazy("提醒"),
    StepAction.URGE: gettext_lazy("催办"),
    StepAction.ESCALATE: gettext_lazy("升级"),
    StepAction.ACT: gettext_lazy("自动处理"),
}
PAST, NEXT = "past", "next"


@dataclass(frozen=True)
class Rung:
    """One rung as drawn: its name, who stands there, what was or will be done, and PAST, NEXT or nothing."""

    name: str
    who: str
    words: str
    state: str


class Running(Protocol):
    """What a line of a list says of a clock: a PetitionClock, or these columns of one."""

    @property
    def kind(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def step(self) -> int: ...
    @property
    def rule(self) -> dict[str, Any]: ...
    @property
    def next_check_at(self) -> datetime | None: ...
    @property
    def acknowledged_until(self) -> datetime | None: ...


def rungs(clock: PetitionClock, people: dict[str, str], calendar: WorkCalendar, now: datetime) -> list[Rung]:
    """The ladder from the handler upwards; `people` names who stands on each rung (handler, community_head, …)."""
    steps = steps_of(clock.rule)
    instants = _instants(clock, steps, calendar, now)
    calm = time_left(clock.due_at, now, clock.started_at).state == CALM
    drawn, next_seen = [], calm
    for to, name in RUNG_NAMES.items():
        own = [n for n, step in enumerate(steps) if step.to == to and step.action != StepAction.WARN]
        waiting = next((n for n in own if n >= clock.step), None)
        if waiting is not None:
            words, state = _coming(steps[waiting], instants[waiting], now), "" if next_seen else NEXT
            next_seen = True
        elif own:
            words, state = str(TAKEN[steps[own[-1]].action]), PAST
        else:
            continue
        drawn.append(Rung(name, people.get(to, ""), words, state))
    return drawn


def note(clock: Running, now: datetime) -> str:
    """One line for a list: "已催办，今天 13:20 升级到社区书记"; empty while nothing has been done yet."""
    if clock.acknowledged_until and clock.acknowledged_until > now:
        if clock.next_check_at is None:
            return _("已知悉")
        return _("已知悉，%s 前不升级") % moment(clock.acknowledged_until, now)
    steps = clock.rule.get("ladder", [])
    if clock.step == 0 or not steps:
        return ""
    taken = Step.from_rule(steps[min(clock.step, len(steps)) - 1])
    coming = Step.from_rule(steps[clock.step]) if clock.step < len(steps) else None
    words = [_taken(taken)]
    if coming and coming.action == StepAction.ESCALATE and clock.next_check_at:
        words.append(_rising(coming.to) % _when(clock.next_check_at, now))
    return "，".join(words)


@cache
def _taken(step: Step) -> str:
    if step.action == StepAction.ESCALATE:
        return _("已升级到%s") % RUNG_NAMES[step.to]
    return str(TAKEN[step.action])


@cache
def _rising(to: str) -> str:
    return _("%%s 升级到%s") % RUNG_NAMES[to]


def _coming(step: Step, instant: datetime | None, now: datetime) -> str:
    when = _when(instant, now) if instant else _("时间待定，")
    return f"{when} {COMING[step.action]}"


def _when(instant: datetime, now: datetime) -> str:
    return moment(instant, now) if instant > now else _("马上")


def _instants(clock: PetitionClock, steps: list[Step], calendar: WorkCalendar, now: datetime) -> list[datetime | None]:
    """When each rung is reached, never before the one below it nor while somebody's acknowledgement holds it."""
    held = clock.acknowledged_until
    latest: datetime | None = held if held and held > now else None
    found: list[datetime | None] = []
    for step in steps:
        try:
            if clock.due_at is None:
                raise CalendarNotCovered(clock.started_at.date())
            own = step.instant(clock.started_at, clock.due_at, calendar)
        except CalendarNotCovered:
            found.append(None)
            continue
        latest = max(own, latest) if latest else own
        found.append(latest)
    return found
