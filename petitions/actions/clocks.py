"""The clocks of a petition: starting, meeting, and what the sweep does when they run on."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.worktime import actions as worktime
from community_portal.worktime.deadlines import CalendarNotCovered
from community_portal.worktime.ladder import Step, StepAction, steps_of
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import stamp, time_left
from grid.querysets import LADDER_ROLES, people_in_role
from petitions import workflow
from petitions.actions.base import SYSTEM, path_of
from petitions.catalogue import catalogue
from petitions.models import ClockRule, Petition, PetitionClock, PetitionEvent
from petitions.workflow import Verb

Kind = ClockRule.Kind
RUNGS = {"community_head": Petition.Step.COMMUNITY, "street": Petition.Step.STREET, "district": Petition.Step.DISTRICT}
RUNG_NAMES = {"handler": "办理人", "community_head": "社区书记", "street": "街道", "district": "区级"}
VERBS = {StepAction.WARN: Verb.WARN, StepAction.URGE: Verb.URGE, StepAction.ESCALATE: Verb.ESCALATE}


def new_clocks(petition: Petition, at: datetime, kinds: Iterable[str] = Kind.values) -> list[PetitionClock]:
    """Unsaved clocks of the petition's level, started at an instant; sets the petition's nearest deadline too."""
    calendar = work_calendar()
    rules = catalogue().rules.get(petition.level_id, {})
    clocks = [
        worktime.start(PetitionClock(petition=petition, kind=kind, started_at=at, rule=rules[kind]), calendar)
        for kind in kinds
        if kind in rules
    ]
    deadlines = [clock.due_at for clock in clocks if clock.due_at]
    petition.due_at = min([*deadlines, *([petition.due_at] if petition.due_at else [])], default=None)
    return clocks


def close_clocks(
    petition: Petition, at: datetime, outcome: PetitionClock.Outcome, kinds: Iterable[str] = Kind.values
) -> None:
    """End the open clocks of these kinds; sets (without saving) the petition's nearest deadline and ladder level."""
    kinds, still_open = set(kinds), []
    for clock in petition.clocks.filter(closed_at__isnull=True):
        if clock.kind in kinds:
            worktime.close(clock, outcome, at)
            clock.save()
        else:
            still_open.append(clock)
    petition.due_at = min((clock.due_at for clock in still_open if clock.due_at), default=None)
    petition.escalated_to = max((clock.reached for clock in still_open), default=Petition.Step.NONE)


def hold(petition: Petition, until: datetime) -> None:
    """Somebody has taken note: every open clock remembers it, and a ladder with rungs left rests until then."""
    for clock in petition.clocks.filter(closed_at__isnull=True):
        clock.acknowledged_until = until
        if clock.next_check_at:
            clock.next_check_at = max(clock.next_check_at, until)
        clock.save(update_fields=["acknowledged_until", "next_check_at"])


def claim_due(at: datetime, limit: int) -> QuerySet[PetitionClock]:
    """Due clocks with their petitions, both locked; one that somebody is working on is left to the next minute."""
    return (
        PetitionClock.objects.filter(next_check_at__lte=at)
        .select_related("petition")
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
    people = _people([clock.petition for clock in due], at)
    events: list[PetitionEvent] = []
    notices: list[Notice] = []
    for clock in due:
        if clock.due_at is None:
            worktime.start(clock, calendar)
            _wait_again(clock, at)
            continue
        for step in _reached(clock, at):
            rung, told = _told(clock.petition, step.to, people)
            events.append(_event(clock, step, rung, at))
            notices += _notices(clock, step, rung, told, at)
            _advance(clock, step, rung, at)
        worktime.set_next_check(clock, at, calendar)
    _save(clocks, events, notices)


def _share_petitions(clocks: Sequence[PetitionClock]) -> None:
    """Clocks of one petition come with a copy of it each: let them write to the same one, or the last copy wins."""
    first: dict[int, Petition] = {}
    for clock in clocks:
        clock.petition = first.setdefault(clock.petition_id, clock.petition)


def _is_running(clock: PetitionClock) -> bool:
    """Re-check of a claimed clock: one whose petition is no longer open is only taken off the sweep."""
    running = clock.is_open and clock.petition.state in workflow.OPEN
    if not running:
        clock.next_check_at = None
    return running


def _reached(clock: PetitionClock, at: datetime) -> Iterator[Step]:
    """The rungs due by now, in order, stopping at the first that is not; skipped warnings are counted as taken."""
    assert clock.due_at is not None
    for step in steps_of(clock.rule)[clock.step :]:
        try:
            if step.instant(clock.started_at, clock.due_at, work_calendar()) > at:
                return
        except CalendarNotCovered:
            return
        if step.action == StepAction.WARN and at >= clock.due_at:
            clock.step += 1
        else:
            yield step


def _wait_again(clock: PetitionClock, at: datetime) -> None:
    if clock.due_at is None:
        clock.next_check_at = at + worktime.RETRY
    elif clock.petition.due_at is None or clock.due_at < clock.petition.due_at:
        clock.petition.due_at = clock.due_at


def _advance(clock: PetitionClock, step: Step, rung: str, at: datetime) -> None:
    clock.step += 1
    if clock.due_at and at >= clock.due_at and clock.breached_at is None:
        clock.breached_at = clock.due_at
    if step.action == StepAction.ESCALATE:
        clock.reached = max(clock.reached, RUNGS[rung])
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
    return step_words(clock.get_kind_display(), clock.due_at, step.action, rung, at)


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


def _people(petitions: Sequence[Petition], at: datetime) -> dict[str, dict[int, list[int]]]:
    """Who can be told, by rung and division; three queries for any number of petitions."""
    on = localtime(at).date()
    columns = {"community_head": "community_id", "street": "street_id", "district": "district_id"}
    return {
        rung: people_in_role(
            LADDER_ROLES[rung], sorted({pk for each in petitions if (pk := getattr(each, column))}), on
        )
        for rung, column in columns.items()
    }


def _told(petition: Petition, to: str, people: dict[str, dict[int, list[int]]]) -> tuple[str, list[int]]:
    """The rung that a step reaches and its people: when it is empty, the next one up that is not."""
    if to == "handler" and petition.handler_id:
        return to, [petition.handler_id]
    rungs = list(RUNGS)
    places = {"community_head": petition.community_id, "street": petition.street_id, "district": petition.district_id}
    for rung in rungs[rungs.index(to) if to in rungs else 0 :]:
        if found := people[rung].get(places[rung] or 0):
            return rung, found
    return to, []


def _notices(clock: PetitionClock, step: Step, rung: str, told: list[int], at: datetime) -> list[Notice]:
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
            body=_words_of(clock, step, rung, at),
            path=path_of(petition),
        )
        for staff_id in sorted(recipients)
    ]


def _save(clocks: Sequence[PetitionClock], events: list[PetitionEvent], notices: list[Notice]) -> None:
    PetitionClock.objects.bulk_update(clocks, ["due_at", "next_check_at", "breached_at", "step", "reached"])
    petitions = list({clock.petition_id: clock.petition for clock in clocks}.values())
    Petition.objects.bulk_update(petitions, ["due_at", "escalated_to"])
    PetitionEvent.objects.bulk_create(events)
    outbox.save(notices)
