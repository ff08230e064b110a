"""The order page: everything about one petition, and who asked only to those who say why."""

from datetime import timedelta

import pytest
from django.urls import reverse

from community_portal.privacy.models import AccessLog
from grid.models import Staff
from petitions.actions import clocks, handling, pressing
from petitions.catalogue import catalogue
from petitions.models import Petition
from petitions.workflow import State
from tests.factories import NOW, PHONE, Cast, make_petition
from tests.petitions.acts import petition_in
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of, words

URGENT = "3号楼2单元302电箱冒烟"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW + timedelta(minutes=5))


def page(staff: Staff, petition: Petition, query: str = "") -> str:
    return text_of(staff, reverse("petition-detail", args=[petition.number]) + query)


def html(staff: Staff, petition: Petition) -> str:
    return client_of(staff).get(reverse("petition-detail", args=[petition.number])).content.decode()


class TestShown:
    def test_what_was_said_where_and_by_whom(self, cast: Cast) -> None:
        said = page(cast.worker, make_petition(cast))
        assert "“3号楼2单元302楼道的灯不亮，晚上看不清台阶”" in said
        assert "3号楼 2 单元 302" in said
        assert "第一网格 · 墙内，社区办 · 物业：双合物业服务中心 010-00000001" in said
        assert "张** 138****0001" in said
        assert PHONE not in said
        assert "张三" not in said

    def test_the_household_is_marked_on_the_drawing(self, cast: Cast) -> None:
        petition = make_petition(cast)
        drawn = html(cast.worker, petition)
        assert f'href="{reverse("wall-building", args=[cast.building.pk])}"' in drawn
        assert 'aria-label="3号楼的居民墙，2 单元 302 已标出"' in drawn
        assert drawn.count('class="here"') == 1

    def test_a_place_nobody_knows_is_named_as_it_was_said(self, cast: Cast) -> None:
        said = page(cast.head, petition_in(State.REGISTERED, cast, address="院子东边"))
        assert "院子东边" in said
        assert "还没派单" in said

    def test_the_code_to_read_out(self, cast: Cast) -> None:
        petition = make_petition(cast)
        assert f"查询码 {petition.query_code}" in page(cast.worker, petition)
        assert reverse("track-detail", args=[petition.number, petition.query_code]) in html(cast.worker, petition)

    def test_callers_who_ask_again_are_counted_inside_the_scope(self, cast: Cast) -> None:
        make_petition(cast, text="2号楼1单元101门铃坏了")
        petition = make_petition(cast)
        assert "今年第 2 次反映" in page(cast.head, petition)
        assert "次反映" not in page(cast.worker, petition)

    def test_alike_ones_of_the_building(self, cast: Cast) -> None:
        petition = make_petition(cast)
        make_petition(cast, title="三单元也不亮")
        make_petition(cast, text="2号楼1单元101门铃坏了")
        said = page(cast.head, petition)
        assert "同类在办 1 件 三单元也不亮" in said

    def test_the_answer_and_what_was_said_about_it(self, cast: Cast) -> None:
        said = page(cast.head, petition_in(State.CLOSED, cast))
        assert "给居民的答复" in said
        assert "回访：已联系，已解决，满意" in said


