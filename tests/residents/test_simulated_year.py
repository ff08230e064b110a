"""A year of the visits of 3,000 households, lived beat by beat: nobody is forgotten, nobody is visited twice for one.

Time is simulated: the sweep runs at each minute of the year at which something is due (at all others it would find
nothing), the nightly run each night, and six workers walk their rounds every other day. Now and then one stays away,
nobody opens, tags and grids change, the portal stands still for an hour, a day and a week, and one worker leaves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db.models import Count, Min

from community_portal.notices.models import Notice
from community_portal.worktime.deadlines import ZONE
from grid.access import scope_of
from grid.models import Appointment, GridUnit, Staff
from residents.actions import schedule as scheduling
from residents.actions import visit_clocks
from residents.actions.visits import Entry, visits_record
from residents.models import CareClass, Household, Visit, VisitDue, VisitEvent
from residents.rounds import due_now
from tests.factories import Cast, Role, make_building, make_estate, make_staff

FIRST, DAYS = date(2025, 1, 1), 365
GRIDS, BUILDINGS, DOORS = 6, 5, 100
WEEKLY_EACH, MONTHLY_EACH = 30, 10
EVERY, MOST_A_DAY, AWAY = 2, 40, 0.04
RESULTS = ("seen",) * 17 + ("nobody", "nobody", "refused")
LEAVES, COMES = date(2025, 6, 30), date(2025, 7, 7)
MINUTE = timedelta(minutes=1)
LONGEST_HOLIDAY = 8
"""Days in a row without work, for the classes that rest on them."""


def on(day: date, clock: str) -> datetime:
    """An hour of a day, in the portal's zone."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


OUTAGES = (
    (on(date(2025, 3, 12), "17:30"), on(date(2025, 3, 12), "18:30")),
    (on(date(2025, 5, 20), "00:00"), on(date(2025, 5, 21), "00:00")),
    (on(date(2025, 9, 3), "09:00"), on(date(2025, 9, 10), "09:00")),
)


def runs_from(at: datetime) -> datetime:
    """The instant itself, or the end of the outage that it falls into."""
    return next((end for begins, end in OUTAGES if begins <= at < end), at)


def is_out(at: datetime) -> bool:
    """Whether the portal stands still."""
    return runs_from(at) != at


@dataclass
class Year:
    """The community, and what happens to it."""

    cast: Cast
    rng: Random
    workers: dict[int, Staff]
    households: list[int]

    def live(self) -> None:
        """From the first day to the last."""
        scheduling.schedule(at=on(FIRST, "00:00"))
        for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
            self.beats(on(day, "01:40"))
            if not is_out(on(day, "01:40")):
                scheduling.keep_schedule(at=on(day, "01:40"))
            self.staff(day)
            self.changes(day)
            self.beats(on(day, "10:30"))
            if not is_out(on(day, "10:30")):
                for nth, worker in enumerate(self.workers.values()):
                    if (day.toordinal() + nth) % EVERY == 0:
                        self.walk(worker, day)
            self.beats(on(day, "23:59"))

    def beats(self, until: datetime) -> None:
        """Every beat up to this minute that finds something due."""
        while (at := VisitDue.objects.aggregate(at=Min("next_check_at"))["at"]) is not None:
            at = runs_from(at if at.second == 0 else at + MINUTE - timedelta(seconds=at.second))
            if at > until:
                return
            visit_clocks.sweep(at=at)

    def staff(self, day: date) -> None:
        """One worker leaves; a week later somebody follows."""
        grid = min(self.workers)
        if day == LEAVES:
            Appointment.objects.filter(staff=self.workers[grid]).update(ends_on=day)
        if day == COMES:
            self.workers[grid] = make_staff(
                "successor", "何新来", Role.GRID_WORKER, grid=GridUnit.objects.get(pk=grid), starts_on=day
            )

    def changes(self, day: date) -> None:
        """Twice a week a household's tags change; once a month one comes into another grid."""
        if day.toordinal() % 3 == 0 and not is_out(on(day, "08:00")):
            household = Household.objects.get(pk=self.rng.choice(self.households))
            household.statuses = self.rng.choice((["owner"], ["rented"], ["owner", "solitary_elder"]))
            household.save(update_fields=["statuses"])
            scheduling.schedule(at=on(day, "08:00"), household_ids=[household.pk])
        if day.day == 15:
            grid = self.rng.choice(sorted(self.workers))
            moved = self.rng.choice(self.households)
            Household.objects.filter(pk=moved).update(grid=grid)
            scheduling.follow_grids([moved])

    def walk(self, worker: Staff, day: date) -> None:
        """A worker goes to the doors of the own round, the nearest deadline first, and writes them all down."""
        if self.rng.random() < AWAY:
            return
        at = on(day, "10:30")
        found = due_now(scope_of(worker, day), at).values_list("household_id", flat=True)[:MOST_A_DAY]
        entries = [Entry(pk, self.rng.choice(RESULTS)) for pk in found]
        if entries:
            visits_record(entries, by=worker, at=at)


