"""The schedule of visits: which class each household is in, and the one next visit that follows from it.

Everything here may run twice, at once or again after a kill: what is there already stays, and the database allows one
open periodic visit for a household.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime import actions as worktime
from community_portal.worktime.models import Clock
from community_portal.worktime.querysets import work_calendar
from residents.catalogue import care_classes
from residents.models import CareClass, CareDecision, Household, SignDue, VisitDue, VisitEvent
from residents.visit_rules import ONE_DAY, Cadence, Span, class_for, first_visit, next_visit

BATCH = 5_000
EMPTY: Mapping[int, VisitDue] = MappingProxyType({})


def schedule(*, at: datetime, household_ids: Collection[int] | None = None) -> int:
    """Make class and next visit of these households (None: of all) what the facts ask for.

    Returns how many visits were set or called off. Batches of BATCH households, each its own transaction.
    """
    changed = 0
    for ids in _batches(household_ids):
        with transaction.atomic():
            assign_classes(ids, on=localtime(at).date())
            called_off = _call_off(ids, at)
            changed += len(called_off) + set_next(ids, at, called_off)
    return changed


def assign_classes(household_ids: Collection[int], *, on: date) -> int:
    """Set the care class of these households from their statuses and the community's decisions.

    Returns how many changed. Two queries, and one update for each class that gained households.
    """
    classes = care_classes()
    decisions = CareDecision.objects.filter(household__in=household_ids, since__lte=on, until__gte=on).order_by("id")
    decided = dict(decisions.values_list("household_id", "care_class_id"))
    wanted: dict[int | None, list[int]] = {}
    rows = Household.objects.filter(pk__in=household_ids).only(
        "pk", "row_key", "living", "statuses", "care", "care_class_id", "ended_on"
    )
    for row in rows:
        statuses = (row.living, *row.statuses, *row.care.split())
        found = decided[row.pk] if row.pk in decided else class_for(statuses, classes)
        found = None if row.ended_on else found
        if found != row.care_class_id:
            wanted.setdefault(found, []).append(row.pk)
    for care_class, ids in wanted.items():
        Household.objects.filter(pk__in=ids).update(care_class=care_class)
    return sum(map(len, wanted.values()))


def _batches(household_ids: Collection[int] | None) -> Iterator[list[int]]:
    if household_ids is not None:
        ids = sorted(household_ids)
        yield from (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
        return
    last = 0
    rows = Household.objects.order_by("pk").values_list("pk", flat=True)
    while ids := list(rows.filter(pk__gt=last)[:BATCH]):
        yield ids
        last = ids[-1]


def _call_off(household_ids: Collection[int], at: datetime) -> dict[int, VisitDue]:
    """End the open periodic visits of another class than the household's; by household, as they were."""
    stale = VisitDue.objects.filter(
        ~Q(care_class=F("household__care_class")) | Q(household__care_class=None),
        household__in=household_ids,
        closed_at__isnull=True,
        occasion="",
    )
    found = list(stale.select_for_update(of=("self",), skip_locked=True))
    for due in found:
        worktime.close(due, Clock.Outcome.CANCELLED, at)
    VisitDue.objects.bulk_update(found, ["closed_at", "outcome", "next_check_at"])
    VisitEvent.objects.bulk_create(
        VisitEvent(due=due, at=at, verb=VisitEvent.Verb.CANCEL, text=_("走访类别变了")) for due in found
    )
    return {due.household_id: due for due in found}


