"""早看窗帘晚看灯: who agreed is looked at twice a day; a missed sign brings somebody that day; a link shows a name."""

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from community_portal.notices.models import Notice
from community_portal.worktime.deadlines import ZONE
from residents.actions import sign_days, signs, visit_clocks, watches
from residents.actions.base import FileRefused
from residents.actions.consents import consent_give, consent_withdraw
from residents.actions.visits import visit_record
from residents.models import Consent, Household, Sign, SignDue, Stay, VisitDue, Watch
from tests.factories import TODAY, Cast
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of, words
from tests.threads import at_once

MORNING, LATE = time(9), time(21)


def clock(text: str, day: date = TODAY) -> datetime:
    """An hour of a day."""
    return datetime.combine(day, time.fromisoformat(text), ZONE)


START = clock("05:00")


@pytest.fixture
def watch(cast: Cast) -> Watch:
    """张三 of 302 agreed to be looked at from the south, and that a neighbour looks too."""
    for purpose in (Consent.Purpose.WATCH, Consent.Purpose.NEIGHBOUR):
        consent_give(
            cast.household.pk, cast.resident.pk, by=cast.worker, at=START, purpose=purpose, how=Consent.How.SPOKEN
        )
    return start(cast)


def start(cast: Cast, at: datetime = START) -> Watch:
    """Begin the watch of 302."""
    return watches.watch_start(
        cast.household.pk, cast.resident.pk, by=cast.worker, at=at, morning_by=MORNING, evening_by=LATE, face="南面"
    )


def due_of(kind: str, day: date = TODAY) -> SignDue:
    """The sign of a day."""
    return SignDue.objects.get(kind=kind, day=day)


class TestDays:
    def test_nobody_is_watched_without_their_consent(self, cast: Cast) -> None:
        with pytest.raises(FileRefused, match="还没有同意"):
            start(cast)

    def test_a_household_has_one_watch(self, cast: Cast, watch: Watch) -> None:
        with pytest.raises(FileRefused, match="已经在看"):
            start(cast)

    def test_each_day_has_two_signs_made_once(self, cast: Cast, watch: Watch) -> None:
        assert SignDue.objects.count() == 4
        assert due_of("morning").due_at == clock("09:00")
        assert due_of("evening").opens_at == clock("17:00")
        tomorrow = START + timedelta(days=1)
        assert sign_days.make_signs(at=tomorrow) == 2
        assert sign_days.make_signs(at=tomorrow) == 0

    def test_an_hour_that_has_passed_is_not_asked_for(self, cast: Cast, watch: Watch) -> None:
        watches.watch_end(cast.household.pk, by=cast.worker, at=START)
        start(cast, clock("10:00"))
        asked = SignDue.objects.filter(closed_at__isnull=True, day=TODAY)
        assert [due.kind for due in asked] == ["evening"]

    def test_withdrawn_consent_ends_the_watch_and_its_links(self, cast: Cast, watch: Watch) -> None:
        helper, _key = watches.watcher_give(cast.household.pk, by=cast.worker, at=START, name="老赵")
        agreed = Consent.objects.get(purpose=Consent.Purpose.WATCH)
        consent_withdraw(cast.household.pk, agreed.pk, by=cast.worker, at=START)
        watch.refresh_from_db()
        helper.refresh_from_db()
        assert (watch.ended_on, helper.revoked_at) == (TODAY, START)
        assert not SignDue.objects.filter(closed_at__isnull=True).exists()

    def test_who_moved_away_is_watched_no_more(self, cast: Cast, watch: Watch) -> None:
        assert watches.end_moved(at=START) == 0
        Stay.objects.filter(resident=cast.resident).update(moved_out=TODAY)
        assert watches.end_moved(at=START) == 1
        assert sign_days.make_signs(at=START + timedelta(days=1)) == 0


