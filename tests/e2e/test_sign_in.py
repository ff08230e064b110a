"""Signing in and the elder mode in a browser."""

import json

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from grid.models import Staff
from tests.e2e.browser import Guard, check_axe, check_width, sign_in

PASSWORD = "yi-ge-chang-mima"


@pytest.fixture
def worker(transactional_db: None) -> Staff:
    return Staff.objects.create_user("ma", PASSWORD, name="马建国")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_sign_in_page_is_open_to_all(size: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(size)
    page.goto("/sign-in/")
    check_axe(page)
    check_width(page)


def test_a_wrong_password_is_told_at_the_top_and_read_first(desk: Page, worker: Staff) -> None:
    desk.goto("/sign-in/")
    desk.keyboard.type("ma")
    desk.keyboard.press("Tab")
    desk.keyboard.type("cuo")
    desk.keyboard.press("Enter")
    problems = desk.get_by_role("alert")
    expect(problems).to_contain_text("账号或密码不对")
    expect(problems).to_be_focused()
    expect(desk.get_by_label("账号")).to_have_value("ma")
    check_axe(desk)


def test_the_keyboard_alone_signs_in_and_out(desk: Page, worker: Staff) -> None:
    sign_in(desk, "ma", PASSWORD)
    desk.keyboard.press("/")
    expect(desk.get_by_role("searchbox", name="查找")).to_be_focused()
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="马建国").press("Enter")
    desk.get_by_role("button", name="退出").press("Enter")
    expect(desk.get_by_role("link", name="工作人员登录")).to_be_visible()


def test_signing_out_leaves_nothing_on_the_device(phone: Page, worker: Staff) -> None:
    sign_in(phone, "ma", PASSWORD)
    phone.evaluate("async () => { localStorage.setItem('kept', '1'); await caches.open('kept') }")
    assert phone.evaluate("async () => [localStorage.length, (await caches.keys()).length]") == [1, 1]
    phone.get_by_role("button", name="更多").click()
    phone.locator("#more").get_by_role("button", name="退出").click()
    expect(phone.get_by_role("link", name="工作人员登录")).to_be_visible()
    assert phone.evaluate("async () => [localStorage.length, (await caches.keys()).length]") == [0, 0]


def test_the_browser_accepts_the_manifest_and_its_icons(phone: Page) -> None:
    phone.goto("/sign-in/")
    told = phone.context.new_cdp_session(phone).send("Page.getAppManifest")
    assert told["url"].endswith("/manifest.webmanifest")
    assert told["errors"] == []
    for icon in json.loads(told["data"])["icons"]:
        size = phone.evaluate(
            "async (src) => { const i = new Image(); i.src = src; await i.decode(); return `${i.width}x${i.height}` }",
            icon["src"],
        )
        assert size == icon["sizes"]


def test_typing_for_long_tells_the_portal_that_somebody_is_there(desk: Page, worker: Staff) -> None:
    desk.clock.install()
    sign_in(desk, "ma", PASSWORD)
    search = desk.get_by_role("searchbox", name="查找")
    search.press_sequentially("3号楼")
    desk.clock.fast_forward(61_000)
    with desk.expect_response("**/stay/") as answer:
        search.press("2")
    assert answer.value.status == 204


def test_a_locked_account_says_how_long(phone: Page, guard: Guard, worker: Staff, settings: Settings) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    settings.SIGNIN_LOCK_SECONDS = 300
    guard.expect_status(429)
    phone.goto("/sign-in/")
    for _ in range(2):
        phone.get_by_label("账号").fill("ma")
        phone.get_by_label("密码").fill("cuo")
        phone.get_by_role("button", name="登录").click()
    expect(phone.get_by_text("请等 5 分钟再登录")).to_be_visible()
    check_axe(phone)


def test_elder_mode_makes_every_word_large_and_every_target_wide(phone: Page) -> None:
    phone.goto("/sign-in/")
    phone.get_by_role("button", name="长辈版").click()
    expect(phone.get_by_role("button", name="标准版")).to_be_visible()
    sizes = phone.eval_on_selector_all(
        "main :is(p, label, input, button, h1)", "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 24
    heights = phone.eval_on_selector_all(
        "main :is(input:not([type=hidden]), button), header button",
        "all => all.map(one => one.getBoundingClientRect().height)",
    )
    assert min(heights) >= 60
    check_axe(phone)
    check_width(phone)


def test_a_page_that_is_not_there_says_so(phone: Page, guard: Guard) -> None:
    guard.expect_status(404)
    phone.goto("/meiyou-zhe-yi-ye/")
    expect(phone.get_by_role("heading", name="没有找到这一页")).to_be_visible()
    check_axe(phone)


@pytest.mark.parametrize(
    ("mischief", "fault"),
    [
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')", "CSP: style-src-attr"),
        ("console.error('nanu')", "console: nanu"),
        ("setTimeout(() => { throw new Error('nanu') })", "script: nanu"),
        ("fetch('/nowhere/')", "answer 404"),
        ("fetch('https://elsewhere.example/').catch(() => 0)", "CSP: connect-src https://elsewhere.example/"),
    ],
)
def test_the_guard_sees_every_fault(desk: Page, guard: Guard, mischief: str, fault: str) -> None:
    desk.goto("/sign-in/")
    desk.evaluate(mischief)
    desk.wait_for_timeout(200)
    seen, guard.faults = guard.faults, []
    assert any(fault in each for each in seen), seen
