"""The sweep: time moves by `at` alone, and every rung is taken once, in order, by whoever comes first."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community_portal.notices.models import Notice
from community_portal.worktime.actions import load_calendar
from community_portal.worktime.deadlines import ZONE
from community_portal.worktime.models import CalendarDay
from community_portal.worktime.querysets import forget_calendar
from grid.models import Appointment
from petitions.actions import clocks, handling, pressing
from petitions.catalogue import catalogue
from petitions.models import ClockRule, Petition, PetitionClock, PetitionEvent
from petitions.workflow import Verb
from tests.factories import NOW, Cast, make_petition
from tests.petitions.acts import LATER, REASON, snapshot
from tests.threads import at_once

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SYSTEM_VERBS = (Verb.WARN, Verb.URGE, Verb.ESCALATE)
SWEEP_QUERIES = 16


def urgent(cast: Cast, **over: Any) -> Petition:
    """A two-hour matter: signed in within 15 minutes, contacted within an hour."""
    return make_petition(cast, level=catalogue().level("h2"), **over)


def only(kind: str, petition: Petition) -> PetitionClock:
    """Leave one clock of a petition, so that its ladder stands alone."""
    petition.clocks.exclude(kind=kind).delete()
    return petition.clocks.get()


def steps(petition: Petition) -> list[tuple[str, str]]:
    """What the system did: verb and rung."""
    return [(each.verb, each.data["to"]) for each in petition.events.filter(verb__in=SYSTEM_VERBS).order_by("pk")]


def received(petition: Petition) -> list[tuple[str, str]]:
    """The ladder's notices: who got which kind, in order."""
    rows = Notice.objects.filter(event__startswith="petition-clock:").select_related("staff").order_by("pk")
    return [(row.staff.username, row.title.split("：")[0]) for row in rows if row.staff]


def nobody_is(role: str) -> None:
    """End every appointment of a role."""
    Appointment.objects.filter(role=role).update(ends_on=NOW.date() - DAY)


