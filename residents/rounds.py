"""A worker's round: the visits to make now, stairway by stairway in walking order, with what to know at each door."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db.models import Prefetch, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from community_portal.worktime.deadlines import ZONE
from community_portal.worktime.words import LATE, TimeLeft, moment, time_left
from grid.access import Scope
from residents.marks import Mark, marks_in, together
from residents.models import Household, Stay, Visit, VisitDue, VisitPhoto
from residents.rules import age_on
from residents.visit_rules import ONE_DAY, WAY_WORDS, way_after

MOST_DOORS = 200
LEASE_SOON = timedelta(days=30)
BIRTHDAY_SOON = timedelta(days=7)
ELDER_AGE = 60
VISIT = "visit"


@dataclass(frozen=True)
class Door:
    """One household of a round: how much time is left, who lives there, what to ask, what happened last.

    `way` is what to try this time, "" unless nobody was met several times.
    """

    household: Household
    due: VisitDue
    left: TimeLeft
    people: str
    asks: Sequence[str]
    last: str
    way: str
    marks: Sequence[Mark]

    pressing: bool

    @property
    def late(self) -> bool:
        """Whether its deadline has passed."""
        return self.left.state == LATE


@dataclass(frozen=True)
class Stairway:
    """The doors of one unit of a building, from the ground up."""

    title: str
    doors: Sequence[Door]

    @property
    def pressing(self) -> bool:
        """Whether one of its doors must be visited today."""
        return any(door.pressing for door in self.doors)


@dataclass(frozen=True)
class Round:
    """The whole round: stairways where somebody must be visited today, and those on the way in the coming days.

    `must` counts the doors due today or late, `late` the latter alone; `buildings` are (id, name, doors). `more`: there
    is more than a page shows.
    """

    stairways: Sequence[Stairway]
    on_the_way: Sequence[Stairway]
    doors: int
    must: int
    late: int
    buildings: Sequence[tuple[int, str, int]]
    more: bool


def visits_due_visible_to(scope: Scope) -> QuerySet[VisitDue]:
    """Open visits inside the appointments' scope."""
    within = scope.matches(
        grid="grid_id",
        community="community_id",
        street="community__parent_id",
        district="community__parent__parent_id",
    )
    return VisitDue.objects.filter(within, closed_at__isnull=True)


def due_now(scope: Scope, now: datetime) -> QuerySet[VisitDue]:
    """What may be visited until tonight, late ones too, the nearest deadline first."""
    return visits_due_visible_to(scope).filter(opens_at__lt=_tonight(now)).order_by("due_at", "pk")


def round_of(scope: Scope, now: datetime, *, building: int | None = None) -> Round:
    """The round of everybody in scope, or of one building; three queries and one for each community's marks."""
    found = list(due_now(scope, now).select_related("household__building__estate", "care_class")[: MOST_DOORS + 1])
    nearest: dict[int, VisitDue] = {}
    for due in found[:MOST_DOORS]:
        nearest.setdefault(due.household_id, due)
    shown = {pk: due for pk, due in nearest.items() if building in (None, due.household.building_id)}
    today = localtime(now).date()
    people, last = _people(shown), _last(shown)
    marks = together(
        each.households
        for pk in {due.community_id for due in shown.values()}
        for each in marks_in(scope, pk, now)
        if each.kind.code != VISIT
    )
    midnight = _tonight(now)
    doors = [
        Door(
            household=due.household,
            due=due,
            left=time_left(due.due_at, now, due.started_at),
            people="、".join(_said(stay, today) for stay in people.get(pk, ())),
            asks=_asks(due, people.get(pk, ()), today),
            last=_last_words(last.get(pk), now),
            way=str(WAY_WORDS.get(way_after(due.tries), "")),
            marks=marks.get(pk, ()),
            pressing=due.due_at is not None and due.due_at < midnight,
        )
        for pk, due in shown.items()
    ]
    stairways = _stairways(doors)
    return Round(
        stairways=[each for each in stairways if each.pressing],
        on_the_way=[each for each in stairways if not each.pressing],
        doors=len(doors),
        must=sum(door.pressing for door in doors),
        late=sum(door.late for door in doors),
        buildings=_buildings(nearest.values()),
        more=len(found) > MOST_DOORS,
    )


