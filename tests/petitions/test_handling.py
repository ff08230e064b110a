"""What each verb does, one class a verb: who has the petition, which clocks run, who is told."""

from datetime import timedelta
from typing import Any

import pytest

from community_portal.notices.models import Notice
from grid.models import Appointment
from petitions.actions import clocks, ending, handling, pressing, public, triage
from petitions.actions.base import ActionRefused, Changed
from petitions.catalogue import forget_catalogue
from petitions.forms.acts.loop import RefuseForm
from petitions.models import Ground, Petition
from petitions.workflow import State, Verb
from tests.factories import NOW, PHONE, Cast, make_petition, make_staff
from tests.petitions.acts import LATER, REASON, perform, petition_in
from tests.threads import at_once


def outcomes(petition: Petition) -> dict[str, str]:
    """The outcome of the newest clock of each kind; "" while it runs."""
    return dict(petition.clocks.order_by("pk").values_list("kind", "outcome"))


def told(since: int = 0) -> list[tuple[str, str]]:
    """Who was told what, in the portal, after a notice."""
    rows = Notice.objects.filter(channel="portal", pk__gt=since).order_by("pk")
    return [(notice.staff.username, notice.title) for notice in rows.select_related("staff") if notice.staff]


def newest_notice() -> int:
    """The newest notice's id."""
    return Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def to(cast: Cast, name: str) -> dict[str, Any]:
    """The dispatch to a person of the cast."""
    return {"appointment_id": cast.appointment(getattr(cast, name)).pk}


