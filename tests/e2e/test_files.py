"""Photos from a phone: chosen, sent with progress, kept through a mistake, seen by the worker, and the worker's own."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings

from petitions.models import Petition
from tests.e2e.browser import Guard, check_axe, check_width, sign_in
from tests.factories import PASSWORD, Cast


@pytest.fixture(autouse=True)
def _quick_hands(settings: Settings, tmp_path: Path) -> None:
    settings.PUBLIC_FORM_MIN_SECONDS = 0
    settings.MEDIA_ROOT = tmp_path


def photo(name: str, colour: str) -> FilePayload:
    out = BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_photos_of_both_sides_are_seen_by_both(phone: Page, desk: Page, cast: Cast, tmp_path: Path) -> None:
    phone.goto(f"/c/{cast.community.code}/ask/")
    phone.get_by_label("照片、录音").set_input_files([photo("门.jpg", "brown"), photo("锁.jpg", "grey")])
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("alert")).to_contain_text("请写一下什么事")
    check_axe(phone)
    assert phone.get_by_label("照片、录音").evaluate("field => field.files.length") == 2
    phone.get_by_label("什么事").fill("3号楼单元门锁坏了")
    phone.get_by_text("不留电话，我自己查进度").click()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="收到了")).to_be_visible()
    petition = Petition.objects.get()
    assert petition.files.count() == 2

    sign_in(desk, cast.worker.username, PASSWORD)
    desk.goto(f"/petitions/{petition.number}/")
    expect(desk.get_by_role("img", name="诉求人提供的照片")).to_have_count(2)
    desk.get_by_role("button", name="签收").click()
    expect(desk.get_by_text("已签收").first).to_be_visible()
    desk.goto(f"/petitions/{petition.number}/")
    desk.get_by_role("link", name="添加照片、文件").click()
    desk.get_by_label("照片、文件").set_input_files([photo("好了.jpg", "green")])
    desk.get_by_text("处理后").click()
    desk.get_by_text("诉求人在查进度时也看得到").click()
    check_axe(desk)
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("已保存 1 个")).to_be_visible()
    check_axe(desk)

    phone.goto(f"/t/{petition.number}/{petition.query_code}/")
    expect(phone.get_by_role("img", name="处理后的照片")).to_be_visible()
    check_axe(phone)
    check_width(phone)


def test_a_broken_network_keeps_what_was_written_and_chosen(phone: Page, guard: Guard, cast: Cast) -> None:
    guard.expect_cut()
    phone.goto(f"/c/{cast.community.code}/ask/")
    phone.get_by_label("什么事").fill("门锁坏了")
    phone.get_by_text("不留电话，我自己查进度").click()
    phone.get_by_label("照片、录音").set_input_files([photo("门.jpg", "brown")])
    phone.wait_for_load_state("networkidle")
    phone.route("**/ask/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    with phone.expect_event("requestfailed"):
        phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("没有发出去，请看看网络")).to_be_visible()
    phone.unroute("**/ask/")
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="收到了")).to_be_visible()
    assert Petition.objects.get().files.count() == 1
