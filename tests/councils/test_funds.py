"""The funds: what they may go to, the way of an item, and the balance that is always shown."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from community_portal.notices.models import Notice
from councils.actions.books import MoneyRefused
from councils.actions.funds import (
    grant_reverse,
    item_accept,
    item_agree,
    item_drop,
    item_file,
    item_finish,
    item_pay,
    item_propose,
    item_publish,
    item_redo,
    item_return,
    item_take_back,
)
from councils.actions.spendings import spending_reverse
from councils.fund_rules import TRANSITIONS, Step
from councils.funds import fund_standing
from councils.models import FundItem, FundUse, Journal
from tests.councils.money import make_fund, make_item, photo
from tests.factories import NOW, TODAY, Cast
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of, words

BASIS = "11 月 20 日议事会会议"
WAY = (Step.AGREE, Step.FILE, Step.PAY, Step.FINISH, Step.ACCEPT, Step.PUBLISH)
STATES = ("proposed", "agreed", "filed", "paid", "done", "accepted", "published")


def pay(cast: Cast, item: FundItem, amount: int = 7_900_00) -> None:
    item_pay(
        item.pk, by=cast.community_worker, at=NOW, amount=amount, day=TODAY, payee="家具厂", pictures=[photo()]
    )  # fmt: skip


def take_step(cast: Cast, item: FundItem, step: Step) -> None:
    """One step by whoever takes it, with what it needs."""
    acts: dict[Step, tuple[Any, Any, dict[str, Any]]] = {
        Step.AGREE: (item_agree, cast.community_worker, {"basis": BASIS}),
        Step.FILE: (item_file, cast.street, {"filing_no": "备 12"}),
        Step.RETURN: (item_return, cast.street, {"reason": "预算不细"}),
        Step.TAKE_BACK: (item_take_back, cast.head, {"reason": "付错了"}),
        Step.FINISH: (item_finish, cast.community_worker, {"outcome": "添了 6 把长椅"}),
        Step.REDO: (item_redo, cast.head, {"reason": "少一把"}),
        Step.ACCEPT: (item_accept, cast.head, {"accepted_by": "三位居民代表，满意"}),
        Step.PUBLISH: (item_publish, cast.community_worker, {}),
        Step.DROP: (item_drop, cast.community_worker, {"reason": "不需要了"}),
    }
    if step == Step.PAY:
        pay(cast, item)
    else:
        act, by, values = acts[step]
        act(item.pk, by=by, at=NOW, **values)
    item.refresh_from_db()


def bring_to(cast: Cast, item: FundItem, state: str) -> FundItem:
    """An item on its way up to a state."""
    for step in WAY[: STATES.index(state)]:
        take_step(cast, item, step)
    return item


@pytest.mark.parametrize("state", STATES)
def test_each_allowed_and_each_forbidden_step(cast: Cast, state: str) -> None:
    fund = make_fund(cast, amount=1_000_000_00)
    waiting = bring_to(cast, make_item(cast, fund), state)
    for step in Step:
        if (step, state) in TRANSITIONS:
            item = bring_to(cast, make_item(cast, fund), state)
            take_step(cast, item, step)
            assert item.state == TRANSITIONS[step, state]
        else:
            with pytest.raises(MoneyRefused, match="不能这样做了"):
                take_step(cast, waiting, step)


class TestUses:
    @pytest.mark.parametrize("name", ["办公开支", "人员开支", "还债"])
    def test_a_forbidden_use_is_refused_with_the_rule(self, cast: Cast, name: str) -> None:
        use = FundUse.objects.get(kind="service", name=name)
        with pytest.raises(MoneyRefused) as said:
            make_item(cast, use=use)
        rule = "服务群众专项经费不得用于办公、人员和还债（北辰区）"
        assert str(said.value) == f"服务群众专项经费不能用于“{name}”。依据：{rule}"
        assert said.value.field == "use"
        assert not FundItem.objects.exists()

    @pytest.mark.parametrize(
        ("over", "name"),
        [
            ({"title": "给社区添办公家具"}, "办公开支"),
            ({"reason": "发社工补贴"}, "人员开支"),
            ({"reason": "还去年的欠款"}, "还债"),
            ({"title": "年终聚餐"}, "招待和礼品"),
        ],
    )
    def test_words_give_a_forbidden_use_away(self, cast: Cast, over: dict[str, str], name: str) -> None:
        with pytest.raises(MoneyRefused, match=f"不能用于“{name}”"):
            make_item(cast, **over)

    def test_aid_for_residents_is_no_wage(self, cast: Cast) -> None:
        assert make_item(cast, title="困难老人取暖补贴").state == "proposed"

    def test_the_other_funds_uses_are_not_this_ones(self, cast: Cast) -> None:
        with pytest.raises(MoneyRefused, match="请选服务群众专项经费的用途"):
            make_item(cast, use=FundUse.objects.filter(kind="party").first())


class TestBalance:
    def test_given_planned_spent_and_free(self, cast: Cast) -> None:
        fund = make_fund(cast)
        item = bring_to(cast, make_item(cast, fund), "agreed")
        stands = fund_standing(fund)
        assert (stands.given, stands.planned, stands.spent, stands.free) == (100_000_00, 8_000_00, 0, 92_000_00)
        take_step(cast, item, Step.FILE)
        pay(cast, item)
        stands = fund_standing(fund)
        assert (stands.planned, stands.spent, stands.left, stands.free) == (0, 7_900_00, 92_100_00, 92_100_00)

    def test_no_more_than_is_free(self, cast: Cast) -> None:
        fund = make_fund(cast, amount=10_000_00)
        bring_to(cast, make_item(cast, fund), "agreed")
        with pytest.raises(MoneyRefused) as said:
            make_item(cast, fund, amount=2_000_01)
        assert str(said.value) == (
            "2026 年服务群众专项经费可用的只有 2,000.00 元（剩 10,000.00 元，其中 8,000.00 元已定用途）"
        )
        make_item(cast, fund, amount=2_000_00)

    def test_no_more_than_the_budget_is_paid(self, cast: Cast) -> None:
        item = bring_to(cast, make_item(cast), "filed")
        with pytest.raises(MoneyRefused, match="超过了预算"):
            pay(cast, item, 8_000_01)

    def test_a_wrong_payment_is_taken_back_and_paid_again(self, cast: Cast) -> None:
        item = bring_to(cast, make_item(cast), "paid")
        with pytest.raises(MoneyRefused, match="请在项目上办"):
            spending_reverse(item.spendings.get().pk, by=cast.head, at=NOW, reason="错")
        take_step(cast, item, Step.TAKE_BACK)
        assert fund_standing(item.fund).spent == 0
        pay(cast, item, 7_000_00)
        assert fund_standing(item.fund).spent == 7_000_00

    def test_a_wrong_budget_is_taken_back_while_nothing_of_it_is_spoken_for(self, cast: Cast) -> None:
        fund = make_fund(cast)
        wrong = fund.journals.get()
        item = bring_to(cast, make_item(cast, fund), "agreed")
        with pytest.raises(MoneyRefused, match="可用的只有"):
            grant_reverse(wrong.pk, by=cast.head, at=NOW, reason="写错了")
        take_step(cast, item, Step.DROP)
        grant_reverse(wrong.pk, by=cast.head, at=NOW, reason="写错了")
        assert fund_standing(fund).given == 0
        with pytest.raises(MoneyRefused, match="已经冲销过"):
            grant_reverse(wrong.pk, by=cast.head, at=NOW, reason="再来")


class TestWho:
    def test_the_street_files_and_nobody_else(self, cast: Cast) -> None:
        item = bring_to(cast, make_item(cast), "agreed")
        with pytest.raises(MoneyRefused, match="您的岗位不能做"):
            item_file(item.pk, by=cast.head, at=NOW, filing_no="备 1")
        with pytest.raises(FundItem.DoesNotExist):
            item_file(item.pk, by=cast.other_street, at=NOW, filing_no="备 1")

    def test_who_reported_it_done_does_not_accept_it(self, cast: Cast) -> None:
        item = bring_to(cast, make_item(cast), "done")
        with pytest.raises(MoneyRefused, match="请另一位同事登记验收"):
            item_accept(item.pk, by=cast.community_worker, at=NOW, accepted_by="我")

    def test_the_next_one_is_told(self, cast: Cast) -> None:
        item = bring_to(cast, make_item(cast), "filed")
        told = list(Notice.objects.filter(path=f"/fund-items/{item.pk}/").values_list("staff", "title"))
        assert told == [
            (cast.street.pk, "双合家园议事会的经费项目“3 号楼前添长椅”请备案"),
            (cast.community_worker.pk, "“3 号楼前添长椅”街道已备案，可以付款"),
        ]

    def test_outside_it_is_not_there(self, cast: Cast) -> None:
        fund = make_fund(cast)
        use = FundUse.objects.filter(kind="service").first()
        assert use
        with pytest.raises(type(fund).DoesNotExist):
            item_propose(fund.pk, by=cast.outsider, at=NOW, title="x", reason="y", use=use, amount=1)
        with pytest.raises(Journal.DoesNotExist):
            grant_reverse(fund.journals.get().pk, by=cast.outsider, at=NOW, reason="x")


class TestPages:
    def test_from_proposal_to_the_open_books(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        set_now(monkeypatch, NOW)
        fund = make_fund(cast)
        clerk, street, head = client_of(cast.community_worker), client_of(cast.street), client_of(cast.head)
        use = FundUse.objects.get(kind="service", name="便民服务")
        sent = {"title": "磨刀修伞日", "reason": "每月一次", "use": use.pk, "amount": "1200"}
        wrong = FundUse.objects.get(kind="service", name="办公开支").pk
        refused = clerk.post(f"/funds/{fund.pk}/items/new/", sent | {"use": wrong})
        assert "服务群众专项经费不能用于“办公开支”" in words(refused.content.decode())
        address = clerk.post(f"/funds/{fund.pk}/items/new/", sent)["Location"]
        clerk.post(f"{address}do/agree/", {"basis": BASIS})
        assert clerk.post(f"{address}do/file/", {"filing_no": "备 3"}).status_code == 403
        street.post(f"{address}do/file/", {"filing_no": "备 3"})
        bill = {"amount": "1180", "payee": "便民服务队", "day": str(TODAY)}
        clerk.post(f"{address}do/pay/", bill | {"pictures": SimpleUploadedFile("a.jpg", photo())})
        clerk.post(f"{address}do/finish/", {"outcome": "磨了 80 把刀"})
        twice = clerk.post(f"{address}do/accept/", {"accepted_by": "我"})
        assert (twice.status_code, "请另一位同事" in words(twice.content.decode())) == (422, True)
        head.post(f"{address}do/accept/", {"accepted_by": "两位代表，满意"})
        head.post(f"{address}do/publish/")
        assert "磨刀修伞日：已公示" in text_of(cast.street, address)
        shown = words(Client().get(f"/y/{fund.council_id}/accounts/").content.decode())
        assert "2026 年服务群众专项经费 剩 98,820.00 元" in shown
        assert "磨了 80 把刀 验收：两位代表，满意" in shown

    def test_a_wrong_budget_from_the_page(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        set_now(monkeypatch, NOW)
        fund = make_fund(cast)
        head, board = client_of(cast.head), f"/councils/{fund.council_id}/funds/"
        sent = {"kind": "party", "year": "2026", "amount": "8000", "day": str(TODAY), "text": "垡工委〔2026〕2 号"}
        head.post(f"{board}new/", sent)
        assert "2026 年党建活动经费 剩 8,000.00 元" in text_of(cast.head, board)
        wrong = Journal.objects.get(text__contains="垡工委")
        head.post(f"/funds/grants/{wrong.pk}/reverse/", {"reason": "多写了一个零"})
        assert "2026 年党建活动经费 剩 0.00 元" in text_of(cast.head, board)

    def test_the_board_costs_few_queries(self, cast: Cast) -> None:
        fund = make_fund(cast)
        item = make_item(cast, fund)
        browser = client_of(cast.head)
        addresses = [f"/councils/{fund.council_id}/funds/", f"/fund-items/{item.pk}/"]
        few = [queries_of(browser, address) for address in addresses]
        for _number in range(4):
            make_item(cast, fund)
        assert [queries_of(browser, address) for address in addresses] == few
        assert max(few) <= MOST_QUERIES
