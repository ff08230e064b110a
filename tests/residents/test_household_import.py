"""Importing files of households and people: what goes in, what is told, that nothing comes in twice or is lost."""

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
import xlwt

from community_portal.privacy.retention import apply_rule
from community_portal.privacy.sealing import blind_index
from grid.models import Staff
from residents.actions.imports import steps
from residents.actions.imports import undo as undoing
from residents.actions.imports.batches import (
    ImportRefused,
    import_choose,
    import_create,
    import_match,
    import_start,
    import_undo,
    said_of,
    stalled,
)
from residents.actions.imports.steps import error_rows, import_run
from residents.models import (
    Building,
    CareTag,
    FileEvent,
    Household,
    HouseholdImport,
    ImportNote,
    RememberedColumn,
    Resident,
    Stay,
)
from residents.retention import IMPORT_FILE
from tests.factories import NOW, Cast, make_petition, make_resident
from tests.residents.household_files import csv_of, id_number, person, xlsx_of

Rows = list[dict[str, Any]]


def upload(cast: Cast, content: bytes, *, by: Staff | None = None) -> HouseholdImport:
    return import_create(
        by=by or cast.head, community=cast.community.community, file_name="台账.xlsx", content=content, at=NOW
    )


def load(cast: Cast, rows: Rows | bytes, *, by: Staff | None = None, **options: Any) -> HouseholdImport:
    """Import a file as the head of the community would."""
    content = rows if isinstance(rows, bytes) else xlsx_of(rows)
    batch = upload(cast, content, by=by)
    import_start(batch.pk, by=by or cast.head, at=NOW, **options)
    return import_run(batch.pk, now=lambda: NOW)


def check(cast: Cast, rows: Rows) -> HouseholdImport:
    """Upload and check, without importing."""
    batch = upload(cast, xlsx_of(rows))
    import_match(batch.pk, by=cast.head, at=NOW, columns=batch.columns)
    return import_run(batch.pk, now=lambda: NOW)


def ends(batch: HouseholdImport, of: str) -> dict[str, int]:
    """How many dwellings or people came to which end."""
    return {name.removeprefix(f"{of}."): n for name, n in batch.counts.items() if name.startswith(f"{of}.")}


def told(batch: HouseholdImport, kind: str) -> list[tuple[int, str]]:
    notes = batch.notes.filter(kind=kind).order_by("row", "id")
    return [(note.row, said_of(note).get("text", "")) for note in notes]


def place(cast: Cast, room: str, unit: int = 2) -> Household:
    return Household.objects.get(building=cast.building, unit=unit, room=room)


# ── what goes in ───────────────────────────────────────────


def test_people_go_into_their_household(cast: Cast) -> None:
    batch = load(
        cast,
        [
            person("李明", 1, 居住状况="出租", 低保="是", 备注="有狗", 产权人电话=13900000055),
            person("王芳", 2, 与户主关系="配偶", 联系电话=13900000002),
        ],
    )
    assert (batch.state, ends(batch, "dwelling"), ends(batch, "person")) == ("done", {"changed": 1}, {"new": 2})
    household = place(cast, "301")
    assert (household.living, household.note, household.statuses) == ("rented", "有狗", ["rented", "aid"])
    assert household.owner_phone_index == blind_index("phone", household.owner_phone)
    head, wife = [stay.resident for stay in household.stays.order_by("pk")]
    assert (head.name, head.sex, head.birth_date, head.id_number) == ("李明", "male", date(1980, 5, 1), id_number(1))
    assert (wife.sex, wife.phone, wife.phone_index) == ("female", "13900000002", blind_index("phone", "139 0000 0002"))
    assert [stay.relation for stay in household.stays.order_by("pk")] == ["户主", "配偶"]
    assert {event.batch for event in FileEvent.objects.exclude(verb="tag", batch=None)} == {batch.batch}
    edit = FileEvent.objects.get(verb="edit", resident=None)
    assert json.loads(edit.changes) == {
        "living": ["owner", "rented"], "owner_phone": ["", "13900000055"], "note": ["", "有狗"],
    }  # fmt: skip
    assert (edit.household, edit.by, edit.day) == (household, cast.head, NOW.date())
    assert FileEvent.objects.filter(verb="create").count() == 2
    assert CareTag.objects.get().resident == head


