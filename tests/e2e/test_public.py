"""A resident on a phone: asks, keeps the receipt, follows, adds, rates; with script and without."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from petitions.actions import handling
from petitions.actions.importing import import_run
from petitions.models import ImportBatch, Petition
from tests.e2e.browser import PHONE, Guard, check_axe, check_width, open_context, sign_in
from tests.factories import PASSWORD, Cast
from tests.petitions.order_files import csv_of, order


@pytest.fixture(autouse=True)
def _no_waiting(settings: Settings) -> None:
    settings.PUBLIC_FORM_MIN_SECONDS = 0


@pytest.fixture
def plain(chromium: Browser, guard: Guard) -> Iterator[Page]:
    """A phone whose browser runs no script."""
    context = open_context(chromium, guard, PHONE, script=False)
    yield context.new_page()
    context.close()


def door(cast: Cast) -> str:
    return reverse("ask", args=[cast.community.code]) + f"?b={cast.building.pk}&u=2"


def answer(cast: Cast, petition: Petition) -> None:
    now = timezone.now()
    handling.petition_accept(petition.pk, by=cast.worker, at=now)
    handling.petition_contact(petition.pk, by=cast.worker, at=now, text="约好上门")
    handling.petition_resolve(petition.pk, by=cast.worker, at=now, text="电箱已更换，可以正常用电")


def look(page: Page) -> None:
    check_axe(page)
    check_width(page)


def test_a_resident_asks_on_a_phone_and_follows_it_to_the_end(phone: Page, guard: Guard, cast: Cast) -> None:
    phone.goto("/")
    look(phone)
    phone.goto(door(cast))
    expect(phone.get_by_label("在哪里")).to_have_value("3号楼 2 单元")
    phone.get_by_label("什么事").press_sequentially("楼道电箱冒烟")
    expect(phone.locator("#promise")).to_contain_text("2 小时件")
    expect(phone.locator("#promise")).to_contain_text("119")
    look(phone)
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("alert")).to_be_focused()
    expect(phone.get_by_label("什么事")).to_have_value("楼道电箱冒烟")
    look(phone)
    phone.get_by_label("手机号").fill("13800000009")
    phone.get_by_role("button", name="提交").click()

    expect(phone.get_by_role("heading", name="收到了，这是您的回执")).to_be_visible()
    petition = Petition.objects.get()
    expect(phone.get_by_text(petition.number)).to_be_visible()
    expect(phone.get_by_text(petition.query_code, exact=True)).to_be_visible()
    expect(phone.get_by_role("img", name="扫码查进度")).to_be_visible()
    expect(phone.get_by_role("button", name="打印回执")).to_be_visible()
    look(phone)

    phone.get_by_role("link", name="查进度", exact=True).click()
    look(phone)
    phone.get_by_label("工单号").fill(petition.number)
    phone.get_by_label("查询码").fill(petition.query_code.lower())
    phone.get_by_role("button", name="查进度").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("已派给马**，等待签收")
    phone.get_by_text("补充说明").first.click()
    phone.get_by_label("补充说明").fill("又冒了一次烟")
    phone.get_by_role("button", name="提交补充").click()
    expect(phone.get_by_text("您补充")).to_be_visible()
    look(phone)

    answer(cast, petition)
    phone.reload()
    expect(phone.get_by_text("电箱已更换，可以正常用电").first).to_be_visible()
    look(phone)
    for words in ("联系过", "解决了", "满意"):
        phone.get_by_role("radio", name=words, exact=True).check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("谢谢您的评价")).to_be_visible()
    look(phone)


def test_all_of_it_works_without_script(plain: Page, cast: Cast) -> None:
    plain.goto(door(cast))
    plain.get_by_label("什么事").fill("楼道灯不亮")
    plain.get_by_label("不留电话，我自己查进度").check()
    expect(plain.get_by_label("手机号")).to_be_hidden()
    plain.get_by_role("button", name="提交").click()
    expect(plain.get_by_role("heading", name="收到了，这是您的回执")).to_be_visible()
    expect(plain.get_by_role("button", name="打印回执")).to_be_hidden()
    petition = Petition.objects.get()
    answer(cast, petition)
    plain.get_by_role("link", name="看进度").click()
    for words in ("没有", "没解决", "不满意"):
        plain.get_by_role("radio", name=words, exact=True).check()
    plain.get_by_role("button", name="提交评价").click()
    expect(plain.get_by_text("我们重新办理")).to_be_visible()
    expect(plain.get_by_role("heading", level=1)).to_have_text("已派给马**，等待签收")


def test_a_press_while_the_promise_is_on_its_way_loses_nothing(phone: Page, cast: Cast) -> None:
    phone.goto(door(cast))
    phone.get_by_label("手机号").fill("13800000009")
    phone.get_by_label("什么事").press_sequentially("停水了")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="收到了，这是您的回执")).to_be_visible()
    assert Petition.objects.count() == 1


def test_the_pages_serve_elders(phone: Page, cast: Cast) -> None:
    phone.goto(door(cast))
    phone.get_by_role("button", name="长辈版").click()
    phone.get_by_label("什么事").fill("想申请上门量血压")
    phone.get_by_label("不留电话，我自己查进度").check()
    sizes = phone.eval_on_selector_all(
        "main :is(p, label, input, button, h1, legend, b, span)",
        "all => all.filter(one => one.offsetParent).map(one => parseFloat(getComputedStyle(one).fontSize))",
    )
    assert min(sizes) >= 24
    look(phone)
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="收到了，这是您的回执")).to_be_visible()
    look(phone)
    phone.get_by_role("link", name="看进度").click()
    look(phone)


def test_the_desk_form_needs_the_keyboard_only(desk: Page, cast: Cast) -> None:
    sign_in(desk, "head", PASSWORD)
    desk.goto(reverse("petition-new"))
    check_axe(desk)
    desk.keyboard.type("13800000001")
    fill = desk.get_by_role("button", name="填入地址")
    expect(fill).to_be_visible()
    desk.keyboard.press("Tab")
    desk.keyboard.type("张先生")
    desk.keyboard.press("Tab")
    expect(fill).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("在哪里")).to_have_value("双合家园3号楼2单元302")
    desk.keyboard.press("Shift+Tab")
    desk.keyboard.type("暖气不热")
    expect(desk.get_by_label("会派到哪里")).to_contain_text("水电气热")
    expect(desk.get_by_label("会派到哪里")).to_contain_text("马雪")
    check_axe(desk)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("请告诉来人")).to_be_visible()
    petition = Petition.objects.get()
    assert (petition.household, petition.caller_name) == (cast.household, "张先生")
    desk.get_by_role("link", name="再登一件").click()
    expect(desk.get_by_label("来电号码")).to_be_focused()


def test_the_desk_form_and_the_upload_fit_a_phone(phone: Page, cast: Cast) -> None:
    sign_in(phone, "head", PASSWORD)
    for name in ("petition-new", "petition-import"):
        phone.goto(reverse(name))
        look(phone)


def test_an_upload_is_followed_to_its_end(desk: Page, cast: Cast) -> None:
    sign_in(desk, "head", PASSWORD)
    desk.goto(reverse("petition-import"))
    check_axe(desk)
    content = csv_of([order(1), order(2, 受理时间="昨天"), order(3, 诉求主题="", 诉求详情="")], "gb18030")
    desk.get_by_label("文件").set_input_files({"name": "三月.csv", "mimeType": "text/csv", "buffer": content})
    desk.get_by_role("button", name="开始导入").click()
    expect(desk.get_by_text("正在导入，0 / 3 行")).to_be_visible()
    check_axe(desk)
    import_run(ImportBatch.objects.get().pk)
    expect(desk.get_by_text("导入完成")).to_be_visible()
    expect(desk.get_by_text("第 4 行")).to_be_visible()
    check_axe(desk)
    check_width(desk)
    with desk.expect_download() as download:
        desk.get_by_role("button", name="下载未导入的行（CSV）").click()
    assert download.value.suggested_filename == "三月-未导入.csv"