class TestSigns:
    def test_a_sign_seen_in_time_raises_no_alarm(self, cast: Cast, watch: Watch) -> None:
        due = due_of("morning")
        assert signs.signs_record([due.pk], fine=True, by=cast.worker, at=clock("07:30")) == 1
        assert signs.sweep(at=clock("09:01")) == 0
        due.refresh_from_db()
        assert (due.outcome, due.breached_at) == ("met", None)

    def test_a_missed_sign_calls_a_visit_that_climbs(self, cast: Cast, watch: Watch) -> None:
        assert signs.sweep(at=clock("09:00")) == 1
        assert signs.sweep(at=clock("09:01")) == 0
        due = due_of("morning")
        visit = VisitDue.objects.get()
        assert (due.visit, due.breached_at) == (visit, clock("09:00"))
        assert (visit.occasion, visit.due_at) == ("早上没见拉开窗帘", clock("11:00"))
        told = Notice.objects.get(event=f"sign:{due.pk}")
        assert (told.staff, told.title) == (cast.worker, "早上没见拉开窗帘：3号楼2单元302")
        for hour in ("10:00", "11:00", "13:00"):
            visit_clocks.sweep(at=clock(hour))
        visit.refresh_from_db()
        assert visit.reached == VisitDue.Rung.STREET

    def test_meeting_the_person_answers_it(self, cast: Cast, watch: Watch) -> None:
        signs.sweep(at=clock("09:00"))
        visit_record(cast.household.pk, by=cast.worker, at=clock("09:40"), result="seen")
        assert due_of("morning").outcome == "met"
        assert VisitDue.objects.get().outcome == "met"
        assert due_of("evening").closed_at is None

    def test_a_visit_that_met_nobody_leaves_it_open(self, cast: Cast, watch: Watch) -> None:
        signs.sweep(at=clock("09:00"))
        visit_record(cast.household.pk, by=cast.worker, at=clock("09:40"), result="nobody")
        assert due_of("morning").closed_at is None

    def test_a_sign_seen_late_calls_the_visit_off(self, cast: Cast, watch: Watch) -> None:
        signs.sweep(at=clock("09:00"))
        signs.signs_record([due_of("morning").pk], fine=True, by=cast.worker, at=clock("09:20"))
        visit = VisitDue.objects.get()
        assert visit.outcome == "cancelled"
        assert visit.events.latest("id").text == "后来看到了，平安"
        assert due_of("morning").breached_at == clock("09:00")

    def test_a_missed_evening_joins_the_visit_of_the_morning(self, cast: Cast, watch: Watch) -> None:
        signs.sweep(at=clock("09:00"))
        signs.sweep(at=clock("21:00"))
        assert due_of("evening").visit == due_of("morning").visit
        assert VisitDue.objects.count() == 1

    def test_whoever_looks_and_sees_none_need_not_wait_for_the_hour(self, cast: Cast, watch: Watch) -> None:
        signs.signs_record([due_of("morning").pk], fine=False, by=cast.worker, at=clock("08:00"))
        assert VisitDue.objects.get().due_at == clock("10:00")
        assert signs.sweep(at=clock("09:00")) == 0

    def test_a_week_without_the_portal_brings_one_visit(self, cast: Cast, watch: Watch) -> None:
        back = clock("09:30", TODAY + timedelta(days=7))
        sign_days.make_signs(at=back)
        signs.sweep(at=back)
        assert VisitDue.objects.count() == 1

    def test_nobody_outside_the_scope_answers_it(self, cast: Cast, watch: Watch) -> None:
        for stranger in (cast.colleague, cast.outsider, cast.nobody):
            assert signs.signs_record([due_of("morning").pk], fine=True, by=stranger, at=clock("08:00")) == 0
        assert signs.signs_record([due_of("evening").pk], fine=True, by=cast.worker, at=clock("08:00")) == 0


@pytest.mark.django_db(transaction=True)
def test_the_hour_and_the_worker_at_one_moment(cast: Cast) -> None:
    """Whoever is first, the sign ends as met or with one visit, and both agree."""
    consent_give(cast.household.pk, cast.resident.pk, by=cast.worker, at=START, purpose="watch", how=Consent.How.SPOKEN)
    start(cast)
    due = due_of("morning")
    at_once(
        lambda: signs.sweep(at=clock("09:00")),
        lambda: signs.sweep(at=clock("09:00")),
        lambda: signs.signs_record([due.pk], fine=True, by=cast.worker, at=clock("09:00")),
    )
    signs.sweep(at=clock("09:01"))
    due.refresh_from_db()
    assert due.outcome == "met"
    assert not VisitDue.objects.filter(closed_at__isnull=True).exists()