@pytest.fixture
def year(transactional_db: None, cast: Cast) -> Year:
    """Six grids of five buildings of a hundred doors; one door in thirty is visited weekly, one in ten monthly."""
    estate = make_estate(cast.community, "大双合")
    workers = {}
    for number in range(1, GRIDS + 1):
        code = f"{cast.community.code}{number + 10:03}"
        grid = GridUnit.objects.create(code=code, name=f"{number}网格", division=cast.community)
        workers[grid.pk] = make_staff(f"walker{number}", f"网格员{number}", Role.GRID_WORKER, grid=grid)
        for nth in range(BUILDINGS):
            make_building(estate, grid, number * 10 + nth, units=5, floors=10, per_floor=2)
    households = list(Household.objects.filter(grid__in=workers).order_by("pk").values_list("pk", flat=True))
    assert len(households) == GRIDS * BUILDINGS * DOORS == 3000
    Household.objects.filter(pk__in=households[3::MONTHLY_EACH]).update(statuses=["rented"])
    Household.objects.filter(pk__in=households[::WEEKLY_EACH]).update(statuses=["owner", "solitary_elder"])
    return Year(cast, Random(5), workers, households)


@pytest.mark.django_db(transaction=True)
def test_a_year_in_which_nobody_is_forgotten(year: Year) -> None:
    year.live()
    end = on(FIRST + timedelta(days=DAYS - 1), "23:59")
    assert Visit.objects.filter(fulfils=True).count() > 8_000
    assert VisitDue.objects.filter(reached__gt=0).count() > 50
    seen_or_escalated(end)
    no_visit_twice()
    no_gap()
    nobody_who_left_is_asked(year)


def seen_or_escalated(end: datetime) -> None:
    """Every weekly visit was made, called off, or brought before the head 16 hours late; an outage only delays that."""
    climbed = dict(VisitEvent.objects.filter(verb="escalate").values_list("due").annotate(Min("at")))
    for due in VisitDue.objects.filter(kind="weekly", occasion=""):
        assert due.due_at is not None
        last = runs_from(due.due_at + timedelta(hours=16))
        if due.closed_at is None or due.closed_at > last:
            assert last > end or climbed[due.pk] <= last + MINUTE, due


def no_visit_twice() -> None:
    """One visit fulfils one deadline; the next one is not opened before its window; each rung was taken once."""
    twice = Visit.objects.filter(fulfils=True).values("due").annotate(times=Count("pk")).filter(times__gt=1)
    assert not twice.exists()
    for due in VisitDue.objects.filter(outcome="met"):
        assert due.closed_at is not None
        assert due.closed_at >= due.opens_at
    ladders = VisitEvent.objects.values("due", "verb", "text").annotate(times=Count("pk"))
    assert not ladders.filter(times__gt=1).exists()
    assert not Notice.objects.values("event", "recipient").annotate(times=Count("pk")).filter(times__gt=1).exists()


def no_gap() -> None:
    """A visited household always has one open visit, and each begins with the one before, at most a cadence away."""
    classes = {row.pk: row for row in CareClass.objects.all()}
    chains: dict[int, list[VisitDue]] = {}
    for due in VisitDue.objects.order_by("household", "id"):
        chains.setdefault(due.household_id, []).append(due)
    visited = Household.objects.filter(care_class__isnull=False).values_list("pk", flat=True)
    assert {pk for pk, chain in chains.items() if chain[-1].is_open} == set(visited)
    for before, due in links(chains):
        assert not before.is_open
        if before.outcome != "met" or before.care_class_id != due.care_class_id:
            continue
        every = classes[due.care_class_id].every_days
        assert every is not None
        assert due.started_at == before.closed_at
        assert due.due_at is not None
        most = every if classes[due.care_class_id].on_holidays else every + LONGEST_HOLIDAY
        assert timedelta(0) < due.due_at - due.started_at <= timedelta(days=most + 1)


def links(chains: dict[int, list[VisitDue]]) -> Iterator[tuple[VisitDue, VisitDue]]:
    """Each visit and the next of the same household."""
    for chain in chains.values():
        yield from pairwise(chain)


def nobody_who_left_is_asked(year: Year) -> None:
    """From the day after leaving on, messages about the grid go to others, at first to the head."""
    left = Staff.objects.get(username="walker1")
    after = on(LEAVES + timedelta(days=1), "00:00")
    assert not Notice.objects.filter(staff=left, created_at__gte=after).exists()
    meanwhile = Notice.objects.filter(staff=year.cast.head, created_at__range=(after, on(COMES, "00:00")))
    assert meanwhile.count() > 10
    assert Notice.objects.filter(staff__username="successor").exists()
