"""A round on the phone: begin, write down what was found with a picture, put one thing right, end, read the log."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings

from petitions.models import PatrolFind
from tests.e2e.browser import check_axe, check_width, sign_in
from tests.factories import PASSWORD, Cast


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def photo() -> FilePayload:
    out = BytesIO()
    Image.new("RGB", (800, 600), "brown").save(out, "JPEG")
    return {"name": "堆物.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_a_round(phone: Page, cast: Cast) -> None:
    sign_in(phone, cast.worker.username, PASSWORD)
    phone.goto("/patrols/")
    check_axe(phone)
    check_width(phone)
    phone.get_by_role("button", name="开始巡查").click()
    expect(phone.get_by_role("heading", name=f"正在巡查{cast.grid.name}")).to_be_visible()
    phone.get_by_role("link", name="记一处").click()
    phone.get_by_label("发现什么").fill("楼门前堆着纸箱")
    phone.get_by_label("在哪栋楼").select_option(label="3号楼")
    phone.get_by_label("照片（可不拍）", exact=True).set_input_files([photo()])
    phone.get_by_text("当场办好了").click()
    phone.get_by_label("当场怎么办的").fill("请户主当场搬走")
    check_axe(phone)
    check_width(phone)
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已记下，当场办结")).to_be_visible()
    phone.get_by_role("link", name="记一处").click()
    phone.get_by_label("发现什么").fill("3号楼路灯不亮")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已记下，交给马雪")).to_be_visible()
    check_axe(phone)
    assert [row.fixed for row in PatrolFind.objects.all()] == [True, False]
    phone.get_by_role("button", name="结束这一趟").click()
    expect(phone.get_by_text("今天巡查 1 趟")).to_be_visible()
    phone.get_by_role("link", name="巡查记录").click()
    expect(phone.get_by_role("cell", name="请户主当场搬走")).to_be_visible()
    check_axe(phone)
    check_width(phone)
