"""Loading divisions: short names, the codes that repeat across levels, idempotence, and clear refusals."""

import gzip
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from grid.divisions import SAMPLE, DivisionFileError, Loaded, load_file, short_name
from grid.models import Division

HEADER = "code,name,level,parent_code,province"
Write = Callable[..., Path]

# The country's five codes that repeat across levels, with what is above and below them.
QUIRKS = """\
440000000000,广东省,1,,广东省
460000000000,海南省,1,,海南省
350000000000,福建省,1,,福建省
441900000000,东莞市,2,440000000000,广东省
442000000000,中山市,2,440000000000,广东省
460400000000,儋州市,2,460000000000,海南省
350500000000,泉州市,2,350000000000,福建省
441900000000,东莞市,3,441900000000,广东省
442000000000,中山市,3,442000000000,广东省
460400000000,儋州市,3,460400000000,海南省
350527000000,金门县,3,350500000000,福建省
441900003000,东城街道,4,441900000000,广东省
442000001000,石岐街道,4,442000000000,广东省
460400100000,那大镇,4,460400000000,海南省
350527000000,金门县,4,350527000000,福建省
350527000000,金门县,5,350527000000,福建省
441900003001,岗贝社区居委会,5,441900003000,广东省"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Puts lines into a file, packed when the name says so."""

    def put(lines: str | Iterable[str], name: str = "divisions.csv", header: str = HEADER) -> Path:
        rows = lines if isinstance(lines, str) else "\n".join(lines)
        path = tmp_path / name
        data = f"{header}\n{rows}\n".encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return put


@pytest.mark.parametrize(
    ("name", "level", "short"),
    [
        ("北京市", 1, "北京"),
        ("内蒙古自治区", 1, "内蒙古"),
        ("广西壮族自治区", 1, "广西"),
        ("新疆维吾尔自治区", 1, "新疆"),
        ("市辖区", 2, "市辖区"),
        ("咸阳市", 2, "咸阳"),
        ("喀什地区", 2, "喀什"),
        ("黔西南布依族苗族自治州", 2, "黔西南"),
        ("朝阳区", 3, "朝阳"),
        ("沙县", 3, "沙县"),
        ("江城哈尼族彝族自治县", 3, "江城"),
        ("焦作城乡一体化示范区", 3, "焦作城乡一体化示范区"),
        ("巴林左旗", 3, "巴林左旗"),
        ("垡头街道", 4, "垡头"),
        ("和平街街道", 4, "和平街"),
        ("南磨房地区", 4, "南磨房"),
        ("金盏地区办事处", 4, "金盏"),
        ("青光镇", 4, "青光"),
        ("白沙苗族乡", 4, "白沙"),
        ("双合家园社区居民委员会", 5, "双合家园"),
        ("翠城馨园社区居委会", 5, "翠城馨园"),
        ("垡头一区社区居民委员会", 5, "垡头一区"),
        ("华贸中心社区", 5, "华贸中心"),
        ("前进居委会", 5, "前进"),
        ("东莞路社区居委会", 5, "东莞路"),
        ("金门村村委会", 5, "金门村"),
        ("张庄村村民委员会", 5, "张庄村"),
        ("天津风电产业园虚拟社区", 5, "天津风电产业园虚拟社区"),
        ("第一居委会", 5, "第一居委会"),
        ("儋州林场生活区", 5, "儋州林场生活区"),
        ("阿拉腾嘎查委员会", 5, "阿拉腾嘎查"),
    ],
)
def test_a_short_name_is_what_people_say(name: str, level: int, short: str) -> None:
    assert short_name(name, level) == short


def test_codes_that_repeat_across_levels_are_different_divisions_with_the_right_parents(db: None, write: Write) -> None:
    assert load_file(write(QUIRKS)) == Loaded(17, 17, 0)
    for name, code, levels in (
        ("东莞市", "441900000000", (2, 3)),
        ("中山市", "442000000000", (2, 3)),
        ("儋州市", "460400000000", (2, 3)),
        ("金门县", "350527000000", (3, 4, 5)),
    ):
        rows = list(Division.objects.filter(code=code).order_by("level").select_related("parent"))
        assert [row.level for row in rows] == list(levels)
        assert {row.name for row in rows} == {name}
        for upper, lower in pairwise(rows):
            assert lower.parent == upper
    street = Division.objects.get(name="东城街道")
    assert street.parent is not None
    assert (street.parent.code, street.parent.level) == ("441900000000", 3)
    assert Division.objects.get(name="岗贝社区居委会").parent == street


