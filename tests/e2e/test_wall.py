"""The wall in a browser: by mouse, by keyboard, on a phone, on paper, and without script."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from community_portal.privacy.models import AccessLog
from residents.models import Building, Household
from tests.e2e.browser import DESK, PHONE, Guard, check_axe, check_width, open_context, sign_in
from tests.factories import PASSWORD, Cast, make_petition
from tests.factories import PHONE as NUMBER

A3_ACROSS = re.compile(rb"/MediaBox \[0 0 119[01](?:\.\d+)? 84[12]")


@pytest.fixture
def lively(transactional_db: None, cast: Cast) -> Cast:
    """The cast with an open petition, a note and a few colours."""
    rooms = list(cast.building.households.order_by("pk"))
    rooms[0].living = "rented"
    rooms[1].statuses = ["solitary_elder"]
    rooms[2].living = "vacant"
    Household.objects.bulk_update(rooms, ["living", "statuses"])
    Household.objects.filter(pk=cast.household.pk).update(note="耳背，多敲两次门", statuses=["empty_nest"])
    make_petition(cast, at=timezone.now() - timedelta(days=1))
    return cast


def cell(page: Page, household: Household) -> Locator:
    return page.locator(f"#h{household.pk}")


def room(cast: Cast, name: str, unit: int = 2) -> Household:
    return cast.building.households.get(unit=unit, room=name)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_wall_building_and_file_are_open_to_all(size: str, lively: Cast, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    for address in (
        "/wall/",
        "/wall/?show=rented",
        "/wall/?zoom=wall&tag=solitary_elder",
        "/wall/?zoom=unit&open=petition&late=1",
        "/residents/?q=张",
        "/wall/map/",
        f"/wall/map/{lively.community.code}/edit/",
        f"/wall/colours/{lively.community.code}/",
        f"/wall/b/{lively.building.pk}/",
        f"/households/{lively.household.pk}/",
    ):
        page.goto(address)
        check_axe(page)
        check_width(page)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_cell_opens_its_file_beside_the_wall(size: str, lively: Cast, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "worker", PASSWORD)
    page.goto("/wall/")
    page.evaluate("window.stayed = true")
    cell(page, lively.household).click()
    file = page.locator("#file")
    expect(file).to_contain_text("耳背，多敲两次门")
    expect(file.get_by_role("heading", name="302 · 张**")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(f"/households/{lively.household.pk}/$"))
    expect(cell(page, lively.household)).to_have_attribute("aria-current", "true")
    check_axe(page)
    file.get_by_role("link", name="关闭").click()
    expect(page).to_have_url(re.compile("/wall/$"))
    expect(file).not_to_contain_text("耳背")
    assert page.evaluate("window.stayed")


def test_the_keyboard_walks_the_wall(desk: Page, lively: Cast) -> None:
    sign_in(desk, "worker", PASSWORD)
    desk.goto("/wall/")
    assert desk.locator(".wall .cell[tabindex='0']").count() == 1
    cell(desk, room(lively, "302")).focus()
    for key, where in (
        ("ArrowDown", room(lively, "202")),
        ("ArrowLeft", room(lively, "201")),
        ("ArrowLeft", room(lively, "202", unit=1)),
        ("ArrowRight", room(lively, "201")),
        ("ArrowUp", room(lively, "301")),
        ("ArrowUp", room(lively, "301")),
    ):
        desk.keyboard.press(key)
        expect(cell(desk, where)).to_be_focused()
    desk.keyboard.press("Home")
    first = desk.locator(".wall .cell").first
    expect(first).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("#file h2")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(first).to_be_focused()
    expect(desk.locator("#file")).to_contain_text("这里打开户档案")
    expect(desk).to_have_url(re.compile("/wall/$"))


def test_back_leads_to_the_wall_and_the_keys_still_work(desk: Page, lively: Cast) -> None:
    sign_in(desk, "worker", PASSWORD)
    desk.goto("/wall/?show=rented")
    cell(desk, lively.household).click()
    expect(desk.locator("#file h2")).to_contain_text("302")
    desk.go_back()
    expect(desk.get_by_role("heading", name="居民墙")).to_be_visible()
    expect(desk.locator("#file")).to_contain_text("这里打开户档案")
    cell(desk, room(lively, "302")).focus()
    desk.keyboard.press("ArrowDown")
    expect(cell(desk, room(lively, "202"))).to_be_focused()


def test_a_phone_number_opens_with_its_purpose(desk: Page, lively: Cast, guard: Guard) -> None:
    guard.expect_status(422)
    sign_in(desk, "worker", PASSWORD)
    desk.goto("/wall/")
    cell(desk, lively.household).click()
    file = desk.locator("#file")
    file.get_by_text("138****0001").click()
    file.get_by_text("其他用途").first.click()
    file.get_by_role("button", name="查看并记录").first.click()
    expect(file.locator(".error")).to_be_focused()
    expect(file).to_contain_text("请写明做什么用")
    check_axe(desk)
    file.get_by_role("button", name="走访", exact=True).first.click()
    expect(file).to_contain_text(NUMBER)
    expect(file).to_contain_text("张三")
    assert AccessLog.objects.get().purpose == "走访"


def test_signed_out_meanwhile_leads_to_sign_in_and_back(desk: Page, lively: Cast) -> None:
    sign_in(desk, "worker", PASSWORD)
    desk.goto("/wall/")
    desk.context.clear_cookies()
    cell(desk, lively.household).click()
    expect(desk).to_have_url(re.compile(f"/sign-in/\\?next=/households/{lively.household.pk}/$"))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_without_script_a_cell_is_a_link(size: dict[str, int], lively: Cast, chromium: Browser, guard: Guard) -> None:
    with open_context(chromium, guard, size, script=False) as context:
        page = context.new_page()
        sign_in(page, "worker", PASSWORD)
        page.goto("/wall/")
        cell(page, lively.household).click()
        expect(page).to_have_url(re.compile(f"/households/{lively.household.pk}/$"))
        expect(page.locator("#file")).to_contain_text("耳背，多敲两次门")
        page.locator("#file summary").first.click()
        page.get_by_role("button", name="走访", exact=True).first.click()
        expect(page.locator("#file")).to_contain_text(NUMBER)
        page.get_by_role("link", name="关闭").click()
        expect(page).to_have_url(re.compile(f"/wall/b/{lively.building.pk}/$"))


def test_a_building_prints_as_one_sheet(desk: Page, lively: Cast) -> None:
    sign_in(desk, "worker", PASSWORD)
    desk.goto(f"/wall/b/{lively.building.pk}/")
    desk.emulate_media(media="print")
    expect(desk.locator("#file")).to_be_hidden()
    expect(desk.get_by_role("button", name="打印墙表")).to_be_hidden()
    expect(desk.get_by_text("马雪 打印")).to_contain_text("3号楼 双合家园社区 · 双合家园 · 第一网格 · 网格员 马雪")
    expect(desk.get_by_text("已过时限").last).to_be_visible()
    cells = desk.locator(".wall .cell")
    assert cells.evaluate_all("all => all.every(each => getComputedStyle(each).borderTopStyle === 'solid')")
    sheet = desk.pdf(prefer_css_page_size=True)
    assert sheet.count(b"/Type /Page\n") == 1
    assert A3_ACROSS.search(sheet)


def test_the_whole_wall_prints_a_building_a_sheet(desk: Page, lively: Cast) -> None:
    sign_in(desk, "worker", PASSWORD)
    desk.goto("/wall/")
    desk.emulate_media(media="print")
    sheet = desk.pdf(prefer_css_page_size=True)
    assert sheet.count(b"/Type /Page\n") == 2
    assert A3_ACROSS.search(sheet)


def test_near_and_far(desk: Page, lively: Cast) -> None:
    sign_in(desk, "head", PASSWORD)
    desk.goto("/wall/?tag=senior")
    wide = cell(desk, lively.household).bounding_box()
    desk.evaluate("window.stayed = true")
    desk.get_by_role("link", name="全墙").click()
    expect(desk.get_by_role("link", name="全墙")).to_have_attribute("aria-current", "true")
    expect(desk).to_have_url(re.compile("tag=senior&zoom=wall"))
    tiny = cell(desk, lively.household).bounding_box()
    desk.get_by_role("link", name="单元", exact=True).click()
    large = cell(desk, lively.household).bounding_box()
    assert wide is not None
    assert tiny is not None
    assert large is not None
    assert tiny["height"] < 12 < wide["height"] < 44 <= large["height"]
    assert desk.evaluate("window.stayed")
    desk.reload()
    expect(desk.get_by_role("link", name="单元", exact=True)).to_have_attribute("aria-current", "true")


def test_a_building_of_the_whole_wall_opens_large(desk: Page, lively: Cast) -> None:
    sign_in(desk, "head", PASSWORD)
    desk.goto("/wall/?zoom=wall")
    box = desk.locator(f"#b{lively.building.pk}").bounding_box()
    assert box is not None
    desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 4)
    expect(desk).to_have_url(re.compile(f"/wall/b/{lively.building.pk}/"))


def test_the_keys_walk_the_whole_wall_too(desk: Page, lively: Cast) -> None:
    sign_in(desk, "head", PASSWORD)
    desk.goto("/wall/?zoom=wall")
    cell(desk, room(lively, "302")).focus()
    desk.keyboard.press("ArrowDown")
    expect(cell(desk, room(lively, "202"))).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("#file h2")).to_be_focused()


def test_filters_together(desk: Page, lively: Cast) -> None:
    sign_in(desk, "head", PASSWORD)
    desk.goto("/wall/")
    desk.get_by_role("link", name="在办诉求").click()
    expect(desk.get_by_text("符合条件")).to_contain_text("符合条件 1 户，共 36 户")
    desk.get_by_text("更多筛选").click()
    desk.get_by_role("checkbox", name="空巢老人").check()
    desk.get_by_role("button", name="筛选", exact=True).click()
    expect(desk).to_have_url(re.compile("open=petition&tag=empty_nest"))
    expect(desk.get_by_text("符合条件")).to_contain_text("符合条件 1 户")
    assert "off" not in (cell(desk, lively.household).get_attribute("class") or "")
    assert desk.locator(".wall .cell.off").count() == 35
    check_axe(desk)
    desk.get_by_role("link", name="不筛选了").click()
    assert desk.locator(".wall .cell.off").count() == 0


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_somebody_is_found_from_the_wall(size: str, lively: Cast, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    page.goto("/wall/")
    page.evaluate("window.stayed = true")
    box = page.get_by_role("searchbox", name="找居民")
    box.fill("zhangsan")
    box.press("Enter")
    expect(page.locator("#file h2")).to_contain_text("“zhangsan” 1 条")
    check_axe(page)
    page.locator("#file").get_by_role("link", name="3号楼 2 单元 302").click()
    expect(page.locator("#file")).to_contain_text("耳背，多敲两次门")
    expect(cell(page, lively.household)).to_have_attribute("aria-current", "true")
    expect(cell(page, lively.household)).to_be_in_viewport()
    assert page.evaluate("window.stayed")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_map_is_drawn_and_read(size: str, lively: Cast, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    page.goto(f"/wall/map/{lively.community.code}/edit/")
    page.get_by_text("第一网格").first.click()
    page.get_by_role("button", name="在地图上画").first.click()
    plan = page.locator("#map")
    plan.scroll_into_view_if_needed()
    box = plan.bounding_box()
    assert box is not None
    for right, down in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)):
        plan.click(position={"x": box["width"] * right, "y": box["height"] * down})
    expect(page.locator("#how")).to_contain_text("第一网格有 4 个角")
    page.get_by_role("button", name="保存第一网格").click()
    expect(page.get_by_text("已保存第一网格的边界")).to_be_visible()
    page.get_by_text("3号楼").first.click()
    page.get_by_role("button", name="在地图上点").last.click()
    plan.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    page.get_by_role("button", name="保存3号楼").click()
    expect(page.get_by_text("已标好3号楼的位置")).to_be_visible()
    page.goto("/wall/map/")
    expect(page.locator(".leaflet-interactive.point")).to_have_count(1)
    expect(page.locator(".leaflet-container")).to_contain_text("第一网格 1")
    check_axe(page)
    check_width(page)
    page.locator(".leaflet-interactive.point").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/wall/b/{lively.building.pk}/"))


def test_the_map_is_a_drawing_without_script(lively: Cast, chromium: Browser, guard: Guard) -> None:
    Building.objects.filter(pk=lively.building.pk).update(lon=116.49, lat=39.87)
    with open_context(chromium, guard, DESK, script=False) as context:
        page = context.new_page()
        sign_in(page, "head", PASSWORD)
        page.goto("/wall/map/")
        expect(page.get_by_role("img", name="在办诉求")).to_be_visible()
        page.get_by_text("用表格看").click()
        expect(page.get_by_role("table", name="按楼栋")).to_contain_text("3号楼")
