"""How the visits stand, worker by worker: made, late, why, and whom nobody has ever met."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.models import Clock
from community_portal.worktime.words import TimeLeft, time_left
from grid.access import DISTRICT, STREET, Scope
from grid.models import Division, GridUnit
from grid.querysets import workers_of
from residents.models import Household, Visit, VisitDue
from residents.querysets import households_visible_to
from residents.rounds import visits_due_visible_to

PERIODS = (7, 30, 90)
MOST_LATE = 50
UNTRIED = ""
RESULTS = dict(Visit.Result.choices)


@dataclass
class Line:
    """One worker's grid, or for a street one community: visits made in the period, and what is late now.

    `why` are the last results at the late doors, the most frequent first; UNTRIED where nobody has been yet.
    """

    title: str
    who: str
    made: int = 0
    made_late: int = 0
    open_late: int = 0
    never_met: int = 0
    why: Counter[str] = field(default_factory=Counter)

    @property
    def due(self) -> int:
        """What had to be visited in the period."""
        return self.made + self.open_late

    @property
    def in_time(self) -> int:
        """Of those, how many percent were made in time; 100 when nothing was due."""
        return round(100 * (self.made - self.made_late) / self.due) if self.due else 100

    @property
    def reasons(self) -> str:
        """Why visits are late, in words."""
        return "、".join(f"{_reason(result)} {count}" for result, count in self.why.most_common())


@dataclass(frozen=True)
class LateDoor:
    """A door that should have been visited by now."""

    due: VisitDue
    left: TimeLeft
    why: str


@dataclass(frozen=True)
class Overview:
    """Every line, the doors that wait the longest, and how many households nobody has ever met."""

    lines: Sequence[Line]
    late: Sequence[LateDoor]
    days: int

    @property
    def open_late(self) -> int:
        """Doors that are late now."""
        return sum(line.open_late for line in self.lines)

    @property
    def never_met(self) -> int:
        """Households on the schedule that nobody has ever met."""
        return sum(line.never_met for line in self.lines)


def overview_of(scope: Scope, now: datetime, days: int) -> Overview:
    """The visits of the last `days` days in scope; seven queries whatever there is."""
    by = "community_id" if scope.ids(STREET) | scope.ids(DISTRICT) else "grid_id"
    made = _made(scope, now - timedelta(days=days), by)
    late = _late(scope, now)
    why: dict[int, Counter[str]] = {}
    for key, result, count in late.values_list(by, "last").annotate(Count("pk")):
        why.setdefault(key, Counter())[result or UNTRIED] += count
    never = dict(_never_met(scope).values_list(by).annotate(Count("pk")).order_by())
    lines = _titles({*made, *why, *never}, by, now)
    for key, line in lines.items():
        line.made, line.made_late = made.get(key, (0, 0))
        line.why = why.get(key, Counter())
        line.open_late = line.why.total()
        line.never_met = never.get(key, 0)
    doors = late.select_related("household__building", "care_class").order_by("due_at", "pk")[:MOST_LATE]
    ordered = sorted(lines.values(), key=lambda line: (-line.open_late, line.title))
    return Overview(ordered, [_door(due, now) for due in doors], days)


def never_met_in(scope: Scope, most: int = MOST_LATE) -> list[Household]:
    """Households on the schedule that nobody has ever met, building by building; one query."""
    rows = _never_met(scope).select_related("building")
    return list(rows.order_by("building__position", "unit", "floor", "column", "pk")[:most])


def _made(scope: Scope, since: datetime, by: str) -> dict[int, tuple[int, int]]:
    rows = (
        VisitDue.objects.filter(_within(scope), closed_at__gte=since, outcome=Clock.Outcome.MET)
        .values_list(by)
        .annotate(made=Count("pk"), late=Count("pk", filter=Q(breached_at__isnull=False)))
        .order_by()
    )
    return {key: (made, late) for key, made, late in rows}


def _within(scope: Scope) -> Q:
    return scope.matches(
        grid="grid_id",
        community="community_id",
        street="community__parent_id",
        district="community__parent__parent_id",
    )


def _late(scope: Scope, now: datetime) -> QuerySet[VisitDue, Any]:
    last = Visit.objects.filter(due=OuterRef("pk")).order_by("-at").values("result")[:1]
    return visits_due_visible_to(scope).filter(due_at__lte=now).annotate(last=Subquery(last))


def _never_met(scope: Scope) -> QuerySet[Household, Any]:
    seen = Visit.objects.filter(household=OuterRef("pk"), result=Visit.Result.SEEN)
    return households_visible_to(scope).filter(~Exists(seen), care_class__isnull=False)


def _titles(keys: Iterable[int], by: str, now: datetime) -> Mapping[int, Line]:
    if by == "community_id":
        names = Division.objects.filter(pk__in=keys).values_list("pk", "short_name", "parent__short_name")
        return {pk: Line(name, street or "") for pk, name, street in names}
    hands: dict[int, list[str]] = {}
    for hand in workers_of(keys, localtime(now).date()):
        for grid in hand.grids:
            hands.setdefault(grid, []).append(hand.name)
    grids = GridUnit.objects.filter(pk__in=keys)
    return {grid.pk: Line(grid.name, "、".join(hands.get(grid.pk, [])) or _("没有网格员")) for grid in grids}


def _door(due: VisitDue, now: datetime) -> LateDoor:
    return LateDoor(due, time_left(due.due_at, now, due.started_at), _reason(due.last or UNTRIED))  # type: ignore[attr-defined]


def _reason(result: str) -> str:
    return str(RESULTS[result]) if result else _("还没去过")
