"""Importing files of orders: what goes in, what is told, and that nothing comes in twice or is lost."""

import io
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import Settings

from community_portal.notices.models import Notice
from community_portal.privacy.models import AccessLog
from community_portal.tables import packages, texts, workbooks
from community_portal.tables.errors import FileRefused
from community_portal.tables.times import parse_time
from community_portal.worktime.deadlines import ZONE
from grid.models import Staff
from petitions import tasks
from petitions.actions import importing
from petitions.actions.importing import ROWS, import_create, import_run, summary
from petitions.importing.table import read_table
from petitions.models import ImportBatch, Petition, PetitionClock, PetitionEvent
from tests.factories import NOW, Cast
from tests.petitions.order_files import (
    ANSWERED,
    answered,
    csv_of,
    json_of,
    order,
    sheet_xml,
    workbook_with_sheet,
    xlsx_of,
    zip_of,
)


def load(cast: Cast, content: bytes, *, system: str = "", at: datetime = NOW, by: Staff | None = None) -> ImportBatch:
    """Import a file as the head of the community would."""
    batch = import_create(
        by=by or cast.head, division=cast.community, file_name="工单.csv", content=content, system=system, at=at
    )
    return import_run(batch.pk, now=lambda: at)


def counts(batch: ImportBatch) -> dict[str, int]:
    found = summary(batch)
    return {name: found[name] for name in ("added", "known", "errors", "warnings")}


def told(batch: ImportBatch) -> list[tuple[int, str]]:
    return [(each["row"], each["text"]) for each in batch.problems]


# ── what goes in ───────────────────────────────────────────


def test_an_open_order_is_registered_as_any_other(cast: Cast) -> None:
    batch = load(cast, csv_of([order(1)]))

    assert (batch.state, counts(batch)) == ("done", {"added": 1, "known": 0, "errors": 0, "warnings": 0})
    petition = Petition.objects.get()
    assert (petition.source, petition.state, petition.handler) == ("file", "dispatched", cast.worker)
    assert (petition.household, petition.category.code, petition.level.code) == (cast.household, "facility", "d7")
    assert (petition.caller_name, petition.caller_phone) == ("赵六", "13800000006")
    assert petition.received_at == datetime(2026, 3, 2, 9, 30, tzinfo=ZONE)
    assert {clock.started_at for clock in petition.clocks.all()} == {NOW}
    assert Notice.objects.filter(staff=cast.worker).count() == 1
    event = petition.events.get(verb="register")
    assert (event.by, event.data["level"], event.data["columns"]) == (cast.head, "一般", {"处室": "城管科"})


def test_an_answered_order_is_history(cast: Cast) -> None:
    load(cast, csv_of([answered(1)]))

    petition = Petition.objects.get()
    when = datetime(2026, 3, 5, 16, 0, tzinfo=ZONE)
    assert (petition.state, petition.answer, petition.handler) == ("closed", "第 1 盏已修好", None)
    assert (petition.resolved_at, petition.closed_at, petition.due_at) == (when, when, None)
    assert [(event.verb, event.at) for event in petition.events.all()] == [
        ("register", petition.received_at),
        ("resolve", when),
        ("close", when),
    ]
    assert not PetitionClock.objects.exists()
    assert not Notice.objects.exists()


def test_a_second_import_adds_nothing(cast: Cast) -> None:
    content = csv_of([order(1), answered(2), order(3, 受理编号=""), order(1, 诉求详情="又来电催")])
    first = load(cast, content)
    before = (Petition.objects.count(), PetitionEvent.objects.count(), PetitionClock.objects.count())
    again = load(cast, content, at=NOW + timedelta(days=3))

    assert (first.added, first.known) == (3, 1)
    assert counts(again) == {"added": 0, "known": 4, "errors": 0, "warnings": 0}
    assert before == (Petition.objects.count(), PetitionEvent.objects.count(), PetitionClock.objects.count())


def test_one_number_with_two_texts_loses_neither(cast: Cast) -> None:
    load(cast, csv_of([order(1), order(1, 诉求详情="又来电催", 受理时间="2026-06-02 10:00")]))
    petition = Petition.objects.get()
    assert petition.events.get(verb="supplement").text == "又来电催"


def test_an_answer_that_came_later_is_kept_beside_the_order(cast: Cast) -> None:
    load(cast, csv_of([order(1)]))
    for _ in range(2):
        load(cast, csv_of([answered(1)]))
    assert PetitionEvent.objects.get(verb="supplement").text == "来单系统的答复：第 1 盏已修好"