def test_the_sample_holds_the_five_districts_and_the_communities_of_the_reports(db: None) -> None:
    assert load_file(SAMPLE) == Loaded(1632, 1632, 0)
    home = Division.objects.get(code="110105019029", level=5)
    assert (home.name, home.short_name) == ("双合家园社区居民委员会", "双合家园")
    assert home.parent is not None
    assert home.parent.name == "垡头街道"
    assert Division.objects.get(code="110105015044").parent == Division.objects.get(name="八里庄街道")
    assert set(Division.objects.filter(level=3).values_list("name", flat=True)) == {
        "朝阳区", "和平区", "北辰区", "沙坪坝区", "秦都区",
    }  # fmt: skip


def test_the_same_file_again_changes_nothing_and_says_so(
    db: None, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(QUIRKS, "divisions.csv.gz")
    call_command("load_divisions", path)
    before = list(Division.objects.order_by("pk").values())
    assert "新增 17，更新 0" in capsys.readouterr().out
    call_command("load_divisions", path)
    assert "17 行：没有变化" in capsys.readouterr().out
    assert list(Division.objects.order_by("pk").values()) == before


def test_a_changed_name_or_parent_is_taken_over_and_the_row_stays_the_same(db: None, write: Write) -> None:
    load_file(write(QUIRKS))
    street = Division.objects.get(name="东城街道")
    moved = QUIRKS.replace("东城街道", "东城区街道").replace("岗贝社区居委会,5,441900003000", "岗贝社区,5,442000001000")
    assert load_file(write(moved)) == Loaded(17, 0, 2)
    street.refresh_from_db()
    assert (street.name, street.short_name) == ("东城区街道", "东城区")
    community = Division.objects.get(code="441900003001")
    assert community.parent == Division.objects.get(name="石岐街道")


def test_a_file_of_lower_levels_finds_its_parents_among_those_loaded_before(db: None, write: Write) -> None:
    load_file(write(QUIRKS))
    assert load_file(write("441900003002,梨川社区居委会,5,441900003000,广东省")) == Loaded(1, 1, 0)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("44190000000,少一位,2,440000000000,", "第 19 行：代码应为 12 位数字，现在是“44190000000”"),
        ("441900000001,错层,6,440000000000,", "第 19 行：层级应为 1 到 5，现在是“6”"),
        ("441900000001,,4,441900000000,", "第 19 行：名称应为 1 到 60 个字"),
        ("441900000001,没上级,4,,", "第 19 行：省级没有上级代码，其余各级必须有"),
        ("500000000000,有上级,1,440000000000,", "第 19 行：省级没有上级代码，其余各级必须有"),
        ("441900009001,孤儿社区,5,441900009000,", "第 19 行：孤儿社区 的上级 441900009000（层级 4）不在文件里"),
        ("441900003000,又一个,4,441900000000,", "第 19 行：441900003000（层级 4）与第 13 行重复"),
        ("441900003009,太短", "第 19 行：列数不够"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_loaded(db: None, write: Write, line: str, says: str) -> None:
    with pytest.raises(DivisionFileError) as refused:
        load_file(write(f"{QUIRKS}\n{line}"))
    assert says in str(refused.value)
    assert not Division.objects.exists()


def test_the_command_says_the_same_in_one_line(db: None, write: Write) -> None:
    with pytest.raises(CommandError, match=r"^第 2 行：代码应为 12 位数字，现在是“12”。没有装入任何一行$"):
        call_command("load_divisions", write("12,短,1,,"))


def test_files_that_are_no_such_table_are_refused(db: None, write: Write, tmp_path: Path) -> None:
    with pytest.raises(DivisionFileError, match="第 1 行：缺少列 level、parent_code"):
        load_file(write("110000000000,北京市", header="code,name"))
    with pytest.raises(DivisionFileError, match="打不开"):
        load_file(tmp_path / "nowhere.csv")
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(write(QUIRKS, "whole.csv.gz").read_bytes()[:-40])
    with pytest.raises(DivisionFileError, match="文件已损坏"):
        load_file(broken)
    foreign = tmp_path / "foreign.csv"
    foreign.write_bytes(f"{HEADER}\n110000000000,北京市,1,,\n".encode("gb18030"))
    with pytest.raises(DivisionFileError, match="不是 UTF-8"):
        load_file(foreign)
    assert not Division.objects.exists()


def test_a_long_file_tells_how_far_it_is(db: None, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    streets = (f"4419{serial:08d},街道{serial},4,441900000000,广东省" for serial in range(100_000, 150_000))
    call_command("load_divisions", write([QUIRKS, *streets]))
    said = capsys.readouterr()
    assert "已读 50000 行，每秒" in said.err
    assert "区划 50017 行：新增 50017" in said.out