def _tonight(now: datetime) -> datetime:
    return datetime.combine(localtime(now).date() + ONE_DAY, time(), ZONE)


def _people(households: Collection[int]) -> dict[int, list[Stay]]:
    rows = Stay.objects.current().filter(household__in=households).select_related("resident")
    found: dict[int, list[Stay]] = {}
    for stay in sorted(rows, key=lambda stay: (stay.relation != Stay.HEAD, stay.resident.birth_date)):
        found.setdefault(stay.household_id, []).append(stay)
    return found


def _last(households: Collection[int]) -> dict[int, Visit]:
    rows = Visit.objects.filter(household__in=households).order_by("household", "-at").distinct("household")
    return {visit.household_id: visit for visit in rows.select_related("by")}


def _said(stay: Stay, today: date) -> str:
    return _("%(name)s %(age)d 岁") % {
        "name": mask_name(stay.resident.name),
        "age": age_on(stay.resident.birth_date, today),
    }


def _asks(due: VisitDue, stays: Sequence[Stay], today: date) -> list[str]:
    """What the class asks, and what the file says should be asked now: a lease that ends, an elder's birthday."""
    asks = list(due.care_class.asks)
    lease = due.household.lease_ends_on
    if lease is not None and lease - today <= LEASE_SOON:
        asks.append(_("租期到 %(month)d 月 %(day)d 日") % {"month": lease.month, "day": lease.day})
    for stay in stays:
        birth = stay.resident.birth_date
        turns = age_on(birth, today + BIRTHDAY_SOON)
        if turns > age_on(birth, today) and turns >= ELDER_AGE:
            asks.append(_("%(name)s快过 %(age)d 岁生日") % {"name": mask_name(stay.resident.name), "age": turns})
    return asks


def _last_words(visit: Visit | None, now: datetime) -> str:
    if visit is None:
        return _("还没有走访过")
    words = f"{moment(visit.at, now)} {visit.by.name} {visit.get_result_display()}"
    return f"{words}：{visit.note}" if visit.note else words


def _stairways(doors: Sequence[Door]) -> list[Stairway]:
    """Walking order: buildings as they stand, unit by unit, from the ground up."""

    def stairway(door: Door) -> tuple[int, int, int]:
        building = door.household.building
        return building.position, building.pk, door.household.unit

    walked = sorted(doors, key=lambda door: (*stairway(door), door.household.floor, door.household.column))
    return [_stairway(list(group)) for _key, group in groupby(walked, key=stairway)]


def _stairway(doors: list[Door]) -> Stairway:
    first = doors[0].household
    unit = _(" %d 单元") % first.unit if first.unit else ""
    return Stairway(f"{first.building.name}{unit}", doors)


def _buildings(dues: Collection[VisitDue]) -> list[tuple[int, str, int]]:
    counts = Counter(due.household.building for due in dues)
    return [(row.pk, row.name, counts[row]) for row in sorted(counts, key=lambda row: (row.position, row.pk))]


def next_due(household_id: int) -> VisitDue | None:
    """The household's coming visit with its class, the nearest when there are several; one query."""
    rows = VisitDue.objects.filter(household=household_id, closed_at__isnull=True)
    return rows.select_related("care_class").order_by("due_at").first()


def last_visits(household_id: int, most: int = 5) -> list[Visit]:
    """The household's last visits with the photos that are kept, what was ticked, the newest first; three queries."""
    kept = Prefetch("photos", VisitPhoto.objects.filter(removed_at__isnull=True).order_by("id"))
    rows = Visit.objects.filter(household=household_id).select_related("by").prefetch_related(kept, "checks")
    return list(rows.order_by("-at")[:most])