def test_a_second_import_changes_nothing(cast: Cast) -> None:
    rows = [person("李明", 1, 低保="√", 备注="有狗"), person("王芳", 2, 与户主关系="妻"), person("赵六", 3, 房号="302")]
    load(cast, rows, conflicts="file")
    before = [model.objects.count() for model in (Resident, Stay, FileEvent, CareTag)]
    versions = list(Resident.objects.order_by("pk").values_list("version", flat=True))
    again = load(cast, rows, conflicts="file")
    assert set(ends(again, "person")) == set(ends(again, "dwelling")) == {"same"}
    assert before == [model.objects.count() for model in (Resident, Stay, FileEvent, CareTag)]
    assert versions == list(Resident.objects.order_by("pk").values_list("version", flat=True))


def test_one_row_a_household_is_read_too(cast: Cast) -> None:
    rows = [
        {"门牌": "3号楼2单元301", "户主": "李明", "身份证号": id_number(1), "电话": "13900000001", "人口数": "3"},
        {"门牌": "3-1-101", "户主": "", "房屋性质": "空置"},
    ]
    batch = load(cast, rows)
    assert ends(batch, "person") == {"new": 1}
    assert place(cast, "301").stays.get().relation == "户主"
    assert place(cast, "101", 1).living == "vacant"


def test_somebody_without_a_number_is_known_by_name_and_birth_date(cast: Cast) -> None:
    rows = [person("张三", 5, 房号="302", 身份证号=id_number(5), 联系电话="13800000001")]
    batch = load(cast, rows)
    assert ends(batch, "person") == {"changed": 1}
    cast.resident.refresh_from_db()
    assert (cast.resident.id_number, cast.resident.version) == (id_number(5), 2)
    assert Resident.objects.count() == 2


def test_who_contradicts_stays_as_they_are_until_somebody_decides(cast: Cast) -> None:
    load(cast, [person("李明", 1)])
    changed = [person("李明明", 1, 联系电话="13911112222", 与户主关系="户主")]
    kept = check(cast, changed)
    note = kept.notes.get(kind="conflict")
    assert said_of(note)["fields"] == {
        "name": ["李明", "李明明"],
        "phone": ["13900000001", "13911112222"],
    }
    assert not load(cast, changed).notes.exclude(kind="conflict").filter(kind="error").exists()
    assert Resident.objects.get(id_number_index=blind_index("id_number", id_number(1))).name == "李明"
    import_choose(kept.pk, by=cast.head, at=NOW, choices={note.pk: "file"})
    import_start(kept.pk, by=cast.head, at=NOW)
    import_run(kept.pk, now=lambda: NOW)
    row = Resident.objects.get(id_number_index=blind_index("id_number", id_number(1)))
    assert (row.name, row.phone, row.name_key) == ("李明明", "13911112222", "li ming ming 李明明")


def test_somebody_who_lives_next_door_moves_only_when_the_file_is_right(cast: Cast) -> None:
    load(cast, [person("李明", 1)])
    moved = [person("李明", 1, 房号="202")]
    kept = load(cast, moved)
    assert ends(kept, "person") == {"conflict": 1}
    assert Stay.objects.current().get(resident__name="李明").household == place(cast, "301")
    batch = load(cast, moved, conflicts="file")
    assert Stay.objects.current().get(resident__name="李明").household == place(cast, "202")
    old = Stay.objects.get(resident__name="李明", moved_out__isnull=False)
    assert (old.household, old.left_by) == (place(cast, "301"), "move")
    assert set(FileEvent.objects.filter(batch=batch.batch).values_list("verb", flat=True)) >= {"move_in", "move_out"}


def test_an_import_tells_nothing_of_people_elsewhere(cast: Cast) -> None:
    there = Household.objects.get(building=cast.next_building, unit=1, room="101")
    make_resident(there, "李明", id_number=id_number(1), phone="13900009999")
    batch = load(cast, [person("李明", 1, 联系电话="")])
    assert ends(batch, "person") == {"new": 1}
    assert place(cast, "301").stays.get().resident.phone == ""


def test_missing_rooms_and_buildings_are_put_up_by_the_head_alone(cast: Cast) -> None:
    rows = [person("李明", 1, 楼栋="9号楼", 单元="1", 房号="1203", 网格="第一网格"), person("王五", 3, 房号="901")]
    batch = load(cast, rows)
    assert [row for row, _text in told(batch, "error")] == [2, 3]
    assert "没有 9 号楼" in told(batch, "error")[0][1]
    assert "没有 2 单元 901" in told(batch, "error")[1][1]
    worker = upload(cast, xlsx_of(rows), by=cast.community_worker)
    with pytest.raises(ImportRefused, match="社区书记"):
        import_start(worker.pk, by=cast.community_worker, at=NOW, may_build=True)
    batch = load(cast, rows, may_build=True)
    assert ends(batch, "dwelling") == {"new": 2}
    new = Household.objects.get(building__number="9")
    assert (new.unit, new.floor, new.column, new.room, new.grid) == (1, 12, 3, "1203", cast.grid)
    assert place(cast, "901").floor == 9


