"""Patrols as pages show them: the round that runs, a day against the norm, the log of what was found.

Log columns 问题, 措施, 反馈 are those of the grid worker's paper log (DOMAIN.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.deadlines import ZONE
from grid.access import GRID, Scope
from grid.models import Staff
from grid.querysets import grids_visible_to
from petitions.models import Patrol, PatrolFind, PatrolNorm
from residents.models import Building

MOST = 200
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Norm:
    """Rounds and minutes in the grid that a working day asks for."""

    rounds: int = PatrolNorm.ROUNDS
    minutes: int = PatrolNorm.MINUTES


@dataclass(frozen=True)
class Day:
    """One person's rounds of one day against the norm; finds and how many of them were put right on the spot."""

    name: str
    day: date
    rounds: int
    minutes: int
    forgotten: int
    finds: int
    fixed: int
    norm: Norm

    @property
    def short(self) -> bool:
        """Whether the norm was missed."""
        return self.rounds < self.norm.rounds or self.minutes < self.norm.minutes

    @property
    def hours(self) -> str:
        """The time in the grid in words."""
        hours, minutes = divmod(self.minutes, 60)
        return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}


@dataclass(frozen=True)
class Entry:
    """One line of the log: the problem, the measure, what came of it."""

    find: PatrolFind
    problem: str
    measure: str
    feedback: str


def open_patrol(staff: Staff) -> Patrol | None:
    """The round that a person is on."""
    return Patrol.objects.select_related("grid__division").filter(staff=staff, ended_at__isnull=True).first()


def grids_to_patrol(scope: Scope) -> list[tuple[int, str]]:
    """The grids that a person may begin a round in, the own one first."""
    own = scope.ids(GRID)
    rows = grids_visible_to(scope).order_by("division__code", "code").values_list("pk", "name")
    return sorted(rows[:MOST], key=lambda row: row[0] not in own)


def buildings_of(patrol: Patrol) -> QuerySet[Building]:
    """The buildings that a find of this round may be at."""
    return Building.objects.filter(grid=patrol.grid_id).select_related("grid", "community__division", "estate")


def days(scope: Scope, staff: Staff, first: date, last: date, now: datetime) -> list[Day]:
    """Who patrolled how much on which day, the newest first: one's own, or of everybody below for a head. Four queries.

    A round that runs counts up to now.
    """
    rows: list[Any] = list(
        _seen(scope, staff)
        .filter(started_at__gte=_midnight(first), started_at__lt=_midnight(last + timedelta(days=1)))
        .select_related("staff", "grid")
        .annotate(found=Count("finds"), put_right=Count("finds", filter=Q(finds__fixed=True)))
        .order_by("started_at")[: MOST * 5]
    )
    norms = _norms({row.grid.division_id for row in rows})
    grouped: dict[tuple[date, int], list[Any]] = {}
    for row in rows:
        grouped.setdefault((localtime(row.started_at).date(), row.staff_id), []).append(row)
    found = [_day(day, rounds, norms, now) for (day, _staff), rounds in grouped.items()]
    return sorted(found, key=lambda each: (-each.day.toordinal(), each.name))


def norm_of(division_id: int) -> Norm:
    """What a division asks for."""
    return _norms([division_id]).get(division_id, Norm())


def log(scope: Scope, staff: Staff, first: date, last: date) -> list[Entry]:
    """What was found in these days, the newest first; at most MOST."""
    rows = (
        PatrolFind.objects.filter(
            patrol__in=_seen(scope, staff), at__gte=_midnight(first), at__lt=_midnight(last + timedelta(days=1))
        )
        .select_related("petition__handler", "patrol__staff", "patrol__grid")
        .defer("petition__search")
        .order_by("-id")
    )
    return [_entry(row) for row in rows[:MOST]]


def finds_of(patrol: Patrol) -> list[Entry]:
    """What a round has brought so far."""
    return [_entry(row) for row in patrol.finds.select_related("petition__handler").defer("petition__search")]


def _seen(scope: Scope, staff: Staff) -> QuerySet[Patrol]:
    """One's own rounds, and those in the grids of divisions that one answers for."""
    above = replace(scope, posts=frozenset(post for post in scope.posts if post.place != GRID))
    return Patrol.objects.filter(Q(staff=staff) | Q(grid__in=grids_visible_to(above).values("pk")))


def _norms(division_ids: Iterable[int]) -> dict[int, Norm]:
    rows = PatrolNorm.objects.filter(division__in=division_ids)
    return {row.division_id: Norm(row.rounds, row.minutes) for row in rows}


def _day(day: date, rounds: Sequence[Any], norms: dict[int, Norm], now: datetime) -> Day:
    spent = sum(((row.ended_at or now) - row.started_at for row in rounds), timedelta())
    return Day(
        name=rounds[0].staff.name,
        day=day,
        rounds=len(rounds),
        minutes=spent // MINUTE,
        forgotten=sum(row.forgotten for row in rounds),
        finds=sum(row.found for row in rounds),
        fixed=sum(row.put_right for row in rounds),
        norm=norms.get(rounds[0].grid.division_id, Norm()),
    )


def _entry(row: PatrolFind) -> Entry:
    petition = row.petition
    if row.fixed:
        return Entry(row, petition.title, petition.answer, _("当场办结"))
    handler = petition.handler.name if petition.handler else _("待派单")
    return Entry(row, petition.title, _("交给%s") % handler, petition.answer or str(petition.get_state_display()))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