def test_the_same_numbers_of_two_systems_are_two_orders(cast: Cast) -> None:
    load(cast, csv_of([order(1)]), system="区热线")
    load(cast, csv_of([order(1)]), system="网上留言")
    assert Petition.objects.count() == 2


def test_a_number_of_another_system_is_told_and_kept_out(cast: Cast) -> None:
    load(cast, csv_of([order(1)]))
    batch = load(cast, csv_of([order(1, 诉求详情="别的系统的另一件事", 受理时间="2025-01-01 08:00")]))
    assert counts(batch) == {"added": 0, "known": 0, "errors": 1, "warnings": 0}
    assert "请填写来单系统" in told(batch)[0][1]
    assert not PetitionEvent.objects.filter(verb="supplement").exists()


def test_bad_times_are_told_by_row_and_go_in(cast: Cast) -> None:
    batch = load(
        cast,
        csv_of(
            [
                order(1, 受理时间="昨天上午"),
                order(2, 受理时间="2026-02-30 10:00"),
                order(3, 受理时间="2999-01-01 10:00"),
                order(4, 受理时间=""),
                answered(5, 答复时间="不详"),
                answered(6, 答复时间="2020-01-01 10:00"),
                answered(7, 答复时间=""),
            ]
        ),
    )
    assert counts(batch) == {"added": 7, "known": 0, "errors": 0, "warnings": 5}
    assert [row for row, _text in told(batch)] == [2, 3, 4, 6, 7]
    assert "“昨天上午”认不出" in told(batch)[0][1]
    unknown = Petition.objects.get(external_no="QX000005")
    assert (unknown.state, unknown.resolved_at, unknown.closed_at) == ("closed", None, NOW)
    assert unknown.events.first().data["columns"]["回复时间（原文）"] == "不详"
    assert Petition.objects.get(external_no="QX000001").received_at == NOW


def test_bad_rows_stay_out_and_good_ones_go_in(cast: Cast) -> None:
    rows = [
        order(1, 诉求主题="", 诉求详情=""),
        order(2, 受理编号="9" * 65),
        order(3, 联系电话="1" * 101),
        order(4, 诉求详情=""),
    ]
    batch = load(cast, csv_of(rows))
    assert (batch.added, [row for row, _text in told(batch)]) == (1, [2, 3, 4])
    assert Petition.objects.get().text == "路灯不亮 4"


def test_numbers_of_people_in_other_columns_are_masked(cast: Cast) -> None:
    load(cast, csv_of([{**order(1), "身份证号": "110105199001010123", "备用手机": "13900000001"}]))
    columns = PetitionEvent.objects.get(verb="register").data["columns"]
    assert (columns["身份证号"], columns["备用手机"]) == ("110105********0123", "139****0001")


