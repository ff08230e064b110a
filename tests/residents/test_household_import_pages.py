"""The pages of importing households, the sheet of rows that come back, and the command."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError
from python_calamine import CalamineWorkbook

from community_portal.privacy.models import AccessLog
from residents import tasks
from residents.models import HouseholdImport, Resident
from tests.factories import NOW, Cast
from tests.residents.household_files import id_number, person, xlsx_of
from tests.residents.test_household_import import check, load

ROWS = [person("李明", 1), person("", 2)]


@pytest.fixture
def at_once() -> Iterator[None]:
    """The worker's part is done where the page would queue it."""

    def run(args: list[int], **_options: Any) -> None:
        tasks.run_import(*args)

    with patch.object(tasks.run_import, "apply_async", side_effect=run):
        yield


def upload(client: Client, cast: Cast, content: bytes, name: str = "台账.xlsx") -> Any:
    values = {"file": SimpleUploadedFile(name, content), "community": cast.community.pk}
    return client.post(reverse("household-import"), values)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def act(client: Client, batch: HouseholdImport, verb: str, **said: Any) -> str:
    return text_of(client.post(reverse("household-import-act", args=[batch.pk, verb]), said, follow=True))


def columns_said(client: Client, batch: HouseholdImport) -> dict[str, str]:
    """The form of columns as the page shows it."""
    form = client.get(reverse("household-import-columns", args=[batch.pk])).context["form"]
    return {name: field.initial for name, field in form.fields.items()}


def test_from_upload_to_undo(client: Client, cast: Cast, at_once: None) -> None:
    client.force_login(cast.head)
    answer = upload(client, cast, xlsx_of(ROWS))
    batch = HouseholdImport.objects.get()
    columns = reverse("household-import-columns", args=[batch.pk])
    detail = reverse("household-import-detail", args=[batch.pk])
    assert answer["Location"] == columns
    assert client.get(detail)["Location"] == columns
    page = text_of(client.get(columns))
    assert "每一列是什么" in page
    assert id_number(1) in page, "the first values stand by the column"
    assert client.post(columns, columns_said(client, batch))["Location"] == detail
    checked = text_of(client.get(detail))
    for shown in ("还没有写入", "第 3 行", "没有姓名", "李明 · 3号楼2单元301", "下载不能导入的行"):
        assert shown in checked
    assert not Resident.objects.filter(name="李明").exists()
    assert "导入完成" in act(client, batch, "run", conflicts="keep")
    assert Resident.objects.filter(name="李明").exists()
    assert "已撤销" in act(client, batch, "undo")
    assert not Resident.objects.filter(name="李明").exists()
    assert "现在是“已撤销”" in act(client, batch, "undo")
    assert batch.file_name in text_of(client.get(reverse("household-import")))


def test_a_wrong_choice_of_columns_comes_back_with_its_reason(client: Client, cast: Cast, at_once: None) -> None:
    client.force_login(cast.head)
    upload(client, cast, xlsx_of(ROWS))
    batch = HouseholdImport.objects.get()
    said = columns_said(client, batch)
    address = reverse("household-import-columns", args=[batch.pk])
    assert "只留一列" in text_of(client.post(address, {**said, "column-0": "name"}))
    assert "要有房号" in text_of(client.post(address, {**said, "column-2": ""}))
    batch.refresh_from_db()
    assert batch.state == "matching"


def test_another_sheet_can_be_chosen(client: Client, cast: Cast, at_once: None) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name, who in (("一季度", "李明"), ("二季度", "王芳")):
            sheet = book.add_worksheet(name)
            rows = [list(person(who, 1)), list(person(who, 1).values())]
            for line, cells in enumerate(rows):
                sheet.write_row(line, 0, cells)
    client.force_login(cast.head)
    upload(client, cast, stream.getvalue())
    batch = HouseholdImport.objects.get()
    address = reverse("household-import-columns", args=[batch.pk])
    assert "读的是工作表“一季度”" in text_of(client.get(address))
    other = f"{address}?sheet=二季度"
    assert "王芳" in text_of(client.get(other))
    assert "王芳" in text_of(client.post(other, columns_said(client, batch), follow=True))
    batch.refresh_from_db()
    assert batch.sheet == "二季度"


def test_conflicts_are_shown_side_by_side_and_decided_one_by_one(client: Client, cast: Cast, at_once: None) -> None:
    load(cast, [person("李明", 1), person("王芳", 2, 与户主关系="配偶")])
    batch = check(cast, [person("李明明", 1), person("王芳芳", 2, 与户主关系="配偶")])
    client.force_login(cast.head)
    page = text_of(client.get(reverse("household-import-detail", args=[batch.pk])))
    assert "<td>李**</td><td><b>李明明</b></td>" in page
    first, second = batch.notes.filter(kind="conflict").order_by("row")
    act(client, batch, "run", conflicts="file", **{f"note-{first.pk}": "keep", f"note-{second.pk}": ""})
    assert set(Resident.objects.filter(name__startswith="李").values_list("name", flat=True)) == {"李明"}
    assert Resident.objects.filter(name="王芳芳").exists()


def test_building_is_for_the_head(client: Client, cast: Cast, at_once: None) -> None:
    batch = check(cast, [person("李明", 1, 房号="909")])
    client.force_login(cast.community_worker)
    assert "要由社区书记勾选" in text_of(client.get(reverse("household-import-detail", args=[batch.pk])))
    assert "要由社区书记来做" in act(client, batch, "check", may_build="on")
    client.force_login(cast.head)
    assert "补建这一户" in act(client, batch, "check", may_build="on")
    assert "导入完成" in act(client, batch, "run")


