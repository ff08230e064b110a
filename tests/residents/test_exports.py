"""Lists that go out: who may, what is in them, that each is logged and that no cell runs."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from community_portal.privacy.models import AccessLog
from community_portal.privacy.retention import apply_rule
from community_portal.tables.writing import Column, Layout, harmless, write_csv, write_xlsx
from grid.access import Role
from grid.models import Appointment, Staff
from petitions.models import Petition
from residents.actions import exporting
from residents.actions.exporting import ExportRefused, content_of, export_create, export_write
from residents.models import Export, Household
from residents.retention import SHEETS
from tests.factories import NOW, PHONE, Cast, make_petition, make_resident
from tests.residents.household_files import id_number

PURPOSE = "上报街道民政科"


def take(by: Staff, kind: str, query: str = "", form: str = "xlsx") -> Export:
    return export_create(by=by, at=NOW, kind=kind, form=form, query=query, purpose=PURPOSE)


def sheet_of(export: Export) -> list[list[Any]]:
    with CalamineWorkbook.from_filelike(io.BytesIO(content_of(export))) as book:
        return book.get_sheet_by_index(0).to_python()


def rows_of(export: Export) -> list[dict[str, Any]]:
    """The rows below the header of a sheet."""
    lines = sheet_of(export)
    return [dict(zip(lines[3], line, strict=True)) for line in lines[4:]]


@pytest.fixture
def lived_in(cast: Cast) -> Household:
    """302 with a head who has an ID number, rented."""
    cast.resident.id_number = id_number(7)
    cast.resident.save()
    cast.household.living, cast.household.statuses, cast.household.note = "rented", ["rented", "aid"], "=1+1"
    cast.household.save()
    return cast.household


def test_a_sheet_is_laid_out_as_a_ledger(cast: Cast, lived_in: Household) -> None:
    lines = sheet_of(take(cast.head, "people"))
    assert lines[0][0] == "居民台账"
    assert lines[1][0] == "2026-11-23，双合家园社区，全部，2 行"
    assert lines[2][0] == f"林书记 2026-11-23 10:00 导出，用途：{PURPOSE}。含个人信息，不得外传，用后销毁。"
    assert (lines[3][0], lines[3][-1]) == ("序号", "备注")
    head = next(row for row in rows_of(take(cast.head, "people")) if row["与户主关系"] == "户主")
    assert (head["身份证号"], head["电话"], head["房号"]) == (id_number(7), PHONE, "302")


def test_personal_columns_are_masked_for_those_who_need_no_more(cast: Cast, lived_in: Household) -> None:
    rows = rows_of(take(cast.community_worker, "people"))
    assert {(row["姓名"], row["身份证号"], row["电话"]) for row in rows} == {
        ("张**", f"110105********{id_number(7)[-4:]}", "138****0001"),
        ("张**", "", ""),
    }


def test_the_walls_filters_pick_the_rows(cast: Cast, lived_in: Household) -> None:
    assert len(rows_of(take(cast.head, "households"))) == 36
    [row] = rows_of(take(cast.head, "households", "tag=rented&tag=aid"))
    assert (row["户主"], row["标签"], row["居住状况"], row["人数"]) == ("张三", "低保", "出租", 2)
    assert len(rows_of(take(cast.head, "households", f"grid={cast.second_grid.pk}"))) == 12
    assert rows_of(take(cast.head, "households", f"community={cast.next_community.code}")) == []
    assert len(rows_of(take(cast.worker, "households"))) == 24
    assert AccessLog.objects.latest("id").subject == "export:households"


def test_sealed_tags_go_out_to_those_alone_who_may_see_them(cast: Cast, lived_in: Household) -> None:
    lived_in.care = "disabled"
    lived_in.save()
    assert [row["标签"] for row in rows_of(take(cast.head, "households", "tag=disabled"))] == ["低保、残疾"]
    of_street = rows_of(take(cast.street, "households", "tag=disabled"))
    assert len(of_street) > 1, "a filter that somebody may not use is none"
    assert not any("残疾" in row["标签"] for row in of_street)


def test_the_ledger_of_orders_follows_the_lists_filters(cast: Cast) -> None:
    make_petition(cast, text="3号楼2单元302的灯不亮，电话 13912345678")
    make_petition(cast, title="另一件", text="电梯坏了", anonymous=True)
    Petition.objects.filter(title="另一件").update(asked_satisfied=True)
    rows = rows_of(take(cast.head, "ledger"))
    assert " ".join(list(rows[0])[1:]) == (
        "登记日期 诉求人 电话 地址 网格 类型 内容 受理人 措施 结果 完成日期 满意度 备注"
    )
    assert [(row["诉求人"], row["电话"], row["满意度"]) for row in rows] == [("张三", PHONE, ""), ("匿名", "", "满意")]
    assert rows_of(take(cast.worker, "ledger"))[0]["内容"] == "3号楼2单元302的灯不亮，电话 139****5678"
    assert len(rows_of(take(cast.head, "ledger", "q=另一件"))) == 1
    assert rows_of(take(cast.outsider, "ledger")) == []


def test_nothing_goes_out_without_permission_and_purpose(cast: Cast) -> None:
    for by, kind in (
        (cast.worker, "people"),
        (cast.street, "people"),
        (cast.nobody, "ledger"),
        (cast.head, "salaries"),
    ):
        with pytest.raises(ExportRefused):
            take(by, kind)
    with pytest.raises(ValidationError):
        export_create(by=cast.head, at=NOW, kind="people", form="xlsx", query="", purpose=" ")
    assert not Export.objects.exists()
    assert not AccessLog.objects.exists()


def test_a_sheet_is_as_plain_as_its_least_open_place(cast: Cast) -> None:
    """The head of one community who also works a grid: of their own, and then of another community."""
    make_resident(cast.far_building.households.all()[0], "周远")
    own = Appointment.objects.create(staff=cast.head, role=Role.GRID_WORKER, grid=cast.grid, starts_on=NOW.date())
    assert "张三" in {row["户主"] for row in rows_of(take(Staff.objects.get(pk=cast.head.pk), "households"))}
    Appointment.objects.filter(pk=own.pk).update(grid=cast.far_building.grid)
    rows = rows_of(take(Staff.objects.get(pk=cast.head.pk), "households"))
    assert {"张**", "周**"} <= {row["户主"] for row in rows}
    assert "周远" not in {row["姓名"] for row in rows_of(take(Staff.objects.get(pk=cast.head.pk), "people"))}


def test_each_export_is_in_the_access_log(cast: Cast) -> None:
    take(cast.head, "people", f"grid={cast.grid.pk}")
    entry = AccessLog.objects.get()
    assert (entry.staff, entry.action, entry.subject, entry.purpose) == (cast.head, "export", "export:people", PURPOSE)
    assert entry.detail == "2 行；第一网格；原文"


def test_no_cell_runs_as_a_formula(cast: Cast, lived_in: Household) -> None:
    make_resident(lived_in, "=cmd|'/c calc'!A1", relation="+1", phone="")
    export = take(cast.head, "people")
    assert "=cmd|'/c calc'!A1" in {row["姓名"] for row in rows_of(export)}
    sheet = zipfile.ZipFile(io.BytesIO(content_of(export))).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    text = content_of(take(cast.head, "people", form="csv")).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=cmd|'/c calc'!A1" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_dangerous_beginning_is_made_harmless(start: str) -> None:
    assert harmless(f"{start}1") == f"'{start}1"
    assert harmless(-1) == -1
    assert harmless("安全") == "安全"


def test_long_texts_and_signs_do_not_break_the_sheet() -> None:
    layout = Layout("标题 & 题", ["行"], "用途：" + "长" * 400)
    content = write_xlsx([Column("甲")], [["a" * 40_000], [None], [True], [3.5]], layout)
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        lines = book.get_sheet_by_index(0).to_python()
    assert [line[0] for line in lines[4:]] == ["a" * 32_767, "", "是", 3.5]
    assert write_csv([Column("甲")], [["1"]]).startswith(b"\xef\xbb\xbf")


def test_a_phone_that_was_looked_for_is_kept_sealed(cast: Cast) -> None:
    make_petition(cast)
    export = take(cast.head, "ledger", f"q={PHONE}")
    assert export.total == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM residents_export t UNION ALL SELECT t::text FROM privacy_accesslog t")
        assert not any(PHONE in row[0] for row in cursor.fetchall())
    assert not any(PHONE in str(cell) for line in sheet_of(export)[:3] for cell in line)


def test_a_long_list_is_written_by_a_worker_and_found_again(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 3)
    export = take(cast.head, "households")
    assert (export.state, export.total) == ("waiting", 36)
    client.force_login(cast.head)
    page = client.get(reverse("export-detail", args=[export.pk])).content.decode()
    assert "正在写表，0 / 36 行" in page
    assert exporting.stalled(NOW + timedelta(minutes=3)) == [export.pk]
    assert export_write(export.pk, at=NOW).state == "done"
    assert exporting.stalled(NOW + timedelta(minutes=3)) == []
    assert export_write(export.pk, at=NOW).done == 36
    answer = client.post(reverse("export-file", args=[export.pk]))
    assert answer.content[:2] == b"PK"
    assert "no-store" in answer["Cache-Control"]


def test_a_sheet_belongs_to_whoever_asked_for_it_for_a_day(cast: Cast, client: Client) -> None:
    export = take(cast.head, "households")
    client.force_login(cast.community_worker)
    assert client.get(reverse("export-detail", args=[export.pk])).status_code == 404
    assert client.post(reverse("export-file", args=[export.pk])).status_code == 404
    assert apply_rule(SHEETS, at=NOW + timedelta(hours=23)) == 0
    assert apply_rule(SHEETS, at=NOW + timedelta(hours=25)) == 1
    client.force_login(cast.head)
    assert client.post(reverse("export-file", args=[export.pk])).status_code == 302
    assert "已经清除" in client.get(reverse("export-detail", args=[export.pk])).content.decode()


def test_the_page_asks_for_the_purpose_and_keeps_the_filters(cast: Cast, client: Client) -> None:
    client.force_login(cast.head)
    address = reverse("export-new", args=["households"]) + f"?grid={cast.second_grid.pk}"
    page = client.get(address).content.decode()
    assert "12 行，第二网格" in page
    assert "请选一项用途" in client.post(address, {"form": "xlsx"}).content.decode()
    assert "请写明做什么用" in client.post(address, {"purpose": "report", "form": "xlsx"}).content.decode()
    said = {"purpose": "report", "purpose_words": "街道人口核查", "form": "xlsx"}
    assert client.post(address, said).status_code == 302
    assert Export.objects.get().total == 12
    assert Export.objects.get().purpose == AccessLog.objects.get().purpose == "上级交办的统计或台账：街道人口核查"
    assert Export.objects.get().created_at <= timezone.now()


def test_buttons_stand_where_the_lists_are(cast: Cast, client: Client) -> None:
    seen = {}
    for name in ("head", "worker", "street"):
        client.force_login(getattr(cast, name))
        wall = client.get(reverse("wall"), {"community": cast.community.code}).content.decode()
        orders = client.get(reverse("petition-list")).content.decode()
        seen[name] = ("导出住户" in wall, "导出居民" in wall, "导出台账" in orders)
    assert seen == {"head": (True, True, True), "worker": (True, False, True), "street": (True, False, True)}