def test_the_file_is_sealed_and_forgotten_when_all_of_it_is_in(cast: Cast) -> None:
    content = csv_of([order(1, 诉求主题="", 诉求详情=""), order(2)])
    kept = load(cast, content)
    gone = load(cast, csv_of([order(2)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM petitions_importbatch WHERE id = %s", [kept.pk])
        assert b"13800000006" not in bytes(cursor.fetchone()[0])
    assert ImportBatch.objects.get(pk=kept.pk).content
    assert not ImportBatch.objects.get(pk=gone.pk).content


# ── formats ────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_of_any_encoding_is_read(encoding: str, delimiter: str) -> None:
    table = read_table(csv_of([order(1), answered(2)], encoding, delimiter))
    assert (table.columns["text"], len(table.rows)) == ("诉求详情", 2)
    assert table.rows[0].cells["诉求人"] == "赵六"


def test_excel_is_read_below_its_title_rows(cast: Cast) -> None:
    line: list[str | float] = [7, "楼道灯", "3号楼楼道灯不亮", 46083.5, "赵六", 13800000006, "3号楼"]
    head: list[str | float] = ["受理编号", "标题", "内容", "受理时间", "姓名", "手机号", "地址"]
    batch = load(cast, xlsx_of([["工单台账"], ["2026 年 3 月"], head, line, [], [8, "", "", "", "", "", ""]]))

    petition = Petition.objects.get()
    assert (petition.external_no, petition.caller_phone) == ("7", "13800000006")
    assert petition.received_at == datetime(2026, 3, 2, 12, 0, tzinfo=ZONE)
    assert told(batch) == [(6, "没有内容，也没有标题")]


def test_a_workbook_with_macros_is_read_as_data() -> None:
    content = xlsx_of([["内容"], ["路灯坏了"]], **{"xl/vbaProject.bin": b"\x00macro"})
    assert len(read_table(content).rows) == 1


def test_nested_json_is_read(cast: Cast) -> None:
    row = {
        "id": "a-1",
        "text": "路灯坏了",
        "received_at": "2026-07-15T08:43:42+08:00",
        "official_label": {"category": "公共设施", "units": ["城管", "物业"]},
        "expected": {"text": "不是内容", "address": "3号楼"},
    }
    for content in (json_of([row]), json_of({"orders": [row]}), json_of(row)):
        table = read_table(content)
        assert table.columns["category"] == "official_label.category"
        assert table.columns["text"] == "text"
    load(cast, json_of([row, {"id": "a-2"}, "路灯"]))
    petition = Petition.objects.get()
    assert (petition.category.code, petition.building) == ("facility", cast.building)
    assert petition.events.first().data["columns"]["official_label.units"] == "城管、物业"


def test_characters_that_a_database_refuses_are_left_out(cast: Cast) -> None:
    batch = load(cast, b'[{"text": "a\\u0000b\\ud800", "x\\u0000": {"y": "\\u0000"}, "z": ["\\ud800"]}]')
    assert counts(batch)["added"] == 1
    assert Petition.objects.get().text == "ab?"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "文件是空的"),
        (b" \r\n ", "文件是空的"),
        ("内容,编号\n".encode(), "只有表头"),
        (b"%PDF-1.7\n\x00\x01\xff", "认不出这个文件"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "认不出这个文件"),
        ("姓名,年龄\n张三,3\n".encode(), "没有认出表头"),
        (b"[{]", "JSON 写法不对"),
        (b"[" * 200_000, "JSON 写法不对"),
        (b"[]", "应有一列工单"),
        (b'{"a": 1}', "没有认出表头"),
        (b"PK\x03\x04broken", "文件已损坏"),
        (zip_of(a=b"1"), "这是压缩包"),
        (zip_of(word__document=b"1"), "Word"),
        (zip_of(xl__workbook=b"1", **{"content.xml": b"1"}), "另存为 .xlsx"),
        (workbooks.OLE + b"\x00" * 600, "不是 Excel 文件"),
        (workbooks.OLE + b"\x00" * 600 + workbooks.ENCRYPTED, "设了密码"),
        (workbook_with_sheet("<worksheet"), "已损坏"),
        (workbook_with_sheet(sheet_xml([("A1", "内容"), ("XFD1048576", "x")])), "太大了"),
    ],
)
def test_a_file_of_another_kind_says_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read_table(content)


def test_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community_portal.tables.table.MAX_ROWS", 3)
    with pytest.raises(FileRefused, match="超过 3 行"):
        read_table(csv_of([order(number) for number in range(4)]))
    monkeypatch.setattr(packages, "MAX_UNPACKED", 1000)
    with pytest.raises(FileRefused, match="解开后超过"):
        read_table(xlsx_of([["内容"], ["0" * 5000]]))


def test_an_unpaired_quote_costs_its_row_and_is_told(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    monkeypatch.setattr(texts, "MAX_CELL", 60)
    batch = load(cast, ('编号,内容\n1,路灯坏了\n2,"' + "长" * 100 + "\n3,电梯坏了\n").encode())
    assert (batch.added, told(batch)[0][0]) == (2, 3)
    assert "引号" in told(batch)[0][1]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2019-04-25T09:32:09", "2019-04-25T09:32:09+08:00"),
        ("2019-04-25T01:32:09Z", "2019-04-25T01:32:09+00:00"),
        ("2019/4/25 9:32", "2019-04-25T09:32:00+08:00"),
        ("2019年4月25日 9时32分", "2019-04-25T09:32:00+08:00"),
        ("2019.4.25", "2019-04-25T00:00:00+08:00"),
        ("2019年4月25日 下午3点", "2019-04-25T15:00:00+08:00"),
        ("20190425093209", "2019-04-25T09:32:09+08:00"),
        ("２０１９－０４－２５ ０９：３２", "2019-04-25T09:32:00+08:00"),
        (43580.5, "2019-04-25T12:00:00+08:00"),
        ("1556155929", "2019-04-25T09:32:09+08:00"),
        (1556155929000, "2019-04-25T09:32:09+08:00"),
    ],
)
def test_times_are_read_as_people_write_them(written: object, meant: str) -> None:
    assert parse_time(written) == datetime.fromisoformat(meant)


