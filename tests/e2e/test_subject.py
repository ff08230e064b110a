"""The answer to "what do you hold about me" in a browser: asked, read, printed."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.e2e.browser import Guard, check_axe, check_width, sign_in
from tests.factories import PASSWORD, PHONE, Cast, make_petition


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_resident_gets_a_sheet_of_what_is_held(
    request: pytest.FixtureRequest, guard: Guard, cast: Cast, size: str
) -> None:
    petition = make_petition(cast, at=timezone.now())
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    page.goto("/privacy/subject/")
    check_axe(page)
    check_width(page)
    page.get_by_role("button", name="查询并记录").click()
    expect(page.get_by_role("alert")).to_contain_text("先核对证件")
    page.get_by_label("手机或座机").fill(PHONE)
    page.get_by_label("已当面核对证件").check()
    page.get_by_role("button", name="查询并记录").click()
    sheet = page.get_by_role("article")
    expect(sheet).to_contain_text(petition.number)
    expect(sheet).to_contain_text("居民档案")
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    check_axe(page)
    check_width(page)


def test_on_paper_only_the_sheet_is_left(desk: Page, cast: Cast) -> None:
    make_petition(cast, at=timezone.now())
    sign_in(desk, "head", PASSWORD)
    desk.goto("/privacy/subject/")
    desk.get_by_label("手机或座机").fill(PHONE)
    desk.get_by_label("已当面核对证件").check()
    desk.get_by_role("button", name="查询并记录").click()
    desk.emulate_media(media="print")
    expect(desk.get_by_role("heading", name="关于您的个人信息，我们保存了什么")).to_be_visible()
    for gone in (desk.get_by_text("答复已备好"), desk.get_by_role("navigation", name="主导航")):
        expect(gone).to_be_hidden()
