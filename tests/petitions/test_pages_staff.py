"""Who gets which staff page; the workbench and the order list as each person sees them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from community_portal.notices.models import Notice
from grid.models import Staff
from petitions.actions import clocks, handling
from petitions.models import Petition
from petitions.workflow import State
from tests.factories import NOW, Cast, make_petition
from tests.petitions.acts import petition_in
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

URGENT = "3号楼2单元302电箱冒烟"
PLAIN_PAGES = ("workbench", "petition-list", "escalations")
EVERYBODY = (
    "worker",
    "deputy",
    "colleague",
    "community_worker",
    "head",
    "outsider",
    "outer_worker",
    "street",
    "other_street",
    "district",
    "nobody",
    "admin",
)
SEE_IT = {"worker", "deputy", "community_worker", "head", "street", "district"}
HAVE_POSTS = set(EVERYBODY) - {"nobody", "admin"}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW + timedelta(minutes=5))


def person(cast: Cast, name: str) -> Staff:
    return getattr(cast, name)


class TestAccess:
    @pytest.mark.parametrize("page", PLAIN_PAGES)
    def test_strangers_are_sent_to_sign_in(self, cast: Cast, page: str) -> None:
        address = reverse(page)
        response = client_of(None).get(address)
        assert (response.status_code, response.url) == (302, f"{reverse('sign-in')}?next={address}")

    @pytest.mark.parametrize("page", PLAIN_PAGES)
    @pytest.mark.parametrize("name", EVERYBODY)
    def test_every_page_opens_for_staff_and_says_so_without_a_post(self, cast: Cast, page: str, name: str) -> None:
        said = text_of(person(cast, name), reverse(page))
        assert ("您的账号还没有任职" in said) == (name not in HAVE_POSTS)

    @pytest.mark.parametrize("verb", ["", "accept", "dispatch", "acknowledge"])
    @pytest.mark.parametrize("name", EVERYBODY)
    def test_an_order_outside_the_scope_looks_like_none(self, cast: Cast, name: str, verb: str) -> None:
        petition = make_petition(cast)
        client = client_of(person(cast, name))
        answers = [
            client.get(f"/petitions/{number}/{verb}/" if verb else f"/petitions/{number}/")
            for number in (petition.number, "SQ20010101-000001")
        ]
        if name in SEE_IT:
            assert answers[0].status_code in (200, 302)
            assert answers[1].status_code == 404
        else:
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].content == answers[1].content

    @pytest.mark.parametrize("path", ["", "accept/", "reveal/"])
    def test_strangers_cannot_act(self, cast: Cast, path: str) -> None:
        petition = make_petition(cast)
        response = client_of(None).post(f"/petitions/{petition.number}/{path}")
        assert response.status_code in (302, 405)
        petition.refresh_from_db()
        assert petition.state == State.DISPATCHED

    @pytest.mark.parametrize("name", sorted(set(EVERYBODY) - SEE_IT))
    @pytest.mark.parametrize("path", ["accept/", "note/", "reveal/", "supervise/"])
    def test_nobody_outside_can_act(self, cast: Cast, name: str, path: str) -> None:
        petition = make_petition(cast)
        response = client_of(person(cast, name)).post(
            f"/petitions/{petition.number}/{path}", {"text": "x", "purpose": "核对"}
        )
        assert response.status_code == 404
        assert petition.events.count() == 2

    @pytest.mark.parametrize("verb", ["register", "warn", "rate", "nonsense"])
    def test_what_no_hand_does_has_no_page(self, cast: Cast, verb: str) -> None:
        petition = make_petition(cast)
        assert client_of(cast.head).get(f"/petitions/{petition.number}/{verb}/").status_code == 404


class TestWorkbench:
    def test_a_worker_sees_what_is_due_first_first(self, cast: Cast) -> None:
        make_petition(cast)
        make_petition(cast, text=URGENT)
        said = text_of(cast.worker, reverse("workbench"))
        assert "上午好，今天先办这 1 件" in said
        assert "11 月 23 日 星期一 · 1 件今天到期" in said
        assert said.index("电箱冒烟") < said.index("楼道的灯")
        assert "剩 10 分 3号楼2单元302电箱冒烟 电话 · 2 小时件 · 签收 签收：3号楼2单元302电箱冒烟" in said

    def test_a_late_one_says_what_was_done_and_what_comes(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        make_petition(cast, text=URGENT)
        at = NOW + timedelta(minutes=16)
        clocks.sweep(at=at)
        set_now(monkeypatch, at)
        said = text_of(cast.worker, reverse("workbench"))
        assert "1 件已过时限" in said
        assert "过时限 1 分" in said
        assert "已催办，今天 10:30 升级到社区书记" in said

    def test_the_next_step_follows_the_state(self, cast: Cast) -> None:
        petition = make_petition(cast)
        steps = []
        for act in (handling.petition_accept, handling.petition_contact, handling.petition_resolve):
            said = text_of(cast.worker, reverse("workbench"))
            steps.append(next(word for word in ("办结并答复", "联系居民", "签收：") if word in said))
            more = {} if act == handling.petition_accept else {"text": "好"}
            act(petition.pk, by=cast.worker, at=NOW, **more)
        assert steps == ["签收：", "联系居民", "办结并答复"]
        assert "手上没有在办的工单" in text_of(cast.worker, reverse("workbench"))

    def test_somebody_elses_is_not_on_a_colleagues_desk(self, cast: Cast) -> None:
        make_petition(cast)
        assert "楼道的灯" not in text_of(cast.deputy, reverse("workbench"))
        assert "楼道的灯" in text_of(cast.head, reverse("workbench"))

    def test_what_nobody_has_taken_is_to_be_dispatched(self, cast: Cast) -> None:
        petition_in(State.REGISTERED, cast)
        said = text_of(cast.head, reverse("workbench"))
        assert "1 件待派单" in said
        assert "1 待派单" in said
        assert "派单：" in said

    def test_the_street_sees_what_reached_it_and_what_nobody_has(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_petition(cast, text=URGENT)
        petition_in(State.REGISTERED, cast)
        assert "没有升级上来的事" in text_of(cast.street, reverse("workbench"))
        at = NOW + timedelta(hours=2)
        clocks.sweep(at=at)
        set_now(monkeypatch, at)
        said = text_of(cast.street, reverse("workbench"))
        assert "中午好，1 件升级到您这里" in said
        assert said.index("电箱冒烟") < said.index("狗叫")
        assert "知悉：3号楼2单元302电箱冒烟" in said

    def test_messages_are_read_once(self, cast: Cast) -> None:
        make_petition(cast)
        client = client_of(cast.worker)
        assert "新工单：" in text_of(cast.worker, reverse("workbench"))
        assert client.get(reverse("notices-read")).status_code == 405
        assert client.post(reverse("notices-read")).url == reverse("workbench")
        assert "没有新消息" in text_of(cast.worker, reverse("workbench"))
        assert Notice.objects.filter(staff=cast.worker, read_at=None).count() == 0

    def test_other_peoples_messages_stay_unread(self, cast: Cast) -> None:
        make_petition(cast)
        client_of(cast.head).post(reverse("notices-read"))
        assert Notice.objects.filter(staff=cast.worker, read_at=None).count() == 1

    def test_the_day_is_counted(self, cast: Cast) -> None:
        petition = make_petition(cast)
        handling.petition_accept(petition.pk, by=cast.worker, at=NOW)
        said = text_of(cast.worker, reverse("workbench"))
        assert "1 新来 1 我签收 0 我联系 0 我办结" in said


class TestList:
    @pytest.fixture
    def orders(self, cast: Cast) -> dict[str, Petition]:
        return {state: petition_in(state, cast, **self.saying(state)) for state in State}

    def saying(self, state: str) -> dict[str, str]:
        return {} if state == State.REGISTERED else {"title": f"事项{state}"}

    @pytest.mark.parametrize(
        ("group", "states"),
        [
            ("", {State.REGISTERED, State.DISPATCHED, State.ACCEPTED}),
            ("open", {State.REGISTERED, State.DISPATCHED, State.ACCEPTED}),
            ("queue", {State.REGISTERED}),
            ("answered", {State.RESOLVED}),
            ("ended", {State.CLOSED, State.REFUSED}),
            ("all", set(State)),
            ("nonsense", {State.REGISTERED, State.DISPATCHED, State.ACCEPTED}),
        ],
    )
    def test_groups(self, cast: Cast, orders: dict[str, Petition], group: str, states: set[str]) -> None:
        page = client_of(cast.head).get(reverse("petition-list"), {"group": group}).content.decode()
        assert {state for state, order in orders.items() if f"/petitions/{order.number}/" in page} == states

    def found(self, staff: Staff, **query: str) -> set[str]:
        page = client_of(staff).get(reverse("petition-list"), query).content.decode()
        return {order.title for order in Petition.objects.all() if f"/petitions/{order.number}/" in page}

    def test_filters(self, cast: Cast) -> None:
        lamp = make_petition(cast, title="灯").title
        smoke = make_petition(cast, text=URGENT, title="烟", source=Petition.Source.HOTLINE).title
        assert self.found(cast.head) == {lamp, smoke}
        assert self.found(cast.head, level="h2") == {smoke}
        assert self.found(cast.head, category="safety") == {smoke}
        assert self.found(cast.head, source="hotline") == {smoke}
        assert self.found(cast.head, grid=str(cast.grid.pk)) == {lamp, smoke}
        assert self.found(cast.head, grid=str(cast.second_grid.pk)) == set()
        assert self.found(cast.head, mine="on") == set()
        assert self.found(cast.worker, mine="on") == {lamp, smoke}
        assert self.found(cast.head, since="2026-11-24") == set()
        assert self.found(cast.head, since="2026-11-23", until="2026-11-23") == {lamp, smoke}
        assert self.found(cast.head, until="2026-11-22") == set()

    def test_overdue_and_escalated(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        make_petition(cast, title="灯")
        make_petition(cast, text=URGENT, title="烟")
        assert self.found(cast.head, overdue="on") == set()
        at = NOW + timedelta(minutes=40)
        clocks.sweep(at=at)
        set_now(monkeypatch, at)
        assert self.found(cast.head, overdue="on") == {"烟"}
        assert self.found(cast.head, escalated="on") == {"烟"}

    def test_a_date_that_is_none_is_told_at_its_field(self, cast: Cast) -> None:
        make_petition(cast)
        page = client_of(cast.head).get(reverse("petition-list"), {"since": "kein"}).content.decode()
        assert "输入一个有效的日期" in page or "有效日期" in page
        assert 'value="kein"' in page

    def test_a_grid_outside_cannot_be_chosen(self, cast: Cast) -> None:
        page = client_of(cast.head).get(reverse("petition-list"), {"more": "on"}).content.decode()
        assert f'<option value="{cast.grid.pk}">' in page
        assert f'<option value="{cast.next_grid.pk}">' not in page
        assert self.found(cast.head, grid=str(cast.next_grid.pk)) == set()

    @pytest.mark.parametrize("typed", ["number", "phone", "words", "external"])
    def test_search_looks_at_all_states(self, cast: Cast, typed: str) -> None:
        petition = petition_in(State.CLOSED, cast, external_system="12345", external_no="A-77")
        petition_in(State.REGISTERED, cast, caller_phone="13800000077")
        asked = {
            "number": petition.number.lower(),
            "phone": "138 0000 0001",
            "words": "楼道的灯",
            "external": "A-77",
        }[typed]
        assert self.found(cast.head, q=asked) == {petition.title}
        assert self.found(cast.outsider, q=asked) == set()
        assert f"没有找到“{asked}”" in text_of(cast.outsider, f"{reverse('petition-list')}?q={asked}")

    @pytest.mark.parametrize("order", ["time", "new"])
    def test_pages_show_each_order_once(self, cast: Cast, order: str) -> None:
        made = {make_petition(cast, title=f"第{n}件", at=NOW - timedelta(minutes=n)).number for n in range(60)}
        client, address, seen = client_of(cast.head), f"{reverse('petition-list')}?order={order}", []
        while address:
            page = client.get(address).content.decode()
            seen += [number for number in made if f'"/petitions/{number}/"' in page]
            link = page.split('rel="next" href="')
            address = reverse("petition-list") + link[1].split('"')[0].replace("&amp;", "&") if len(link) > 1 else ""
        assert sorted(seen) == sorted(made)

    def test_an_empty_list_says_what_would_be_here(self, cast: Cast) -> None:
        assert "没有在办的工单" in text_of(cast.head, reverse("petition-list"))
        assert "放宽一两个条件" in text_of(cast.head, reverse("petition-list") + "?mine=on")

    def test_what_the_calendar_does_not_reach_is_not_lost(self, cast: Cast) -> None:
        petition = make_petition(cast)
        Petition.objects.filter(pk=petition.pk).update(due_at=None)
        assert "时限还算不出来" in text_of(cast.head, reverse("petition-list"))
        assert petition.title in text_of(cast.head, reverse("petition-list") + "?order=new")


@pytest.mark.parametrize("name", ["worker", "head", "street", "district"])
@pytest.mark.parametrize("page", PLAIN_PAGES)
def test_pages_ask_the_same_however_much_there_is(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, page: str, name: str
) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            make_petition(cast, text=URGENT)

    at = NOW + timedelta(hours=5)
    set_now(monkeypatch, at)
    client = client_of(person(cast, name))
    fill(3)
    clocks.sweep(at=at)
    few = queries_of(client, reverse(page))
    fill(27)
    petition_in(State.REGISTERED, cast)
    clocks.sweep(at=at)
    assert queries_of(client, reverse(page)) <= max(few, 1)
    assert few <= MOST_QUERIES
