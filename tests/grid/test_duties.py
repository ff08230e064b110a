"""The duty rota: who is told at 22:00, who stands in, and the calendar that each may subscribe to."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from community_portal.notices.models import Notice
from community_portal.worktime.deadlines import ZONE, WorkCalendar
from grid.access import scope_of
from grid.actions.duties import leave_take, leave_withdraw, rota_fill
from grid.duties import feed_key, on_duty
from grid.duty_rules import DESK, PHONE, Turn, in_turns, span_of, turn_at
from grid.models import Appointment, Division, Duty, Leave, Staff
from grid.querysets import grid_worker
from tests.factories import NOW, TODAY, Cast, make_petition
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 22)
CALENDAR = WorkCalendar({SUNDAY: False, MONDAY: True})
WEEK = TODAY + timedelta(days=6)


def clock(text: str, day: date = MONDAY) -> datetime:
    """An hour of a day."""
    return datetime.combine(day, time.fromisoformat(text), ZONE)


@pytest.mark.parametrize(
    ("at", "turn"),
    [
        (clock("09:00"), Turn(MONDAY, DESK)),
        (clock("12:30"), Turn(MONDAY, DESK)),
        (clock("18:00"), Turn(MONDAY, PHONE)),
        (clock("22:00"), Turn(MONDAY, PHONE)),
        (clock("08:59"), Turn(SUNDAY, PHONE)),
        (clock("11:00", SUNDAY), Turn(SUNDAY, PHONE)),
        (clock("11:00", date(2030, 1, 2)), Turn(date(2030, 1, 2), PHONE)),
    ],
)
def test_whose_turn_it_is(at: datetime, turn: Turn) -> None:
    assert turn_at(at, CALENDAR) == turn
    begins, ends = span_of(turn, CALENDAR)
    assert begins <= at < ends


def test_people_follow_one_another() -> None:
    assert list(in_turns([1, 2], MONDAY, MONDAY + timedelta(days=4), 2).values()) == [1, 1, 2, 2, 1]


def fill(cast: Cast, kind: str, *staff: Staff) -> None:
    """A week of turns."""
    ids = [each.pk for each in staff]
    rota_fill(cast.community.pk, by=cast.head, at=NOW, kind=kind, staff_ids=ids, first=TODAY, last=WEEK)


class TestRota:
    def test_a_second_plan_replaces_the_first(self, cast: Cast) -> None:
        fill(cast, PHONE, cast.head)
        fill(cast, PHONE, cast.community_worker, cast.head)
        assert Duty.objects.count() == 7
        assert on_duty(cast.community.pk, clock("22:00")) == cast.community_worker

    def test_only_people_of_the_whole_community_take_turns(self, cast: Cast) -> None:
        for stranger in (cast.worker, cast.outsider):
            with pytest.raises(ValidationError, match="在岗的社工"):
                fill(cast, DESK, stranger)

    def test_only_planners_plan(self, cast: Cast) -> None:
        for person in (cast.worker, cast.outsider, cast.street):
            with pytest.raises(Division.DoesNotExist):
                rota_fill(
                    cast.community.pk, by=person, at=NOW, kind=DESK, staff_ids=[cast.head.pk], first=TODAY, last=WEEK
                )

    def test_at_night_the_phone_is_told_beside_the_worker(self, cast: Cast) -> None:
        fill(cast, PHONE, cast.community_worker)
        fill(cast, DESK, cast.head)
        day, night = make_petition(cast), make_petition(cast, at=clock("22:00"))
        nobody = make_petition(cast, text="哪里都没说清楚的事", address="")

        def told(pk: int) -> set[str]:
            rows = Notice.objects.filter(event=f"petition-registered:{pk}")
            return {row.staff.username for row in rows if row.staff}

        assert told(day.pk) == {"worker"}
        assert told(night.pk) == {"worker", "community_worker"}
        assert told(nobody.pk) == {"head"}


class TestLeave:
    def take(self, cast: Cast, staff: Staff, substitute: Staff | None, by: Staff | None = None) -> Leave:
        return leave_take(
            cast.community.pk,
            by=by or staff,
            at=NOW,
            staff_id=staff.pk,
            first=TODAY,
            last=WEEK,
            substitute_id=substitute.pk if substitute else None,
        )

    def test_whoever_stands_in_gets_the_grid_for_these_days(self, cast: Cast) -> None:
        leave = self.take(cast, cast.worker, cast.colleague)
        assert grid_worker(cast.grid.pk, TODAY) == cast.colleague
        assert grid_worker(cast.grid.pk, WEEK + timedelta(days=1)) == cast.worker
        petition = make_petition(cast)
        assert petition.handler == cast.colleague
        assert scope_of(Staff.objects.get(pk=cast.colleague.pk), TODAY).roles_over(grid=cast.grid.pk)
        leave_withdraw(cast.community.pk, leave.pk, by=cast.worker, at=NOW)
        assert grid_worker(cast.grid.pk, TODAY) == cast.worker

    def test_coming_back_early_ends_it_the_day_before(self, cast: Cast) -> None:
        leave = self.take(cast, cast.worker, cast.colleague)
        leave_withdraw(cast.community.pk, leave.pk, by=cast.head, at=NOW + timedelta(days=2))
        assert Appointment.objects.get(stands_in_for=leave).ends_on == TODAY + timedelta(days=1)

    def test_turns_of_duty_go_to_whoever_stands_in(self, cast: Cast) -> None:
        fill(cast, PHONE, cast.community_worker)
        self.take(cast, cast.community_worker, cast.head)
        assert on_duty(cast.community.pk, clock("22:00")) == cast.head

    def test_nobody_in_charge_when_nobody_stands_in(self, cast: Cast) -> None:
        fill(cast, PHONE, cast.community_worker)
        self.take(cast, cast.community_worker, None)
        assert on_duty(cast.community.pk, clock("22:00")) is None

    def test_what_cannot_be(self, cast: Cast) -> None:
        self.take(cast, cast.worker, None)
        with pytest.raises(ValidationError, match="已经登记过"):
            self.take(cast, cast.worker, None)
        with pytest.raises(ValidationError, match="另一位"):
            self.take(cast, cast.head, cast.outsider)
        with pytest.raises(Division.DoesNotExist):
            self.take(cast, cast.head, None, by=cast.worker)


class TestPages:
    @pytest.fixture(autouse=True)
    def _now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        set_now(monkeypatch, NOW)

    def test_planning_and_leave_on_the_page(self, cast: Cast) -> None:
        client, address = client_of(cast.head), reverse("rota")
        said = {
            "verb": "fill",
            "rota-kind": "desk",
            "rota-staff": [cast.head.pk],
            "rota-first": "2026-11-23",
            "rota-last": "2026-12-01",
            "rota-days_each": "1",
        }
        assert client.post(address, {**said, "rota-first": "2026-11-01"}).status_code == 422
        assert "排好了 9 天" in client.post(address, said, follow=True).content.decode()
        assert "现在找 林书记" in text_of(cast.worker, address)
        gone = {"verb": "leave", "leave-staff": cast.worker.pk, "leave-first": "2026-11-23", "leave-last": "2026-11-24"}
        page = client_of(cast.worker).post(address, {**gone, "leave-substitute": cast.deputy.pk}, follow=True)
        assert "周敏 顶班" in page.content.decode()
        back = {"verb": "back", "leave": Leave.objects.get().pk}
        assert client_of(cast.colleague).post(address, back).status_code == 404
        assert "已销假" in client_of(cast.worker).post(address, back, follow=True).content.decode()
        assert queries_of(client, address) <= MOST_QUERIES

    def test_a_street_picks_one_of_its_communities(self, cast: Cast) -> None:
        assert "翠城馨园社区" in text_of(cast.street, f"{reverse('rota')}?community={cast.next_community.code}")
        wrong = f"{reverse('rota')}?community={cast.far_community.code}"
        assert client_of(cast.street).get(wrong).status_code == 404

    def test_the_feed_holds_ones_own_turns_until_the_password_changes(self, cast: Cast) -> None:
        fill(cast, PHONE, cast.community_worker, cast.head)
        link = reverse("duty-feed", args=[feed_key(cast.head)])
        answer = Client().get(link)
        assert answer["Content-Type"].startswith("text/calendar")
        events = list(Calendar.from_ical(answer.content).walk("VEVENT"))
        assert len(events) == 3
        assert events[0].decoded("dtstart") == clock("18:00", TODAY + timedelta(days=1))
        assert str(events[0]["summary"]) == "值班电话 · 双合家园社区"
        cast.head.set_password("another-one-2")
        cast.head.save()
        assert Client().get(link).status_code == 404
