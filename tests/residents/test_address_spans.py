"""Addresses as they stand: the parts, their numbers, and what every text keeps."""

import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents.addresses import Address, parse_address
from residents.addresses.numbers import building_number, familiar, room_number

PARTS = ("estate", "building", "unit", "floor", "room")
ALPHABET = "0123456789０３-—一二十百负第号楼栋幢座单元门层室弄街组#甲A、，/. 和小区园村路市场商铺OlI搂"
WRITTEN = st.text(alphabet=ALPHABET, max_size=40)


def parts(address: Address) -> dict[str, str]:
    return {name: address.part(name) for name in PARTS if address.part(name)}


def said(building: str = "", unit: str = "", floor: str = "", room: str = "") -> dict[str, str]:
    named = {"building": building, "unit": unit, "floor": floor, "room": room}
    return {name: text for name, text in named.items() if text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("幸福路88号阳光小区7-12-425", said("7", "12", "", "425")),
        ("幸福路88号阳光小区3号楼2单元501室", said("3号楼", "2单元", "", "501室")),
        ("阳光花园三幢二单元501", said("三幢", "二单元", "", "501")),
        ("阳光花园3#楼501", said("3#楼", "", "", "501")),
        ("阳光花园2-501", said("2", "", "", "501")),
        ("阳光花园18栋2-501", said("18栋", "2", "", "501")),
        ("阳光花园18栋6号", said("18栋", "6号")),
        ("幸福路88弄14号1102", said("14号", "", "", "1102")),
        ("幸福路88号", said()),
        ("幸福路88-6号", said("6号")),
        ("幸福村88号", said()),
        ("幸福市安定区1139", said()),
        ("幸福村小李庄1066号", said()),
        ("阳光山庄66号", said("66号")),
        ("超市后面13号商铺", said("", "", "", "13号")),
        ("阳光花园8号门1305", said("", "", "", "1305")),
        ("阳光花园3号楼17C", said("3号楼", "", "", "17C")),
        ("阳光小区88号", said("88号")),
        ("幸福路88号阳光大厦B座12层1203室", said("B座", "", "12层", "1203室")),
        ("阳光大厦12F1203", said("", "", "12F", "1203")),
        ("阳光大厦1203", said("", "", "", "1203")),
        ("阳光大厦负一层", said("", "", "负一层")),
        ("阳光大厦地下2层", said("", "", "地下2层")),
        ("阳光市场二楼12街3046号", said("", "12街", "二楼", "3046号")),
        ("阳光市场1179-1180", said("", "", "", "1179-1180")),
        ("阳光小区2-8栋", said("2-8栋")),
        ("幸福路88号721号九栋", said("九栋")),
        ("阳光公寓31052室", said("3", "", "", "1052室")),
        ("阳光公寓5栋51132室", said("5栋", "5", "", "1132室")),
        ("阳光公寓A12楼", said("A", "", "12楼")),
        ("朝阳区329国道", said()),
        ("电话13812345678", said()),
    ],
)
def test_the_numbered_parts_of_an_address(text: str, expected: dict[str, str]) -> None:
    found = parts(parse_address(text))
    found.pop("estate", None)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "estate"),
    [
        ("北京市朝阳区垡头街道双合家园3号楼", "双合家园"),
        ("金蝉西路甲1号双合家园二期3号楼", "双合家园二期"),
        ("双合家园北区3号楼", "双合家园"),
        ("金蝉西路88号3号楼", ""),
        ("3号楼2单元", ""),
    ],
)
def test_the_name_of_the_estate(text: str, estate: str) -> None:
    assert parse_address(text).part("estate") == estate


@pytest.mark.parametrize("text", ["三号楼", "3#楼", "3幢", "3栋", "03号楼", "３号楼", "第3栋", "3號樓"])
def test_one_number_however_it_is_written(text: str) -> None:
    assert parse_address(f"双合家园{text}").building_no == "3"


def test_numbers_in_their_normal_form() -> None:
    found = parse_address("双合家园甲三号楼二单元负一层B101室")
    assert (found.building_no, found.unit_no, found.floor_no, found.room_no) == ("甲3", "2", "-1", "B101")
    ranged = parse_address("双合家园2-8栋")
    assert (ranged.part("building"), ranged.building_no) == ("2-8栋", "")


@given(st.one_of(st.text(max_size=80), WRITTEN))
def test_no_text_breaks_it_and_none_is_lost(text: str) -> None:
    found = parse_address(text)
    spans = sorted(found.spans.values())
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    kept = sum(len(piece) for piece in found.rest) + sum(end - start for start, end in spans)
    assert kept == len(text)
    assert all(piece in text for piece in found.rest)


@given(WRITTEN)
def test_familiar_spelling_keeps_every_place_and_is_stable(text: str) -> None:
    once = familiar(text)
    assert len(once) == len(text)
    assert familiar(once) == once


@given(WRITTEN)
def test_normal_forms_are_their_own_normal_form(text: str) -> None:
    found = parse_address(text)
    if found.building_no:
        assert building_number(found.building_no) == found.building_no
    if found.room_no:
        assert room_number(found.room_no) == found.room_no


@pytest.mark.parametrize(
    "piece",
    ["3", "3-", "一", "3号", "3号楼", "3、", "A", "AB1", "-", " ", "村3号", "区", "号", "单元", "市场3", "O0", "路3-2"],
)
def test_work_grows_no_faster_than_the_text(piece: str) -> None:
    """Lines of Python run, not time: twice the text takes at most a little more than twice the work."""
    short, long = _work(piece * 400), _work(piece * 800)
    assert long <= 2.2 * short + 500


def _work(text: str) -> int:
    lines = 0

    def count(*_frame: object) -> object:
        nonlocal lines
        lines += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)  # type: ignore[arg-type]
    try:
        parse_address(text[:3_000])
    finally:
        sys.settrace(before)
    return lines
