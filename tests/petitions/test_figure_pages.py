"""The figures page, the orders behind its numbers, the ladder's reasons and the bulletin, as people see them."""

import io
import re
import zlib
from datetime import timedelta

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from petitions.actions import clocks
from petitions.actions.counting import count_up
from petitions.figures.bulletin import ranked
from petitions.figures.reads import Line
from petitions.models import Petition
from petitions.workflow import State, Verb
from tests.factories import NOW, Cast, make_petition
from tests.petitions.acts import perform, petition_in
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

DAY = timedelta(days=1)
LATER = NOW + 3 * DAY


@pytest.fixture
def orders(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Petition]:
    """Two answered (one of them solved and satisfied), one overdue and escalated, one found on patrol, one refused."""
    good = petition_in(State.CLOSED, cast)
    bad = petition_in(State.RESOLVED, cast)
    perform(Verb.CLOSE, bad, cast, by=cast.head, at=NOW, contacted=True, solved=False, satisfied=None)
    late = make_petition(cast, text="3号楼2单元302电箱冒烟")
    found = make_petition(cast, text="2号楼1单元101门口有垃圾", source="patrol")
    refused = petition_in(State.REFUSED, cast)
    clocks.sweep(at=LATER)
    clocks.sweep(at=LATER)
    count_up(at=LATER)
    set_now(monkeypatch, LATER)
    return [good, bad, late, found, refused]


class TestThePage:
    def test_the_three_rates_with_their_parts(self, cast: Cast, orders: list[Petition]) -> None:
        said = text_of(cast.head, reverse("figures"))
        assert "双合家园社区 2026 年 11 月" in said
        assert "响应率 66.7% 2 ÷ 3 ， 差 1 件" in said
        assert "解决率 50.0% 1 ÷ 2 ， 差 1 件" in said
        assert "满意率 100% 1 ÷ 1" in said
        assert "1 未诉先办的" in said
        assert "1 不计入的" in said
        assert "不予受理的、导入的历史工单" in said

    @pytest.mark.parametrize("by", ["place", "grid", "handler", "category", "month", "day"])
    @pytest.mark.parametrize("name", ["head", "street", "district"])
    def test_every_table_opens_in_few_queries(self, cast: Cast, orders: list[Petition], name: str, by: str) -> None:
        client = client_of(getattr(cast, name))
        assert queries_of(client, f"{reverse('figures')}?by={by}") <= MOST_QUERIES

    def test_every_number_leads_to_as_many_orders(self, cast: Cast, orders: list[Petition]) -> None:
        client, seen = client_of(cast.street), 0
        for by in ("place", "grid", "handler", "category", "month", "day"):
            html = client.get(f"{reverse('figures')}?by={by}").content.decode()
            for href, words in re.findall(r'href="(/figures/orders/[^"]+)"[^>]*>(?:<b>)?(\d+)[<]', html):
                rows = client.get(href.replace("&amp;", "&")).content.decode().count('<div class="what">')
                assert rows == int(words), (by, href)
                seen += 1
        assert seen > 60

    def test_a_street_sees_its_communities_side_by_side(self, cast: Cast, orders: list[Petition]) -> None:
        make_petition(cast, text="翠城馨园1号楼1单元101漏水", home=cast.next_community)
        count_up(at=LATER)
        said = text_of(cast.street, reverse("figures"))
        assert "合计 6" in said
        assert "双合家园 5" in said
        assert "翠城馨园 1" in said
        assert "这个月没有登记的： 首都机场街道" in text_of(cast.district, reverse("figures"))

    def test_places_outside_do_not_exist(self, cast: Cast, orders: list[Petition]) -> None:
        for name, place, status in (
            ("head", cast.community, 200),
            ("head", cast.next_community, 404),
            ("head", cast.street_division, 404),
            ("street", cast.next_community, 200),
            ("street", cast.far_community, 404),
            ("district", cast.far_community, 200),
        ):
            client = client_of(getattr(cast, name))
            for page in ("figures", "figure-orders", "figure-ladder"):
                assert client.get(reverse(page), {"place": place.pk}).status_code == status, (name, place, page)
        assert client_of(cast.head).get(reverse("figures"), {"place": "9" * 30}).status_code == 404

    @pytest.mark.parametrize("month", ["2026-13", "猫", "2999-01", "0001-01"])
    def test_a_month_that_is_none_is_this_one(self, cast: Cast, month: str) -> None:
        assert "2026 年 11 月" in text_of(cast.head, f"{reverse('figures')}?month={month}")

    def test_a_grid_worker_reads_whom_it_is_for(self, cast: Cast) -> None:
        assert "统计给社区、街道和区级看" in text_of(cast.worker, reverse("figures"))


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, LATER)


class TestTheLadder:
    def test_each_escalation_with_its_reason(self, cast: Cast, orders: list[Petition]) -> None:
        perform(Verb.ACKNOWLEDGE, orders[2], cast, by=cast.head, at=LATER, text="电工明早到")
        said = text_of(cast.head, reverse("figure-ladder"))
        assert orders[2].title in said
        assert "升级到社区书记" in said
        assert "林书记 电工明早到" in said
        assert orders[0].number not in said


class TestTheBulletin:
    def test_as_a_workbook_with_ranking_and_change(self, cast: Cast, orders: list[Petition]) -> None:
        response = client_of(cast.street).get(reverse("figure-bulletin", args=["xlsx"]))
        book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
        assert book.sheet_names == ["排名", "类别", "各月"]
        rows = book.get_sheet_by_name("排名").to_python()
        assert rows[0][0] == "垡头街道 2026 年 11 月诉求办理通报"
        head = next(row for row in rows if row[0] == "序号")
        assert head[-1] == "备注"
        line = rows[rows.index(head) + 1]
        assert line[:4] == [1.0, 1.0, "新", "双合家园"]
        assert "66.7%" in line

    def test_as_pdf(self, cast: Cast, orders: list[Petition]) -> None:
        response = client_of(cast.head).get(reverse("figure-bulletin", args=["pdf"]))
        assert response["Content-Type"] == "application/pdf"
        assert response.content.startswith(b"%PDF-")
        streams = re.findall(rb"stream\r?\n(.*?)endstream", response.content, re.DOTALL)
        assert any(b"NotoSansSC" in zlib.decompressobj().decompress(each) for each in streams if each[:1] == b"x")

    def test_places_are_by_score_and_equals_share_one(self) -> None:
        def line(name: str, now: int, before: int) -> Line:
            return Line(name, {"judged": 100, "responded": now}, {"judged": 100, "responded": before})

        found = ranked([line("甲", 90, 95), line("乙", 97, 80), line("丙", 90, 99), Line("丁", {})])
        assert [(each.line.name, each.place, each.moved) for each in found] == [
            ("乙", 1, "↑2"),
            ("甲", 2, "持平"),
            ("丙", 2, "↓1"),
            ("丁", None, ""),
        ]