class TestLadder:
    def test_it_climbs_rung_by_rung_as_time_goes_on(self, cast: Cast) -> None:
        petition = urgent(cast)
        only("sign_in", petition)
        moments = [(11, 0), (12, 1), (14, 1), (15, 2), (29, 2), (30, 3), (74, 3), (75, 4), (254, 4), (255, 5), (999, 5)]
        for minutes, taken in moments:
            clocks.sweep(at=NOW + minutes * MINUTE)
            assert len(steps(petition)) == taken, minutes
        assert steps(petition) == [
            ("warn", "handler"),
            ("urge", "handler"),
            ("escalate", "community_head"),
            ("escalate", "street"),
            ("escalate", "district"),
        ]
        assert received(petition) == [
            ("worker", "预警"),
            ("worker", "催办"),
            ("worker", "升级"),
            ("head", "升级"),
            ("worker", "升级"),
            ("street", "升级"),
            ("worker", "升级"),
            ("district", "升级"),
        ]
        assert petition.clocks.get().next_check_at is None

    def test_the_petition_shows_how_far_it_has_climbed(self, cast: Cast) -> None:
        petition = urgent(cast)
        only("sign_in", petition)
        for minutes, rung in [(20, 0), (31, 1), (80, 2), (300, 3)]:
            clocks.sweep(at=NOW + minutes * MINUTE)
            petition.refresh_from_db()
            assert petition.escalated_to == rung
        assert petition.clocks.get().breached_at == NOW + 15 * MINUTE

    def test_an_event_says_which_time_limit_how_late_and_to_whom(self, cast: Cast) -> None:
        petition = urgent(cast)
        only("sign_in", petition)
        clocks.sweep(at=NOW + 12 * MINUTE)
        clocks.sweep(at=NOW + 35 * MINUTE)
        assert list(petition.events.filter(verb__in=SYSTEM_VERBS).values_list("text", "actor")) == [
            ("签收时限 11 月 23 日 10:15，剩 3 分，请办理人处理", "系统"),
            ("签收时限 11 月 23 日 10:15，过时限 20 分，请办理人处理", "系统"),
            ("签收时限 11 月 23 日 10:15，过时限 20 分，升级到社区书记", "系统"),
        ]

    def test_looking_again_at_the_same_moment_changes_nothing(self, cast: Cast) -> None:
        urgent(cast)
        clocks.sweep(at=NOW + 2 * HOUR)
        before = snapshot()
        assert clocks.sweep(at=NOW + 2 * HOUR) == 0
        assert snapshot() == before

    def test_without_a_head_the_street_is_told_and_sees_it(self, cast: Cast) -> None:
        nobody_is("community_head")
        petition = urgent(cast)
        only("sign_in", petition)
        clocks.sweep(at=NOW + 30 * MINUTE)
        petition.refresh_from_db()
        assert petition.escalated_to == Petition.Step.STREET
        assert steps(petition)[-1] == ("escalate", "street")
        assert received(petition)[-2:] == [("worker", "升级"), ("street", "升级")]

    def test_without_a_head_and_a_street_officer_the_district_is_told(self, cast: Cast) -> None:
        nobody_is("community_head")
        nobody_is("street_officer")
        petition = urgent(cast)
        only("sign_in", petition)
        clocks.sweep(at=NOW + 30 * MINUTE)
        petition.refresh_from_db()
        assert petition.escalated_to == Petition.Step.DISTRICT
        assert received(petition)[-1] == ("district", "升级")

    def test_without_anybody_above_the_ladder_still_counts(self, cast: Cast) -> None:
        for role in ("community_head", "street_officer", "district_officer"):
            nobody_is(role)
        petition = urgent(cast)
        only("sign_in", petition)
        clocks.sweep(at=NOW + DAY)
        petition.refresh_from_db()
        assert petition.escalated_to == Petition.Step.DISTRICT
        assert {name for name, _kind in received(petition)} == {"worker"}

    def test_without_a_handler_the_community_head_is_urged(self, cast: Cast) -> None:
        petition = urgent(cast, text="院里有狗叫")
        only("sign_in", petition)
        clocks.sweep(at=NOW + 12 * MINUTE)
        assert steps(petition) == [("warn", "community_head")]
        assert received(petition) == [("head", "预警")]

    def test_two_clocks_of_one_petition_in_one_batch_keep_the_higher_rung(self, cast: Cast) -> None:
        """Sign-in has reached the street by then and the first contact, looked at later, only the head."""
        petition = urgent(cast)
        clocks.sweep(at=NOW + 76 * MINUTE)
        petition.refresh_from_db()
        reached = dict(petition.clocks.values_list("kind", "reached"))
        assert (reached["sign_in"], reached["contact"]) == (Petition.Step.STREET, Petition.Step.COMMUNITY)
        assert petition.escalated_to == Petition.Step.STREET

    def test_it_comes_down_again_when_the_late_clock_is_met(self, cast: Cast) -> None:
        petition = urgent(cast)
        clocks.sweep(at=NOW + 40 * MINUTE)
        petition = handling.petition_accept(petition.pk, by=cast.worker, at=NOW + 41 * MINUTE)
        petition.refresh_from_db()
        assert petition.escalated_to == Petition.Step.NONE
        assert petition.due_at == NOW + HOUR
        assert petition.clocks.get(kind="sign_in").breached_at == NOW + 15 * MINUTE

    def test_a_petition_that_is_done_is_left_alone(self, cast: Cast) -> None:
        petition = urgent(cast)
        handling.petition_accept(petition.pk, by=cast.worker, at=LATER)
        handling.petition_contact(petition.pk, by=cast.worker, at=LATER, text=REASON)
        handling.petition_resolve(petition.pk, by=cast.worker, at=LATER, text=REASON)
        petition.clocks.filter(kind="follow_up").delete()
        assert clocks.sweep(at=NOW + 9 * DAY) == 0
        assert steps(petition) == []


class TestOutage:
    def test_after_a_day_every_rung_is_taken_at_once_without_the_late_warning(self, cast: Cast) -> None:
        petition = urgent(cast)
        only("sign_in", petition)
        assert clocks.sweep(at=NOW + DAY) == 1
        assert steps(petition) == [
            ("urge", "handler"),
            ("escalate", "community_head"),
            ("escalate", "street"),
            ("escalate", "district"),
        ]
        assert {event.at for event in petition.events.filter(verb__in=SYSTEM_VERBS)} == {NOW + DAY}
        petition.refresh_from_db()
        assert petition.escalated_to == Petition.Step.DISTRICT

    def test_a_warning_that_comes_with_the_deadline_is_left_out(self, cast: Cast) -> None:
        petition = urgent(cast)
        only("sign_in", petition)
        clocks.sweep(at=NOW + 15 * MINUTE)
        assert steps(petition) == [("urge", "handler")]


