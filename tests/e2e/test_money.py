"""Money in a browser: every page open to all, and a household's payment by keyboard alone."""

import re

import pytest
from django.utils import timezone
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from councils.actions.books import money_move
from councils.actions.funds import fund_grant, item_propose
from councils.actions.levies import levy_draft, levy_issue, line_set
from councils.actions.payments import payment_take
from councils.actions.spendings import spending_record
from councils.levy_shares import sharing
from councils.models import Bill, Council, FundUse, Levy, Payment
from tests.councils.money import make_council, photo
from tests.e2e.browser import check_axe, check_width, sign_in
from tests.factories import PASSWORD, Cast


@pytest.fixture
def council(transactional_db: None, cast: Cast) -> Council:
    """A council with a levy issued today, partly paid and spent, another drawn up, and a fund."""
    council, at, by = make_council(cast), timezone.now(), cast.head
    first = drawn_up(council, cast, "更换楼道灯")
    levy_issue(first.pk, by=by, at=at, seen=sharing(first).fingerprint)
    bill = first.bills.order_by("id")[0]
    payment_take(bill.pk, by=by, at=at, amount=bill.amount, way="cash", day=localdate(at))
    money_move(council.pk, by=by, at=at, levy_id=first.pk, amount=1_00, to="bank", day=localdate(at))
    spending_record(
        first.pk, by=by, at=at, amount=50, way="cash", day=localdate(at), payee="五金店", text="买灯",
        pictures=[photo()],
    )  # fmt: skip
    second = drawn_up(council, cast, "修门禁")
    line_set(second.pk, cast.household.pk, by=by, at=at, exempt="低保户")
    fund = fund_grant(
        council.pk, by=by, at=at, kind="service", year=localdate(at).year, amount=1_000_00, day=localdate(at),
        text="通知",
    )  # fmt: skip
    use = FundUse.objects.filter(kind="service", allowed=True)[0]
    item_propose(fund.pk, by=by, at=at, title="添长椅", reason="老人歇脚", use=use, amount=800_00)
    return council


def drawn_up(council: Council, cast: Cast, purpose: str) -> Levy:
    return levy_draft(
        council.pk, by=cast.head, at=timezone.now(), purpose=purpose, basis="会议", way="equal", count="one",
        share_word="份", total=100_00, price=None, ties="up", due_on=localdate(), supervisor="王建国",
    )  # fmt: skip


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_page_is_open_to_all(size: str, council: Council, cast: Cast, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(size)
    issued, draft = Levy.objects.order_by("id")
    bill = Bill.objects.get(household=cast.household)
    fund = council.funds.get()
    sign_in(page, "head", PASSWORD)
    for address in (
        f"/councils/{council.pk}/money/",
        f"/councils/{council.pk}/levies/new/",
        f"/levies/{draft.pk}/",
        f"/levies/{issued.pk}/",
        f"/levies/{issued.pk}/slips/{cast.building.pk}/",
        f"/levies/{issued.pk}/spend/",
        f"/councils/{council.pk}/till/?home=3-2-302",
        f"/bills/{Payment.objects.get().bill_id}/",
        f"/receipts/{Payment.objects.get().pk}/",
        f"/councils/{council.pk}/ledger/",
        f"/councils/{council.pk}/funds/",
        f"/fund-items/{fund.items.get().pk}/",
        f"/y/{council.pk}/accounts/",
        f"/y/a/{issued.pk}/",
        f"/y/b/{bill.code}/",
        f"/y/s/{issued.code}/",
    ):
        page.goto(address)
        check_axe(page)
        check_width(page)


def test_taking_money_by_keyboard_alone(council: Council, cast: Cast, desk: Page) -> None:
    """The room, Enter, Enter: taken, and the cursor waits for the next room."""
    sign_in(desk, "community_worker", PASSWORD)
    desk.goto(f"/councils/{council.pk}/till/")
    desk.keyboard.type("3-2-302")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("实收（元）")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status").first).to_contain_text(re.compile("已收 3号楼2单元302 2.77 元"))
    expect(desk.get_by_label("哪一户")).to_be_focused()
    assert Payment.objects.filter(bill__household=cast.household, amount=2_77).count() == 1


def test_the_supervisor_signs_on_a_phone_without_an_account(council: Council, phone: Page) -> None:
    phone.goto(f"/y/s/{Levy.objects.order_by('id')[0].code}/")
    expect(phone.get_by_role("img", name="凭证 1")).to_be_visible()
    phone.get_by_role("button", name="看过凭证，同意").click()
    expect(phone.get_by_text("签过字了")).to_be_visible()