class TestTime:
    def test_the_nearest_deadline_and_who_will_be_told(self, cast: Cast) -> None:
        said = page(cast.worker, make_petition(cast, text=URGENT))
        assert "签收时限 今天 10:15 剩 10 分" in said
        assert "办理人 马雪 今天 10:15 催办 社区书记 林书记 今天 10:30 升级 街道 郑科长 今天 11:15 升级" in said

    def test_the_ladder_climbs(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        petition = make_petition(cast, text=URGENT)
        at = NOW + timedelta(minutes=40)
        clocks.sweep(at=at)
        set_now(monkeypatch, at)
        said = page(cast.head, petition)
        assert "过时限 25 分" in said
        assert "办理人 马雪 已催办 社区书记 林书记 已升级 街道 郑科长 今天 11:15 升级" in said

    def test_taking_note_moves_the_rungs(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        petition = make_petition(cast, text=URGENT)
        at = NOW + timedelta(minutes=40)
        clocks.sweep(at=at)
        pressing.petition_acknowledge(petition.pk, by=cast.head, at=at, text="等配件", hours=2)
        set_now(monkeypatch, at)
        assert "街道 郑科长 今天 12:40 升级" in page(cast.head, petition)

    def test_clocks_that_stopped_say_how(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        petition = make_petition(cast, text=URGENT)
        handling.petition_accept(petition.pk, by=cast.worker, at=NOW + timedelta(minutes=35))
        set_now(monkeypatch, NOW + timedelta(minutes=36))
        said = page(cast.worker, petition)
        assert "签收 今天 10:35，晚了 20 分" in said
        assert "首次联系 剩 24 分" in said

    def test_without_a_calendar_it_says_so(self, cast: Cast) -> None:
        petition = make_petition(cast)
        petition.clocks.update(due_at=None)
        assert "时限还算不出来" in page(cast.worker, petition)


class TestTrail:
    def test_newest_first_in_words(self, cast: Cast) -> None:
        petition = make_petition(cast)
        handling.petition_accept(petition.pk, by=cast.worker, at=NOW)
        handling.petition_contact(petition.pk, by=cast.worker, at=NOW, text="约好下午去")
        said = page(cast.worker, petition).split("经过", 1)[1]
        order = [said.index(part) for part in ("首次联系 马雪 约好下午去", "签收 马雪", "派单 系统", "登记")]
        assert order == sorted(order)

    def test_only_answers(self, cast: Cast) -> None:
        petition = make_petition(cast)
        assert "还没有联系、答复或评价" in page(cast.worker, petition, "?only=answers")
        handling.petition_accept(petition.pk, by=cast.worker, at=NOW)
        handling.petition_contact(petition.pk, by=cast.worker, at=NOW, text="约好下午去")
        handling.petition_note(petition.pk, by=cast.worker, at=NOW, text="灯座坏了")
        said = page(cast.worker, petition, "?only=answers")
        assert "约好下午去" in said
        assert "灯座坏了" not in said

    def test_what_people_wrote_is_text_not_code(self, cast: Cast) -> None:
        petition = make_petition(cast, text="3号楼<script>alert(1)</script>灯不亮")
        assert "<script>alert" not in html(cast.worker, petition)


class TestSteps:
    @pytest.mark.parametrize(
        ("name", "state", "main", "others"),
        [
            ("worker", State.DISPATCHED, "签收", {"退单", "当场办结", "补充内容", "改类别"}),
            (
                "worker",
                State.ACCEPTED,
                "联系居民",
                {"记一笔", "办结并答复", "退单", "补充内容", "改类别", "限期办", "申请延期", "申请挂起"},
            ),
            (
                "head",
                State.REGISTERED,
                "派单",
                {
                    *("不予受理", "知悉", "督办", "催办", "补充内容", "改类别"),
                    *("上报街道", "当场办结", "调整级别", "标明投诉谁", "并单"),
                },
            ),
            ("head", State.RESOLVED, "回访归档", {"重办", "登记复查", "补充内容", "改类别", "并单"}),
            ("worker", State.SUSPENDED, "恢复办理", {"记一笔", "补充内容"}),
            ("worker", State.RESOLVED, "", {"补充内容", "改类别"}),
            (
                "district",
                State.DISPATCHED,
                "",
                {
                    *("改派", "不予受理", "知悉", "督办", "催办", "补充内容", "改类别"),
                    *("请单位联办", "吹哨报到", "调整级别", "标明投诉谁", "并单", "剔除"),
                },
            ),
            ("community_worker", State.CLOSED, "", {"重办", "登记复查", "补充内容"}),
            ("member", State.DISPATCHED, "签收", {"退单", "补充内容", "改类别"}),
        ],
    )
    def test_one_main_step_and_the_others(
        self, cast: Cast, name: str, state: State, main: str, others: set[str]
    ) -> None:
        petition = petition_in(state, cast, category=catalogue().category("facility"))
        panel = html(getattr(cast, name), petition).split('<div id="act">')[1].split("告诉诉求人")[0]
        offered = words(f"<main>{panel}</main>").split("全部时限")[0].split()
        assert set(offered) - {"更多办法", "交给别人", "时限", "了结", "记录", "同一件事", "考核"} == others | (
            {main} if main else set()
        )
        assert ("main big" in panel) == bool(main)
        assert not main or panel.split("main big", 1)[1].split(">", 1)[1].startswith(main)

    def test_what_was_escalated_asks_to_be_noted(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        petition = make_petition(cast, text=URGENT)
        at = NOW + timedelta(minutes=40)
        clocks.sweep(at=at)
        set_now(monkeypatch, at)
        assert f'main big" href="/petitions/{petition.number}/acknowledge/"' in html(cast.head, petition)
        pressing.petition_acknowledge(petition.pk, by=cast.head, at=at, text="等配件", hours=2)
        assert "main big" not in html(cast.head, petition)


class TestReveal:
    def reveal(self, cast: Cast, petition: Petition, purpose: str = "联系诉求人", **headers: str) -> str:
        address = reverse("petition-reveal", args=[petition.number])
        return client_of(cast.worker).post(address, {"purpose": purpose}, **headers).content.decode()

    def test_a_purpose_shows_them_once_and_is_logged(self, cast: Cast) -> None:
        petition = make_petition(cast)
        shown = self.reveal(cast, petition)
        assert "张三" in shown
        assert f'href="tel:{PHONE}"' in shown
        entry = AccessLog.objects.get()
        assert (entry.staff, entry.action, entry.purpose) == (cast.worker, "reveal", "联系诉求人")
        assert entry.subject == f"petitions.petition:{petition.pk}"
        assert PHONE not in page(cast.worker, petition)

    def test_in_place_it_is_only_that_part(self, cast: Cast) -> None:
        shown = self.reveal(cast, make_petition(cast), HTTP_HX_REQUEST="true")
        assert PHONE in shown
        assert "<main" not in shown

    @pytest.mark.parametrize("purpose", ["", "看", "长" * 501])
    def test_without_a_purpose_nothing_is_shown(self, cast: Cast, purpose: str) -> None:
        shown = self.reveal(cast, make_petition(cast), purpose)
        assert PHONE not in shown
        assert "用途" in shown
        assert not AccessLog.objects.exists()

    def test_it_is_not_kept_by_the_browser(self, cast: Cast) -> None:
        petition = make_petition(cast)
        address = reverse("petition-reveal", args=[petition.number])
        response = client_of(cast.worker).post(address, {"purpose": "核对身份"})
        assert "no-store" in response["Cache-Control"]
        assert client_of(cast.worker).get(address).status_code == 405

    def test_the_anonymous_stay_so(self, cast: Cast) -> None:
        petition = make_petition(cast, anonymous=True)
        said = html(cast.worker, petition)
        assert "匿名" in said
        assert "138****0001" not in said
        assert "张" not in said.split('class="who"')[1].split("</div>")[0]
        self.reveal(cast, petition)
        assert not AccessLog.objects.exists()
        assert "次反映" not in said


@pytest.mark.parametrize("name", ["worker", "head", "street", "district"])
def test_the_page_asks_the_same_however_long_the_story(cast: Cast, name: str) -> None:
    petition = petition_in(State.ACCEPTED, cast)
    client, address = client_of(getattr(cast, name)), reverse("petition-detail", args=[petition.number])
    few = queries_of(client, address)
    for n in range(30):
        handling.petition_note(petition.pk, by=cast.worker, at=NOW, text=f"第{n}次去看")
        make_petition(cast)
    assert queries_of(client, address) <= few <= MOST_QUERIES