def test_merged_cells_stand_for_all_their_rows_where_they_may(cast: Cast) -> None:
    rows = [
        person("李明", 1),
        person("王芳", 2, 楼栋="", 单元="", 房号="", 与户主关系="配偶"),
        person("陈一", 3, 房号="201"),
        person("", 4, 房号="201"),
    ]
    merges = [(1, 0, 2, 0, "3号楼"), (1, 1, 2, 1, "2单元"), (1, 2, 2, 2, "301"), (3, 3, 4, 3, "陈一")]
    batch = load(cast, xlsx_of(rows, merge=merges))
    assert place(cast, "301").stays.count() == 2
    assert [(row, "D4 是合并" in text or "“D4”" in text) for row, text in told(batch, "error")] == [
        (4, True),
        (5, True),
    ]


def test_formulas_count_as_their_results_and_one_without_is_named(cast: Cast) -> None:
    rows = [person("李明", 1), person("王芳", 2, 与户主关系="配偶")]
    formulas = [(1, 6, "=1", "13911112222"), (2, 3, '="王"&"芳"', "")]
    batch = load(cast, xlsx_of(rows, formulas=formulas))
    assert Resident.objects.get(name="李明").phone == "13911112222"
    assert told(batch, "error")[0][0] == 3
    assert "D3 是公式" in told(batch, "error")[0][1]


def test_title_rows_and_other_sheets_are_passed_over(cast: Cast) -> None:
    content = xlsx_of([person("李明", 1)], title=["双合家园社区居民台账", "2026 年 11 月 23 日"], before=["说明"])
    batch = load(cast, content)
    assert (batch.sheet, ends(batch, "person")) == ("台账", {"new": 1})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_csv_of_any_encoding_goes_in(cast: Cast, encoding: str, delimiter: str) -> None:
    assert ends(load(cast, csv_of([person("李明", 1)], encoding, delimiter)), "person") == {"new": 1}


# ── what is told ───────────────────────────────────────────


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"姓名": "13900000001"}, "数字或符号"),
        ({"姓名": ""}, "没有姓名"),
        ({"楼栋": ""}, "没有楼栋"),
        ({"房号": ""}, "没有房号"),
        ({"楼栋": "幸福里"}, "楼栋“幸福里”认不出"),
        ({"房号": "三楼东户"}, "认不出"),
        ({"身份证号": ""}, "没有出生日期"),
        ({"身份证号": 110105198005010013.0}, "存成了数字"),
        ({"身份证号": "1" * 41}, "列错位"),
        ({"联系电话": "#REF!"}, "公式出错"),
    ],
)
def test_a_bad_row_stays_out_and_says_why(cast: Cast, over: dict[str, Any], says: str) -> None:
    batch = load(cast, [person("李明", 1, **over), person("王芳", 2)])
    [(row, text)] = told(batch, "error")
    assert (row, says in text, text) == (2, True, text)
    assert place(cast, "301").stays.get().resident.name == "王芳"


@pytest.mark.parametrize(
    ("over", "says"),
    [
        (
            {
                "身份证号": id_number(1)[:-1] + ("1" if id_number(1)[-1] != "1" else "2"),
                "出生日期": "1980-05-01",
                "性别": "男",
            },
            "校验位",
        ),
        ({"出生日期": "1990-01-01"}, "与身份证号"),
        ({"性别": "女"}, "性别与身份证号"),
        ({"联系电话": "139"}, "位数不对"),
        ({"居住状况": "养老"}, "居住状况“养老”认不出"),
        ({"面积": "很大"}, "建筑面积“很大”认不出"),
        ({"入住日期": "去年"}, "入住日期“去年”认不出"),
        ({"低保": "待定"}, "待定"),
        ({"人群类别": "光荣之家"}, "没有对应的标签"),
    ],
)
def test_an_odd_row_goes_in_and_is_told(cast: Cast, over: dict[str, Any], says: str) -> None:
    batch = load(cast, [person("李明", 1, **over)])
    assert says in told(batch, "warning")[0][1]
    assert place(cast, "301").stays.count() == 1


