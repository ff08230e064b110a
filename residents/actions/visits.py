"""Writing down visits, calling one for an occasion, and deciding otherwise than the tags say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime import actions as worktime
from community_portal.worktime.models import Clock
from community_portal.worktime.querysets import work_calendar
from grid.access import scope_of
from grid.models import Staff
from residents.actions.checklists import Checks, checks_keep
from residents.actions.schedule import set_next
from residents.actions.sign_days import answered
from residents.actions.unmet import missed
from residents.actions.visit_photos import photos_keep
from residents.models import Household, Visit, VisitDue
from residents.needs import Need, raise_need
from residents.querysets import households_visible_to
from residents.visit_rules import is_off_hours

LATEST_ENTRY = timedelta(days=7)
LONGEST_NOTE = 2000
MISSED = frozenset({Visit.Result.NOBODY, Visit.Result.REFUSED})
MET = frozenset({Visit.Result.SEEN, Visit.Result.PHONE, Visit.Result.AFAR, Visit.Result.HOSPITAL})


@dataclass(frozen=True)
class Entry:
    """What one worker has to write down of one door; `visited_at` None: just now."""

    household_id: int
    result: str
    visited_at: datetime | None = None
    note: str = ""
    need: str = ""
    photos: Sequence[bytes] = ()
    checks: Checks = field(default_factory=dict)


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
    photos: Sequence[bytes] = (),
    checks: Checks | None = None,
) -> Made:
    """Write down what happened at one door; see `visits_record`.

    `photos` are JPEGs from photos.redraw, `checks` says what was done of which list.
    """
    entry = Entry(household_id, result, visited_at, note, need, photos, checks or {})
    return visits_record([entry], by=by, at=at)[0]


def visits_record(entries: Sequence[Entry], *, by: Staff, at: datetime) -> list[Made]:
    """Write down what happened at several doors, each at its `visited_at`, up to seven days late; all or none.

    A result that counts for a due visit ends it as of that instant; the next one follows from it. The others leave it
    open, and from the second in a row that met nobody on bring the next way to try, in the end the community's head.
    The statements are as many for a whole stairway as for one door, needs apart. Each household once. Raises
    Household.DoesNotExist when one is outside the scope, ValidationError by field.
    """
    times = {each.household_id: _checked(each, at) for each in entries}
    if len(times) != len(entries):
        raise ValidationError(_("一户一次只记一笔"))
    with transaction.atomic():
        households = households_locked(times, by, at)
        dues = _open_dues(times)
        visits, fulfilled, ways = [], [], {}
        for entry in entries:
            household, when = households[entry.household_id], times[entry.household_id]
            mine = dues.get(household.pk, [])
            counting = [due for due in mine if entry.result in due.rule["counts"] and _since_its_start(due, when)]
            visits.append(_visit(household, entry, counting, mine, by=by, at=at, when=when))
            fulfilled += [_fulfilled(due, when) for due in counting]
            others = [due for due in mine if due not in counting]
            ways[household.pk] = missed(household, others, entry.result, by, at)
        _close(fulfilled)
        Visit.objects.bulk_create(visits)
        pairs = list(zip(visits, entries, strict=True))
        photos_keep([(visit, picture) for visit, entry in pairs for picture in entry.photos], at)
        checks_keep([(visit, entry.checks) for visit, entry in pairs])
        _show_signs(visits, at)
        set_next(list(times), at)
        needs = {
            each.household_id: raise_need(households[each.household_id], each.need.strip(), by, at)
            for each in entries
            if each.need.strip()
        }
        coming = _open_dues(times)
    return [
        Made(
            visit,
            needs.get(visit.household_id),
            next(iter(coming.get(visit.household_id, [])), None),
            ways[visit.household_id],
        )
        for visit in visits
    ]


def _show_signs(visits: Sequence[Visit], at: datetime) -> None:
    """Whoever was met needs no sign from outside any more."""
    times: dict[datetime, list[int]] = {}
    for visit in visits:
        if visit.result in MET:
            times.setdefault(visit.at, []).append(visit.household_id)
    for when, ids in times.items():
        answered(ids, when, at)


def households_locked(household_ids: Collection[int], by: Staff, at: datetime) -> dict[int, Household]:
    """The households, locked in the order of their ids. Raises Household.DoesNotExist unless all are in scope."""
    visible = households_visible_to(scope_of(by, localtime(at).date())).filter(pk__in=household_ids)
    rows = visible.select_related("building__estate", "community__division").select_for_update(of=("self",))
    found = {row.pk: row for row in rows.order_by("pk")}
    if len(found) != len(household_ids):
        raise Household.DoesNotExist
    return found


def _open_dues(household_ids: Collection[int]) -> dict[int, list[VisitDue]]:
    """The open visits of these households, the nearest deadline first; locked."""
    rows = VisitDue.objects.filter(household__in=household_ids, closed_at__isnull=True).select_for_update()
    found: dict[int, list[VisitDue]] = {}
    for due in rows.order_by("due_at", "pk"):
        found.setdefault(due.household_id, []).append(due)
    return found


def _visit(
    household: Household,
    entry: Entry,
    counting: list[VisitDue],
    dues: list[VisitDue],
    *,
    by: Staff,
    at: datetime,
    when: datetime,
) -> Visit:
    return Visit(
        household=household,
        due=next(iter(counting or dues), None),
        by=by,
        at=when,
        entered_at=at,
        result=entry.result,
        note=entry.note.strip(),
        fulfils=_fulfils(entry.result, counting, dues),
        off_hours=is_off_hours(when, work_calendar()),
    )


def _since_its_start(due: VisitDue, when: datetime) -> bool:
    """A visit before the due one began belongs to the one before; before the very first there was none."""
    return due.started_at <= when or not (due.occasion or due.household.visits.filter(fulfils=True).exists())


def _checked(entry: Entry, at: datetime) -> datetime:
    """When the visit was. Raises ValidationError by field."""
    when = entry.visited_at or at
    if when > at:
        raise ValidationError({"visited_at": _("走访时间还没到")})
    if at - when > LATEST_ENTRY:
        raise ValidationError({"visited_at": _("只能补登 7 天以内的走访")})
    if entry.result not in Visit.Result.values:
        raise ValidationError({"result": _("请选一个结果")})
    if len(entry.note) > LONGEST_NOTE:
        raise ValidationError({"note": _("记录最多 %d 个字") % LONGEST_NOTE})
    return when


def _fulfils(result: str, counting: list[VisitDue], dues: list[VisitDue]) -> bool:
    """Whether it counts: for what was due, or, with nothing due, when the person was met."""
    return bool(counting) or (not dues and result not in MISSED)


def _fulfilled(due: VisitDue, when: datetime) -> VisitDue:
    """Made in time but written down after the deadline is in time: what the clock believed meanwhile is taken back."""
    worktime.close(due, Clock.Outcome.MET, when)
    if due.due_at and when <= due.due_at:
        due.breached_at = None
    due.tries = 0
    return due


def _close(dues: Sequence[VisitDue]) -> None:
    """Save dues that were fulfilled: one update for all of one instant, deadlines that were missed apart."""
    alike: dict[tuple[datetime | None, datetime | None], list[int]] = {}
    for due in dues:
        alike.setdefault((due.closed_at, due.breached_at), []).append(due.pk)
    for (closed_at, breached_at), ids in alike.items():
        VisitDue.objects.filter(pk__in=ids).update(
            closed_at=closed_at, breached_at=breached_at, outcome=Clock.Outcome.MET, next_check_at=None, tries=0
        )
