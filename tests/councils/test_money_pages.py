"""The pages of money as people see them: setting up, the till by keyboard, the public books that name nobody."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from councils.actions.payments import bill_waive
from councils.actions.spendings import spending_sign
from councils.bills import tally
from councils.models import Bill, Levy, Payment, Spending
from residents import photos
from residents.models import Household
from tests.councils.money import bill_of, issue, issued, make_council, make_levy, photo, spend, take
from tests.factories import NOW, TODAY, Cast, make_building
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of, words


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW)


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return words(response.content.decode())


def token(html: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found
    return found[1]


class TestSettingUp:
    def filled(self, **over: Any) -> dict[str, Any]:
        return {
            "purpose": "更换楼道灯", "basis": "11 月 20 日会议", "way": "equal", "amount": "959.75", "count": "one",
            "share_word": "份", "ties": "up", "due_on": "2026-12-31", "supervisor": "王建国", **over,
        }  # fmt: skip

    def test_from_form_to_bills(self, cast: Cast) -> None:
        make_building(cast.estate, cast.grid, 9, units=2, floors=22, per_floor=5)
        council, browser = make_council(cast), client_of(cast.head)
        browser.post(f"/councils/{council.pk}/levies/new/", self.filled())
        levy = Levy.objects.get()
        shown = page(browser, f"/levies/{levy.pk}/")
        assert "959.75 元 = 231 户 × 3.75 元 + 25 户 × 3.74 元" in shown
        assert "舍去一样多的从楼号、单元、房号小的开始" in shown
        assert "双合家园9号楼 220 户" in shown
        seen = re.search(r'name="seen" value="([^"]+)"', browser.get(f"/levies/{levy.pk}/").content.decode())
        assert seen
        assert browser.post(f"/levies/{levy.pk}/do/issue/", {"seen": seen[1]}).status_code == 302
        assert sum(Bill.objects.values_list("amount", flat=True)) == 959_75
        assert "还有 959.75 元未缴" in page(browser, f"/levies/{levy.pk}/")

    @pytest.mark.parametrize(
        ("over", "message"),
        [
            ({"amount": "3.755"}, "最多到分"),
            ({"amount": "0"}, "金额要大于 0"),
            ({"amount": "abc"}, "请写金额，如 3.75"),
            ({"basis": ""}, "请选决议，或写明依据哪次会议"),
            ({"due_on": "2026-01-01"}, "缴费截止日期已经过了"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(self, cast: Cast, over: dict[str, str], message: str) -> None:
        council = make_council(cast)
        response = client_of(cast.head).post(f"/councils/{council.pk}/levies/new/", self.filled(**over))
        assert response.status_code == 422
        assert message in words(response.content.decode())
        assert 'value="更换楼道灯"' in response.content.decode()
        assert not Levy.objects.exists()

    def test_one_household_is_let_off_and_the_others_pay(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast), total=35_00)
        browser = client_of(cast.community_worker)
        browser.post(f"/levies/{levy.pk}/households/{cast.household.pk}/", {"exempt": "低保户"})
        shown = page(browser, f"/levies/{levy.pk}/")
        assert "35.00 元 = 35 户 × 1.00 元" in shown
        assert "3号楼2单元302：低保户" in shown

    def test_a_press_on_an_old_page_is_asked_again(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast))
        response = client_of(cast.head).post(f"/levies/{levy.pk}/do/issue/", {"seen": "old"})
        assert response.status_code == 409
        assert "请再看一遍" in words(response.content.decode())


class TestTill:
    @pytest.mark.parametrize("wanted", ["3-2-302", "3号楼2单元302", "code", "link"])
    def test_a_room_or_a_slip_is_found(self, cast: Cast, wanted: str) -> None:
        bill = bill_of(issued(cast), cast)
        said = {"code": bill.code.lower(), "link": f"https://example.org/y/b/{bill.code}/"}.get(wanted, wanted)
        html = client_of(cast.community_worker).get(f"/councils/{bill.levy.council_id}/till/", {"home": said})
        assert 'name="amount" value="2.77"' in html.content.decode()

    def test_two_presses_and_it_is_taken(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        address, browser = f"/councils/{bill.levy.council_id}/till/", client_of(cast.community_worker)
        html = browser.get(address, {"home": "3-2-302"}).content.decode()
        sent = {
            "bill": bill.pk, "home": "3-2-302", "token": token(html), "amount": "2.77", "way": "cash",
            "day": str(TODAY),
        }  # fmt: skip
        response = browser.post(address, sent)
        assert response["Location"] == f"{address}?done={Payment.objects.get().pk}"
        assert "已收 3号楼2单元302 2.77 元 ，更换楼道灯，收据 2026-0001" in page(browser, response["Location"])
        browser.post(address, sent)
        assert Payment.objects.count() == 1
        receipt = page(browser, f"/receipts/{Payment.objects.get().pk}/")
        assert "2.77 元 贰元柒角柒分" in receipt
        assert "№ 2026-0001" in receipt

    def test_a_refusal_is_at_its_field_and_keeps_what_was_typed(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        address, browser = f"/councils/{bill.levy.council_id}/till/", client_of(cast.community_worker)
        html = browser.get(address, {"home": "3-2-302"}).content.decode()
        sent = {"bill": bill.pk, "token": token(html), "amount": "5", "way": "cash", "day": str(TODAY)}
        response = browser.post(address, sent)
        assert response.status_code == 422
        assert "这一户只欠 2.77 元，请找零 2.23 元，按 2.77 元收" in words(response.content.decode())
        assert 'name="amount" value="5"' in response.content.decode()

    def test_what_is_not_certain_is_asked(self, cast: Cast) -> None:
        levy = issued(cast)
        assert "是哪一户" in text_of(cast.head, f"/councils/{levy.council_id}/till/?home=2单元302")
        assert "没有要缴的账单" in text_of(cast.head, f"/councils/{levy.council_id}/till/?home=88-8-808")


class TestMistakes:
    def test_reversing_from_the_page(self, cast: Cast) -> None:
        wrong = take(cast, bill_of(issued(cast), cast))
        browser = client_of(cast.head)
        refused = browser.post(f"/money/receipt/{wrong.pk}/reverse/", {"reason": ""})
        assert "请写明原因" in words(refused.content.decode())
        browser.post(f"/money/receipt/{wrong.pk}/reverse/", {"reason": "收错了户"})
        shown = page(browser, f"/bills/{wrong.bill_id}/")
        assert "已由 2026-0002 冲销" in shown
        again = browser.post(f"/money/receipt/{wrong.pk}/reverse/", {"reason": "再来"})
        assert (again.status_code, "已经冲销过了" in words(again.content.decode())) == (422, True)

    def test_waive_and_give_back(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        take(cast, bill)
        browser = client_of(cast.head)
        browser.post(f"/bills/{bill.pk}/do/waive/", {"amount": "1.00", "decision": "卖了车"})
        assert "多缴 1.00 元，请退" in page(browser, f"/bills/{bill.pk}/")
        too_much = browser.post(
            f"/bills/{bill.pk}/do/refund/", {"amount": "2", "way": "cash", "day": str(TODAY), "text": "退"}
        )
        assert "最多退这么多" in words(too_much.content.decode())
        browser.post(f"/bills/{bill.pk}/do/refund/", {"amount": "1", "way": "cash", "day": str(TODAY), "text": "退"})
        assert "已缴清" in page(browser, f"/bills/{bill.pk}/")

    def test_a_voucher_whose_file_is_gone(self, cast: Cast) -> None:
        levy = issued(cast)
        take(cast, bill_of(levy, cast))
        voucher = spend(cast, levy, 1_00).vouchers.get()
        assert client_of(cast.head).get(f"/vouchers/{voucher.pk}/")["Content-Type"] == "image/jpeg"
        photos.drop(voucher.name)
        assert "文件不见了，账目不受影响" in page(client_of(cast.head), f"/vouchers/{voucher.pk}/", 410)
        assert tally(levy).spent == 1_00


class TestSpending:
    def test_with_photos_and_the_supervisors_word(self, cast: Cast) -> None:
        levy = issued(cast)
        take(cast, bill_of(levy, cast))
        browser = client_of(cast.community_worker)
        sent = {"text": "LED 灯", "amount": "1.50", "payee": "五金店", "way": "cash", "day": str(TODAY)}
        missing = browser.post(f"/levies/{levy.pk}/spend/", sent)
        assert missing.status_code == 422
        browser.post(f"/levies/{levy.pk}/spend/", sent | {"pictures": SimpleUploadedFile("a.jpg", photo())})
        spending = Spending.objects.get()
        assert "等监督人签字" in page(browser, f"/levies/{levy.pk}/")
        anybody, address = Client(), f"/y/s/{levy.code}/"
        assert "LED 灯 1.50 元" in page(anybody, address)
        doubt = anybody.post(address, {"spending": spending.pk, "agrees": "0", "text": " "})
        assert (doubt.status_code, "请写明哪里有疑问" in words(doubt.content.decode())) == (409, True)
        anybody.post(address, {"spending": spending.pk, "agrees": "0", "text": "发票抬头不对"})
        assert "监督人有疑问 发票抬头不对" in page(browser, f"/levies/{levy.pk}/")
        anybody.post(address, {"spending": spending.pk, "agrees": "1"})
        assert "王建国 11月 23日签字" in page(browser, f"/levies/{levy.pk}/").replace("11 月 23 日", "11月 23日")
        assert anybody.get("/y/s/NOSUCHCODE22/").status_code == 404


class TestWhatResidentsSee:
    def test_the_open_books_name_nobody(self, cast: Cast) -> None:
        levy = issued(cast)
        take(cast, bill_of(levy, cast))
        spending = spend(cast, levy, 1_00)
        spending_sign(levy.code, spending.pk, at=NOW, agrees=True)
        shown = page(Client(), f"/y/a/{levy.pk}/")
        assert "2.77 已收（元） 1.00 已花 1.77 结余" in shown
        assert "王建国已看过凭证签字" in shown
        html = (
            Client().get(f"/y/a/{levy.pk}/").content.decode()
            + Client().get(f"/y/{levy.council_id}/accounts/").content.decode()
        )
        for home in Household.objects.all():
            assert f"{home.unit}单元{home.room}" not in html
        assert "号楼" not in html
        assert not any(code in html for code in Bill.objects.values_list("code", flat=True))

    def test_a_bill_opens_by_its_code_alone(self, cast: Cast) -> None:
        bill = bill_of(issued(cast), cast)
        shown = page(Client(), f"/y/b/{bill.code}/")
        assert "3号楼2单元302：还要缴 2.77 元" in shown
        assert Client().get(f"/y/b/{bill.code[:-1]}2/").status_code == 404
        bill_waive(bill.pk, by=cast.head, at=NOW, amount=2_77, decision="同意")
        assert "已缴清" in page(Client(), f"/y/b/{bill.code}/")

    def test_a_draft_is_not_public(self, cast: Cast) -> None:
        levy = make_levy(cast, make_council(cast))
        assert Client().get(f"/y/a/{levy.pk}/").status_code == 404
        assert Client().get(f"/y/s/{levy.code}/").status_code == 404

    def test_those_above_see_sums_and_no_households(self, cast: Cast) -> None:
        levy = issued(cast)
        shown = text_of(cast.street, f"/levies/{levy.pk}/")
        assert "100.00 应收" in shown
        assert "302" not in shown


class TestLedger:
    def test_a_month_and_its_close(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        levy = issued(cast)
        take(cast, bill_of(levy, cast))
        browser, address = client_of(cast.head), f"/councils/{levy.council_id}/ledger/"
        shown = page(browser, address)
        assert "记 2026-0002 11-23 收“更换楼道灯” 现金 2.77" in shown
        assert "应收分摊款 0.00 100.00 2.77 97.23" in shown
        assert "分摊收入 0.00 0.00 100.00 贷 100.00" in shown
        early = browser.post(f"{address}close/?month=2026-11")
        assert "这个月还没有过完" in words(early.content.decode())
        set_now(monkeypatch, NOW.replace(month=12, day=2))
        browser = client_of(cast.head)
        browser.post(f"{address}close/?month=2026-11")
        assert "2026 年 11 月：已结账" in page(browser, f"{address}?month=2026-11")

    def test_the_sheet(self, cast: Cast) -> None:
        levy = issued(cast)
        take(cast, bill_of(levy, cast))
        browser, query = client_of(cast.head), f"?council={levy.council_id}&month=2026-11"
        sent = {"purpose": "other", "purpose_words": "存档", "form": "csv"}
        where = browser.post(f"/exports/new/council-ledger/{query}", sent)["Location"]
        lines = browser.post(f"{where}file/").content.decode("utf-8-sig").splitlines()
        assert lines[0] == "序号,凭证号,日期,类别,摘要,科目,借方（元）,贷方（元）,录入人,备注"
        assert lines[3] == "3,记 2026-0002,2026-11-23,收款,收“更换楼道灯”,现金,2.77,,孙丽,"
        assert len(lines) == 5
        outside = client_of(cast.outsider).get(f"/exports/new/council-ledger/{query}").content.decode()
        assert "0 行" in outside

    @pytest.mark.parametrize("month", ["2026-13", "x", "0000-00", "２０２６-11", "9999-12"])
    def test_a_month_that_is_none_is_this_one(self, cast: Cast, month: str) -> None:
        council = make_council(cast)
        assert "2026 年 11 月" in text_of(cast.head, f"/councils/{council.pk}/ledger/?month={month}")


def test_every_page_costs_few_queries_however_many_households(cast: Cast) -> None:
    levy = issued(cast)
    draft = make_levy(cast, levy.council, purpose="另一份")
    payment = take(cast, bill_of(levy, cast))
    spend(cast, levy, 1_00)
    addresses = [
        f"/councils/{levy.council_id}/money/", f"/levies/{levy.pk}/", f"/levies/{draft.pk}/",
        f"/bills/{payment.bill_id}/", f"/councils/{levy.council_id}/till/?home=3-2-302",
        f"/councils/{levy.council_id}/ledger/",
        f"/levies/{levy.pk}/slips/{cast.building.pk}/", f"/receipts/{payment.pk}/", f"/y/a/{levy.pk}/",
        f"/y/{levy.council_id}/accounts/", f"/y/s/{levy.code}/", f"/y/b/{levy.bills.all()[0].code}/",
    ]  # fmt: skip
    browser = client_of(cast.head)
    few = {address: queries_of(browser, address) for address in addresses}
    make_building(cast.estate, cast.grid, 9, units=2, floors=10, per_floor=4)
    third = issue(cast, make_levy(cast, levy.council, purpose="第三份"))
    for bill in third.bills.all()[:9]:
        take(cast, bill)
    more = {address: queries_of(browser, address) for address in addresses}
    assert more == few
    assert max(few.values()) <= MOST_QUERIES, few
