"""Reads of the duty rota: who is in charge now, a fortnight's turns, who is away, somebody's own calendar."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from community_portal.remembered import Remembered
from community_portal.worktime.deadlines import ONE_DAY
from community_portal.worktime.querysets import work_calendar
from grid.access import Role, Scope, in_force, place_name
from grid.duty_rules import DESK, PHONE, Turn, span_of, turn_at
from grid.models import Division, Duty, Leave, Staff

DAYS, FEED_DAYS, MOST_PLACES = 14, 200, 60
ON_ROTA = (Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD)
"""Only those who see the whole community take turns: whatever comes, they can open it."""

SALT = "duty-feed"
_on_duty: Remembered[tuple[int, Turn], Staff | None] = Remembered()


@dataclass(frozen=True)
class Day:
    """One day of the rota: who sits at the desk, who has the phone; None where nobody was named."""

    day: date
    desk: Duty | None
    phone: Duty | None
    works: bool


def on_duty(community_id: int, at: datetime) -> Staff | None:
    """Who is in charge in a community at an instant, whoever stands in for them when they are away.

    None where the rota says nothing. Remembered for a minute.
    """
    turn = turn_at(at, work_calendar())
    return _on_duty.get((community_id, turn), lambda: _holder(community_id, turn))


def forget_duties() -> None:
    """Make the next reader ask anew."""
    _on_duty.forget()


def _holder(community_id: int, turn: Turn) -> Staff | None:
    rows = Duty.objects.filter(community=community_id, day=turn.day, kind=turn.kind, staff__is_active=True)
    duty = rows.select_related("staff").first()
    if duty is None:
        return None
    away = stand_ins([duty.staff_id], turn.day)
    return away.get(duty.staff_id, duty.staff)


def stand_ins(staff_ids: Iterable[int], on: date) -> dict[int, Staff | None]:
    """Of these people those who are away on a day, with whoever stands in (None: nobody); one query."""
    rows = leaves_on(on).filter(staff__in=list(staff_ids)).select_related("substitute").order_by("id")
    return {row.staff_id: row.substitute for row in rows}


def leaves_on(on: date) -> QuerySet[Leave]:
    """Those who are away on a day."""
    return Leave.objects.filter(first_day__lte=on, last_day__gte=on, withdrawn_at__isnull=True)


def communities_of(scope: Scope) -> list[Division]:
    """The communities whose rota a scope may read, by code; one query, at most MOST_PLACES."""
    within = Q(grids__in=scope.ids("grid")) | Q(pk__in=scope.ids("community"))
    within |= Q(parent__in=scope.ids("street")) | Q(parent__parent__in=scope.ids("district"))
    rows = Division.objects.filter(within, level=Division.Level.COMMUNITY, grids__isnull=False).distinct()
    return list(rows.order_by("code")[:MOST_PLACES])


def days_of(community_id: int, first: date) -> list[Day]:
    """A fortnight of the rota; one query."""
    rows = Duty.objects.filter(community=community_id, day__range=(first, first + timedelta(days=DAYS - 1)))
    known = {(row.day, row.kind): row for row in rows.select_related("staff")}
    calendar = work_calendar()
    days = [first + ONE_DAY * n for n in range(DAYS)]
    return [Day(day, known.get((day, DESK)), known.get((day, PHONE)), calendar.workdays.get(day, True)) for day in days]


def colleagues(community_id: int, on: date) -> list[Staff]:
    """Everybody with a post in a community or one of its grids, by name; one query."""
    here = Q(division=community_id) | Q(grid__division=community_id)
    return list(Staff.objects.filter(pk__in=in_force(on).filter(here).values("staff")).order_by("name", "pk"))


def on_rota(community_id: int, on: date) -> list[Staff]:
    """Those who take turns: the people with a post over the whole community; one query."""
    rows = in_force(on).filter(division=community_id, role__in=ON_ROTA)
    return list(Staff.objects.filter(pk__in=rows.values("staff")).order_by("name", "pk"))


def leaves_of(staff: Sequence[Staff], since: date) -> list[Leave]:
    """Leaves of these people that have not ended before a day; one query."""
    rows = Leave.objects.filter(staff__in=staff, last_day__gte=since, withdrawn_at__isnull=True)
    return list(rows.select_related("staff", "substitute"))


def feed_key(staff: Staff) -> str:
    """The key of a person's calendar; it ends with their password."""
    return signing.dumps([staff.pk, staff.get_session_auth_hash()[:16]], salt=SALT)


def staff_of_feed(key: str) -> Staff | None:
    """Whose calendar a key opens; None for a wrong or outlived one."""
    try:
        pk, mark = signing.loads(key, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    staff = Staff.objects.filter(pk=pk, is_active=True).first()
    return staff if staff and staff.get_session_auth_hash()[:16] == mark else None


def feed_of(staff: Staff, at: datetime) -> bytes:
    """A person's turns as iCalendar, from a month ago on; one query."""
    first = localtime(at).date() - timedelta(days=30)
    rows = Duty.objects.filter(staff=staff, day__range=(first, first + timedelta(days=FEED_DAYS)))
    feed = Calendar()
    feed.add("prodid", "-//community-portal//duty//ZH")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", _("值班"))
    for duty in rows.select_related("community"):
        begins, ends = span_of(Turn(duty.day, duty.kind), work_calendar())
        event = Event()
        event.add("uid", f"duty-{duty.community_id}-{duty.day:%Y%m%d}-{duty.kind}@community-portal")
        event.add("dtstamp", duty.at)
        event.add("dtstart", begins)
        event.add("dtend", ends)
        event.add("summary", f"{duty.get_kind_display()} · {place_name(duty.community)}")
        feed.add_component(event)
    return bytes(feed.to_ical())