@pytest.mark.parametrize("written", ["", "昨天", "2019-13-01", "25:00", "0001-01-01", 12, "9" * 400, True, None])
def test_what_is_no_time_is_not_guessed(written: object) -> None:
    with pytest.raises((ValueError, OverflowError)):
        parse_time(written)


# ── killed, twice, at once ─────────────────────────────────


def many() -> bytes:
    return csv_of([order(number) for number in range(ROWS * 2 + 20)])


def test_a_killed_import_goes_on_where_it_stood(cast: Cast) -> None:
    batch = import_create(by=cast.head, division=cast.community, file_name="a.csv", content=many(), system="", at=NOW)
    steps: list[int] = []

    def killed(moved: ImportBatch) -> None:
        steps.append(moved.done)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_run(batch.pk, now=lambda: NOW, told=killed)
    assert (steps, Petition.objects.count()) == ([ROWS, ROWS * 2], ROWS * 2)
    assert importing.stalled(NOW + timedelta(minutes=1)) == []
    assert importing.stalled(NOW + timedelta(minutes=3)) == [batch.pk]

    done = import_run(batch.pk, now=lambda: NOW)
    assert (done.state, done.added, Petition.objects.count()) == ("done", ROWS * 2 + 20, ROWS * 2 + 20)
    assert importing.stalled(NOW + timedelta(days=1)) == []
    assert import_run(batch.pk).added == done.added


def test_the_minutes_task_queues_what_stands_still(cast: Cast) -> None:
    batch = import_create(
        by=None, division=cast.community, file_name="a.csv", content=csv_of([order(1)]), system="", at=NOW
    )
    ImportBatch.objects.update(moved_at=timezone.now() - timedelta(minutes=3))
    with patch.object(tasks.run_import, "delay") as queued:
        tasks.resume_imports()
    queued.assert_called_once_with(batch.pk)
    tasks.run_import(batch.pk)
    assert Petition.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_file_double_nothing(cast: Cast) -> None:
    batch = import_create(by=None, division=cast.community, file_name="a.csv", content=many(), system="", at=NOW)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            import_run(batch.pk, now=lambda: NOW)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    batch.refresh_from_db()
    assert (failures, batch.done, batch.added, Petition.objects.count()) == ([], *[ROWS * 2 + 20] * 3)


def test_a_batch_of_rows_costs_few_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    rows = [
        answered(number, 地址="", 诉求详情=f"第 {number} 条意见", 诉求主题="意见", 问题类型="物业管理")
        for number in range(ROWS)
    ]
    batch = import_create(by=None, division=cast.community, file_name="a.csv", content=csv_of(rows), system="", at=NOW)
    with django_assert_max_num_queries(30):
        assert import_run(batch.pk, now=lambda: NOW).added == ROWS


# ── the pages ──────────────────────────────────────────────


@pytest.fixture
def unqueued() -> Iterator[Any]:
    with patch.object(tasks.run_import, "apply_async") as queued:
        yield queued


def upload(client: Client, content: bytes, name: str = "工单.csv", **over: Any) -> Any:
    values = {"file": SimpleUploadedFile(name, content), "system": "区热线", **over}
    return client.post(reverse("petition-import"), values)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_an_upload_leads_to_its_progress(client: Client, cast: Cast, unqueued: Any) -> None:
    client.force_login(cast.head)
    answer = upload(client, csv_of([order(1), order(2, 诉求主题="", 诉求详情="")]), home=cast.community.pk)
    batch = ImportBatch.objects.get()
    address = reverse("import-detail", args=[batch.pk])
    assert (answer["Location"], batch.by, batch.division, batch.system) == (
        address,
        cast.head,
        cast.community,
        "区热线",
    )
    unqueued.assert_called_once_with([batch.pk], retry=False)
    assert "正在导入，0 / 2 行" in text_of(client.get(address))
    import_run(batch.pk)
    done = text_of(client.get(address))
    for shown in ("导入完成", "第 3 行", "没有内容，也没有标题", "下载未导入的行"):
        assert shown in done
    part = client.get(address, headers={"HX-Request": "true"})
    assert "<html" not in text_of(part)
    assert "every 2s" not in text_of(part)
    assert batch.file_name in text_of(client.get(reverse("petition-import")))


