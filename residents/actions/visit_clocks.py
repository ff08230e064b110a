"""What the sweep does with visits that are not made: remind, urge, and up the ladder."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.worktime import actions as worktime
from community_portal.worktime.ladder import Step, StepAction
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import stamp, time_left
from grid.querysets import LADDER_ROLES, grid_worker, people_in_role
from residents.models import VisitDue, VisitEvent
from residents.paths import path_of

RUNGS = {"community_head": VisitDue.Rung.COMMUNITY, "street": VisitDue.Rung.STREET, "district": VisitDue.Rung.DISTRICT}
RUNG_NAMES = {
    "handler": gettext_lazy("网格员"),
    "community_head": gettext_lazy("社区书记"),
    "street": gettext_lazy("街道"),
    "district": gettext_lazy("区级"),
}
VERBS = {
    StepAction.WARN: VisitEvent.Verb.WARN,
    StepAction.URGE: VisitEvent.Verb.URGE,
    StepAction.ESCALATE: VisitEvent.Verb.ESCALATE,
}
People = Mapping[str, Mapping[int, list[int]]]


def claim_due(at: datetime, limit: int) -> QuerySet[VisitDue]:
    """Due visits whose next rung has come, locked; one that somebody is writing down is left to the next minute."""
    return (
        VisitDue.objects.filter(next_check_at__lte=at)
        .select_related("household__building", "care_class", "community__parent")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_check_at")[:limit]
    )


def sweep(*, at: datetime, batch: int = worktime.BATCH) -> int:
    """Take every rung that has come due; returns how many visits were handled."""
    return worktime.sweep(claim_due, take_steps, at=at, batch=batch)


def take_steps(dues: Sequence[VisitDue], at: datetime) -> None:
    """Take the rungs each visit has reached: event, notices, ladder level, next check; a few statements for all."""
    calendar, people = work_calendar(), _people(dues, at)
    events: list[VisitEvent] = []
    notices: list[Notice] = []
    for due in dues:
        if not due.is_open:
            due.next_check_at = None
            continue
        for step in worktime.rungs_reached(due, at, calendar):
            rung, told = _told(due, step.to, people, at)
            text = _words(due, step, rung, at)
            events.append(VisitEvent(due=due, at=at, verb=VERBS[step.action], text=text, data={"to": rung}))
            notices += _notices(due, step, told, text, at)
            _advance(due, step, rung, at)
        worktime.set_next_check(due, at, calendar)
    VisitDue.objects.bulk_update(dues, ["next_check_at", "breached_at", "step", "reached"])
    VisitEvent.objects.bulk_create(events)
    outbox.save(notices)


def _advance(due: VisitDue, step: Step, rung: str, at: datetime) -> None:
    due.step += 1
    if due.due_at and at >= due.due_at and due.breached_at is None:
        due.breached_at = due.due_at
    if step.action == StepAction.ESCALATE:
        due.reached = max(due.reached, RUNGS[rung])


def _people(dues: Sequence[VisitDue], at: datetime) -> People:
    """Who can be told, by rung and division; three queries for any number of visits."""
    on = localtime(at).date()
    places = {rung: {_places(due)[rung] for due in dues} - {0} for rung in RUNGS}
    return {rung: people_in_role(LADDER_ROLES[rung], sorted(ids), on) for rung, ids in places.items()}


def _places(due: VisitDue) -> dict[str, int]:
    street = due.community.parent
    return {
        "community_head": due.community_id,
        "street": street.pk if street else 0,
        "district": (street.parent_id if street else None) or 0,
    }


def _told(due: VisitDue, to: str, people: People, at: datetime) -> tuple[str, list[int]]:
    """The rung that a step reaches and its people: when it is empty, the next one up that is not."""
    worker = grid_worker(due.grid_id, localtime(at).date()) if to == "handler" else None
    if worker is not None:
        return to, [worker.pk]
    rungs = list(RUNGS)
    for rung in rungs[rungs.index(to) if to in rungs else 0 :]:
        if found := people[rung].get(_places(due)[rung]):
            return rung, found
    return to if to in rungs else rungs[0], []


def _words(due: VisitDue, step: Step, rung: str, at: datetime) -> str:
    assert due.due_at is not None
    values = {
        "what": due.occasion or due.care_class.name,
        "due": stamp(due.due_at),
        "left": time_left(due.due_at, at).words,
        "to": RUNG_NAMES[rung],
    }
    if step.action == StepAction.ESCALATE:
        return _("%(what)s，期限 %(due)s，%(left)s，升级到%(to)s") % values
    return _("%(what)s，期限 %(due)s，%(left)s，请%(to)s上门") % values


def _notices(due: VisitDue, step: Step, told: Sequence[int], text: str, at: datetime) -> list[Notice]:
    recipients = set(told)
    if step.action == StepAction.ESCALATE and (worker := grid_worker(due.grid_id, localtime(at).date())):
        recipients.add(worker.pk)
    return [
        outbox.to_staff(
            staff,
            event=f"visit-clock:{due.pk}:{due.step}",
            at=at,
            title=f"{VERBS[step.action].label}：{due.household}",
            body=text,
            path=path_of(due.household_id),
        )
        for staff in sorted(recipients)
    ]