class TestAcknowledgement:
    def test_the_ladder_rests_until_its_end_and_then_goes_on(self, cast: Cast) -> None:
        petition = urgent(cast)
        only("sign_in", petition)
        clocks.sweep(at=NOW + 30 * MINUTE)
        noted = NOW + 40 * MINUTE
        pressing.petition_acknowledge(petition.pk, by=cast.head, at=noted, text="电工在路上", hours=2)
        assert clocks.sweep(at=noted + 2 * HOUR - MINUTE) == 0
        assert clocks.sweep(at=noted + 2 * HOUR) == 1
        assert steps(petition)[-1] == ("escalate", "street")

    def test_a_rung_later_than_its_end_stays_where_it_is(self, cast: Cast) -> None:
        petition = urgent(cast)
        only("sign_in", petition)
        clocks.sweep(at=NOW + 75 * MINUTE)
        pressing.petition_acknowledge(petition.pk, by=cast.head, at=NOW + 80 * MINUTE, text=REASON, hours=2)
        assert petition.clocks.get().next_check_at == NOW + 255 * MINUTE


class TestMissingCalendar:
    @pytest.fixture
    def short(self, cast: Cast) -> Petition:
        """A petition that came when the calendar had nothing after the day of its coming."""
        CalendarDay.objects.filter(date__gt=NOW.date()).delete()
        forget_calendar()
        return make_petition(cast)

    def test_the_clock_waits_without_a_deadline_and_is_tried_each_hour(self, short: Petition) -> None:
        waiting = short.clocks.filter(due_at=None)
        assert {clock.kind for clock in waiting} == {"sign_in", "contact"}
        assert {clock.next_check_at for clock in waiting} == {NOW + HOUR}
        assert short.due_at == short.clocks.get(kind="resolve").due_at
        clocks.sweep(at=NOW + HOUR)
        assert {clock.next_check_at for clock in waiting.all()} == {NOW + 2 * HOUR}
        assert steps(short) == []

    def test_it_gets_its_deadline_when_the_calendar_has_come(self, short: Petition) -> None:
        load_calendar(first_year=2026, until_year=2026)
        clocks.sweep(at=NOW + HOUR)
        short.refresh_from_db()
        due = datetime(2026, 11, 24, 18, tzinfo=ZONE)
        assert short.clocks.get(kind="sign_in").due_at == due
        assert short.due_at == due
        clocks.sweep(at=due)
        assert steps(short) == [("urge", "handler")] * 2

    def test_rungs_beyond_the_calendar_wait_too(self, cast: Cast) -> None:
        petition = make_petition(cast)
        clock = only("resolve", petition)
        CalendarDay.objects.filter(date__gt=date(2026, 11, 30)).delete()
        forget_calendar()
        assert clock.due_at is not None
        clocks.sweep(at=clock.due_at)
        clock.refresh_from_db()
        assert steps(petition) == [("urge", "handler")]
        assert clock.next_check_at == clock.due_at + HOUR
        load_calendar(first_year=2026, until_year=2026)
        clocks.sweep(at=clock.due_at + HOUR)
        clock.refresh_from_db()
        assert clock.next_check_at == datetime(2026, 12, 1, 18, tzinfo=ZONE)


