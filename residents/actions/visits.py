"""Writing down visits, calling one for an occasion, and deciding otherwise than the tags say."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from community_portal.worktime import actions as worktime
from community_portal.worktime.models import Clock
from community_portal.worktime.querysets import work_calendar
from grid.access import COMMUNITY, GRID, Role, scope_of
from grid.models import Staff
from grid.querysets import LADDER_ROLES, people_in_role
from residents.actions.schedule import new_due, schedule
from residents.models import CareClass, CareDecision, Household, Visit, VisitDue, VisitEvent
from residents.needs import Need, raise_need
from residents.querysets import households_visible_to
from residents.visit_rules import HEAD, Span, is_off_hours, way_after

LATEST_ENTRY = timedelta(days=7)
LONGEST_NOTE = 2000
LONGEST_DECISION = timedelta(days=366)
DECIDERS = frozenset({Role.COMMUNITY_HEAD, Role.COMMUNITY_WORKER})
MISSED = frozenset({Visit.Result.NOBODY, Visit.Result.REFUSED})


@dataclass(frozen=True)
class Made:
    """A visit that was written down: what it found needed, the visit that comes next, and the way to try again."""

    visit: Visit
    need: Need | None
    next_due: VisitDue | None
    way: str


def visit_record(
    household_id: int,
    *,
    by: Staff,
    at: datetime,
    result: str,
    visited_at: datetime | None = None,
    note: str = "",
    need: str = "",
) -> Made:
    """Write down what happened at a door at `visited_at` (None: now), up to seven days late.

    A result that counts for a due visit ends it as of that instant; the next one follows from it. The others leave it
    open, and from the second in a row that met nobody on bring the next way to try, in the end the community's head.
    Raises Household.DoesNotExist outside the scope, ValidationError by field.
    """
    when = _when(visited_at, at)
    _checked(result, note)
    with transaction.atomic():
        household = _locked(household_id, by, at)
        dues = list(household.visits_due.filter(closed_at__isnull=True).select_for_update().order_by("due_at"))
        counting = [due for due in dues if result in due.rule["counts"] and _since_its_start(due, when)]
        visit = Visit.objects.create(
            household=household,
            due=next(iter(counting or dues), None),
            by=by,
            at=when,
            entered_at=at,
            result=result,
            note=note.strip(),
            fulfils=_fulfils(result, counting, dues),
            off_hours=is_off_hours(when, work_calendar()),
        )
        for due in counting:
            _fulfil(due, when)
        way = _missed(household, [due for due in dues if due not in counting], result, by, at)
        schedule(at=at, household_ids=[household.pk])
        found = raise_need(household, need.strip(), by, at) if need.strip() else None
    coming = household.visits_due.filter(closed_at__isnull=True).order_by("due_at").first()
    return Made(visit, found, coming, way)


def _since_its_start(due: VisitDue, when: datetime) -> bool:
    """A visit before the due one began belongs to the one before; before the very first there was none."""
    return due.started_at <= when or not (due.occasion or due.household.visits.filter(fulfils=True).exists())


def _when(visited_at: datetime | None, at: datetime) -> datetime:
    when = visited_at or at
    if when > at:
        raise ValidationError({"visited_at": _("走访时间还没到")})
    if at - when > LATEST_ENTRY:
        raise ValidationError({"visited_at": _("只能补登 7 天以内的走访")})
    return when


def _checked(result: str, note: str) -> None:
    if result not in Visit.Result.values:
        raise ValidationError({"result": _("请选一个结果")})
    if len(note) > LONGEST_NOTE:
        raise ValidationError({"note": _("记录最多 %d 个字") % LONGEST_NOTE})


def _locked(household_id: int, by: Staff, at: datetime) -> Household:
    visible = households_visible_to(scope_of(by, localtime(at).date()))
    return (
        visible.select_related("building__estate", "community__division")
        .select_for_update(of=("self",))
        .get(pk=household_id)
    )


def _fulfils(result: str, counting: list[VisitDue], dues: list[VisitDue]) -> bool:
    """Whether it counts: for what was due, or, with nothing due, when the person was met."""
    return bool(counting) or (not dues and result not in MISSED)


def _fulfil(due: VisitDue, when: datetime) -> None:
    """Made in time but written down after the deadline is in time: what the clock believed meanwhile is taken back."""
    worktime.close(due, Clock.Outcome.MET, when)
    if due.due_at and when <= due.due_at:
        due.breached_at = None
    due.tries = 0
    due.save(update_fields=["closed_at", "outcome", "next_check_at", "breached_at", "tries"])


def _missed(household: Household, dues: list[VisitDue], result: str, by: Staff, at: datetime) -> str:
    """Count an attempt that met nobody; the way to try next, the most advanced of all due visits."""
    if result != Visit.Result.NOBODY or not dues:
        return ""
    for due in dues:
        due.tries += 1
        way = way_after(due.tries)
        if way == HEAD and due.reached < VisitDue.Rung.COMMUNITY:
            _call_head(household, due, by, at)
        due.save(update_fields=["tries", "reached"])
    return way_after(max(due.tries for due in dues))


def _call_head(household: Household, due: VisitDue, by: Staff, at: datetime) -> None:
    text = _("连续 %d 次没遇到人，请社区书记出面") % due.tries
    due.reached = VisitDue.Rung.COMMUNITY
    VisitEvent.objects.create(
        due=due, at=at, verb=VisitEvent.Verb.ESCALATE, by=by, text=text, data={"to": "community_head"}
    )
    heads = people_in_role(LADDER_ROLES["community_head"], [household.community_id], localtime(at).date())
    outbox.save(
        [
            outbox.to_staff(
                staff,
                event=f"visit-tries:{due.pk}:{due.tries}",
                at=at,
                title=_("没遇到人：%s") % household,
                body=text,
                path=path_of(household.pk),
            )
            for staff in heads.get(household.community_id, [])
        ]
    )


def visit_call(household_id: int, *, by: Staff, at: datetime, care_class: CareClass, occasion: str) -> VisitDue:
    """Have a household visited for an occasion (出院, 丧亲), within the hours of a class that is called by events.

    The same occasion again, while it is open, is the same visit. Raises ValidationError, Household.DoesNotExist.
    """
    occasion = occasion.strip()
    if care_class.within_hours is None:
        raise ValidationError({"care_class": _("这一类是定期走访，不能按事由安排")})
    if not occasion or len(occasion) > 60:
        raise ValidationError({"occasion": _("请用 60 个字以内写明事由")})
    with transaction.atomic():
        household = _locked(household_id, by, at)
        known = household.visits_due.filter(closed_at__isnull=True, occasion=occasion).first()
        if known is not None:
            return known
        due = new_due(
            household.pk,
            household.community_id,
            household.grid_id,
            care_class,
            started_at=at,
            span=Span(at, at + timedelta(hours=care_class.within_hours)),
            occasion=occasion,
        )
        due.save()
        VisitEvent.objects.create(due=due, at=at, verb=VisitEvent.Verb.CALL, by=by, text=occasion)
    return due


def care_decide(
    household_id: int,
    *,
    by: Staff,
    at: datetime,
    care_class: CareClass | None,
    reason: str,
    until: date,
) -> CareDecision:
    """Visit a household by this class (None: not at all) whatever its tags say, up to a day; the community's decision.

    Raises ValidationError by field, Household.DoesNotExist outside the scope or without a deciding role.
    """
    today = localtime(at).date()
    if len(reason.strip()) < 2:
        raise ValidationError({"reason": _("请写明理由")})
    if not today <= until <= today + LONGEST_DECISION:
        raise ValidationError({"until": _("止日应在今天以后、一年以内")})
    with transaction.atomic():
        household = _locked(household_id, by, at)
        roles = scope_of(by, today).roles_over(**{GRID: household.grid_id, COMMUNITY: household.community_id})
        if not roles & DECIDERS:
            raise Household.DoesNotExist
        household.decisions.filter(until__gte=today).update(until=today - timedelta(days=1))
        decision = CareDecision.objects.create(
            household=household, care_class=care_class, reason=reason.strip()[:200], since=today, until=until, by=by
        )
        schedule(at=at, household_ids=[household.pk])
    return decision


def path_of(household_id: int) -> str:
    """The page of a household's file."""
    return reverse("household-panel", args=[household_id])
