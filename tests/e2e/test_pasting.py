"""Pasting an order at the desk and on a phone, by keyboard alone, and without script."""

import pytest
from playwright.sync_api import Browser, Page, expect

from petitions.models import Original, Petition
from tests.e2e.browser import DESK, Guard, check_axe, check_width, open_context, sign_in
from tests.factories import PASSWORD, Cast

ORDER = (
    "【工单编号】GD-7\n来电人：李四；联系电话：138 0013 8009（女儿）\n"
    "诉求内容：双合家园3号楼2单元302楼道灯不亮，晚上看不清。\n回访要求：晚上八点后"
)
TWO = "工单编号：A-1 来电人：张三 诉求内容：停水\n工单编号：A-2 诉求内容：门口有垃圾 地址：双合家园1号楼"
BOX = "把收到的文字贴在这里"


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_paste_becomes_a_petition(request: pytest.FixtureRequest, guard: Guard, cast: Cast, size: str) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    page.goto("/petitions/new/")
    check_axe(page)
    page.get_by_label(BOX).fill(ORDER)
    expect(page.get_by_text("已填好，请核对")).to_be_visible()
    expect(page.get_by_label("怎么称呼")).to_have_value("李四")
    expect(page.get_by_label("来电号码")).to_have_value("13800138009")
    expect(page.get_by_label("来单编号")).to_have_value("GD-7")
    expect(page.locator("#preview")).to_contain_text("按地址 3号楼 到第一网格")
    check_axe(page)
    check_width(page)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("已登记。请告诉来人")).to_be_visible()
    expect(page.get_by_text("来文里还有：")).to_be_visible()
    page.locator("summary", has_text="来文原文").click()
    page.get_by_role("button", name="核对身份").click()
    expect(page.get_by_text("这次查看已记录")).to_be_visible()
    expect(page.locator("#who")).to_contain_text("138 0013 8009（女儿）")
    check_axe(page)
    assert Original.objects.get().text == ORDER


def test_what_is_typed_meanwhile_stays(desk: Page, cast: Cast) -> None:
    sign_in(desk, "head", PASSWORD)
    desk.goto("/petitions/new/")
    desk.get_by_label("怎么称呼").fill("李奶奶")
    desk.route("**/new/fill/", lambda route: (desk.get_by_label("在哪里").fill("1号楼"), route.continue_()))
    desk.get_by_label(BOX).fill(ORDER)
    expect(desk.get_by_text("您写过的“怎么称呼”没有动")).to_be_visible()
    expect(desk.get_by_label("怎么称呼")).to_have_value("李奶奶")
    expect(desk.get_by_label("在哪里")).to_have_value("1号楼")
    expect(desk.get_by_label("来文里还有")).to_have_value(
        "联系电话：138 0013 8009（女儿）\n回访要求：晚上八点后\n怎么称呼：李四"
    )


def test_two_orders_by_keyboard_alone(desk: Page, cast: Cast) -> None:
    sign_in(desk, "head", PASSWORD)
    desk.goto("/petitions/new/")
    desk.get_by_label(BOX).focus()
    desk.keyboard.insert_text(TWO)
    expect(desk.get_by_text("有 2 件")).to_be_visible()
    assert desk.evaluate("document.activeElement.id") == "id_pasted"
    check_axe(desk)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("下面是这段文字里的下一件")).to_be_visible()
    expect(desk.get_by_label("什么事")).to_have_value("门口有垃圾")
    desk.get_by_label("什么事").focus()
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("已登记。请告诉来人")).to_be_visible()
    assert list(Petition.objects.order_by("id").values_list("external_no", flat=True)) == ["A-1", "A-2"]


def test_without_script_a_button_fills(chromium: Browser, guard: Guard, cast: Cast) -> None:
    context = open_context(chromium, guard, DESK, script=False)
    page = context.new_page()
    sign_in(page, "head", PASSWORD)
    page.goto("/petitions/new/")
    page.get_by_label(BOX).fill(ORDER)
    page.get_by_role("button", name="填到下面").click()
    expect(page.get_by_label("怎么称呼")).to_have_value("李四")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("已登记。请告诉来人")).to_be_visible()
    context.close()