class TestPoison:
    def test_one_broken_rule_is_put_off_and_the_others_go_on(self, cast: Cast) -> None:
        petitions = [urgent(cast) for _ in range(5)]
        broken = only("sign_in", petitions[2])
        PetitionClock.objects.filter(pk=broken.pk).update(rule={"amount": 15, "unit": "minute", "ladder": [{}]})
        at = NOW + 20 * MINUTE
        clocks.sweep(at=at)
        assert [steps(petition) for petition in petitions] == [
            [] if petition == petitions[2] else [("urge", "handler")] for petition in petitions
        ]
        broken.refresh_from_db()
        assert (broken.next_check_at, broken.step) == (at + HOUR, 0)

    def test_it_is_reported(self, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
        broken = only("sign_in", urgent(cast))
        PetitionClock.objects.filter(pk=broken.pk).update(rule={"amount": 15, "unit": "minute", "ladder": [{}]})
        clocks.sweep(at=NOW + 20 * MINUTE)
        assert f"PetitionClock {broken.pk} is poisoned" in caplog.text

    def test_a_failure_in_the_middle_of_writing_leaves_no_half(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        petitions = [urgent(cast) for _ in range(3)]
        fails_on(monkeypatch, petitions[1].pk)
        clocks.sweep(at=NOW + 20 * MINUTE)
        assert [len(steps(petition)) for petition in petitions] == [1, 0, 1]
        bad = petitions[1].clocks.get(kind="sign_in")
        assert (bad.step, bad.next_check_at) == (0, NOW + 80 * MINUTE)
        assert not Notice.objects.filter(event__startswith=f"petition-clock:{bad.pk}:").exists()


def fails_on(monkeypatch: pytest.MonkeyPatch, petition_id: int) -> None:
    """Writing an event of one petition fails, after its clock was written."""
    write: Callable[..., Any] = PetitionEvent.objects.bulk_create

    def refuse(events: Sequence[PetitionEvent], **kwargs: Any) -> Any:
        if any(event.petition_id == petition_id for event in events):
            raise RuntimeError("the disk is full")
        return write(events, **kwargs)

    monkeypatch.setattr(PetitionEvent.objects, "bulk_create", refuse)


class TestEditedRule:
    STEP = {"action": "escalate", "to": "street", "amount": 1, "unit": "hour"}

    @pytest.mark.parametrize("rule", ["sign_in", "contact", "resolve"])
    def test_the_shipped_ladders_are_good(self, db: None, rule: str) -> None:
        for each in ClockRule.objects.filter(kind=rule):
            each.full_clean()

    @pytest.mark.parametrize(
        "ladder",
        [
            [{**STEP, "to": "mayor"}],
            [{**STEP, "to": "handler"}],
            [{**STEP, "action": "shout"}],
            [STEP, {**STEP, "amount": 0}],
            [{"action": "warn"}],
            ["warn"],
        ],
    )
    def test_a_ladder_that_would_poison_its_clocks_is_refused(self, db: None, ladder: list[Any]) -> None:
        rule = ClockRule.objects.filter(level__code="h2", kind="sign_in").get()
        rule.ladder = ladder
        with pytest.raises(ValidationError, match="阶梯写法不对"):
            rule.full_clean()


class TestCost:
    @staticmethod
    def queries(cast: Cast, count: int) -> int:
        """How many statements one sweep of so many due clocks takes."""
        for _ in range(count):
            only("sign_in", urgent(cast))
        with CaptureQueriesContext(connection) as captured:
            assert clocks.sweep(at=NOW + 20 * MINUTE) == count
        return len(captured)

    def test_a_batch_takes_the_same_statements_whatever_its_size(self, cast: Cast) -> None:
        few = self.queries(cast, 5)
        Petition.objects.all().delete()
        assert self.queries(cast, 50) == few <= SWEEP_QUERIES

    def test_open_clocks_that_are_not_due_cost_nothing(self, cast: Cast) -> None:
        for _ in range(5):
            urgent(cast)
        with CaptureQueriesContext(connection) as captured:
            assert clocks.sweep(at=NOW + MINUTE) == 0
        assert len(captured) <= 3

    def test_the_due_ones_are_found_by_the_partial_index(self, cast: Cast) -> None:
        petition = urgent(cast)
        PetitionClock.objects.bulk_create(
            PetitionClock(petition=petition, kind="sign_in", started_at=NOW, closed_at=NOW, outcome="met")
            for _ in range(3000)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE petitions_petitionclock")
        plan = json.loads(clocks.claim_due(NOW + HOUR, 100).explain(format="json"))
        assert "Index Scan petitionclock_next_check" in list(walk(plan[0]["Plan"]))


def walk(node: dict[str, Any]) -> Iterator[str]:
    """Every step of a plan as "kind index-or-table"."""
    yield f"{node['Node Type']} {node.get('Index Name') or node.get('Relation Name', '')}"
    for child in node.get("Plans", []):
        yield from walk(child)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_sweeps_make_no_double_step(self, cast: Cast) -> None:
        petitions = [urgent(cast) for _ in range(30)]
        at = NOW + 80 * MINUTE
        handled = at_once(*[lambda: clocks.sweep(at=at, batch=7)] * 4)
        handled.append(clocks.sweep(at=at))
        assert sum(handled) == len(petitions) * 2
        for petition in petitions:
            assert sorted((event.data["clock"], event.data["step"]) for event in system_events(petition)) == [
                ("contact", 1),
                ("contact", 2),
                ("sign_in", 1),
                ("sign_in", 2),
                ("sign_in", 3),
            ]

    def test_a_worker_who_acts_while_the_sweep_comes_is_not_urged(self, cast: Cast) -> None:
        """Whoever is first wins: the acceptance meets the clock, or the urging comes before it; never after it."""
        petition = urgent(cast)
        at = NOW + 20 * MINUTE
        results = at_once(
            lambda: handling.petition_accept(petition.pk, by=cast.worker, at=at), lambda: clocks.sweep(at=at)
        )
        assert not [each for each in results if isinstance(each, Exception)]
        verbs = list(petition.events.order_by("pk").values_list("verb", flat=True))
        assert verbs in (
            ["register", "dispatch", "accept"],
            ["register", "dispatch", "urge", "accept"],
        )
        assert petition.clocks.get(kind="sign_in").outcome == "met"


def system_events(petition: Petition) -> list[PetitionEvent]:
    """What the system did to a petition."""
    return list(petition.events.filter(verb__in=SYSTEM_VERBS))
