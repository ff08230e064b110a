"""The clocks of topics and tasks: starting, ending, and what the sweep does when they run on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.worktime import actions as worktime
from community_portal.worktime.ladder import Step, StepAction
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import time_left
from councils.actions.base import SYSTEM, topic_path
from councils.models import ClockKind, CouncilClock, CouncilEvent, Objection, ResolutionTask, TimeRule, Topic
from councils.workflow import Verb
from grid.querysets import LADDER_ROLES, people_in_role

MINUTE = timedelta(minutes=1)
RUNGS = {
    "community_head": CouncilClock.Rung.COMMUNITY,
    "street": CouncilClock.Rung.STREET,
    "district": CouncilClock.Rung.DISTRICT,
}
RUNG_NAMES = {
    "handler": gettext_lazy("责任人"),
    "community_head": gettext_lazy("社区书记"),
    "street": gettext_lazy("街道"),
    "district": gettext_lazy("区级"),
}
VERBS = {StepAction.WARN: Verb.WARN, StepAction.URGE: Verb.URGE, StepAction.ESCALATE: Verb.ESCALATE}
Outcome = CouncilClock.Outcome
People = Mapping[str, Mapping[int, list[int]]]


def closing_of(day: date) -> datetime:
    """The last moment of work on a day; a day off counts to its evening like any other."""
    return work_calendar().closing(day)


def start_clock(
    kind: ClockKind, *, at: datetime, topic: Topic | None = None, task: ResolutionTask | None = None,
    objection: Objection | None = None, until: datetime | None = None,
) -> CouncilClock:  # fmt: skip
    """Save a new clock of a topic, a task or an objection; `until` replaces the amount of its rule.

    Sets (without saving) the topic's deadline too.
    """
    rule = TimeRule.objects.get(kind=kind).snapshot()
    if until is not None:
        rule |= {"amount": max(1, (until - at) // MINUTE), "unit": "minute"}
    subject = topic or (task.resolution if task else objection.publication if objection else None)
    assert subject is not None
    clock = CouncilClock(
        council_id=subject.council_id, topic=topic, task=task, objection=objection, kind=kind, started_at=at, rule=rule
    )
    worktime.start(clock, work_calendar())
    clock.save()
    if topic:
        topic.due_at = clock.due_at
    return clock


def close_clocks(
    at: datetime, outcome: CouncilClock.Outcome, *, topic: Topic | None = None, task: ResolutionTask | None = None,
    objection: Objection | None = None,
) -> None:  # fmt: skip
    """End whatever clocks are open for a topic, a task or an objection."""
    subject = {"topic": topic} if topic else {"task": task} if task else {"objection": objection}
    for clock in CouncilClock.objects.filter(closed_at__isnull=True, **subject).select_for_update():
        worktime.close(clock, outcome, at)
        clock.save()
    if topic:
        topic.due_at = None


def claim_due(at: datetime, limit: int) -> QuerySet[CouncilClock]:
    """Due clocks, locked; one that somebody is working on is left to the next minute."""
    return (
        CouncilClock.objects.filter(next_check_at__lte=at)
        .select_related("council__community__division__parent", "topic", "task__resolution", "objection__publication")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_check_at")[:limit]
    )


def sweep(*, at: datetime, batch: int = worktime.BATCH) -> int:
    """Take every rung that has come due; returns how many clocks were handled."""
    return worktime.sweep(claim_due, take_steps, at=at, batch=batch)


def take_steps(clocks: Sequence[CouncilClock], at: datetime) -> None:
    """Take the rungs each clock has reached: event, notices, ladder level, next check; a few statements for all."""
    calendar, people = work_calendar(), _people(clocks, at)
    events: list[CouncilEvent] = []
    notices: list[Notice] = []
    for clock in clocks:
        if not clock.is_open:
            clock.next_check_at = None
            continue
        if clock.due_at is None:
            worktime.start(clock, calendar)
            if clock.due_at is None:
                clock.next_check_at = at + worktime.RETRY
            elif clock.topic:
                Topic.objects.filter(pk=clock.topic.pk).update(due_at=clock.due_at)
            continue
        for step in worktime.rungs_reached(clock, at, calendar):
            rung, told = _told(clock, step.to, people)
            text = _words(clock, step, rung, at)
            events.append(_event(clock, step, text, at))
            notices += _notices(clock, step, told, text, at)
            _advance(clock, step, rung, at)
        worktime.set_next_check(clock, at, calendar)
    CouncilClock.objects.bulk_update(clocks, ["due_at", "next_check_at", "breached_at", "step", "reached"])
    CouncilEvent.objects.bulk_create(events)
    outbox.save(notices)


def _advance(clock: CouncilClock, step: Step, rung: str, at: datetime) -> None:
    clock.step += 1
    if clock.due_at and at >= clock.due_at and clock.breached_at is None:
        clock.breached_at = clock.due_at
    if step.action == StepAction.ESCALATE:
        clock.reached = max(clock.reached, RUNGS[rung])


def _places(clock: CouncilClock) -> dict[str, int]:
    division = clock.council.community.division
    return {
        "clerks": division.pk,
        "community_head": division.pk,
        "street": division.parent_id or 0,
        "district": (division.parent.parent_id if division.parent else None) or 0,
    }


def _people(clocks: Iterable[CouncilClock], at: datetime) -> People:
    """Who can be told, by rung and division; four queries for any number of clocks."""
    on = localtime(at).date()
    roles = {**LADDER_ROLES, "clerks": ("community_worker",)}
    places = {rung: sorted({_places(clock)[rung] for clock in clocks} - {0}) for rung in roles}
    return {rung: people_in_role(roles[rung], places[rung], on) for rung in roles}


def _responsible(clock: CouncilClock) -> int | None:
    if clock.objection:
        return clock.objection.publication.by_id
    return clock.task.staff_id if clock.task else clock.topic.handler_id if clock.topic else None


def _told(clock: CouncilClock, to: str, people: People) -> tuple[str, list[int]]:
    """The rung that a step reaches and its people: when it is empty, the next one up that is not.

    What nobody answers for yet is the community's clerks'.
    """
    places = _places(clock)
    if to == "handler":
        if responsible := _responsible(clock):
            return to, [responsible]
        if clerks := people["clerks"].get(places["clerks"]):
            return to, clerks
    rungs = list(RUNGS)
    for rung in rungs[rungs.index(to) if to in rungs else 0 :]:
        if found := people[rung].get(places[rung]):
            return rung, found
    return to if to in rungs else rungs[0], []


def _words(clock: CouncilClock, step: Step, rung: str, at: datetime) -> str:
    assert clock.due_at is not None
    values = {
        "kind": clock.get_kind_display(),
        "due": f"{localtime(clock.due_at):%m月%d日 %H:%M}",
        "left": time_left(clock.due_at, at).words,
        "to": RUNG_NAMES[rung],
    }
    if step.action == StepAction.ESCALATE:
        return _("%(kind)s时限 %(due)s，%(left)s，升级到%(to)s") % values
    return _("%(kind)s时限 %(due)s，%(left)s，请%(to)s处理") % values


def _event(clock: CouncilClock, step: Step, text: str, at: datetime) -> CouncilEvent:
    return CouncilEvent(
        council=clock.council,
        topic=clock.topic,
        resolution=clock.task.resolution if clock.task else None,
        at=at,
        actor=SYSTEM,
        verb=VERBS[step.action],
        text=text,
        data={"clock": clock.kind, "step": clock.step},
    )


def _subject(clock: CouncilClock) -> tuple[str, str]:
    """What a clock is about, and its page."""
    if clock.topic:
        return clock.topic.title, topic_path(clock.topic)
    if clock.objection:
        published = clock.objection.publication
        return published.title, reverse("publication-detail", args=[published.pk])
    assert clock.task is not None
    return clock.task.text, reverse("resolution-detail", args=[clock.task.resolution_id])


def _notices(clock: CouncilClock, step: Step, told: Sequence[int], text: str, at: datetime) -> list[Notice]:
    recipients = set(told)
    responsible = _responsible(clock)
    if step.action == StepAction.ESCALATE and responsible:
        recipients.add(responsible)
    title, path = _subject(clock)
    return [
        outbox.to_staff(
            staff,
            event=f"council-clock:{clock.pk}:{clock.step}",
            at=at,
            title=f"{VERBS[step.action].label}：{title}",
            body=text,
            path=path,
        )
        for staff in sorted(recipients)
    ]
