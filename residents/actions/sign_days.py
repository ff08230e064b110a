"""The signs that each day brings, and what answers them."""

from collections.abc import Collection
from datetime import date, datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime import actions as worktime
from community_portal.worktime.models import Clock
from community_portal.worktime.querysets import work_calendar
from residents.models import SignDue, VisitDue, VisitEvent, Watch
from residents.sign_rules import KINDS, RULE, times_of
from residents.visit_rules import ONE_DAY

AHEAD = 2
"""For how many days the signs are there: a night without the nightly run leaves no gap."""


def make_signs(*, at: datetime, watch_ids: Collection[int] | None = None) -> int:
    """The signs of today and tomorrow for these watches (None: all), each once; returns how many there were to make.

    A sign whose hour had passed already when its watch began is left out.
    """
    watches = Watch.objects.filter(ended_on__isnull=True).select_related("household")
    if watch_ids is not None:
        watches = watches.filter(pk__in=watch_ids)
    today = localtime(at).date()
    days = [today + ONE_DAY * n for n in range(AHEAD)]
    known = set(SignDue.objects.filter(day__in=days, watch__in=watches).values_list("watch", "day", "kind"))
    wanted = [(watch, day, kind) for watch in watches for day in days for kind in KINDS]
    dues = [_due(watch, day, kind, at) for watch, day, kind in wanted if (watch.pk, day, kind) not in known]
    dues = [due for due in dues if due.due_at and (due.due_at > at or due.watch.since < due.day)]
    SignDue.objects.bulk_create(dues, ignore_conflicts=True)
    return len(dues)


def _due(watch: Watch, day: date, kind: str, at: datetime) -> SignDue:
    times = times_of(kind, day, watch.morning_by, watch.evening_by)
    due = SignDue(
        watch=watch,
        household_id=watch.household_id,
        community_id=watch.household.community_id,
        grid_id=watch.household.grid_id,
        kind=kind,
        day=day,
        started_at=times.opens_at,
        opens_at=times.opens_at,
        due_at=times.due_at,
        rule=RULE,
    )
    worktime.set_next_check(due, at, work_calendar())
    return due


def answered(household_ids: Collection[int], when: datetime, at: datetime) -> None:
    """These people showed themselves at `when`: their open signs are met, the visits that the signs called are off.

    The households are locked. Nothing is asked of the database for households that nobody watches but one query.
    """
    open_ones = SignDue.objects.filter(household__in=household_ids, closed_at__isnull=True, opens_at__lte=when)
    dues = list(open_ones.select_for_update())
    if not dues:
        return
    for due in dues:
        worktime.close(due, Clock.Outcome.MET, when)
    SignDue.objects.bulk_update(dues, ["closed_at", "outcome", "next_check_at", "breached_at"])
    visits = VisitDue.objects.filter(pk__in={due.visit_id for due in dues}, closed_at__isnull=True)
    called = list(visits.select_for_update())
    for visit in called:
        worktime.close(visit, Clock.Outcome.CANCELLED, at)
    VisitDue.objects.bulk_update(called, ["closed_at", "outcome", "next_check_at"])
    VisitEvent.objects.bulk_create(
        VisitEvent(due=visit, at=at, verb=VisitEvent.Verb.CANCEL, text=_("后来看到了，平安")) for visit in called
    )
