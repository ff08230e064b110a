"""Visits: the next one is always there, made once; what was done counts as of when it was done; late ones climb."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from community_portal.notices.models import Notice
from community_portal.worktime.deadlines import ZONE
from community_portal.worktime.models import CalendarDay
from community_portal.worktime.querysets import forget_calendar
from residents.actions import schedule as scheduling
from residents.actions import visit_clocks
from residents.actions.decisions import care_decide, visit_call
from residents.actions.maps import building_regrid
from residents.actions.visits import Made, visit_record
from residents.models import CareClass, Household, Visit, VisitDue, VisitEvent
from tests.factories import NOW, Cast

Result = Visit.Result
TODAY = NOW.date()


def make_weekly(household: Household, *extra: str) -> None:
    """An elder who lives alone moves in."""
    household.statuses = ["owner", "solitary_elder", *extra]
    household.save(update_fields=["statuses"])


def scheduled(cast: Cast, at: datetime = NOW) -> VisitDue:
    """The open visit of the cast's household, an elder's."""
    make_weekly(cast.household)
    scheduling.schedule(at=at)
    return open_of(cast.household)


def open_of(household: Household) -> VisitDue:
    return household.visits_due.get(closed_at__isnull=True)


def evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, tzinfo=ZONE)


def record(cast: Cast, result: str = Result.SEEN, at: datetime = NOW, **over: object) -> Made:
    return visit_record(cast.household.pk, by=cast.worker, at=at, result=result, **over)


class TestSchedule:
    def test_only_households_of_a_class_have_a_visit(self, cast: Cast) -> None:
        due = scheduled(cast)
        assert VisitDue.objects.get() == due
        assert (due.kind, due.grid, due.community_id) == ("weekly", cast.grid, cast.community.pk)
        assert due.due_at == evening(TODAY + timedelta(days=1 + cast.household.pk % 7))

    def test_running_it_again_changes_nothing(self, cast: Cast) -> None:
        scheduled(cast)
        assert scheduling.schedule(at=NOW + timedelta(hours=1)) == 0
        assert scheduling.keep_schedule(at=NOW + timedelta(hours=1)) == 0
        assert VisitDue.objects.count() == 1

    def test_first_visits_are_spread_over_the_cadence(self, cast: Cast) -> None:
        homes = list(Household.objects.filter(community=cast.community.pk))
        for home in homes:
            make_weekly(home)
        scheduling.schedule(at=NOW)
        days = [due.due_at.date() for due in VisitDue.objects.all() if due.due_at]
        assert len(days) == len(homes)
        assert set(days) == {TODAY + timedelta(days=n) for n in range(1, 8)}

    def test_a_class_that_rests_is_due_on_the_next_working_day(self, cast: Cast) -> None:
        cast.household.statuses = ["rented"]
        cast.household.save()
        # 30 days after 2 September is Friday 2 October, inside the holiday that ends on the 7th.
        Visit.objects.create(
            household=cast.household, by=cast.worker, at=evening(date(2026, 9, 2)), entered_at=NOW,
            result=Result.SEEN, fulfils=True,
        )  # fmt: skip
        scheduling.schedule(at=NOW)
        assert open_of(cast.household).due_at == evening(date(2026, 10, 8))

    def test_a_year_without_a_calendar_moves_no_visit(self, cast: Cast) -> None:
        CalendarDay.objects.filter(date__year=2026, date__month=12).delete()
        forget_calendar()
        cast.household.statuses = ["rented"]
        cast.household.save()
        Visit.objects.create(
            household=cast.household, by=cast.worker, at=evening(date(2026, 11, 13)), entered_at=NOW,
            result=Result.SEEN, fulfils=True,
        )  # fmt: skip
        scheduling.schedule(at=NOW)
        assert open_of(cast.household).due_at == evening(date(2026, 12, 13))

    def test_a_nearer_deadline_stays_when_the_class_changes(self, cast: Cast) -> None:
        Visit.objects.create(
            household=cast.household, by=cast.worker, at=NOW - timedelta(days=3), entered_at=NOW,
            result=Result.SEEN, fulfils=True,
        )  # fmt: skip
        first = scheduled(cast)
        cast.household.statuses = ["owner", "empty_nest"]
        cast.household.save()
        assert scheduling.schedule(at=NOW + timedelta(hours=1), household_ids=[cast.household.pk]) == 2
        due = open_of(cast.household)
        assert (due.kind, due.due_at) == ("monthly", first.due_at)
        first.refresh_from_db()
        assert (first.outcome, first.next_check_at) == ("cancelled", None)
        assert first.events.get().text == "走访类别变了"

    @pytest.mark.parametrize("change", ["tags", "ended"])
    def test_a_visit_that_is_needed_no_more_is_called_off(self, cast: Cast, change: str) -> None:
        due = scheduled(cast)
        if change == "tags":
            Household.objects.filter(pk=cast.household.pk).update(statuses=["owner"])
        else:
            Household.objects.filter(pk=cast.household.pk).update(ended_on=TODAY)
        scheduling.schedule(at=NOW, household_ids=[cast.household.pk])
        due.refresh_from_db()
        assert due.outcome == "cancelled"
        assert not VisitDue.objects.filter(closed_at__isnull=True).exists()

    def test_sealed_tags_count_too(self, cast: Cast) -> None:
        cast.household.care = "focus"
        cast.household.save()
        scheduling.schedule(at=NOW)
        assert open_of(cast.household).kind == "weekly"

    def test_the_night_puts_back_what_is_missing(self, cast: Cast) -> None:
        due = scheduled(cast)
        VisitDue.objects.all().delete()
        assert scheduling.keep_schedule(at=NOW + timedelta(days=1)) == 1
        assert open_of(cast.household).kind == due.kind

    def test_the_night_follows_redrawn_grids(self, cast: Cast) -> None:
        due = scheduled(cast)
        Household.objects.filter(pk=cast.household.pk).update(grid=cast.second_grid)
        assert scheduling.keep_schedule(at=NOW) == 1
        due.refresh_from_db()
        assert due.grid == cast.second_grid

    def test_a_redrawn_grid_takes_its_visits_along_at_once(self, cast: Cast) -> None:
        due = scheduled(cast)
        building_regrid(cast.community.pk, cast.building.pk, cast.second_grid.pk, by=cast.head, at=NOW)
        due.refresh_from_db()
        assert due.grid == cast.second_grid
        visit_record(cast.household.pk, by=cast.colleague, at=NOW, result=Result.SEEN)


class TestRecord:
    def test_seeing_the_person_meets_it_and_sets_the_next(self, cast: Cast) -> None:
        due = scheduled(cast)
        made = record(cast, note="耳背，多敲两次门")
        due.refresh_from_db()
        assert (due.outcome, due.closed_at) == ("met", NOW)
        assert made.visit.fulfils
        assert made.next_due is not None
        assert made.next_due.due_at == evening(TODAY + timedelta(days=7))

    def test_a_late_visit_does_not_become_two(self, cast: Cast) -> None:
        due = scheduled(cast)
        assert due.due_at
        late = due.due_at + timedelta(days=3)
        record(cast, at=late)
        due.refresh_from_db()
        assert due.breached_at == due.due_at
        assert open_of(cast.household).due_at == evening(late.date() + timedelta(days=7))

    def test_a_visit_in_time_that_is_written_down_late_is_in_time(self, cast: Cast) -> None:
        due = scheduled(cast)
        assert due.due_at
        after = due.due_at + timedelta(hours=20)
        visit_clocks.sweep(at=after)
        due.refresh_from_db()
        assert due.breached_at
        made = record(cast, at=after, visited_at=due.due_at - timedelta(hours=2))
        due.refresh_from_db()
        assert (due.breached_at, due.closed_at) == (None, due.due_at - timedelta(hours=2))
        assert made.visit.entered_at == after

    def test_a_visit_before_the_schedule_began_counts_unless_an_earlier_round_had_it(self, cast: Cast) -> None:
        scheduled(cast)
        yesterday = NOW - timedelta(days=1)
        assert record(cast, visited_at=yesterday).visit.fulfils
        coming = open_of(cast.household)
        assert coming.due_at == evening(yesterday.date() + timedelta(days=7))
        assert not record(cast, visited_at=yesterday - timedelta(days=1)).visit.fulfils
        assert open_of(cast.household) == coming

    @pytest.mark.parametrize(
        ("visited_at", "says"),
        [(NOW + timedelta(minutes=1), "还没到"), (NOW - timedelta(days=8), "7 天以内")],
    )
    def test_impossible_times_are_refused(self, cast: Cast, visited_at: datetime, says: str) -> None:
        with pytest.raises(ValidationError, match=says):
            record(cast, visited_at=visited_at)
        assert not Visit.objects.exists()

    def test_a_phone_call_is_no_visit_where_the_class_says_so(self, cast: Cast) -> None:
        due = scheduled(cast)
        assert not record(cast, Result.PHONE).visit.fulfils
        assert open_of(cast.household) == due
        cast.household.statuses = ["rented"]
        cast.household.save()
        scheduling.schedule(at=NOW)
        assert record(cast, Result.PHONE).visit.fulfils

    def test_after_nobody_was_met_twice_each_attempt_brings_the_next_way(self, cast: Cast) -> None:
        scheduled(cast)
        ways = [record(cast, Result.NOBODY, NOW + timedelta(hours=n)).way for n in range(5)]
        assert ways == ["", "call", "neighbour", "evening", "head"]
        due = open_of(cast.household)
        assert (due.tries, due.reached) == (5, VisitDue.Rung.COMMUNITY)
        told = Notice.objects.get(event__startswith="visit-tries:")
        assert told.staff == cast.head
        assert told.title == "没遇到人：3号楼2单元302"
        record(cast, Result.NOBODY, NOW + timedelta(hours=6))
        assert Notice.objects.filter(event__startswith="visit-tries:").count() == 1
        record(cast, Result.SEEN, NOW + timedelta(hours=7))
        assert open_of(cast.household).tries == 0

    def test_a_visit_outside_the_scope_does_not_exist(self, cast: Cast) -> None:
        for stranger in (cast.colleague, cast.outsider, cast.nobody):
            with pytest.raises(Household.DoesNotExist):
                visit_record(cast.household.pk, by=stranger, at=NOW, result=Result.SEEN)

    def test_a_visit_nobody_asked_for_is_kept(self, cast: Cast) -> None:
        made = record(cast)
        assert (made.visit.due, made.visit.fulfils, made.next_due) == (None, True, None)

    @pytest.mark.parametrize(
        ("at", "off"),
        [
            (datetime(2026, 11, 23, 17, 59, tzinfo=ZONE), False),
            (datetime(2026, 11, 23, 18, 30, tzinfo=ZONE), True),
            (datetime(2026, 11, 22, 10, 0, tzinfo=ZONE), True),
        ],
    )
    def test_visits_after_hours_are_marked(self, cast: Cast, at: datetime, off: bool) -> None:
        assert record(cast, at=at).visit.off_hours is off


class TestCalled:
    def occasion(self) -> CareClass:
        return CareClass.objects.get(code="after_event")

    def test_an_occasion_is_visited_within_a_day_beside_the_weekly_visit(self, cast: Cast) -> None:
        weekly = scheduled(cast)
        due = visit_call(cast.household.pk, by=cast.worker, at=NOW, care_class=self.occasion(), occasion="昨天出院")
        assert due.due_at == NOW + timedelta(hours=24)
        again = visit_call(cast.household.pk, by=cast.head, at=NOW, care_class=self.occasion(), occasion="昨天出院")
        assert again == due
        record(cast, at=NOW + timedelta(hours=1))
        outcomes = {weekly.pk: "met", due.pk: "met"}
        assert dict(VisitDue.objects.filter(pk__in=outcomes).values_list("pk", "outcome")) == outcomes

    def test_a_periodic_class_cannot_be_called(self, cast: Cast) -> None:
        weekly = CareClass.objects.get(code="weekly")
        with pytest.raises(ValidationError, match="定期走访"):
            visit_call(cast.household.pk, by=cast.worker, at=NOW, care_class=weekly, occasion="出院")


class TestDecision:
    def test_the_community_may_decide_otherwise_until_a_day(self, cast: Cast) -> None:
        scheduled(cast)
        until = TODAY + timedelta(days=10)
        monthly = CareClass.objects.get(code="monthly")
        care_decide(cast.household.pk, by=cast.head, at=NOW, care_class=monthly, reason="住在女儿家", until=until)
        assert open_of(cast.household).kind == "monthly"
        after = NOW + timedelta(days=11)
        assert scheduling.keep_schedule(at=after) == 2
        assert open_of(cast.household).kind == "weekly"

    def test_or_that_nobody_visits(self, cast: Cast) -> None:
        scheduled(cast)
        care_decide(
            cast.household.pk, by=cast.community_worker, at=NOW, care_class=None, reason="本人书面谢绝", until=TODAY
        )
        assert not VisitDue.objects.filter(closed_at__isnull=True).exists()

    def test_a_grid_worker_may_not(self, cast: Cast) -> None:
        with pytest.raises(Household.DoesNotExist):
            care_decide(cast.household.pk, by=cast.worker, at=NOW, care_class=None, reason="谢绝", until=TODAY)


class TestLadder:
    def sweep_at(self, instants: Iterable[datetime]) -> list[str]:
        for at in instants:
            visit_clocks.sweep(at=at)
        return list(VisitEvent.objects.order_by("id").values_list("text", flat=True))

    def test_a_late_visit_climbs(self, cast: Cast) -> None:
        due = scheduled(cast)
        assert due.due_at
        said = self.sweep_at(
            [
                due.due_at,
                due.due_at + timedelta(hours=16),
                due.due_at + timedelta(days=6),
                due.due_at + timedelta(days=9),
            ]
        )
        assert [text.rsplit("，", 1)[1] for text in said] == [
            "请网格员上门", "升级到社区书记", "升级到街道", "升级到区级",
        ]  # fmt: skip
        due.refresh_from_db()
        assert (due.breached_at, due.reached, due.next_check_at) == (due.due_at, VisitDue.Rung.DISTRICT, None)
        told = Notice.objects.filter(event__startswith="visit-clock:").values_list("staff__username", flat=True)
        assert set(told) == {"worker", "head", "street", "district"}

    def test_an_outage_takes_all_rungs_at_once_and_once(self, cast: Cast) -> None:
        due = scheduled(cast)
        assert due.due_at
        week_later = due.due_at + timedelta(days=14)
        assert len(self.sweep_at([week_later, week_later, week_later + timedelta(minutes=1)])) == 4

    def test_a_visit_made_in_time_climbs_nowhere(self, cast: Cast) -> None:
        Visit.objects.create(
            household=cast.household, by=cast.worker, at=NOW - timedelta(days=3), entered_at=NOW,
            result=Result.SEEN, fulfils=True,
        )  # fmt: skip
        due = scheduled(cast)
        record(cast)
        assert due.due_at
        assert self.sweep_at([due.due_at + timedelta(hours=1)]) == []