def test_the_file_is_looked_at_as_a_whole(cast: Cast) -> None:
    rows = [
        person("李明", 1),
        person("王芳", 2),
        person("李明", 1),
        person("李明", 1, 房号="202"),
        person("赵六", 4, 房号="", 单元="", 楼栋="", 与户主关系="子"),
    ]
    batch = load(cast, rows)
    assert [row for row, _text in told(batch, "error")] == [5]
    assert "已经写在第 2 行" in told(batch, "error")[0][1]
    warnings = dict(told(batch, "warning"))
    assert "2 个户主" in warnings[2]
    assert "同一个人" in warnings[4]


# ── columns ────────────────────────────────────────────────


def test_what_somebody_said_of_a_column_is_remembered(cast: Cast) -> None:
    rows = [{"楼": "3", "单元": "2", "房间": "301", "称呼": "李明", "证件": id_number(1), "无关": "x"}]
    content = xlsx_of([{**rows[0], "房号": "301"}])
    batch = upload(cast, content)
    assert "称呼" not in batch.columns
    import_match(
        batch.pk, by=cast.head, at=NOW, columns={**batch.columns, "称呼": "name", "证件": "id_number", "无关": ""}
    )
    assert ends(import_run(batch.pk, now=lambda: NOW), "person") == {"new": 1}
    again = upload(cast, content)
    assert (again.columns["称呼"], again.columns["证件"]) == ("name", "id_number")
    assert RememberedColumn.objects.filter(community=cast.community.pk).count() == 6


@pytest.mark.parametrize(
    ("columns", "says"),
    [({"房号": "room", "姓名": "room"}, "同一项"), ({"姓名": "name"}, "要有房号")],
)
def test_columns_that_make_no_sense_are_refused(cast: Cast, columns: dict[str, str], says: str) -> None:
    batch = upload(cast, xlsx_of([person("李明", 1)]))
    with pytest.raises(ImportRefused, match=says):
        import_match(batch.pk, by=cast.head, at=NOW, columns=columns)


# ── killed, at once, taken back ────────────────────────────


def many(number: int = 12) -> Rows:
    rooms = [(unit, floor * 100 + column) for unit in (1, 2) for floor in (1, 2, 3) for column in (1, 2)]
    return [
        person("李" + "一二三四五六七八九十甲乙"[n], n, 单元=str(unit), 房号=str(room))
        for n, (unit, room) in enumerate(rooms[:number])
    ]


