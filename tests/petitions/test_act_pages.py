"""Acting on a petition through its pages: each verb, refusals, conflicts, and buttons pressed twice."""

from datetime import timedelta

import pytest
from django.urls import reverse

from grid.models import Staff
from petitions.actions import clocks, ending, handling
from petitions.models import Petition
from petitions.workflow import State, Verb
from tests.factories import NOW, Cast, make_petition
from tests.petitions.acts import petition_in
from tests.petitions.pages import client_of, set_now, words

AT = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, AT)


def address(petition: Petition, verb: str) -> str:
    return reverse("petition-act", args=[petition.number, verb])


def send(staff: Staff, petition: Petition, verb: str, version: int | None = None, **data: object) -> str:
    """Send a form and follow where it leads; the words of the page that comes."""
    seen = petition.version if version is None else version
    response = client_of(staff).post(address(petition, verb), {"version": seen, **data}, follow=True)
    assert response.status_code == 200
    return words(response.content.decode())


class TestEachVerb:
    @pytest.mark.parametrize(
        ("verb", "state", "name", "data", "ends", "says"),
        [
            ("accept", State.DISPATCHED, "worker", {}, State.ACCEPTED, "已签收，下一步请在"),
            ("contact", State.ACCEPTED, "worker", {"text": "约好下午"}, State.ACCEPTED, "已记下首次联系"),
            ("note", State.ACCEPTED, "worker", {"text": "灯座坏了"}, State.ACCEPTED, "已记下"),
            ("return", State.ACCEPTED, "worker", {"text": "归物业"}, State.REGISTERED, "已退回待派单"),
            ("refuse", State.DISPATCHED, "head", {"ground": "police"}, State.REFUSED, "已不予受理"),
            ("reopen", State.CLOSED, "head", {"text": "又坏了"}, State.DISPATCHED, "已重新开始办理"),
            ("supplement", State.CLOSED, "worker", {"text": "又来电话"}, State.CLOSED, "已补充"),
            ("supervise", State.DISPATCHED, "street", {"text": "今天办好"}, State.DISPATCHED, "督办已发给"),
            (
                "acknowledge",
                State.DISPATCHED,
                "head",
                {"text": "等配件", "hours": 4},
                State.DISPATCHED,
                "已知悉，升级暂缓",
            ),
            (
                "close",
                State.RESOLVED,
                "head",
                {"contacted": "yes", "solved": "no", "satisfied": ""},
                State.CLOSED,
                "已回访，工单归档",
            ),
        ],
    )
    def test_it_is_done_and_said(
        self, cast: Cast, verb: str, state: State, name: str, data: dict[str, object], ends: State, says: str
    ) -> None:
        petition, staff = petition_in(state, cast), getattr(cast, name)
        assert client_of(staff).get(address(petition, verb)).status_code == 200
        assert says in send(staff, petition, verb, **data)
        petition.refresh_from_db()
        assert petition.state == ends
        event = petition.events.last()
        assert (event.verb, event.by, event.at) == (verb, staff, AT)

    def test_the_answer_reaches_the_resident(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        handling.petition_contact(petition.pk, by=cast.worker, at=NOW, text="约好")
        petition.refresh_from_db()
        assert "已办结，答复已发给诉求人" in send(cast.worker, petition, "resolve", text="灯已换好", outcome="solved")
        petition.refresh_from_db()
        assert (petition.state, petition.answer) == (State.RESOLVED, "灯已换好")

    def test_the_three_answers_are_kept_apart(self, cast: Cast) -> None:
        petition = petition_in(State.RESOLVED, cast)
        send(cast.head, petition, "close", contacted="yes", solved="no", satisfied="")
        petition.refresh_from_db()
        answers = (petition.asked_contacted, petition.asked_solved, petition.asked_satisfied)
        assert answers == (True, False, None)

    def test_dispatching_chooses_among_the_own_people_by_place(self, cast: Cast) -> None:
        petition = petition_in(State.REGISTERED, cast)
        form = client_of(cast.head).get(address(petition, "dispatch")).content.decode()
        assert '<optgroup label="双合家园社区 第二网格">' in form
        assert "赵强（网格员）" in form
        assert "吴刚" not in form
        to = cast.appointment(cast.colleague).pk
        assert "已派单" in send(cast.head, petition, "dispatch", appointment=to, text="您熟")
        petition.refresh_from_db()
        assert (petition.handler, petition.grid) == (cast.colleague, cast.second_grid)

    def test_nobody_outside_can_be_chosen(self, cast: Cast) -> None:
        petition = petition_in(State.REGISTERED, cast)
        said = send(cast.head, petition, "dispatch", appointment=cast.appointment(cast.outsider).pk, text="去吧")
        assert "请选择本辖区在岗的人员" in said
        petition.refresh_from_db()
        assert petition.handler is None


class TestForms:
    def test_in_place_it_is_only_the_form(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        part = client_of(cast.worker).get(address(petition, "note"), HTTP_HX_REQUEST="true").content.decode()
        assert part.lstrip().startswith("<form")
        assert f'name="version" value="{petition.version}"' in part

    def test_a_verb_that_is_not_possible_leads_back_with_the_reason(self, cast: Cast) -> None:
        petition = petition_in(State.CLOSED, cast)
        response = client_of(cast.worker).get(address(petition, "accept"), follow=True)
        assert response.redirect_chain == [(reverse("petition-detail", args=[petition.number]), 302)]
        assert "这件工单现在是“已归档”，您不能做“签收”" in response.content.decode()

    @pytest.mark.parametrize(
        ("verb", "state", "name"),
        [
            ("contact", State.ACCEPTED, "worker"),
            ("resolve", State.ACCEPTED, "worker"),
            ("return", State.ACCEPTED, "worker"),
            ("reopen", State.CLOSED, "head"),
            ("acknowledge", State.DISPATCHED, "head"),
            ("supervise", State.DISPATCHED, "street"),
        ],
    )
    def test_a_reason_is_asked_for(self, cast: Cast, verb: str, state: State, name: str) -> None:
        petition = petition_in(state, cast)
        assert "请写明情况或理由" in send(getattr(cast, name), petition, verb, text="  ", hours=2)
        assert petition.events.filter(verb=verb, at=AT).count() == 0

    def test_a_ground_is_asked_for_and_the_words_stay(self, cast: Cast) -> None:
        petition = petition_in(State.DISPATCHED, cast)
        said = send(cast.head, petition, "refuse", text="已经告诉他了")
        assert "请选择不予受理的情形" in said
        assert "已经告诉他了" in said

    def test_a_refusal_by_the_rules_keeps_the_words(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        said = send(cast.worker, petition, "resolve", text="灯已换好", outcome="solved")
        assert "还没有联系过诉求人，请先“联系居民”再办结" in said
        assert "灯已换好" in said

    def test_a_text_too_long_is_told(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        assert "2000" in send(cast.worker, petition, "note", text="长" * 2001)


class TestConflicts:
    def test_what_changed_is_shown_and_the_words_stay(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        handling.petition_contact(petition.pk, by=cast.deputy, at=NOW, text="我先打过电话了")
        said = send(cast.worker, petition, "note", text="灯座坏了，写了很多")
        assert "这件工单刚刚有了新的变化" in said
        assert "灯座坏了，写了很多" in said
        assert "首次联系 周敏 我先打过电话了" in said
        assert not petition.events.filter(verb=Verb.NOTE).exists()

    def test_sending_it_again_takes_it_up(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        handling.petition_contact(petition.pk, by=cast.deputy, at=NOW, text="打过电话")
        client = client_of(cast.worker)
        again = client.post(address(petition, "note"), {"version": petition.version, "text": "灯座坏了"})
        assert f'name="version" value="{petition.version + 1}"' in again.content.decode()
        assert "已记下" in send(cast.worker, petition, "note", version=petition.version + 1, text="灯座坏了")

    def test_when_it_is_no_longer_possible_the_words_can_be_copied(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        ending.petition_refuse(petition.pk, by=cast.head, at=NOW, ground="court")
        said = send(cast.worker, petition, "note", text="写了很多")
        assert "这件工单已是“不予受理”（林书记 11-23 10:00 不予受理），不能再“办理记录”" in said
        assert "您刚才写的，可以复制留用 写了很多" in said

    def test_two_accept_at_once_and_one_is_told(self, cast: Cast) -> None:
        petition = petition_in(State.DISPATCHED, cast)
        assert "已签收" in send(cast.worker, petition, "accept")
        said = send(cast.deputy, petition, "accept")
        assert "这件工单已是“办理中”（马雪" in said
        assert petition.events.filter(verb=Verb.ACCEPT).count() == 1

    @pytest.mark.parametrize(
        ("verb", "data"), [("accept", {}), ("note", {"text": "灯座坏了"}), ("return", {"text": "归物业"})]
    )
    def test_a_button_pressed_twice_is_no_conflict(self, cast: Cast, verb: str, data: dict[str, object]) -> None:
        petition = petition_in(State.DISPATCHED if verb == "accept" else State.ACCEPTED, cast)
        first, second = send(cast.worker, petition, verb, **data), send(cast.worker, petition, verb, **data)
        assert "新的变化" not in second
        assert "不能再" not in second
        assert petition.events.filter(verb=verb).count() == 1
        assert first

    def test_another_note_from_an_old_page_is_not_swallowed(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        send(cast.worker, petition, "note", text="第一条")
        assert "新的变化" in send(cast.worker, petition, "note", text="第二条")

    def test_the_sweep_is_no_conflict(self, cast: Cast) -> None:
        petition = make_petition(cast, text="3号楼2单元302电箱冒烟")
        clocks.sweep(at=NOW + timedelta(minutes=16))
        assert "已签收" in send(cast.worker, petition, "accept")

    def test_a_bad_version_is_not_a_crash(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        response = client_of(cast.worker).post(address(petition, "note"), {"version": "x", "text": "写了"})
        assert response.status_code == 200
        assert "写了" in response.content.decode()


def test_pages_of_acts_refuse_without_the_token(cast: Cast) -> None:
    petition = petition_in(State.DISPATCHED, cast)
    client = client_of(cast.worker)
    client.handler.enforce_csrf_checks = True
    assert client.post(address(petition, "accept"), {"version": petition.version}).status_code == 403
    petition.refresh_from_db()
    assert petition.state == State.DISPATCHED
