"""What the level above decides: extensions, suspensions, returns after many assignments, reviews."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from community_portal.notices.models import Notice
from petitions.actions import applying, clocks, ending, handling, triage
from petitions.actions.base import ActionRefused, Changed
from petitions.models import Application, Petition
from petitions.querysets import to_decide
from petitions.workflow import State, Verb
from tests.factories import NOW, Cast
from tests.petitions.acts import LATER, MUCH_LATER, REASON, perform, petition_in
from tests.petitions.pages import client_of, queries_of, set_now, text_of
from tests.petitions.test_access import scope
from tests.petitions.test_handling import newest_notice, told

DAY = timedelta(days=1)


def asked(cast: Cast, action: Any, **values: Any) -> tuple[Petition, Application]:
    """The worker applies for something on a petition in hand."""
    petition = petition_in(State.ACCEPTED, cast)
    action(petition.pk, by=cast.worker, at=LATER, text="等配件", **values)
    petition.refresh_from_db()
    return petition, petition.applications.get()


def decide(application: Application, cast: Cast, *, granted: bool, at: datetime = LATER) -> Petition:
    """The street decides."""
    return applying.application_decide(application.pk, by=cast.street, at=at, granted=granted, text=REASON)


class TestExtension:
    def test_the_street_grants_it_and_everybody_hears(self, cast: Cast) -> None:
        petition, application = asked(cast, applying.petition_ask_extend, until=MUCH_LATER)
        assert told()[-1] == ("street", f"延期待审批：{petition.title}")
        assert petition.clocks.get(kind="resolve", closed_at=None).due_at == NOW + 7 * DAY
        before = newest_notice()
        decide(application, cast, granted=True)
        first, second = petition.clocks.filter(kind="resolve").order_by("pk")
        assert (first.outcome, first.due_at, first.breached_at) == ("moved", NOW + 7 * DAY, None)
        assert (second.outcome, second.due_at, second.started_at) == ("", MUCH_LATER, NOW)
        assert told(before) == [("worker", f"延期已批准：{petition.title}")]
        message = Notice.objects.get(channel="sms", pk__gt=before)
        assert message.title == f"您的诉求 {petition.number} 延期到 12 月 3 日 10:00 答复"

    def test_denied_nothing_moves(self, cast: Cast) -> None:
        petition, application = asked(cast, applying.petition_ask_extend, until=MUCH_LATER)
        decide(application, cast, granted=False)
        assert petition.clocks.get(kind="resolve").due_at == NOW + 7 * DAY
        assert petition.events.latest("pk").verb == Verb.DENY
        assert not application.clocks.filter(closed_at=None).exists()

    def test_after_expiry_it_is_too_late(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        with pytest.raises(ActionRefused, match="已过时限，不能再申请延期"):
            applying.petition_ask_extend(
                petition.pk, by=cast.worker, at=NOW + 8 * DAY, text=REASON, until=NOW + 20 * DAY
            )

    def test_once_is_all_that_the_level_allows(self, cast: Cast) -> None:
        petition, application = asked(cast, applying.petition_ask_extend, until=MUCH_LATER)
        decide(application, cast, granted=True)
        with pytest.raises(ActionRefused, match="最多延期 1 次"):
            applying.petition_ask_extend(petition.pk, by=cast.worker, at=LATER, text=REASON, until=MUCH_LATER + DAY)

    def test_one_application_waits_at_a_time(self, cast: Cast) -> None:
        petition, _application = asked(cast, applying.petition_ask_extend, until=MUCH_LATER)
        with pytest.raises(Changed, match="已经有一份“延期”申请在等审批"):
            applying.petition_ask_extend(petition.pk, by=cast.worker, at=LATER, text=REASON, until=MUCH_LATER)

    def test_an_undecided_one_climbs_to_the_district(self, cast: Cast) -> None:
        asked(cast, applying.petition_ask_extend, until=MUCH_LATER)
        before = newest_notice()
        clocks.sweep(at=NOW + 3 * DAY)
        said = {(name, title.split("：")[0]) for name, title in told(before)}
        assert {("street", "催办"), ("district", "升级")} <= said

    def test_it_lapses_with_the_answer(self, cast: Cast) -> None:
        petition, application = asked(cast, applying.petition_ask_extend, until=MUCH_LATER)
        perform(Verb.CONTACT, petition, cast, by=cast.worker)
        perform(Verb.RESOLVE, petition, cast, by=cast.worker)
        with pytest.raises(Changed):
            decide(application, cast, granted=True)
        application.refresh_from_db()
        assert application.state == Application.State.LAPSED


class TestWhoDecides:
    def test_the_street_and_above_see_it_and_nobody_decides_their_own(self, cast: Cast) -> None:
        _petition, application = asked(cast, applying.petition_ask_extend, until=MUCH_LATER)
        people = ("worker", "head", "street", "other_street", "district", "member")
        seen = [name for name in people if to_decide(scope(getattr(cast, name))).exists()]
        assert seen == ["street", "district"]
        Application.objects.update(by=cast.street)
        assert not to_decide(scope(cast.street)).exists()
        with pytest.raises(ActionRefused, match="由上一级或别人来审批"):
            decide(application, cast, granted=True)

    def test_what_a_street_officer_asks_the_district_decides(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        applying.petition_ask_extend(petition.pk, by=cast.street, at=LATER, text=REASON, until=MUCH_LATER)
        application = petition.applications.get()
        assert application.rung == Petition.Step.DISTRICT
        applying.application_decide(application.pk, by=cast.district, at=LATER, granted=True)
        assert petition.clocks.get(kind="resolve", closed_at=None).due_at == MUCH_LATER


class TestSuspension:
    def suspended(self, cast: Cast, until: datetime = NOW + 4 * DAY) -> Petition:
        petition, application = asked(cast, applying.petition_ask_suspend, until=until)
        decide(application, cast, granted=True, at=NOW + DAY)
        petition.refresh_from_db()
        return petition

    def test_no_clock_of_the_handling_runs_meanwhile(self, cast: Cast) -> None:
        petition = self.suspended(cast)
        assert (petition.state, petition.due_at) == (State.SUSPENDED, None)
        assert set(petition.clocks.filter(closed_at=None).values_list("kind", flat=True)) == {"suspension"}
        clocks.sweep(at=NOW + 3 * DAY)
        assert not petition.events.filter(verb__in=(Verb.URGE, Verb.ESCALATE)).exists()

    def test_it_ends_by_itself_and_the_rest_is_counted_on(self, cast: Cast) -> None:
        petition = self.suspended(cast)
        clocks.sweep(at=NOW + 4 * DAY)
        petition.refresh_from_db()
        assert petition.state == State.ACCEPTED
        event = petition.events.get(verb=Verb.RESUME)
        assert (event.actor, datetime.fromisoformat(event.data["paused_at"])) == ("系统", NOW + DAY)
        assert petition.clocks.get(kind="resolve", closed_at=None).due_at == NOW + 10 * DAY

    def test_it_can_be_ended_before(self, cast: Cast) -> None:
        petition = self.suspended(cast)
        applying.petition_resume(petition.pk, by=cast.worker, at=NOW + 2 * DAY, text="配件到了")
        assert petition.clocks.get(kind="resolve", closed_at=None).due_at == NOW + 8 * DAY
        assert not petition.clocks.filter(kind="suspension", closed_at=None).exists()


class TestReturns:
    def test_within_its_time_it_goes_back_at_once(self, cast: Cast) -> None:
        petition = petition_in(State.DISPATCHED, cast)
        petition = triage.petition_return(petition.pk, by=cast.worker, at=LATER, text="墙外", basis="街道职责清单")
        assert petition.state == State.REGISTERED
        assert petition.events.latest("pk").data == {"handler": "马雪", "basis": "街道职责清单"}

    def test_after_a_working_day_it_is_theirs(self, cast: Cast) -> None:
        petition = petition_in(State.DISPATCHED, cast)
        with pytest.raises(ActionRefused, match="退单时限是"):
            triage.petition_return(petition.pk, by=cast.worker, at=NOW + 2 * DAY, text="墙外")

    def test_each_assignment_has_its_own_time(self, cast: Cast) -> None:
        petition = petition_in(State.DISPATCHED, cast)
        handling.petition_dispatch(
            petition.pk, by=cast.head, at=NOW + 2 * DAY, appointment_id=cast.appointment(cast.colleague).pk
        )
        returned = triage.petition_return(petition.pk, by=cast.colleague, at=NOW + 2 * DAY, text="不是我的楼")
        assert returned.state == State.REGISTERED

    def test_after_three_assignments_the_level_above_decides(self, cast: Cast) -> None:
        petition = petition_in(State.DISPATCHED, cast)
        for name in ("colleague", "worker"):
            to = cast.appointment(getattr(cast, name)).pk
            handling.petition_dispatch(petition.pk, by=cast.head, at=LATER, appointment_id=to)
        with pytest.raises(ActionRefused, match="已经派过 3 次"):
            triage.petition_return(petition.pk, by=cast.worker, at=LATER, text="真不归我")
        applying.petition_ask_return(petition.pk, by=cast.worker, at=LATER, text="真不归我")
        petition.refresh_from_db()
        assert (petition.state, petition.handler) == (State.DISPATCHED, cast.worker)
        decide(petition.applications.get(), cast, granted=True)
        petition.refresh_from_db()
        assert (petition.state, petition.handler) == (State.REGISTERED, None)
        assert petition.events.latest("pk").verb == Verb.TAKE_BACK


class TestReview:
    def test_the_street_reviews_then_the_district_then_nobody(self, cast: Cast) -> None:
        petition = petition_in(State.CLOSED, cast)
        for person, rung in ((cast.street, 2), (cast.district, 3)):
            applying.petition_review(petition.pk, by=None, at=LATER, text="没有真办", actor="居民")
            application = petition.applications.latest("pk")
            assert (application.rung, application.by) == (rung, None)
            due = application.clocks.get().due_at
            assert due == LATER + 30 * DAY
            applying.application_decide(application.pk, by=person, at=LATER, granted=False, text="办理无误")
        assert [row.verb for row in petition.events.order_by("-pk")[:2]] == [Verb.UPHOLD, Verb.REVIEW]
        with pytest.raises(ActionRefused, match="期限已经过了，或都已作出意见"):
            applying.petition_review(petition.pk, by=None, at=LATER, text="还是不服", actor="居民")

    def test_granted_it_is_done_again(self, cast: Cast) -> None:
        petition = petition_in(State.CLOSED, cast)
        applying.petition_review(petition.pk, by=cast.head, at=LATER, text="没有真办")
        decide(petition.applications.get(), cast, granted=True)
        petition.refresh_from_db()
        assert (petition.state, petition.handler) == (State.DISPATCHED, cast.worker)
        assert petition.clocks.filter(closed_at=None, kind="resolve").get().started_at == LATER

    def test_thirty_days_after_the_answer_it_is_too_late(self, cast: Cast) -> None:
        petition = petition_in(State.CLOSED, cast)
        with pytest.raises(ActionRefused, match="期限已经过了"):
            applying.petition_review(petition.pk, by=None, at=NOW + 31 * DAY, text="没有真办", actor="居民")


class TestTriage:
    def test_on_the_spot(self, cast: Cast) -> None:
        petition = petition_in(State.REGISTERED, cast)
        petition = triage.petition_on_spot(petition.pk, by=cast.community_worker, at=LATER, text="当场劝停")
        assert (petition.state, petition.handler, petition.answer) == (
            State.RESOLVED,
            cast.community_worker,
            "当场劝停",
        )
        assert set(petition.clocks.exclude(kind="follow_up").values_list("outcome", flat=True)) == {"met"}

    def test_a_pledge_comes_before_the_deadline(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        triage.petition_pledge(petition.pk, by=cast.worker, at=LATER, until=NOW + 2 * DAY)
        assert petition.clocks.get(kind="resolve", closed_at=None).due_at == NOW + 2 * DAY
        with pytest.raises(ActionRefused, match="要更晚请申请延期"):
            triage.petition_pledge(petition.pk, by=cast.worker, at=LATER, until=NOW + 5 * DAY)

    def test_reported_up_it_is_the_streets_to_dispatch(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        petition = triage.petition_report(petition.pk, by=cast.head, at=LATER, text="要城管来")
        assert (petition.state, petition.handler, petition.escalated_to) == (
            State.REGISTERED,
            None,
            Petition.Step.STREET,
        )
        assert told()[-1] == ("street", f"社区上报：{petition.title}")

    def test_another_level_counts_from_the_start(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        petition = triage.petition_level(petition.pk, by=cast.head, at=NOW + DAY, level="d15", text="要走程序")
        assert petition.level.code == "d15"
        assert petition.clocks.get(kind="resolve", closed_at=None).due_at == NOW + 15 * DAY
        assert petition.events.latest("pk").data["from"] == "d7"


class TestFollowUp:
    def test_it_is_asked_for_the_next_working_day_and_filed_ten_later(self, cast: Cast) -> None:
        petition = petition_in(State.RESOLVED, cast)
        before = newest_notice()
        clocks.sweep(at=NOW + 2 * DAY)
        assert told(before) == [("head", f"催办：{petition.title}")]
        clocks.sweep(at=NOW + 20 * DAY)
        petition.refresh_from_db()
        assert (petition.state, petition.asked_solved) == (State.CLOSED, None)
        assert petition.events.latest("pk").actor == "系统"

    def test_unsolved_it_can_be_done_again_at_once(self, cast: Cast) -> None:
        petition = petition_in(State.RESOLVED, cast)
        ending.petition_close(
            petition.pk,
            by=cast.head,
            at=LATER,
            contacted=True,
            solved=False,
            satisfied=False,
            channel="phone",
            again=True,
        )
        petition.refresh_from_db()
        assert petition.state == State.DISPATCHED
        closed = petition.events.get(verb=Verb.CLOSE)
        assert closed.data == {"contacted": True, "solved": False, "satisfied": False, "channel": "phone"}


def test_the_workbench_shows_what_is_to_be_decided(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, LATER)
    petition, application = asked(cast, applying.petition_ask_extend, until=MUCH_LATER)
    assert f"等您审批 马雪申请延期：{petition.title}" in text_of(cast.street, reverse("workbench"))
    assert "等您审批" not in text_of(cast.head, reverse("workbench"))
    assert queries_of(client_of(cast.street), reverse("workbench")) <= 12
    address = reverse("petition-decide", args=[petition.number, application.pk])
    said = client_of(cast.street).post(address, {"granted": "yes", "text": ""}, follow=True).content.decode()
    assert "已决定，申请人马上收到" in said
    assert petition.clocks.get(kind="resolve", closed_at=None).due_at == MUCH_LATER


class TestByTheResident:
    def test_a_late_petition_can_be_hurried_once_an_hour(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        at = NOW + 8 * DAY
        set_now(monkeypatch, at)
        page = reverse("track-detail", args=[petition.number, petition.query_code])
        assert "催一催" in client_of(None).get(page).content.decode()
        address, before = reverse("track-press", args=[petition.number, petition.query_code]), newest_notice()
        assert "已催办" in client_of(None).post(address, follow=True).content.decode()
        assert "一小时内已经催过了" in client_of(None).post(address, follow=True).content.decode()
        assert told(before) == [("worker", f"催办：{petition.title}")]

    def test_a_review_can_be_asked_for_and_followed(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        petition = petition_in(State.CLOSED, cast)
        set_now(monkeypatch, LATER)
        address = reverse("track-review", args=[petition.number, petition.query_code])
        said = client_of(None).post(address, {"text": "只修了一半"}, follow=True).content.decode()
        assert "收到您的复查申请" in said
        assert "12 月 23 日 10:05 前答复您的复查申请" in said
        assert "对办理不服" not in said
        applying.application_decide(
            petition.applications.get().pk, by=cast.street, at=LATER, granted=False, text="两盏都亮"
        )
        page = reverse("track-detail", args=[petition.number, petition.query_code])
        assert "复查后维持原答复" in client_of(None).get(page).content.decode()