def test_a_killed_import_goes_on_where_it_stood(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STEP", 5)
    batch = upload(cast, xlsx_of(many()))
    import_start(batch.pk, by=cast.head, at=NOW)
    seen: list[int] = []

    def killed(moved: HouseholdImport) -> None:
        seen.append(moved.done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_run(batch.pk, now=lambda: NOW, told=killed)
    assert (seen, stalled(NOW + timedelta(minutes=1)), stalled(NOW + timedelta(minutes=3))) == ([5], [], [batch.pk])
    done = import_run(batch.pk, now=lambda: NOW)
    assert (done.state, ends(done, "person")) == ("done", {"new": 12})
    assert Resident.objects.filter(name__startswith="李").count() == 12
    assert import_run(batch.pk).counts == done.counts


def everything() -> list[list[Any]]:
    """What an undo must leave as it was, the history aside."""
    return [
        [
            (*row, [status for status in statuses if status != row[1]])
            for *row, statuses in Household.objects.order_by("pk").values_list(
                "pk", "living", "note", "area", "statuses"
            )
        ],
        list(Resident.objects.order_by("pk").values_list("pk", "name", "phone_index", "id_number_index")),
        list(Stay.objects.order_by("pk").values_list("household", "resident", "relation", "moved_out", "left_by")),
        list(Building.objects.order_by("pk").values_list("pk")),
        list(CareTag.objects.filter(ended_at=None).values_list("pk")),
    ]


def undo(cast: Cast, batch: HouseholdImport) -> HouseholdImport:
    import_undo(batch.pk, by=cast.head, at=NOW)
    return import_run(batch.pk, now=lambda: NOW)


def test_an_import_is_taken_back_whole(cast: Cast) -> None:
    load(cast, [person("周七", 9, 房号="102")])
    before = everything()
    rows = [
        *many(8),
        person("新楼人", 21, 楼栋="9", 单元="1", 房号="101", 网格="第一网格"),
        person("周七", 9, 房号="201", 联系电话="13911110000"),
        person("张三", 31, 房号="302", 低保="是", 备注="敲门轻"),
    ]
    batch = load(cast, rows, may_build=True, conflicts="file")
    assert everything() != before
    done = undo(cast, batch)
    assert (done.state, done.counts["held"]) == ("undone", 0)
    assert everything() == before
    assert FileEvent.objects.filter(verb="undo", batch=batch.batch).exists()


def test_what_somebody_touched_since_stays_and_is_named(cast: Cast) -> None:
    batch = load(
        cast,
        [
            person("李明", 1, 备注="有狗"),
            person("王芳", 2, 与户主关系="配偶"),
            person("新人", 3, 楼栋="9", 单元="1", 房号="101", 网格="第一网格"),
        ],
        may_build=True,
    )
    ming = Resident.objects.get(name="李明")
    FileEvent.objects.create(household=place(cast, "301"), resident=ming, verb="edit", at=NOW, day=NOW.date())
    new = Household.objects.get(building__number="9")
    make_petition(cast, text="双合家园9号楼1单元101漏水", address="双合家园9号楼1单元101")
    Household.objects.filter(pk=place(cast, "301").pk).update(note="狗已送走")
    done = undo(cast, batch)
    said = [said_of(note)["text"] for note in done.notes.filter(kind=ImportNote.Kind.HELD)]
    assert Resident.objects.filter(name="李明").exists()
    assert not Resident.objects.filter(name="王芳").exists()
    assert place(cast, "301").note == "狗已送走"
    assert Household.objects.filter(pk=new.pk).exists()
    assert len(said) == done.counts["held"] == 3
    assert any("后来改过" in text for text in said)


def test_a_killed_undo_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "STEP", 5)
    before = everything()
    batch = load(cast, [row for row in many() if row["房号"] != "302" or row["单元"] != "2"])
    import_undo(batch.pk, by=cast.head, at=NOW)

    def killed(moved: HouseholdImport) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_run(batch.pk, now=lambda: NOW, told=killed)
    assert HouseholdImport.objects.get(pk=batch.pk).state == "undoing"
    assert import_run(batch.pk, now=lambda: NOW).state == "undone"
    assert everything() == before


def test_only_a_finished_import_can_be_taken_back_and_only_once(cast: Cast) -> None:
    batch = check(cast, [person("李明", 1)])
    with pytest.raises(ImportRefused, match="等待导入"):
        import_undo(batch.pk, by=cast.head, at=NOW)
    batch = load(cast, [person("李明", 1)])
    undo(cast, batch)
    with pytest.raises(ImportRefused, match="已撤销"):
        import_undo(batch.pk, by=cast.head, at=NOW)


def test_nobody_imports_into_another_community(cast: Cast) -> None:
    for outsider in (cast.outsider, cast.worker, cast.street, cast.nobody):
        with pytest.raises(ImportRefused):
            upload(cast, xlsx_of([person("李明", 1)]), by=outsider)
    batch = upload(cast, xlsx_of([person("李明", 1)]))
    with pytest.raises(HouseholdImport.DoesNotExist):
        import_start(batch.pk, by=cast.outsider, at=NOW)


def test_old_files_are_forgotten(cast: Cast) -> None:
    batch = load(cast, [person("李明", 1), person("", 2)])
    assert apply_rule(IMPORT_FILE, at=NOW + timedelta(days=29)) == 0
    assert apply_rule(IMPORT_FILE, at=NOW + timedelta(days=31)) == 1
    batch.refresh_from_db()
    assert (batch.content, batch.has_file, list(error_rows(batch))) == ("", False, [])


def test_a_step_costs_few_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    batch = upload(cast, xlsx_of(many()))
    import_start(batch.pk, by=cast.head, at=NOW)
    with django_assert_max_num_queries(45):
        import_run(batch.pk, now=lambda: NOW)


def test_people_are_known_while_the_index_key_is_being_replaced(cast: Cast, settings: Any) -> None:
    rows = [person("李明", 1), person("王芳", 2, 与户主关系="配偶")]
    load(cast, rows)
    settings.OLDER_INDEX_KEYS, settings.INDEX_KEY = [settings.INDEX_KEY], b"n" * 32
    assert ends(load(cast, rows), "person") == {"same": 2}


def test_old_workbooks_are_read_with_their_merged_cells(cast: Cast) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    rows = [person("李明", 1), person("王芳", 2, 与户主关系="配偶")]
    for column, header in enumerate(rows[0]):
        sheet.write(0, column, header)
        for line, row in enumerate(rows, 1):
            if header == "房号" and line == 1:
                sheet.write_merge(1, 2, column, column, "301")
            elif header != "房号":
                sheet.write(line, column, row[header])
    stream = io.BytesIO()
    book.save(stream)
    assert ends(load(cast, stream.getvalue()), "person") == {"new": 2}
    assert place(cast, "301").stays.count() == 2
