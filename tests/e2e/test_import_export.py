"""Bringing a file of households in and taking lists out, in a browser, with a worker that works at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from playwright.sync_api import Page, expect

from residents import tasks
from residents.models import Resident
from tests.e2e.browser import DESK, Guard, check_axe, check_width, open_context, sign_in
from tests.factories import PASSWORD, Cast, make_petition
from tests.residents.household_files import person, xlsx_of


@pytest.fixture
def at_once(guard: Guard) -> Iterator[None]:
    """What a page would queue is done before it answers."""

    def run(args: list[int], **_options: Any) -> None:
        tasks.run_import(*args)

    with patch.object(tasks.run_import, "apply_async", side_effect=run):
        yield


@pytest.fixture
def ledger(tmp_path: Path, cast: Cast) -> Path:
    """A community's own ledger: two who fit, one who contradicts, one without a name."""
    rows = [
        person("李明", 1, 房号="202", 备注="有狗"),
        person("王芳", 2, 房号="202", 与户主关系="配偶", 性别="男"),
        person("张三", 7, 房号="302", 联系电话="13911112222", 出生日期="1980-05-01"),
        person("", 4),
    ]
    path = tmp_path / "双合家园台账.xlsx"
    path.write_bytes(xlsx_of(rows, title=["双合家园社区居民台账"]))
    return path


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_from_upload_to_undo(
    request: pytest.FixtureRequest, guard: Guard, cast: Cast, at_once: None, ledger: Path, size: str
) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, "head", PASSWORD)
    page.goto("/petitions/import/")
    page.get_by_role("link", name="户和居民").click()
    sound(page)
    page.get_by_label("文件").set_input_files(ledger)
    page.get_by_role("button", name="上传并看列").click()
    expect(page.get_by_role("heading", name="每一列是什么")).to_be_visible()
    expect(page.get_by_label("房号")).to_have_value("room")
    sound(page)
    page.get_by_role("button", name="检查这个文件").click()
    expect(page.get_by_text("还没有写入")).to_be_visible()
    expect(page.get_by_role("cell", name="138****0001")).to_be_visible()
    sound(page)
    page.get_by_label("第 5 行").select_option("file")
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("导入完成")).to_be_visible()
    assert Resident.objects.get(name="张三").phone == "13911112222"
    with page.expect_download() as download:
        page.get_by_role("button", name="下载不能导入的行").click()
    assert download.value.suggested_filename == "双合家园台账-未导入.xlsx"
    sound(page)
    page.get_by_role("button", name="撤销这次导入").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="撤销导入", exact=True).click()
    expect(page.get_by_text("已撤销")).to_be_visible()
    sound(page)
    assert Resident.objects.get(name="张三").phone == "13800000001"
    assert not Resident.objects.filter(name="李明").exists()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_list_goes_out_with_its_purpose(request: pytest.FixtureRequest, guard: Guard, cast: Cast, size: str) -> None:
    page: Page = request.getfixturevalue(size)
    make_petition(cast)
    sign_in(page, "head", PASSWORD)
    for address, button, title in (
        ("/wall/", "导出居民", "居民台账"),
        ("/petitions/", "导出台账", "诉求台账"),
    ):
        page.goto(address)
        page.get_by_role("link", name=button).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        check_axe(page)
        dialog.get_by_label("上级交办的统计或台账").check()
        dialog.get_by_label("做什么用").fill("街道人口核查")
        dialog.get_by_role("button", name="导出", exact=True).click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        sound(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="下载 Excel").click()
        assert download.value.suggested_filename.startswith(title)
    page.goto("/exports/new/households/?tag=owner")
    sound(page)


def test_a_purpose_is_asked_for_without_script_too(guard: Guard, chromium: Any, cast: Cast) -> None:
    context = open_context(chromium, guard, DESK, script=False)
    page = context.new_page()
    sign_in(page, "head", PASSWORD)
    page.goto("/wall/")
    page.get_by_role("link", name="导出住户").click()
    page.get_by_role("button", name="导出", exact=True).click()
    expect(page.get_by_text("请选一项用途").first).to_be_visible()
    page.get_by_label("走访").check()
    page.get_by_role("button", name="导出", exact=True).click()
    expect(page.get_by_text("写好了")).to_be_visible()
    context.close()


def sound(page: Page) -> None:
    """Nothing that keeps somebody from using the page."""
    check_axe(page)
    check_width(page)
