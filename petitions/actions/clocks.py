"""What the sweep does when clocks run on."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal import rows
from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.worktime import actions as worktime
from community_portal.worktime.deadlines import CalendarNotCovered
from community_portal.worktime.ladder import Step, StepAction
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import stamp, time_left
from grid.querysets import LADDER_ROLES, members_of, people_in_role
from petitions.actions import timeouts
from petitions.actions.base import SYSTEM, path_of
from petitions.actions.timing import Kind
from petitions.models import HANDLING, Petition, PetitionClock, PetitionEvent
from petitions.truth import deadline, moves_of
from petitions.workflow import OPEN, UNANSWERED, State, Verb

RUNGS = {"community_head": Petition.Step.COMMUNITY, "street": Petition.Step.STREET, "district": Petition.Step.DISTRICT}
RUNG_NAMES = {"handler": "办理人", "community_head": "社区书记", "street": "街道", "district": "区级"}
RUNG_OF_STEP = {step: rung for rung, step in RUNGS.items()}
VERBS = {StepAction.WARN: Verb.WARN, StepAction.URGE: Verb.URGE, StepAction.ESCALATE: Verb.ESCALATE}
RUNS_IN: dict[str, tuple[State, ...]] = {
    **dict.fromkeys(HANDLING, OPEN),
    Kind.FOLLOW_UP: (State.RESOLVED,),
    Kind.SUSPENSION: (State.SUSPENDED,),
    **dict.fromkeys((Kind.CHECK_IN, Kind.ANSWER, Kind.DECIDE), UNANSWERED),
    Kind.REVIEW: (State.RESOLVED, State.CLOSED),
}
"""The states in which a clock means anything."""

People = dict[str, dict[int, list[int]]]


def claim_due(at: datetime, limit: int) -> QuerySet[PetitionClock]:
    """Due clocks with their petitions, both locked; one that somebody is working on is left to the next minute."""
    return (
        PetitionClock.objects.filter(next_check_at__lte=at)
        .select_related("petition", "part__organisation", "application")
        .select_for_update(skip_locked=True, of=("self", "petition"))
        .order_by("next_check_at")[:limit]
    )


def sweep(*, at: datetime, batch: int = worktime.BATCH) -> int:
    """Take every rung that has come due; returns how many clocks were handled."""
    return worktime.sweep(claim_due, take_steps, at=at, batch=batch)


def take_steps(clocks: Sequence[PetitionClock], at: datetime) -> None:
    """Take the rungs each clock has reached: event, notices, ladder level, next check; a handful of statements for all.

    After an outage several rungs may have come due at once: all are taken, but a warning whose deadline has passed
    meanwhile is left out, since the urging says it.
    """
    calendar = work_calendar()
    _share_petitions(clocks)
    due = [clock for clock in clocks if _is_running(clock)]
    people = _people(due, at)
    events: list[PetitionEvent] = []
    notices: list[Notice] = []
    expired: list[PetitionClock] = []
    for clock in due:
        if clock.due_at is None:
            _look_for_deadline(clock, at)
            continue
        for step in worktime.rungs_reached(clock, at, calendar):
            if step.action == StepAction.ACT:
                expired.append(clock)
                break
            rung, told = _told(clock, step.to, people)
            events.append(_event(clock, step, rung, at))
            notices += _notices(clock, step, told, events[-1].text, at)
            _advance(clock, step, rung, at)
        worktime.set_next_check(clock, at, calendar)
    _save(clocks, events, notices)
    for clock in expired:
        timeouts.expire(clock, at)


def _share_petitions(clocks: Sequence[PetitionClock]) -> None:
    """Clocks of one petition come with a copy of it each: let them write to the same one, or the last copy wins."""
    first: dict[int, Petition] = {}
    for clock in clocks:
        clock.petition = first.setdefault(clock.petition_id, clock.petition)


def _is_running(clock: PetitionClock) -> bool:
    """Re-check of a claimed clock: one whose petition is no longer open is only taken off the sweep."""
    running = clock.is_open and clock.petition.state in RUNS_IN[clock.kind]
    if not running:
        clock.next_check_at = None
    return running


def _look_for_deadline(clock: PetitionClock, at: datetime) -> None:
    """Try again to work out the deadline of a clock that waits for the calendar, with all that moved it since."""
    moves = moves_of(clock.petition.events.order_by("id"), clock.kind, clock.started_at)
    try:
        clock.due_at = deadline(clock.rule, clock.started_at, moves, work_calendar())
    except CalendarNotCovered:
        clock.next_check_at = at + worktime.RETRY
        return
    worktime.set_next_check(clock, clock.started_at, work_calendar())
    petition = clock.petition
    if clock.kind in HANDLING and (petition.due_at is None or clock.due_at < petition.due_at):
        petition.due_at = clock.due_at


def _advance(clock: PetitionClock, step: Step, rung: str, at: datetime) -> None:
    clock.step += 1
    if clock.due_at and at >= clock.due_at and clock.breached_at is None:
        clock.breached_at = clock.due_at
    if step.action == StepAction.ESCALATE:
        clock.reached = max(clock.reached, RUNGS[rung])
        if clock.kind in HANDLING:
            clock.petition.escalated_to = max(clock.petition.escalated_to, clock.reached)


def _event(clock: PetitionClock, step: Step, rung: str, at: datetime) -> PetitionEvent:
    petition = clock.petition
    return PetitionEvent(
        petition=petition,
        at=at,
        verb=VERBS[step.action],
        actor=SYSTEM,
        old_state=petition.state,
        new_state=petition.state,
        text=_words_of(clock, step, rung, at),
        data={"clock": clock.kind, "step": clock.step, "to": rung, "due_at": clock.due_at.isoformat()}
        if clock.due_at
        else {},
    )


def _words_of(clock: PetitionClock, step: Step, rung: str, at: datetime) -> str:
    assert clock.due_at is not None
    kind = str(Kind(clock.kind).label)
    if clock.part:
        kind = f"{clock.part.organisation.name}{kind}"
    elif clock.application:
        kind = f"{clock.application.get_kind_display()}{kind}"
    return step_words(kind, clock.due_at, step.action, rung, at)


def step_words(kind: str, due_at: datetime, action: StepAction, rung: str, at: datetime) -> str:
    """What the history says of a rung: `kind` is the clock's label, `rung` whom it reached."""
    values = {
        "kind": kind,
        "due": stamp(due_at),
        "left": time_left(due_at, at).words,
        "to": RUNG_NAMES[rung],
    }
    if action == StepAction.ESCALATE:
        return _("%(kind)s时限 %(due)s，%(left)s，升级到%(to)s") % values
    return _("%(kind)s时限 %(due)s，%(left)s，请%(to)s处理") % values


