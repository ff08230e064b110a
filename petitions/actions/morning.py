"""Making the sheet of the morning meeting (晨会 7:30), by itself, each working day."""

import logging
from collections import Counter
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.deadlines import ONE_DAY, ZONE, CalendarNotCovered, WorkCalendar
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import moment, time_left
from grid.duties import colleagues, leaves_of, on_duty
from grid.models import Division
from petitions.models import MorningSheet, Petition
from petitions.querysets import open_by_time
from residents.models import Community, SignDue, VisitDue

logger = logging.getLogger(__name__)

MOST = 200
"""Rows of a list; a sheet is read out at a meeting."""

Row = dict[str, Any]


def make_sheets(*, at: datetime) -> int:
    """Make today's sheet of every community, once, from MORNING_AT on; returns how many were made.

    Nothing on days off, nor on days that the working calendar does not cover: nobody knows whether one meets then.
    """
    day, calendar = localtime(at).date(), work_calendar()
    try:
        works = calendar.is_workday(day)
    except CalendarNotCovered as error:
        logger.error("no morning sheets: %s", error)
        return 0
    if not works or at < starts(day):
        return 0
    made = MorningSheet.objects.filter(day=day).values("community")
    waiting = Community.objects.exclude(pk__in=made).select_related("division").order_by("pk")
    return sum(_make(each.division, day, at, calendar) for each in waiting)


def starts(day: date) -> datetime:
    """When a day's sheet is made: settings.MORNING_AT."""
    return datetime.combine(day, time.fromisoformat(settings.MORNING_AT), ZONE)


@transaction.atomic
def _make(community: Division, day: date, at: datetime, calendar: WorkCalendar) -> int:
    content = _content(community, day, at, calendar)
    _sheet, created = MorningSheet.objects.get_or_create(
        community=community, day=day, defaults={"made_at": at, "content": content}
    )
    return int(created)


def _content(community: Division, day: date, at: datetime, calendar: WorkCalendar) -> dict[str, Any]:
    since = starts(_last_workday(day, calendar))
    tonight = datetime.combine(day + ONE_DAY, time(), ZONE)
    # What is complained of about a person or a unit is not read out where they sit.
    open_talk = Petition.objects.filter(about_staff__isnull=True, about_organisation__isnull=True)
    mine = open_talk.filter(community=community).select_related("handler", "grid")
    came = mine.filter(registered_at__gte=since, registered_at__lt=at).order_by("id")[:MOST]
    by_time = list(open_by_time(mine).filter(due_at__lt=tonight)[:MOST])
    visits = VisitDue.objects.filter(community=community, closed_at__isnull=True, due_at__lt=tonight)
    return {
        "since": since.isoformat(),
        "came": [_row(each, moment(each.registered_at, at)) for each in came],
        "due": [_timed(each, at) for each in by_time if each.due_at and each.due_at >= at],
        "stuck": [_timed(each, at) for each in by_time if each.due_at and each.due_at < at],
        "visits": [
            {"grid": each.grid_id, "place": str(each.household), "what": each.occasion or each.care_class.name,
             "when": time_left(each.due_at, at).words, "late": bool(each.due_at and each.due_at < at)}
            for each in visits.select_related("household__building", "care_class").order_by("due_at", "pk")[:MOST]
        ],
        "signs": SignDue.objects.filter(community=community, closed_at__isnull=True, due_at__lt=at).count(),
        "hands": _hands(community, by_time, visits, day),
        "duty": _duty(community, at, calendar),
        "away": [
            {"who": leave.staff.name, "substitute": leave.substitute.name if leave.substitute else ""}
            for leave in leaves_of(colleagues(community.pk, day), day)
            if leave.first_day <= day
        ],
    }  # fmt: skip


def _last_workday(day: date, calendar: WorkCalendar) -> date:
    """The working day before; the day before where the calendar does not say."""
    before = day - ONE_DAY
    try:
        while not calendar.is_workday(before):
            before -= ONE_DAY
    except CalendarNotCovered:
        return day - ONE_DAY
    return before


def _row(petition: Petition, when: str) -> Row:
    return {
        "grid": petition.grid_id,
        "number": petition.number,
        "title": petition.title,
        "who": petition.handler.name if petition.handler else _("待派单"),
        "when": when,
    }


def _timed(petition: Petition, at: datetime) -> Row:
    return _row(petition, time_left(petition.due_at, at).words)


def _hands(community: Division, petitions: list[Petition], visits: Any, day: date) -> list[Row]:
    """Who does what today: each worker's petitions that are due or late, and the visits of their grids."""
    orders = Counter(each.handler_id for each in petitions if each.handler_id)
    doors = Counter(visits.values_list("grid", flat=True))
    rows = []
    for person in colleagues(community.pk, day):
        posts = person.appointments.filter(grid__isnull=False, starts_on__lte=day).exclude(ends_on__lt=day)
        grids = sorted(set(posts.values_list("grid", flat=True)))
        count = sum(doors[grid] for grid in grids)
        if orders[person.pk] or count:
            rows.append({"who": person.name, "orders": orders[person.pk], "visits": count, "grids": grids})
    return rows


def _duty(community: Division, at: datetime, calendar: WorkCalendar) -> Row:
    """Who sits at the desk today, and who has the phone tonight."""
    opens, closes = calendar.periods[0][0], calendar.periods[-1][1]
    day = localtime(at).date()
    found = {}
    for kind, clock in (("desk", opens), ("phone", closes)):
        staff = on_duty(community.pk, datetime.combine(day, clock, ZONE))
        found[kind] = staff.name if staff else ""
    return found
