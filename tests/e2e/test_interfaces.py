"""The pages of the interfaces in a browser: tokens, and the description for programmers."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Guard, check_axe, check_width, sign_in
from tests.factories import PASSWORD, Cast


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_token_is_made_by_keyboard_and_the_pages_are_sound(
    request: pytest.FixtureRequest, guard: Guard, cast: Cast, size: str
) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    page.goto("/interfaces/")
    check_axe(page)
    page.get_by_label("用来做什么").fill("街道看板")
    page.get_by_label("走访").check()
    page.get_by_role("button", name="新建令牌").press("Enter")
    expect(page.get_by_text("令牌只显示这一次")).to_be_visible()
    check_axe(page)
    check_width(page)
    page.goto("/api/docs/")
    page.locator("summary").nth(1).click()
    check_axe(page)
    check_width(page)