def _people(clocks: Sequence[PetitionClock], at: datetime) -> People:
    """Who can be told, by rung and division, and by unit; four queries at most for any number of clocks."""
    on = localtime(at).date()
    columns = {"community_head": "community_id", "street": "street_id", "district": "district_id"}
    people = {
        rung: people_in_role(
            LADDER_ROLES[rung], sorted({pk for each in clocks if (pk := getattr(each.petition, column))}), on
        )
        for rung, column in columns.items()
    }
    units = sorted({clock.part.organisation_id for clock in clocks if clock.part})
    people["unit"] = members_of(units, on) if units else {}
    return people


def _told(clock: PetitionClock, to: str, people: People) -> tuple[str, list[int]]:
    """The rung that a step reaches and its people: when it is empty, the next one up that is not.

    Whom the petition complains about is told nothing.
    """
    petition = clock.petition
    if to == "handler" and (found := _handlers(clock, people)):
        return to, found
    if to == "handler" and clock.application:
        to = RUNG_OF_STEP[Petition.Step(clock.application.rung)]
    rungs = list(RUNGS)
    places = {"community_head": petition.community_id, "street": petition.street_id, "district": petition.district_id}
    for rung in rungs[rungs.index(to) if to in rungs else 0 :]:
        if found := [pk for pk in people[rung].get(places[rung] or 0, []) if pk != petition.about_staff_id]:
            return rung, found
    return to, []


def _handlers(clock: PetitionClock, people: People) -> list[int]:
    """Whose the clock is: the unit's members, nobody in particular for an application, else the handler."""
    if clock.part:
        return people["unit"].get(clock.part.organisation_id, [])
    handler = clock.petition.handler_id
    return [handler] if handler and not clock.application else []


def _notices(clock: PetitionClock, step: Step, told: list[int], text: str, at: datetime) -> list[Notice]:
    petition = clock.petition
    recipients = set(told)
    if step.action == StepAction.ESCALATE and petition.handler_id:
        recipients.add(petition.handler_id)
    return [
        outbox.to_staff(
            staff_id,
            event=f"petition-clock:{clock.pk}:{clock.step}",
            at=at,
            title=f"{VERBS[step.action].label}：{petition.title}",
            body=text,
            path=path_of(petition),
        )
        for staff_id in sorted(recipients)
    ]


def _save(clocks: Sequence[PetitionClock], events: list[PetitionEvent], notices: list[Notice]) -> None:
    rows.update(clocks, ["due_at", "next_check_at", "breached_at", "step", "reached"])
    petitions = list({clock.petition_id: clock.petition for clock in clocks}.values())
    rows.update(petitions, ["due_at", "escalated_to"])
    PetitionEvent.objects.bulk_create(events)
    outbox.save(notices)
