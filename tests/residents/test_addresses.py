"""The ways people write one place, and the numbers that are none."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from residents.addresses import Place, building_number, number_of, parse_place

HOME = Place("3", 2, None, "501")
NO_UNIT = Place("3", None, None, "501")


@pytest.mark.parametrize(
    "text",
    [
        "3号楼2单元501",
        "双合家园3号楼2单元501漏水",
        "双合家园3号楼2单元501室",
        "朝阳区垡头街道双合家园社区3号楼2单元501号",
        "三号楼二单元501",
        "三号楼2单元五零一",
        "三号楼二单元五〇一室",
        "３号楼２单元５０１",
        "3 号楼 2 单元 501 室",
        "3号楼，2单元，501",
        "3号楼的2单元501",
        "3号楼第2单元501",
        "第3号楼2单元501",
        "03号楼2单元0501",
        "3號樓2單元501",
        "3#楼2单元501",
        "3＃楼2单元501",
        "3#2单元501",
        "3#楼2#单元501",
        "3栋2单元501",
        "三栋二单元501",
        "3号栋2单元501",
        "3幢2单元501室",
        "3座2单元501",
        "3-2-501",
        "3－2－501",
        "3—2—501",
        "3——2——501",
        "3 - 2 - 501",
        "双合家园3-2-501室",
        "3-2单元501",
        "3号楼2-501",
        "3号楼-2-501",
        "3号楼-2单元-501",
        "3号楼2门501",
        "3号楼二门501",
        "3楼2单元501",
        "双合家园3号2单元501",
        "我住双合家园3号楼2单元501，电话13812345678",
        "3号楼2单元501天花板漏水",
        "3号楼2单元501平台积水",
        "3号楼2单元501家里没水",
        "3号楼2单元501楼上601太吵",
        "3号楼的居民反映，2单元501漏水",
        "3号楼2单元501住户反映5号楼前垃圾没人清",
        "3号楼2单元501，也就是3号楼501",
        "59号院3号楼2单元501",
    ],
)
def test_many_ways_to_write_one_household(text: str) -> None:
    assert parse_place(text) == HOME


@pytest.mark.parametrize(
    "text",
    ["3号楼501", "三号楼501室", "3栋501", "3幢501号", "3#501", "双合家园3-501", "双合家园3号501室", "14弄3号501室"],
)
def test_a_household_without_its_unit(text: str) -> None:
    assert parse_place(text) == NO_UNIT


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("三号楼漏水", Place("3")),
        ("三楼漏水", Place(floor=3)),
        ("3楼漏水", Place(floor=3)),
        ("3号楼3楼漏水", Place("3", floor=3)),
        ("3号楼5层501", Place("3", floor=5, room="501")),
        ("3号楼2单元五楼", Place("3", 2, 5)),
        ("3号楼地下二层", Place("3", floor=-2)),
        ("3号楼负一层进水", Place("3", floor=-1)),
        ("2单元501", Place("", 2, None, "501")),
        ("501室", Place(room="501")),
        ("二十一号楼", Place("21")),
        ("一百零三号楼", Place("103")),
        ("十二号楼1801", Place("12", room="1801")),
        ("A座1203", Place("A", room="1203")),
        ("b座1203室", Place("B", room="1203")),
        ("A1栋2单元501", Place("A1", 2, None, "501")),
        ("甲3号楼2单元", Place("甲3", 2)),
        ("3号楼2单元501a", Place("3", 2, None, "501A")),
        ("15栋楼上种菜", Place("15")),
        ("3号楼道路灯不亮", Place("3")),
    ],
)
def test_part_of_a_place_and_other_numbers(text: str, place: Place) -> None:
    assert parse_place(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "楼道太黑",
        "请打13812345678",
        "请打138-1234-5678",
        "010-67380000",
        "400-810-1234",
        "13路、18路公交车改线",
        "地铁7号线",
        "化工路59号院",
        "化工路59号",
        "收费300元",
        "每月50-120元",
        "2026-11-23",
        "2026年11月23日",
        "11.23",
        "8:30-12:00",
        "11月3号停水",
        "3号下午没人",
        "三栋居民楼都停水",
        "还我们一栋安全的住宅",
        "这栋楼没有电梯",
        "共3栋",
        "92#汽油涨价",
        "三个单元",
        "3个人",
        "120平方米",
        "百分之三",
        "身份证110105199001011234",
        "东门口",
        "三门峡",
        "1-7栋没有路灯",
        "11——14栋的备案价格",
        "5、6号楼没有热水",
        "3号楼和5号楼之间的路灯",
        "大厦605-606",
        "B-3栋",
    ],
)
def test_other_numbers_name_no_place(text: str) -> None:
    place = parse_place(text)
    assert (place.building, place.unit, place.room) == ("", None, "")


@pytest.mark.parametrize(
    "text",
    [
        "3号楼301元",
        "3号楼120户居民没水",
        "3号楼2026年改造",
        "3号楼501平米",
        "3号楼 138-1234-5678",
        "3号楼13812345678",
        "3号楼010-67380000",
        "3号楼501、502都漏水",
        "3号楼501号楼",
        "3号楼114号848",
        "3号楼1030公交",
        "3号楼501.5元",
        "3号楼50%",
    ],
)
def test_an_amount_after_a_building_is_no_room(text: str) -> None:
    place = parse_place(text)
    assert place.building == "3" or text == "3号楼501号楼"
    assert place.room in ("", "1030")


def test_what_two_statements_differ_in_does_not_count() -> None:
    assert parse_place("3号楼2单元501说3号楼2单元601漏水") == Place("3", 2)
    assert parse_place("3号楼1单元101和3号楼2单元101") == Place("3")
    assert parse_place("3号楼1、2单元没电") == Place("3")
    assert parse_place("1号楼101，2号楼201") == Place()


def test_what_stands_before_the_building_is_kept() -> None:
    assert parse_place("朝阳区双合家园3号楼").before == "朝阳区双合家园"


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse_place(text)


@example("0单A0")
@example("0#0楼0")
@given(st.text(alphabet="0123456789-一二十百号楼栋幢座单元门层室#甲A、和 元", max_size=24))
def test_no_address_like_text_breaks_the_reader(text: str) -> None:
    place = parse_place(text)
    assert place.room == "" or len(place.room) >= 3


@given(building=st.integers(1, 120), unit=st.integers(1, 12), floor=st.integers(1, 33), room=st.integers(1, 12))
def test_every_household_is_read_back(building: int, unit: int, floor: int, room: int) -> None:
    number = f"{floor}{room:02}"
    place = Place(str(building), unit, None, number)
    assert parse_place(f"双合家园{building}号楼{unit}单元{number}室") == place
    assert parse_place(f"{building}-{unit}-{number}") == place


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("十", 10), ("十二", 12), ("二十", 20), ("一百零三", 103), ("二一", 21), ("三〇二", 302)],
)
def test_numbers_in_numerals(text: str, value: int) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize("text", ["", "楼", "1a"])
def test_words_are_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="^" + text):
        number_of(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("03", "3"), ("三", "3"), ("甲3", "甲3"), ("甲三", "甲3"), ("3a", "3A"), ("a1", "A1"), ("a", "A")],
)
def test_building_numbers_have_one_form(text: str, number: str) -> None:
    assert building_number(text) == number
