import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.privacy.masking import mask_id, mask_name, mask_phone, mask_phones_in

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
IDS = st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True)
DIGITS = st.text("0123456789", max_size=30)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800138000", "138****8000"),
        ("+86 138-0013-8000", "138****8000"),
        ("１３８００１３８０００", "138****8000"),
        ("010-67308000", "010****8000"),
        ("67308000", "****000"),
        ("12345", "****"),
        ("微信 wx_abc", "****"),
        ("-", "****"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_phone(text: str, shown: str) -> None:
    assert mask_phone(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("110105199001010123", "110105********0123"),
        ("11010519491231002x", "110105********002X"),
        ("１１０１０５１９９００１０１０１２３", "110105********0123"),
        ("110105490101123", "110105******123"),
        ("E12345678", "E******78"),
        ("1234567", "****"),
        ("", ""),
    ],
)
def test_id(text: str, shown: str) -> None:
    assert mask_id(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("王小明", "王**"), ("王", "王**"), ("欧阳修", "欧**"), (" Ａnna", "A**"), ("", ""), (" ", "")]
)
def test_name(text: str, shown: str) -> None:
    assert mask_name(text) == shown


@given(DIGITS)
def test_a_phone_shows_seven_digits_at_most_and_hides_four_at_least(number: str) -> None:
    shown = re.sub(r"\D", "", mask_phone(number))
    assert len(shown) <= 7
    assert len(number) - len(shown) >= min(4, len(number))


@given(st.text("0123456789X", max_size=30))
def test_an_id_shows_ten_characters_at_most_and_hides_five_at_least(number: str) -> None:
    shown = mask_id(number).replace("*", "")
    assert len(shown) <= 10
    assert len(number) - len(shown) >= min(5, len(number))


@given(st.text(min_size=2))
def test_a_name_shows_one_character_at_most(name: str) -> None:
    assert re.fullmatch(r".\*\*|", mask_name(name), re.DOTALL)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请致电13800138000，谢谢", "请致电138****8000，谢谢"),
        ("电话：138 0013 8000。", "电话：138****8000。"),
        ("电话138-001-38000", "电话138****8000"),
        ("电话１３８００１３８０００", "电话138****8000"),
        ("电话+8613800138000转告", "电话138****8000转告"),
        ("电话138001380003号楼", "电话138****0003号楼"),
        ("电话010-67308000", "电话010****8000"),
        ("电话（010）6730 8000。", "电话010****8000。"),
        ("电话67308000日夜都行", "电话****000日夜都行"),
        ("1.67308000", "1.****000"),
        ("甲13800138000/乙13900139000", "甲138****8000/乙139****9000"),
        ("身份证110105199001010123，", "身份证110105********0123，"),
        ("身份证 110105 19900101 012x", "身份证 110105********012X"),
        ("卡号6222020200012345678", "卡号622****5678"),
    ],
)
def test_numbers_inside_text_are_masked(text: str, shown: str) -> None:
    assert mask_phones_in(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "13-2-301漏水，2025-03-15 10:30报修",
        "3号楼2单元1201室",
        "20250315 登记，2023-2024 采暖季",
        "文号2018-0058、2018-0059",
        "花费3000000元，共60000000万",
        "请打12345或110",
        "18-3-1201",
        "",
    ],
)
def test_addresses_dates_and_amounts_stay(text: str) -> None:
    assert mask_phones_in(text) == text


@given(st.text(), MOBILES, st.text())
def test_no_mobile_survives_in_any_text(before: str, mobile: str, after: str) -> None:
    if (before + mobile + after).count(mobile) == 1:
        assert mobile not in mask_phones_in(before + mobile + after)


@given(st.text(), IDS, st.text())
def test_no_id_survives_in_any_text(before: str, number: str, after: str) -> None:
    assert number[6:14] not in mask_phones_in(before + number + after) or number[6:14] in before + after


@given(st.text("0123456789-１２３ 号楼室电话", max_size=60))
def test_no_run_of_eleven_digits_survives(text: str) -> None:
    assert not re.search(r"\d{11}", mask_phones_in(text))