def test_rows_that_stay_out_come_back_as_a_sheet_and_go_in_when_mended(client: Client, cast: Cast) -> None:
    rows = [person("李明", 1), person("王芳", 2, 房号="909"), person("赵六", 3, 楼栋="", 单元="", 房号="")]
    batch = load(
        cast, xlsx_of(rows, title=["台账"], merge=[(3, 0, 4, 0, "3号楼"), (3, 1, 4, 1, "2单元"), (3, 2, 4, 2, "909")])
    )
    client.force_login(cast.head)
    answer = client.post(reverse("household-import-bad-rows", args=[batch.pk]))
    with CalamineWorkbook.from_filelike(io.BytesIO(answer.content)) as book:
        lines = book.get_sheet_by_index(0).to_python()
    header = lines[2]
    back = [dict(zip(header, line, strict=True)) for line in lines[3:]]
    assert [(row["姓名"], row["房号"], row["行号"]) for row in back] == [("王芳", "909", 4), ("赵六", "909", 5)]
    assert "没有 2 单元 909" in back[0]["没有导入的原因"]
    assert AccessLog.objects.get().subject == f"residents.householdimport:{batch.pk}"
    again = load(cast, answer.content, may_build=True)
    assert again.counts["person.new"] == 2


def test_a_file_waits_when_the_queue_is_away(client: Client, cast: Cast) -> None:
    client.force_login(cast.head)
    upload(client, cast, xlsx_of(ROWS))
    batch = HouseholdImport.objects.get()
    with patch.object(tasks.run_import, "apply_async", side_effect=OperationalError):
        client.post(reverse("household-import-columns", args=[batch.pk]), columns_said(client, batch))
    page = text_of(client.get(reverse("household-import-detail", args=[batch.pk])))
    assert "检查中" in page
    part = client.get(reverse("household-import-detail", args=[batch.pk]), headers={"HX-Request": "true"})
    assert "<html" not in text_of(part)
    assert "every 2s" in text_of(part)


def test_a_bad_file_says_so_at_the_field(client: Client, cast: Cast) -> None:
    client.force_login(cast.head)
    for content, says in ((b"", "文件是空的"), (b"%PDF\x00\xff", "认不出这个文件")):
        assert says in text_of(upload(client, cast, content))
    values = {"file": SimpleUploadedFile("a.xlsx", xlsx_of(ROWS)), "community": cast.next_community.pk}
    assert client.post(reverse("household-import"), values).status_code == 200
    assert not HouseholdImport.objects.exists()


def test_a_file_too_large_is_refused(client: Client, cast: Cast, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 100
    client.force_login(cast.head)
    assert "文件超过" in text_of(upload(client, cast, xlsx_of(ROWS)))


def test_only_the_communitys_own_people_reach_an_import(client: Client, cast: Cast) -> None:
    batch = load(cast, ROWS)
    expected = {cast.head: 200, cast.community_worker: 200, cast.outsider: 404, cast.street: 403, cast.worker: 403}
    for staff, status in expected.items():
        client.force_login(staff)
        assert client.get(reverse("household-import-detail", args=[batch.pk])).status_code == status, staff
        answer = client.post(reverse("household-import-act", args=[batch.pk, "undo"]))
        if status != 200:
            assert answer.status_code == status
            batch.refresh_from_db()
            assert batch.state == "done"
            continue
        HouseholdImport.objects.update(state="done")


# ── the command ────────────────────────────────────────────


def run_command(tmp_path: Path, content: bytes, *options: str) -> str:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(content)
    said = io.StringIO()
    call_command("import_households", str(path), *options, stdout=said, stderr=io.StringIO())
    return said.getvalue()


def test_the_command_checks_imports_and_changes_nothing_twice(cast: Cast, tmp_path: Path) -> None:
    where = ("--community", cast.community.code)
    content = xlsx_of([*ROWS, person("王五", 5, 房号="909")])
    checked = run_command(tmp_path, content, "--dry-run", *where)
    assert "共 3 行。户 没有变化 1；人 新增 1。不能导入 2 行，有提示 0 行" in checked
    assert "楼栋 → 楼栋" in checked
    assert "第 4 行：3号楼没有 2 单元 909" in checked
    assert not Resident.objects.filter(name="李明").exists()
    assert "人 新增 2" in run_command(tmp_path, content, "--create-missing", *where)
    assert "人 没有变化 2" in run_command(tmp_path, content, "--create-missing", *where)


def test_the_command_says_in_one_line_what_it_needs(cast: Cast, tmp_path: Path) -> None:
    for content, options, says in (
        (xlsx_of(ROWS), (), "请用 --community"),
        (xlsx_of(ROWS), ("--community", "999"), "没有代码为 999"),
        (b"", ("--community", cast.community.code), "文件是空的"),
        ("姓名,电话\n张三,1\n".encode(), ("--community", cast.community.code, "--dry-run"), "要有房号"),
        ("姓名,电话\n张三,1\n".encode(), ("--community", cast.community.code), "要有房号"),
    ):
        with pytest.raises(CommandError, match=says):
            run_command(tmp_path, content, *options)
    with pytest.raises(CommandError, match="读不了"):
        call_command("import_households", str(tmp_path / "nowhere.xlsx"))
    assert NOW
