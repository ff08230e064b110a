"""The household file in a browser: reading, a move, two editors, what does not fit; desk, phone, no script."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from residents.actions.care import tag_give
from residents.actions.consents import consent_give, contact_save
from residents.actions.facts import household_edit
from residents.care import Said
from residents.models import Household
from tests.e2e.browser import DESK, Guard, check_axe, check_width, open_context, sign_in
from tests.factories import PASSWORD, Cast, make_petition
from tests.residents.acts import names_in, room, with_check_digit


@pytest.fixture
def full(transactional_db: None, cast: Cast) -> Cast:
    """302 with a bit of everything."""
    at = timezone.now() - timedelta(days=2)
    home, who = cast.household.pk, {"by": cast.worker, "at": at}
    make_petition(cast, at=at)
    facts = {
        "living": "rented",
        "owner_name": "赵六",
        "owner_phone": "13800000055",
        "beds": 1,
        "utilities_off": ["gas"],
    }
    household_edit(home, facts=facts, **who)
    tag_give(home, said=Said("disabled", "肢体", 2, "腿脚不便"), resident=cast.resident.pk, **who)
    tag_give(home, said=Said("aid"), **who)
    contact_save(home, cast.resident.pk, name="张四", relation="弟弟", phone="13800000066", **who)
    consent_give(home, cast.resident.pk, purpose="documents", how="paper", **who)
    return cast


def where(home: Household) -> str:
    return f"/households/{home.pk}/file/"


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_file_and_its_forms_are_open_to_all(size: str, full: Cast, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    who = f"?who={full.resident.pk}"
    yesterday = timezone.localdate() - timedelta(days=3)
    file = where(full.household)
    for address in (
        file, f"{file}?on={yesterday}", f"{file}facts/", f"{file}person/{who}", f"{file}move/", f"{file}marriage/{who}",
        f"{file}tag/", f"{file}document/{who}", f"{file}merge/", "/data-quality/", "/coming/",
    ):  # fmt: skip
        page.goto(address)
        check_axe(page)
        check_width(page)


def test_a_form_opens_in_place_and_the_id_number_fills_the_rest(desk: Page, full: Cast) -> None:
    sign_in(desk, "worker", PASSWORD)
    desk.goto(where(full.household))
    desk.evaluate("window.stayed = true")
    desk.get_by_role("link", name="登记一位").click()
    form = desk.locator("#people form.act-form")
    expect(form.get_by_role("heading", name="登记一位居民")).to_be_focused()
    form.get_by_label("姓名").fill("王丽")
    form.get_by_label("与户主关系").fill("配偶")
    form.get_by_label("身份证号").fill(with_check_digit("99000119850615002"))
    expect(form.get_by_label("出生日期")).to_have_value("1985-06-15")
    expect(form.get_by_label("性别")).to_have_value("female")
    check_axe(desk)
    assert desk.evaluate("window.stayed")
    form.get_by_role("button", name="登记").click()
    expect(desk.get_by_role("alert")).to_contain_text("可住 1 人")
    desk.get_by_role("button", name="仍要保存").click()
    expect(desk.get_by_text("已登记", exact=True)).to_be_visible()
    assert "王丽" in names_in(full.household)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_family_moves(size: str, full: Cast, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "worker", PASSWORD)
    page.goto(where(full.household))
    page.locator("#people > header").get_by_role("link", name="搬家").click()
    form = page.locator("#people form.act-form")
    expect(form.get_by_role("checkbox", name="张**")).to_have_count(2)
    for box in form.get_by_role("checkbox", name="张**").all():
        box.check()
    form.get_by_label("搬到辖区里的哪一户").fill("3号楼2单元101")
    form.get_by_role("button", name="登记搬家").click()
    expect(page.get_by_text("已登记搬家")).to_be_visible()
    expect(page.locator("#people")).to_contain_text("还没有登记住户")
    expect(page.locator("#timeline")).to_contain_text("迁往 3号楼2单元101")
    assert names_in(room(full, "101")) == ["张三", "张小明"]


def test_the_second_editor_sees_the_change_and_keeps_the_words(
    desk: Page, full: Cast, chromium: Browser, guard: Guard
) -> None:
    guard.expect_status(409)
    sign_in(desk, "worker", PASSWORD)
    desk.goto(where(full.household))
    desk.locator("#facts > header").get_by_role("link", name="修改").click()
    form = desk.locator("#facts form.act-form")
    form.get_by_label("上门须知").fill("耳背，多敲两次门")
    with open_context(chromium, guard, DESK) as context:
        other = context.new_page()
        sign_in(other, "head", PASSWORD)
        other.goto(f"{where(full.household)}facts/")
        other.get_by_label("宠物").fill("一只猫")
        other.get_by_label("可住人数").fill("3")
        other.get_by_role("button", name="保存").click()
        expect(other.get_by_text("已保存")).to_be_visible()
    form.get_by_label("可住人数").fill("3")
    form.get_by_role("button", name="保存").click()
    expect(desk.get_by_role("alert")).to_contain_text("林书记")
    expect(desk.get_by_role("alert")).to_contain_text("宠物：空 → 一只猫")
    expect(desk.get_by_label("上门须知")).to_have_value("耳背，多敲两次门")
    check_axe(desk)
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("已保存")).to_be_visible()
    expect(desk.locator("#facts")).to_contain_text("耳背，多敲两次门")


def test_without_script_it_all_works(full: Cast, chromium: Browser, guard: Guard) -> None:
    with open_context(chromium, guard, DESK, script=False) as context:
        page = context.new_page()
        sign_in(page, "worker", PASSWORD)
        page.goto(where(full.household))
        page.locator("#facts > header").get_by_role("link", name="修改").click()
        page.get_by_label("宠物").fill("一只猫")
        page.get_by_label("可住人数").fill("2")
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("已保存")).to_be_visible()
        page.get_by_label("看过去某一天的档案").fill(str(timezone.localdate() - timedelta(days=5)))
        page.get_by_role("button", name="看那天").click()
        expect(page).to_have_url(re.compile(r"\?on="))
        expect(page.locator(".asof")).to_contain_text("的档案")
        expect(page.locator("#facts")).not_to_contain_text("一只猫")


def test_a_press_mends(phone: Page, full: Cast) -> None:
    sign_in(phone, "worker", PASSWORD)
    phone.goto("/data-quality/")
    check_axe(phone)
    phone.get_by_role("button", name="可住人数改为 2").click()
    expect(phone.get_by_text("已更正")).to_be_visible()
    expect(phone.get_by_text("没有疑点")).to_be_visible()
