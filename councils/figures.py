"""Figures of self-government: topics in and settled, time to settle, meetings, attendance, tasks in time, satisfaction.

Each share is a whole fraction of what it is a share of; where nothing was asked there is none, and not 0 %.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median

from django.db.models import Count, Q, QuerySet

from councils.models import Attendance, Council, CouncilClock, Meeting, ResolutionTask, Topic
from councils.workflow import MeetingState, TopicState
from grid.access import place_name

GOAL = 80
"""The share of satisfied proposers, in percent, that the communities' reports aim at [P]."""
BY = ("council", "community", "street")
COUNTED = ("topics", "settled", "raised", "meetings", "came", "seats", "in_time", "tasks", "satisfied", "asked")
HELD = (MeetingState.HELD, MeetingState.CONFIRMED)


@dataclass
class Row:
    """One council, community or street in a year; `days` are those from a topic to its settling."""

    name: str
    topics: int = 0
    settled: int = 0
    raised: int = 0
    days: list[float] = field(default_factory=list)
    meetings: int = 0
    came: int = 0
    seats: int = 0
    in_time: int = 0
    tasks: int = 0
    satisfied: int = 0
    asked: int = 0

    def __iadd__(self, other: "Row") -> "Row":
        """Another council's on top."""
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.days += other.days
        return self

    @property
    def middle_days(self) -> float | None:
        """The median time to settle, in days."""
        return round(median(self.days), 1) if self.days else None

    @property
    def attendance(self) -> int | None:
        """Percent of seats that were taken."""
        return _percent(self.came, self.seats)

    @property
    def carried_out(self) -> int | None:
        """Percent of accepted tasks that were reported in time."""
        return _percent(self.in_time, self.tasks)

    @property
    def satisfaction(self) -> int | None:
        """Percent of proposers asked who are content."""
        return _percent(self.satisfied, self.asked)

    @property
    def below_goal(self) -> bool:
        """Whether fewer are content than the goal."""
        return self.satisfaction is not None and self.satisfaction < GOAL


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def figures_of(councils: QuerySet[Council], year: int, by: str) -> tuple[list[Row], Row]:
    """A row for each council, community or street, and their sum; five queries for any number of councils."""
    bodies = list(councils.select_related("community__division__parent").order_by("community__division__code", "name"))
    rows = {body.pk: Row(body.name) for body in bodies}
    _count_topics(rows, year)
    _count_meetings(rows, year)
    _count_tasks(rows, year)
    total = Row("")
    grouped: dict[str, Row] = {}
    for body in bodies:
        name = _name(body, by)
        grouped.setdefault(name, Row(name))
        grouped[name] += rows[body.pk]
        total += rows[body.pk]
    return list(grouped.values()), total


def _name(body: Council, by: str) -> str:
    division = body.community.division
    if by == "council":
        return body.name
    place = division.parent if by == "street" and division.parent else division
    return place_name(place)


def _count_topics(rows: dict[int, Row], year: int) -> None:
    topics = Topic.objects.filter(council__in=rows).exclude(state=TopicState.MERGED)
    for council, state, proposed, ended, satisfied in topics.filter(
        Q(proposed_at__year=year) | Q(ended_at__year=year)
    ).values_list("council_id", "state", "proposed_at", "ended_at", "satisfied"):
        row = rows[council]
        row.topics += proposed.year == year
        if ended is None or ended.year != year:
            continue
        row.raised += state == TopicState.RAISED
        if state == TopicState.SETTLED:
            row.settled += 1
            row.days.append((ended - proposed) / timedelta(days=1))
            row.asked += satisfied is not None
            row.satisfied += bool(satisfied)


def _count_meetings(rows: dict[int, Row], year: int) -> None:
    held = Meeting.objects.filter(council__in=rows, state__in=HELD, starts_at__year=year)
    counts: Counter[int] = Counter(held.values_list("council_id", flat=True))
    seats = (
        Attendance.objects.filter(meeting__in=held, role=Attendance.Role.MEMBER)
        .values_list("meeting__council_id")
        .annotate(came=Count("pk", filter=Q(state=Attendance.State.PRESENT)), all=Count("pk"))
        .order_by()
    )
    for council, came, everybody in seats:
        rows[council].came, rows[council].seats = came, everybody
    for council, number in counts.items():
        rows[council].meetings = number


def _count_tasks(rows: dict[int, Row], year: int) -> None:
    """Accepted in the year; late when any of its clocks was breached."""
    done = ResolutionTask.objects.filter(
        resolution__council__in=rows, state=ResolutionTask.State.ACCEPTED, accepted_at__year=year
    ).values_list("pk", "resolution__council_id")
    tasks = dict(done)
    late = set(CouncilClock.objects.filter(task__in=tasks, breached_at__isnull=False).values_list("task_id", flat=True))
    for task, council in tasks.items():
        rows[council].tasks += 1
        rows[council].in_time += task not in late


@dataclass(frozen=True)
class Promise:
    """What member organisations promised each other for a year, and how much of it was done so far."""

    meetings: int
    meetings_done: int
    activities: int
    activities_done: int

    @property
    def short_meetings(self) -> int:
        """Joint meetings still owed."""
        return max(0, self.meetings - self.meetings_done)

    @property
    def short_activities(self) -> int:
        """Joint activities still owed."""
        return max(0, self.activities - self.activities_done)


def promise_of(council: Council, year: int) -> Promise:
    """The largest promise of the agreements in force in a year, against what was held; three queries."""
    signed = council.agreements.filter(signed_on__year__lte=year).exclude(ends_on__year__lt=year)
    owed: dict[str, int] = defaultdict(int)
    for meetings, activities in signed.values_list("meetings_a_year", "activities_a_year"):
        owed["meetings"] = max(owed["meetings"], meetings)
        owed["activities"] = max(owed["activities"], activities)
    joint = council.meetings.filter(kind__code="joint", state__in=HELD, starts_at__year=year).count()
    return Promise(owed["meetings"], joint, owed["activities"], council.activities.filter(held_on__year=year).count())
