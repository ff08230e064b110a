"""The staff pages in a browser: at a desk and on a phone, by mouse and by keyboard alone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from petitions.actions import applying, clocks, counting, ending, handling, together
from petitions.models import Petition
from petitions.workflow import State
from tests.e2e.browser import Guard, check_axe, check_width, sign_in
from tests.factories import PASSWORD, Cast, make_petition

ROUTING = "/routing/?text=3号楼门口烧烤摊油烟&kind=help&source=web"
URGENT = "3号楼2单元302电箱冒烟"


@pytest.fixture
def orders(cast: Cast) -> list[Petition]:
    """One order long overdue, one in hand, one nobody has taken, one answered."""
    now = timezone.now()
    late = make_petition(cast, text=URGENT, at=now - timedelta(hours=3))
    in_hand = make_petition(cast, at=now - timedelta(minutes=20))
    handling.petition_accept(in_hand.pk, by=cast.worker, at=now)
    queued = make_petition(cast, text="院里有狗叫，吵得睡不着", at=now)
    answered = make_petition(cast, title="门禁坏了", at=now)
    handling.petition_accept(answered.pk, by=cast.worker, at=now)
    handling.petition_contact(answered.pk, by=cast.worker, at=now, text="约好下午去")
    handling.petition_resolve(answered.pk, by=cast.worker, at=now, text="门禁已修好")
    units = [cast.department.pk, cast.property_company.pk]
    together.petition_summon(in_hand.pk, by=cast.street, at=now, organisations=units, text="一起去看")
    applying.petition_ask_extend(in_hand.pk, by=cast.worker, at=now, until=now + timedelta(days=9), text="等配件")
    clocks.sweep(at=now)
    counting.count_up(at=now)
    return [late, in_hand, queued, answered]


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_every_page_is_sound(
    request: pytest.FixtureRequest, guard: Guard, cast: Cast, orders: list[Petition], size: str
) -> None:
    page: Page = request.getfixturevalue(size)
    late, in_hand, queued, answered = (f"/petitions/{order.number}/" for order in orders)
    asked = orders[1].applications.get().pk
    part = orders[1].parts.get(organisation=cast.property_company).pk
    addresses = {
        "worker": ["/workbench/", in_hand, "/escalations/"],
        "head": ["/petitions/", "/petitions/?group=all&more=on", "/petitions/?q=没有", "/escalations/", late, answered],
        "street": [
            "/figures/",
            "/figures/?by=handler",
            "/figures/orders/",
            "/figures/ladder/",
            "/figures/topics/",
            "/figures/topics/facility/",
            "/petitions/same/",
            "/workbench/",
            queued,
            in_hand,
            f"{in_hand}decide/{asked}/",
            ROUTING,
        ],
        "member": ["/workbench/", in_hand, f"{in_hand}parts/{part}/answer/"],
        "deputy": ["/petitions/bulk/", f"/petitions/bulk/?pick={orders[1].pk}&verb=note"],
    }
    for name, seen in addresses.items():
        page.context.clear_cookies()
        sign_in(page, name, PASSWORD)
        for address in seen:
            page.goto(address)
            check_axe(page)
            check_width(page)


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize(
    ("name", "order", "verb"),
    [
        ("worker", 1, "contact"),
        ("head", 0, "acknowledge"),
        ("head", 2, "dispatch"),
        ("head", 3, "close"),
        ("worker", 1, "ask_suspend"),
        ("street", 0, "summon"),
        ("head", 0, "level"),
    ],
)
def test_every_form_is_sound(
    request: pytest.FixtureRequest,
    guard: Guard,
    cast: Cast,
    orders: list[Petition],
    name: str,
    order: int,
    verb: str,
    size: str,
) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, name, PASSWORD)
    page.goto(f"/petitions/{orders[order].number}/{verb}/")
    expect(page.locator("#act form")).to_be_visible()
    check_axe(page)
    check_width(page)


def test_a_worker_takes_an_order_to_its_answer(desk: Page, cast: Cast) -> None:
    petition = make_petition(cast, at=timezone.now())
    sign_in(desk, "worker", PASSWORD)
    expect(desk.get_by_role("heading", level=1)).to_contain_text("好，")
    desk.get_by_role("button", name="签收").click()
    expect(desk.get_by_text("已签收，下一步请在")).to_be_visible()
    desk.get_by_role("link", name="联系居民").click()
    desk.get_by_label("联系的情况").fill("约好下午三点上门")
    assert desk.url.endswith(f"/petitions/{petition.number}/"), "the form opens in place"
    desk.get_by_role("button", name="记下这次联系").click()
    expect(desk.get_by_text("已记下首次联系")).to_be_visible()
    desk.get_by_role("link", name="办结并答复").click()
    desk.get_by_label("给居民的答复").fill("灯已换好")
    desk.get_by_label("已解决").check()
    desk.get_by_role("button", name="办结并发出答复").click()
    expect(desk.get_by_text("已办结，答复已发给诉求人")).to_be_visible()
    petition.refresh_from_db()
    assert (petition.state, petition.answer) == (State.RESOLVED, "灯已换好")


def test_signing_in_for_an_order_takes_the_keyboard_alone(desk: Page, cast: Cast) -> None:
    petition = make_petition(cast, at=timezone.now())
    sign_in(desk, "worker", PASSWORD)
    for _ in range(30):
        desk.keyboard.press("Tab")
        if desk.evaluate("document.activeElement.textContent").startswith("签收"):
            break
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("已签收，下一步请在")).to_be_visible()
    petition.refresh_from_db()
    assert petition.handler == cast.worker


def test_the_phone_number_is_shown_in_place(phone: Page, cast: Cast) -> None:
    petition = make_petition(cast, at=timezone.now())
    sign_in(phone, "worker", PASSWORD)
    phone.goto(f"/petitions/{petition.number}/")
    expect(phone.get_by_text("138****0001")).to_be_visible()
    phone.locator("summary", has_text="查看").click()
    phone.get_by_role("button", name="办理诉求").click()
    expect(phone.get_by_role("link", name="13800000001")).to_be_visible()
    check_axe(phone)


def test_words_survive_when_somebody_was_faster(desk: Page, cast: Cast) -> None:
    petition = make_petition(cast, at=timezone.now())
    handling.petition_accept(petition.pk, by=cast.worker, at=timezone.now())
    sign_in(desk, "worker", PASSWORD)
    desk.goto(f"/petitions/{petition.number}/")
    desk.get_by_text("更多办法").click()
    desk.get_by_role("link", name="记一笔").click()
    desk.get_by_label("办理的进展").fill("写了很多很多")
    ending.petition_refuse(petition.pk, by=cast.head, at=timezone.now(), ground="court")
    desk.get_by_role("button", name="记下").click()
    expect(desk.get_by_text("不能再“办理记录”")).to_be_visible()
    expect(desk.get_by_label("您刚才写的，可以复制留用")).to_have_value("写了很多很多")
    check_axe(desk)


def test_a_head_takes_note_without_leaving_the_list(desk: Page, cast: Cast, orders: list[Petition]) -> None:
    sign_in(desk, "head", PASSWORD)
    desk.goto("/escalations/")
    desk.locator("summary", has_text="知悉").first.click()
    check_axe(desk)
    desk.get_by_label("打算怎么办").fill("配件下午到")
    desk.get_by_role("button", name="知悉，暂缓升级").click()
    expect(desk.get_by_text("已知悉，升级暂缓")).to_be_visible()
    expect(desk.get_by_text("前不再升级")).to_be_visible()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_place_that_may_be_meant_is_picked_by_keyboard(
    request: pytest.FixtureRequest, guard: Guard, cast: Cast, size: str
) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    page.goto("/petitions/new/")
    page.get_by_label("什么事").fill("楼道灯不亮")
    page.get_by_label("在哪里").fill("双合家园3号楼302")
    page.get_by_label("在哪里").press("Tab")
    choice = page.get_by_role("button", name="3号楼2单元302")
    expect(choice).to_be_visible()
    page.get_by_label("在哪里").press("Tab")
    page.keyboard.press("Tab")
    expect(choice).to_be_focused()
    check_axe(page)
    check_width(page)
    choice.press("Enter")
    expect(page.get_by_label("在哪里")).to_have_value("双合家园3号楼2单元302")
    expect(choice).to_have_count(0)


def test_one_tap_settles_where_an_order_is(phone: Page, guard: Guard, cast: Cast) -> None:
    petition = make_petition(cast, text="灯不亮", address="双合家园3号楼302", at=timezone.now())
    sign_in(phone, "worker", PASSWORD)
    phone.goto(f"/petitions/{petition.number}/")
    check_axe(phone)
    check_width(phone)
    phone.get_by_role("button", name="3号楼1单元302").tap()
    expect(phone.get_by_text("地址已确定")).to_be_visible()
    expect(phone.get_by_text("地址确定为 3号楼1单元302")).to_be_visible()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_quiet_page_without_a_post(request: pytest.FixtureRequest, guard: Guard, cast: Cast, size: str) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "nobody", PASSWORD)
    expect(page.get_by_role("heading", name="您的账号还没有任职")).to_be_visible()
    check_axe(page)
    check_width(page)
