"""Two whole lives of an order, in the browser: one that goes well, and one that everybody leaves alone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from petitions.actions import clocks
from petitions.models import Petition
from petitions.workflow import State
from tests.e2e.browser import check_axe, check_width, sign_in
from tests.factories import PASSWORD, Cast

URGENT = "3号楼2单元302门口电箱上方漏水，怕漏电，请尽快来看"
NUMBER = re.compile(r"SQ\d{8}-\d{6}")


@pytest.fixture(autouse=True)
def _quick_hands(settings: Settings) -> None:
    """The browser fills in forms faster than any person."""
    settings.PUBLIC_FORM_MIN_SECONDS = 0


def file_request(phone: Page, cast: Cast) -> tuple[str, str]:
    """A resident files a request on the phone; gives number and query code from the receipt."""
    phone.goto("/")
    phone.get_by_role("link", name="我要办事").click()
    if phone.get_by_label("什么事").count() == 0:
        phone.get_by_role("link", name="双合家园社区").click()
    phone.get_by_label("什么事").fill(URGENT)
    phone.get_by_label("手机号").fill("13900001111")
    expect(phone.get_by_text("前有人联系您").first).to_be_visible()
    check_axe(phone)
    check_width(phone)
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="收到了")).to_be_visible()
    check_axe(phone)
    number = NUMBER.search(phone.get_by_label("回执").inner_text())
    assert number is not None
    petition = Petition.objects.get(number=number.group())
    expect(phone.get_by_label("回执")).to_contain_text(petition.query_code)
    expect(phone.get_by_label("回执").locator("svg").first).to_be_visible()
    return petition.number, petition.query_code


def test_a_request_is_answered_and_filed(phone: Page, desk: Page, cast: Cast) -> None:
    """Resident files → worker accepts, contacts, resolves → resident sees the answer, rates it → filed."""
    number, code = file_request(phone, cast)
    sign_in(desk, cast.worker.username, PASSWORD)
    row = desk.locator("li", has_text="电箱").filter(has=desk.locator(f"a[href*='{number}']")).first
    expect(row).to_contain_text("剩")
    row.get_by_role("button", name="签收").click()
    expect(desk.get_by_text("已签收").first).to_be_visible()
    desk.goto(f"/petitions/{number}/")
    check_axe(desk)

    desk.get_by_role("link", name="联系居民").click()
    desk.get_by_label("联系的情况").fill("已电话联系，十分钟后到现场关阀")
    desk.get_by_role("button", name="记下这次联系").click()
    desk.get_by_role("link", name="办结并答复").click()
    desk.get_by_label("给居民的答复").fill("已关阀换管，电箱擦干并请电工检查，可以正常用电。")
    desk.get_by_label("已解决").check()
    desk.get_by_role("button", name="办结并发出答复").click()
    expect(desk.get_by_text("待评价").first).to_be_visible()

    phone.goto("/")
    phone.get_by_role("link", name="查进度").first.click()
    phone.get_by_label("工单号").fill(number.lower())
    phone.get_by_label("查询码").fill(code.lower())
    phone.get_by_role("button", name="查进度").click()
    expect(phone.get_by_text("已关阀换管").first).to_be_visible()
    check_axe(phone)
    check_width(phone)
    expect(phone.get_by_text("13900001111")).to_have_count(0)
    for answer in ("联系过", "解决了", "满意"):
        phone.get_by_label(answer, exact=True).check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_role("button", name="提交评价")).to_have_count(0)

    petition = Petition.objects.get(number=number)
    assert (petition.state, petition.asked_solved, petition.asked_satisfied) == (State.CLOSED, True, True)
    assert not petition.clocks.filter(closed_at__isnull=True).exists()
    desk.reload()
    expect(desk.get_by_text("已归档").first).to_be_visible()


def test_a_request_left_alone_reaches_the_street(phone: Page, desk: Page, cast: Cast) -> None:
    """Nobody moves: the ladder climbs to the street officer, who sees why, takes note and gives it to somebody else."""
    number, _code = file_request(phone, cast)
    begun = timezone.now()
    for minutes in (12, 16, 31, 80):
        clocks.sweep(at=begun + timedelta(minutes=minutes))
    petition = Petition.objects.get(number=number)
    assert petition.escalated_to == Petition.Step.STREET

    sign_in(desk, cast.street.username, PASSWORD)
    desk.goto("/escalations/")
    entry = desk.locator("li", has=desk.locator(f"a[href*='{number}']")).first
    expect(entry).to_contain_text("签收")
    expect(entry).to_contain_text(cast.worker.name)
    check_axe(desk)
    desk.goto(f"/petitions/{number}/")
    expect(desk.get_by_text("升级到街道").first).to_be_visible()
    desk.get_by_role("link", name="知悉").click()
    desk.get_by_label("打算怎么办").fill("网格员在外救援，改派给社区另一名网格员")
    desk.get_by_role("button", name="知悉，暂缓升级").click()
    expect(desk.get_by_text("网格员在外救援").first).to_be_visible()

    desk.get_by_text("更多办法").click()
    desk.get_by_role("link", name="改派").click()
    desk.get_by_label("派给谁").select_option(str(cast.appointment(cast.colleague).pk))
    desk.get_by_role("button", name="派给他").click()
    expect(desk.get_by_text("已派单").first).to_be_visible()
    petition.refresh_from_db()
    assert (petition.handler, petition.state) == (cast.colleague, State.DISPATCHED)