def set_next(household_ids: Collection[int], at: datetime, before: Mapping[int, VisitDue] = EMPTY) -> int:
    """The next visit of every household with a class and no open one; returns how many were set.

    After a change of class the deadline that was set before stays when it is the nearer one.
    """
    is_open = VisitDue.objects.filter(household=OuterRef("pk"), closed_at__isnull=True, occasion="")
    rows = (
        Household.objects.filter(~Exists(is_open), pk__in=household_ids, care_class__isnull=False)
        .annotate(last=Max("visits__at", filter=Q(visits__fulfils=True)))
        .values_list("pk", "community_id", "grid_id", "care_class_id", "last")
    )
    classes = {row.pk: row for row in CareClass.objects.filter(every_days__isnull=False)}
    dues = [_due(row, classes[row[3]], at, before.get(row[0])) for row in rows if row[3] in classes]
    VisitDue.objects.bulk_create(dues, ignore_conflicts=True, batch_size=1000)
    return len(dues)


def _due(row: Any, care_class: CareClass, at: datetime, before: VisitDue | None) -> VisitDue:
    household, community, grid, _class, last = row
    assert care_class.every_days is not None
    cadence = Cadence(care_class.every_days, care_class.window_days, care_class.on_holidays)
    calendar = work_calendar()
    if last is not None:
        span = next_visit(localtime(last).date(), cadence, calendar)
    else:
        span = first_visit(localtime(at).date(), household, cadence, calendar)
    if before is not None and before.due_at is not None and before.due_at < span.due_at:
        span = Span(min(before.opens_at, before.due_at), before.due_at)
    return new_due(household, community, grid, care_class, started_at=last or at, span=span)


def new_due(
    household: int,
    community: int,
    grid: int,
    care_class: CareClass,
    *,
    started_at: datetime,
    span: Span,
    occasion: str = "",
) -> VisitDue:
    """An unsaved due visit with a snapshot of its class's rule and its first check set."""
    due = VisitDue(
        household_id=household,
        community_id=community,
        grid_id=grid,
        care_class=care_class,
        kind=care_class.code,
        occasion=occasion,
        started_at=started_at,
        opens_at=span.opens_at,
        due_at=span.due_at,
        rule={"ladder": care_class.ladder, "counts": care_class.counts},
    )
    worktime.set_next_check(due, started_at, work_calendar())
    return due


def in_need_of_schedule() -> QuerySet[Household]:
    """Households whose open periodic visit is missing or of another class: what the nightly run mends."""
    fitting = VisitDue.objects.filter(
        household=OuterRef("pk"), closed_at__isnull=True, occasion="", care_class=OuterRef("care_class")
    )
    return Household.objects.filter(~Exists(fitting), care_class__isnull=False, ended_on__isnull=True)


def keep_schedule(*, at: datetime) -> int:
    """The nightly run: what decisions that begin or end, missed changes and redrawn grids ask for.

    Returns how many visits were set, called off or moved to another grid. Its cost follows what changed.
    """
    today = localtime(at).date()
    decided = CareDecision.objects.filter(Q(since=today) | Q(until=today - ONE_DAY)).values_list("household", flat=True)
    ids = {*decided, *in_need_of_schedule().values_list("pk", flat=True), *_of_ended_files()}
    return schedule(at=at, household_ids=ids) + follow_grids()


def _of_ended_files() -> QuerySet[VisitDue, int]:
    rows = VisitDue.objects.filter(closed_at__isnull=True).filter(
        Q(household__ended_on__isnull=False) | Q(household__care_class=None, occasion="")
    )
    return rows.values_list("household_id", flat=True)


def follow_grids(household_ids: Collection[int] | None = None) -> int:
    """Open visits and signs go to the grid that their household (None: every one) is in now; returns how many went.

    Called whenever buildings change their grid: a round must not offer doors that its worker can no longer open.
    """
    here = Household.objects.filter(pk=OuterRef("household"))
    grid, community = Subquery(here.values("grid")[:1]), Subquery(here.values("community")[:1])
    moved = 0
    for model in (VisitDue, SignDue):
        rows = model._default_manager.filter(~Q(grid=F("household__grid")), closed_at__isnull=True)
        rows = rows if household_ids is None else rows.filter(household__in=household_ids)
        moved += rows.update(grid=grid, community=community)
    return moved