def test_an_upload_waits_when_the_queue_is_away(client: Client, cast: Cast) -> None:
    client.force_login(cast.head)
    with patch.object(tasks.run_import, "apply_async", side_effect=OperationalError):
        assert upload(client, csv_of([order(1)]), home=cast.community.pk).status_code == 302
    assert ImportBatch.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "文件是空的"), (b"%PDF\x00\xff", "认不出这个文件"), ("姓名\n张三\n".encode(), "没有认出表头")],
)
def test_a_bad_upload_says_so_at_the_field(
    client: Client, cast: Cast, unqueued: Any, content: bytes, says: str
) -> None:
    client.force_login(cast.head)
    answer = upload(client, content, home=cast.community.pk)
    assert (answer.status_code, says in text_of(answer), "区热线" in text_of(answer)) == (200, True, True)
    assert not ImportBatch.objects.exists()


def test_a_file_too_large_is_refused(client: Client, cast: Cast, settings: Settings, unqueued: Any) -> None:
    settings.IMPORT_MAX_BYTES = 100
    client.force_login(cast.head)
    assert "文件超过" in text_of(upload(client, csv_of([order(1)]), home=cast.community.pk))


def test_bad_rows_come_back_with_their_reason_and_go_in_when_mended(client: Client, cast: Cast, unqueued: Any) -> None:
    client.force_login(cast.head)
    batch = load(cast, csv_of([order(1), order(2, 诉求主题="", 诉求详情="", 处室="=HYPERLINK(1)")]))
    answer = client.post(reverse("import-bad-rows", args=[batch.pk]))
    assert "attachment" in answer["Content-Disposition"]
    rows = text_of(answer).lstrip("\ufeff").splitlines()
    assert rows[0].endswith("行号,未导入的原因")
    assert rows[1].endswith("'=HYPERLINK(1),3,没有内容，也没有标题")
    assert len(rows) == 2
    assert AccessLog.objects.get().subject == f"petitions.importbatch:{batch.pk}"
    mended = answer.content.replace(b"QX000002,,,", "QX000002,,电梯坏了,".encode())
    assert load(cast, mended).added == 1


def test_only_who_answers_for_a_place_imports(client: Client, cast: Cast, unqueued: Any) -> None:
    batch = load(cast, csv_of([order(1)]))
    addresses = [
        (client.get, reverse("import-detail", args=[batch.pk])),
        (client.post, reverse("import-bad-rows", args=[batch.pk])),
    ]
    expected = {
        cast.head: 200,
        cast.community_worker: 200,
        cast.street: 200,
        cast.district: 200,
        cast.outsider: 404,
        cast.other_street: 404,
        cast.worker: 403,
    }
    for staff, status in expected.items():
        client.force_login(staff)
        for call, address in addresses:
            assert call(address).status_code == status, staff
        assert client.get(reverse("petition-import")).status_code == (403 if status == 403 else 200)
    client.logout()
    for call, address in addresses:
        assert call(address).status_code == 302


def test_nobody_imports_into_another_place(client: Client, cast: Cast, unqueued: Any) -> None:
    client.force_login(cast.head)
    for home in (cast.next_community.pk, cast.street_division.pk, "x", ""):
        assert upload(client, csv_of([order(1)]), home=home).status_code == 200
    assert not ImportBatch.objects.exists()


# ── the command ────────────────────────────────────────────


def run_command(tmp_path: Path, content: bytes, *options: str) -> str:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    said = io.StringIO()
    call_command("import_orders", str(path), *options, stdout=said, stderr=io.StringIO())
    return said.getvalue()


def test_the_command_imports_and_says_what_was_wrong(cast: Cast, tmp_path: Path) -> None:
    content = csv_of([answered(1, 答复时间="不详"), order(2), order(3, 诉求主题="", 诉求详情="")])
    where = ("--division", cast.community.code)
    checked = run_command(tmp_path, content, "--dry-run")
    assert "可导入 2（其中已答复 1），不能导入 1；没有写入" in checked
    assert "诉求详情 → text" in checked
    assert not ImportBatch.objects.exists()
    said = run_command(tmp_path, content, *where)
    assert "共 3 行：新增 2，已有 0，未导入 1，提示 1" in said
    assert "第 2 行：回复时间“不详”认不出" in said
    assert "新增 0，已有 2" in run_command(tmp_path, content, *where)


def test_the_command_says_in_one_line_what_it_needs(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="请用 --division"):
        run_command(tmp_path, csv_of([order(1)]))
    with pytest.raises(CommandError, match="文件是空的"):
        run_command(tmp_path, b"", "--dry-run")
    with pytest.raises(CommandError, match="读不了"):
        call_command("import_orders", str(tmp_path / "nowhere.csv"))
    assert ANSWERED[:-2] == list(order(1))