class TestDispatch:
    def test_it_moves_to_the_new_worker_and_tells_both(self, cast: Cast) -> None:
        petition, before = make_petition(cast), newest_notice()
        petition = handling.petition_dispatch(petition.pk, by=cast.head, at=LATER, text="顺路", **to(cast, "colleague"))
        assert (petition.handler, petition.grid, petition.state) == (
            cast.colleague,
            cast.second_grid,
            State.DISPATCHED,
        )
        assert told(before) == [("worker", f"已改派：{petition.title}"), ("colleague", f"派给您：{petition.title}")]
        assert petition.household == cast.household

    def test_the_sign_in_clock_starts_anew_for_them(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        handling.petition_dispatch(petition.pk, by=cast.head, at=NOW + timedelta(days=1), **to(cast, "colleague"))
        petition.refresh_from_db()
        first, second = petition.clocks.filter(kind="sign_in").order_by("pk")
        assert (first.outcome, second.outcome, second.started_at) == ("met", "", NOW + timedelta(days=1))
        assert outcomes(petition) == {"sign_in": "", "contact": "", "resolve": ""}

    def test_a_running_sign_in_clock_is_cancelled_not_met(self, cast: Cast) -> None:
        petition = make_petition(cast)
        handling.petition_dispatch(petition.pk, by=cast.head, at=LATER, **to(cast, "colleague"))
        assert list(petition.clocks.filter(kind="sign_in").order_by("pk").values_list("outcome", flat=True)) == [
            "cancelled",
            "",
        ]

    def test_a_street_officer_can_move_it_to_another_community(self, cast: Cast) -> None:
        petition = petition_in(State.REGISTERED, cast)
        petition = handling.petition_dispatch(petition.pk, by=cast.street, at=LATER, **to(cast, "outsider"))
        assert (petition.community, petition.grid, petition.handler) == (cast.next_community, None, cast.outsider)

    def test_it_can_be_taken_up_by_the_street_itself(self, cast: Cast) -> None:
        petition = make_petition(cast)
        petition = handling.petition_dispatch(petition.pk, by=cast.street, at=LATER, **to(cast, "street"))
        assert (petition.handler, petition.community) == (cast.street, cast.community)

    @pytest.mark.parametrize("name", ["outsider", "other_street", "district"])
    def test_nobody_outside_the_actors_scope_can_be_chosen(self, cast: Cast, name: str) -> None:
        petition = make_petition(cast)
        with pytest.raises(ActionRefused, match="请选择本辖区在岗的人员"):
            handling.petition_dispatch(petition.pk, by=cast.head, at=LATER, **to(cast, name))

    def test_somebody_who_has_left_cannot_be_chosen(self, cast: Cast) -> None:
        petition = make_petition(cast)
        Appointment.objects.filter(staff=cast.colleague).update(ends_on=NOW.date() - timedelta(days=1))
        with pytest.raises(ActionRefused, match="请选择本辖区在岗的人员"):
            handling.petition_dispatch(petition.pk, by=cast.head, at=LATER, **to(cast, "colleague"))


class TestAccept:
    def test_the_sign_in_clock_is_met_and_the_others_run_on(self, cast: Cast) -> None:
        petition = handling.petition_accept(make_petition(cast).pk, by=cast.worker, at=LATER)
        assert outcomes(petition) == {"sign_in": "met", "contact": "", "resolve": ""}
        assert petition.due_at == petition.clocks.get(kind="contact").due_at

    def test_whoever_accepts_has_it_and_the_other_is_told(self, cast: Cast) -> None:
        petition, before = make_petition(cast), newest_notice()
        petition = handling.petition_accept(petition.pk, by=cast.deputy, at=LATER)
        assert petition.handler == cast.deputy
        assert told(before) == [("worker", f"周敏 已替您签收：{petition.title}")]

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_make_one_acceptance_and_one_clear_message(self, cast: Cast) -> None:
        petition = make_petition(cast)
        results = at_once(
            lambda: handling.petition_accept(petition.pk, by=cast.worker, at=LATER),
            lambda: handling.petition_accept(petition.pk, by=cast.deputy, at=LATER),
        )
        (winner,) = [each for each in results if isinstance(each, Petition)]
        (refusal,) = [each for each in results if isinstance(each, Changed)]
        assert winner.handler is not None
        assert str(refusal) == f"这件工单已是“办理中”（{winner.handler.name} 11-23 10:05 签收），不能再“签收”"
        assert petition.events.filter(verb=Verb.ACCEPT).count() == 1
        assert Petition.objects.get(pk=petition.pk).handler == winner.handler


class TestContact:
    def test_the_contact_clock_is_met(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        petition = handling.petition_contact(petition.pk, by=cast.worker, at=LATER, text="约好下午三点上门")
        assert outcomes(petition) == {"sign_in": "met", "contact": "met", "resolve": ""}
        assert petition.due_at == petition.clocks.get(kind="resolve").due_at

    def test_a_second_contact_is_only_recorded(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        for minutes in (5, 10):
            handling.petition_contact(petition.pk, by=cast.worker, at=NOW + timedelta(minutes=minutes), text=REASON)
        assert petition.clocks.get(kind="contact").closed_at == NOW + timedelta(minutes=5)
        assert petition.events.filter(verb=Verb.CONTACT).count() == 2


class TestNote:
    def test_it_changes_nothing_but_the_record(self, cast: Cast) -> None:
        petition, before = petition_in(State.ACCEPTED, cast), newest_notice()
        after = handling.petition_note(petition.pk, by=cast.worker, at=LATER, text="  等配件  ")
        assert (after.state, after.due_at, after.handler) == (petition.state, petition.due_at, petition.handler)
        assert after.events.latest("pk").text == "等配件"
        assert newest_notice() == before


class TestResolve:
    def test_it_needs_a_contact_first(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        with pytest.raises(ActionRefused, match="还没有联系过诉求人"):
            handling.petition_resolve(petition.pk, by=cast.worker, at=LATER, text=REASON)
        petition.refresh_from_db()
        assert petition.state == State.ACCEPTED

    def test_nobody_can_be_contacted_without_a_phone(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast, caller_phone="", anonymous=True)
        petition = handling.petition_resolve(petition.pk, by=cast.worker, at=LATER, text=REASON)
        assert petition.state == State.RESOLVED
        assert not Notice.objects.filter(channel="sms").exists()

    def test_every_clock_stops_and_the_petitioner_gets_the_answer(self, cast: Cast) -> None:
        petition = petition_in(State.RESOLVED, cast)
        assert outcomes(petition) == {"sign_in": "met", "contact": "met", "resolve": "met", "follow_up": ""}
        assert (petition.due_at, petition.answer, petition.resolved_at) == (None, REASON, NOW)
        message = Notice.objects.get(channel="sms")
        assert (message.phone, message.title) == (PHONE, f"您的诉求 {petition.number} 已答复")
        assert message.body == REASON

    def test_an_answer_after_the_deadline_counts_as_late(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        due = petition.clocks.get(kind="resolve").due_at
        assert due is not None
        handling.petition_contact(petition.pk, by=cast.worker, at=LATER, text=REASON)
        handling.petition_resolve(petition.pk, by=cast.worker, at=due + timedelta(seconds=1), text=REASON)
        clock = petition.clocks.get(kind="resolve")
        assert (clock.outcome, clock.breached_at) == ("met", due)


class TestClose:
    @pytest.mark.parametrize("answers", [(True, True, False), (True, False, False), (None, None, None)])
    def test_the_three_answers_are_kept_apart(self, cast: Cast, answers: tuple[bool | None, ...]) -> None:
        contacted, solved, satisfied = answers
        petition = petition_in(State.RESOLVED, cast)
        petition = ending.petition_close(
            petition.pk, by=cast.head, at=LATER, contacted=contacted, solved=solved, satisfied=satisfied
        )
        petition.refresh_from_db()
        assert (petition.asked_contacted, petition.asked_solved, petition.asked_satisfied) == answers
        assert (petition.state, petition.closed_at) == (State.CLOSED, LATER)


class TestReturn:
    def test_it_waits_in_the_queue_without_a_handler_while_the_clocks_run(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        petition = triage.petition_return(petition.pk, by=cast.worker, at=LATER, text="不归我管")
        assert (petition.state, petition.handler, petition.community) == (State.REGISTERED, None, cast.community)
        assert outcomes(petition) == {"sign_in": "met", "contact": "", "resolve": ""}
        assert petition.events.latest("pk").data == {"handler": "马雪"}

    def test_those_who_dispatch_are_told(self, cast: Cast) -> None:
        petition, before = make_petition(cast), newest_notice()
        triage.petition_return(petition.pk, by=cast.worker, at=LATER, text="不归我管")
        notices = Notice.objects.filter(pk__gt=before, title__startswith="退回待派")
        assert {each.staff_id for each in notices} == {cast.head.pk, cast.community_worker.pk}
        assert all(each.path and each.body == "不归我管" for each in notices)


class TestRefuse:
    def test_it_says_where_to_turn_and_stops_the_clocks(self, cast: Cast) -> None:
        petition = make_petition(cast)
        petition = ending.petition_refuse(petition.pk, by=cast.head, at=LATER, ground="police", text="已代为报警")
        assert (petition.state, petition.closed_at, petition.due_at) == (State.REFUSED, LATER, None)
        assert set(outcomes(petition).values()) == {"cancelled"}
        message = Notice.objects.get(channel="sms")
        assert "110" in message.body
        assert "已代为报警" in message.body

    def test_only_listed_grounds_count(self, cast: Cast) -> None:
        petition = make_petition(cast)
        with pytest.raises(ActionRefused, match="请选择不予受理的情形"):
            ending.petition_refuse(petition.pk, by=cast.head, at=LATER, ground="too busy", text=REASON)

    def test_the_list_is_data(self, cast: Cast) -> None:
        Ground.objects.filter(code="court").update(is_active=False)
        Ground.objects.create(use="refuse", code="elsewhere", words="属于物业合同纠纷，请向法院反映", rank=1)
        forget_catalogue()
        petition = make_petition(cast)
        offered = dict(RefuseForm(petition=petition, staff=cast.head, now=LATER).fields["ground"].choices)
        assert "elsewhere" in offered
        assert "court" not in offered
        with pytest.raises(ActionRefused, match="请选择不予受理的情形"):
            ending.petition_refuse(petition.pk, by=cast.head, at=LATER, ground="court")
        petition = ending.petition_refuse(petition.pk, by=cast.head, at=LATER, ground="elsewhere")
        assert petition.answer.startswith("属于物业合同纠纷")


class TestReopen:
    def test_it_goes_back_to_its_handler_with_fresh_clocks(self, cast: Cast) -> None:
        petition, before = petition_in(State.CLOSED, cast), newest_notice()
        petition = ending.petition_reopen(petition.pk, by=cast.head, at=LATER, text="灯又灭了")
        assert (petition.state, petition.handler, petition.escalated_to) == (State.DISPATCHED, cast.worker, 0)
        assert (petition.closed_at, petition.resolved_at, petition.asked_solved) == (None, None, None)
        running = petition.clocks.filter(closed_at=None)
        assert {clock.kind: clock.started_at for clock in running} == dict.fromkeys(
            ("sign_in", "contact", "resolve"), LATER
        )
        assert petition.due_at == min(clock.due_at for clock in running if clock.due_at)
        assert told(before) == [("worker", f"重办：{petition.title}")]

    def test_it_waits_in_the_queue_when_the_handler_has_left(self, cast: Cast) -> None:
        petition = petition_in(State.CLOSED, cast)
        Appointment.objects.filter(staff=cast.worker).update(ends_on=NOW.date() - timedelta(days=1))
        petition = ending.petition_reopen(petition.pk, by=cast.head, at=LATER, text="灯又灭了")
        assert (petition.state, petition.handler) == (State.REGISTERED, None)

    def test_it_waits_in_the_queue_when_it_never_had_a_handler(self, cast: Cast) -> None:
        petition = petition_in(State.REGISTERED, cast)
        perform(Verb.REFUSE, petition, cast, by=cast.head)
        petition = ending.petition_reopen(petition.pk, by=cast.head, at=LATER, text="有新的材料")
        assert (petition.state, petition.handler) == (State.REGISTERED, None)


class TestAcknowledge:
    def test_the_ladder_rests_for_the_chosen_hours(self, cast: Cast) -> None:
        petition = make_petition(cast, text="3号楼2单元302电箱冒烟")
        until = LATER + timedelta(hours=4)
        pressing.petition_acknowledge(petition.pk, by=cast.head, at=LATER, text="电工在路上", hours=4)
        assert set(petition.clocks.values_list("acknowledged_until", "next_check_at")) == {(until, until)}
        assert petition.events.latest("pk").data == {"hours": 4, "until": until.isoformat()}

    @pytest.mark.parametrize("hours", [0, 3, 1000, -2])
    def test_only_the_offered_lengths_count(self, cast: Cast, hours: int) -> None:
        petition = make_petition(cast)
        with pytest.raises(ActionRefused, match="请选择暂缓升级的时长"):
            pressing.petition_acknowledge(petition.pk, by=cast.head, at=LATER, text=REASON, hours=hours)


class TestSupervise:
    def test_the_handler_and_the_heads_are_told_at_once(self, cast: Cast) -> None:
        second = make_staff("head2", "副书记", "community_head", division=cast.community)
        petition, before = make_petition(cast), newest_notice()
        pressing.petition_supervise(petition.pk, by=cast.street, at=LATER, text="今天必须修好")
        title = f"督办：{petition.title}"
        assert sorted(told(before)) == sorted([("worker", title), ("head", title), (second.username, title)])

    def test_the_head_who_supervises_is_not_told(self, cast: Cast) -> None:
        petition, before = make_petition(cast), newest_notice()
        pressing.petition_supervise(petition.pk, by=cast.head, at=LATER, text="今天必须修好")
        assert told(before) == [("worker", f"督办：{petition.title}")]


class TestSupplement:
    def test_the_handler_is_told_what_was_added(self, cast: Cast) -> None:
        petition, before = petition_in(State.ACCEPTED, cast), newest_notice()
        public.petition_supplement(petition.pk, at=LATER, text="二楼的灯也坏了")
        assert told(before) == [("worker", f"有补充：{petition.title}")]
        event = petition.events.latest("pk")
        assert (event.actor, event.by, event.text) == ("居民", None, "二楼的灯也坏了")

    def test_the_same_words_are_kept_once(self, cast: Cast) -> None:
        petition = make_petition(cast)
        for text in (petition.text, "二楼的灯也坏了", " 二楼的灯也坏了 "):
            public.petition_supplement(petition.pk, at=LATER, text=text)
        assert petition.events.filter(verb=Verb.SUPPLEMENT).count() == 1


class TestRate:
    def rate(self, petition: Petition, *, solved: bool, satisfied: bool, text: str = "") -> Petition:
        """The petitioner's three answers."""
        return public.petition_rate(
            petition.pk, at=LATER, contacted=True, solved=solved, satisfied=satisfied, text=text
        )

    def test_a_good_one_files_it(self, cast: Cast) -> None:
        petition = self.rate(petition_in(State.RESOLVED, cast), solved=True, satisfied=True)
        assert (petition.state, petition.closed_at) == (State.CLOSED, LATER)
        assert petition.events.latest("pk").data == {"contacted": True, "solved": True, "satisfied": True}

    @pytest.mark.parametrize(("solved", "satisfied"), [(False, False), (True, False), (False, True)])
    def test_a_bad_one_is_recorded_and_does_it_again(self, cast: Cast, solved: bool, satisfied: bool) -> None:
        petition = petition_in(State.RESOLVED, cast)
        petition = self.rate(petition, solved=solved, satisfied=satisfied, text="灯还是不亮")
        assert (petition.state, petition.handler) == (State.DISPATCHED, cast.worker)
        rated, again = petition.events.order_by("-pk")[:2][::-1]
        assert (rated.verb, rated.data["solved"], rated.data["satisfied"]) == (Verb.RATE, solved, satisfied)
        assert (again.verb, again.actor, again.text) == (Verb.REOPEN, "居民", "灯还是不亮")
        assert petition.clocks.filter(closed_at=None).count() == 3

    def test_a_second_rating_finds_nothing_to_rate(self, cast: Cast) -> None:
        petition = petition_in(State.RESOLVED, cast)
        self.rate(petition, solved=True, satisfied=True)
        with pytest.raises(Changed, match="已是“已归档”（居民 11-23 10:05 评价）"):
            self.rate(petition, solved=False, satisfied=False)

    def test_its_new_clocks_are_swept_like_any_other(self, cast: Cast) -> None:
        petition = self.rate(petition_in(State.RESOLVED, cast), solved=False, satisfied=False)
        clocks.sweep(at=LATER + timedelta(days=30))
        petition.refresh_from_db()
        assert petition.escalated_to == Petition.Step.DISTRICT