class TestWatcher:
    def lend(self, cast: Cast) -> str:
        _watcher, key = watches.watcher_give(cast.household.pk, by=cast.worker, at=START, name="楼下老赵")
        return reverse("watcher", args=[key])

    def test_the_link_shows_a_name_and_nothing_else(
        self, cast: Cast, watch: Watch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_now(monkeypatch, clock("08:00"))
        page = Client().get(self.lend(cast))
        assert words(page.content.decode()) == "张三 窗帘拉开了吗？ 看到了，平安 没看到，不放心"
        for secret in ("302", "3号楼", "138", "双合", "马雪"):
            assert secret not in page.content.decode()
        assert "no-store" in page["Cache-Control"]

    def test_one_tap_answers(self, cast: Cast, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
        set_now(monkeypatch, clock("08:00"))
        link = self.lend(cast)
        page = Client().post(link, {"fine": "1"}, follow=True)
        assert "谢谢您，记下了" in page.content.decode()
        assert "现在不用看" in page.content.decode()
        seen = Sign.objects.get()
        assert (seen.by, seen.watcher and seen.watcher.name, seen.due.outcome) == (None, "楼下老赵", "met")

    def test_a_worried_neighbour_raises_the_alarm(
        self, cast: Cast, watch: Watch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        set_now(monkeypatch, clock("08:00"))
        page = Client().post(self.lend(cast), {"fine": "0"}, follow=True)
        assert "今天就上门看" in page.content.decode()
        assert Notice.objects.get(event__startswith="sign:").staff == cast.worker

    def test_a_link_taken_back_opens_nothing(self, cast: Cast, watch: Watch) -> None:
        link = self.lend(cast)
        again = self.lend(cast)
        assert Client().get(link).status_code == 404
        watches.watcher_revoke(cast.household.pk, watch.watchers.latest("id").pk, by=cast.worker, at=START)
        assert Client().get(again).status_code == 404
        assert Client().post(again, {"fine": "1"}).status_code == 404

    def test_a_link_needs_its_own_consent(self, cast: Cast, watch: Watch) -> None:
        agreed = Consent.objects.get(purpose=Consent.Purpose.NEIGHBOUR)
        consent_withdraw(cast.household.pk, agreed.pk, by=cast.worker, at=START)
        with pytest.raises(FileRefused, match="还没有同意请邻居"):
            self.lend(cast)


class TestPages:
    @pytest.fixture(autouse=True)
    def _now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        set_now(monkeypatch, clock("08:00"))

    def test_one_tap_for_a_face_of_a_building(self, cast: Cast, watch: Watch) -> None:
        client = client_of(cast.worker)
        page = client.get(reverse("sign-round"))
        assert "还有 1 户没看到信号" in words(page.content.decode())
        assert "3号楼 南面 早看窗帘，1 户" in words(page.content.decode())
        ids = page.context["faces"][0].ids
        page = client.post(reverse("sign-record"), {"signs": ids, "fine": "1"}, follow=True)
        assert "1 户平安，已记下" in page.content.decode()
        page = client.post(reverse("sign-record"), {"signs": ids, "fine": "1"}, follow=True)
        assert "已经有人记过了" in page.content.decode()
        assert queries_of(client, reverse("sign-round")) <= MOST_QUERIES

    def test_the_wall_flags_who_was_not_seen(self, cast: Cast, watch: Watch) -> None:
        assert "1 件待看信号" in text_of(cast.worker, reverse("wall"))
        assert "0 户" not in text_of(cast.colleague, reverse("sign-round"))
        assert "9:00 前看窗帘，21:00 前看灯" in text_of(
            cast.worker, reverse("household-panel", args=[cast.household.pk])
        )

    def test_a_watch_begins_and_ends_on_its_page(self, cast: Cast) -> None:
        address = reverse("household-watch", args=[cast.household.pk])
        client = client_of(cast.worker)
        assert "先要本人同意" in client.get(address).content.decode()
        consent_give(cast.household.pk, cast.resident.pk, by=cast.worker, at=START, purpose="watch", how="spoken")
        said = {
            "verb": "start",
            "resident": cast.resident.pk,
            "face": "南面",
            "morning_by": "09:30",
            "evening_by": "08:00",
        }
        page = client.post(address, said)
        assert (page.status_code, "晚上的时间要在早上的后面" in page.content.decode()) == (422, True)
        assert "09:30" in page.content.decode()
        client.post(address, {**said, "evening_by": "20:00"})
        watch = Watch.objects.get()
        assert (watch.morning_by, watch.face) == (time(9, 30), "南面")
        page = client.post(address, {"verb": "lend", "name": "老赵"})
        assert "还没有同意请邻居" in page.content.decode()
        consent_give(cast.household.pk, cast.resident.pk, by=cast.worker, at=START, purpose="neighbour", how="spoken")
        page = client.post(address, {"verb": "lend", "name": "老赵"})
        assert "/w/" in page.content.decode()
        assert "/w/" not in client.get(address).content.decode()
        client.post(address, {"verb": "revoke", "watcher": watch.watchers.get().pk})
        assert watch.watchers.get().revoked_at is not None
        client.post(address, {"verb": "end"})
        watch.refresh_from_db()
        assert watch.ended_on == TODAY
        assert Household.objects.get(pk=cast.household.pk).watches.count() == 1
