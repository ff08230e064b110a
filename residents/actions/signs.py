"""What was seen from outside, and the alarm when nothing was."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.worktime import actions as worktime
from grid.access import scope_of
from grid.duties import on_duty
from grid.models import Staff
from grid.querysets import LADDER_ROLES, grid_worker, people_in_role
from residents.actions.schedule import new_due
from residents.actions.sign_days import answered
from residents.actions.watches import hash_of
from residents.models import CareClass, Household, Sign, SignDue, VisitDue, VisitEvent, Watcher
from residents.paths import path_of
from residents.querysets import signs_visible_to
from residents.sign_rules import MISSED_CLASS, MORNING
from residents.visit_rules import Span


@transaction.atomic
def signs_record(due_ids: Collection[int], *, fine: bool, by: Staff, at: datetime) -> int:
    """A worker saw these signs, or looked and saw none; returns how many were still to be seen.

    Signs seen are met. A sign not seen raises the alarm at once, before its hour. Those out of scope, not open yet, or
    answered meanwhile are left out.
    """
    dues = _locked(signs_visible_to(scope_of(by, localtime(at).date())).filter(pk__in=due_ids), at)
    _write(dues, fine=fine, at=at, by=by)
    return len(dues)


@transaction.atomic
def sign_by_watcher(key: str, *, fine: bool, at: datetime) -> int:
    """A neighbour saw the sign, or did not; returns how many signs that answered. Raises Watcher.DoesNotExist."""
    watcher = watcher_of(key)
    dues = _locked(SignDue.objects.filter(watch=watcher.watch_id), at)
    _write(dues, fine=fine, at=at, watcher=watcher)
    return len(dues)


def watcher_of(key: str) -> Watcher:
    """Who holds the link with this key. Raises Watcher.DoesNotExist for a wrong one, and one that was taken back."""
    mine = Watcher.objects.filter(key_hash=hash_of(key), revoked_at__isnull=True, watch__ended_on__isnull=True)
    return mine.select_related("watch__resident").get()


def _locked(wanted: QuerySet[SignDue], at: datetime) -> list[SignDue]:
    """The open ones among these signs, their households locked first."""
    wanted = wanted.filter(closed_at__isnull=True, opens_at__lte=at)
    homes = Household.objects.filter(pk__in=wanted.values("household")).order_by("pk")
    list(homes.select_for_update(of=("self",)).values_list("pk"))
    rows = SignDue.objects.filter(pk__in=wanted.values("pk"), closed_at__isnull=True)
    return list(rows.select_related("household__building").select_for_update(of=("self",)).order_by("pk"))


def _write(
    dues: Sequence[SignDue], *, fine: bool, at: datetime, by: Staff | None = None, watcher: Watcher | None = None
) -> None:
    Sign.objects.bulk_create(Sign(due=due, at=at, fine=fine, by=by, watcher=watcher) for due in dues)
    if fine:
        answered({due.household_id for due in dues}, at, at)
    else:
        _alarm([due for due in dues if due.visit_id is None], at)


def claim_due(at: datetime, limit: int) -> QuerySet[SignDue]:
    """Signs whose hour has come, locked with their households; those being written down wait for the next minute."""
    return (
        SignDue.objects.filter(next_check_at__lte=at)
        .select_related("household__building")
        .select_for_update(skip_locked=True, of=("household", "self"))
        .order_by("next_check_at")[:limit]
    )


def sweep(*, at: datetime, batch: int = worktime.BATCH) -> int:
    """Raise the alarm for every sign that was missed; returns how many signs were handled."""
    return worktime.sweep(claim_due, take_steps, at=at, batch=batch)


def take_steps(dues: Sequence[SignDue], at: datetime) -> None:
    """The hour of these signs has come: for those still open the alarm is raised, once."""
    missed = [due for due in dues if due.is_open]
    for due in missed:
        due.breached_at = due.due_at
    _alarm(missed, at)


def _alarm(dues: Sequence[SignDue], at: datetime) -> None:
    """Call a visit for each sign that nobody saw and tell the worker; a household's second sign joins its visit."""
    if not dues:
        return
    care_class = CareClass.objects.get(code=MISSED_CLASS)
    on = localtime(at).date()
    heads = people_in_role(LADDER_ROLES["community_head"], sorted({due.community_id for due in dues}), on)
    notices: list[Notice] = []
    for due in dues:
        due.visit = _call(due, care_class, at)
        due.step, due.next_check_at = 1, None
        worker = grid_worker(due.grid_id, on)
        told = {worker.pk} if worker else set(heads.get(due.community_id, []))
        if (in_charge := on_duty(due.community_id, at)) is not None:
            told.add(in_charge.pk)
        notices += [_notice(due, staff, at) for staff in sorted(told)]
    SignDue.objects.bulk_update(dues, ["visit", "step", "next_check_at", "breached_at"])
    outbox.save(notices)


def _call(due: SignDue, care_class: CareClass, at: datetime) -> VisitDue:
    occasion = said(due)
    known = VisitDue.objects.filter(household=due.household_id, closed_at__isnull=True, kind=MISSED_CLASS).first()
    if known is not None:
        return known
    span = Span(at, at + timedelta(hours=care_class.within_hours or 1))
    visit = new_due(
        due.household_id, due.community_id, due.grid_id, care_class, started_at=at, span=span, occasion=occasion
    )
    visit.save()
    VisitEvent.objects.create(due=visit, at=at, verb=VisitEvent.Verb.CALL, text=occasion)
    return visit


def said(due: SignDue) -> str:
    """What was missed, in words."""
    return _("早上没见拉开窗帘") if due.kind == MORNING else _("晚上没见亮灯")


def _notice(due: SignDue, staff: int, at: datetime) -> Notice:
    return outbox.to_staff(
        staff,
        event=f"sign:{due.pk}",
        at=at,
        title=_("%(what)s：%(place)s") % {"what": said(due), "place": due.household},
        body=_("今天上门看看，见到人请记走访。"),
        path=path_of(due.household_id),
    )
