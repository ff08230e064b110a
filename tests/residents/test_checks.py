"""What is said about odd facts, and that ordinary ones pass in silence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.privacy.id_number import check_digit
from residents import checks

BORN = date(1980, 5, 1)
NUMBER = "11010519800501001" + check_digit("11010519800501001")


@pytest.mark.parametrize("name", ["张三", "欧阳娜娜", "阿依古丽·买买提", "John Smith", "㐂"])
def test_names_of_people_pass(name: str) -> None:
    assert checks.name_problem(name) == ""


@pytest.mark.parametrize(
    ("name", "says"), [("", "没有姓名"), ("张3", "数字"), ("张" * 41, "超过 40"), ("13800000001", "数字")]
)
def test_other_names_are_told(name: str, says: str) -> None:
    assert says in checks.name_problem(name)


def test_a_broken_id_number_is_told() -> None:
    assert checks.id_number_problem(NUMBER) == ""
    assert checks.id_number_problem("") == ""
    assert "校验位" in checks.id_number_problem(NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"))
    assert "17 位" in checks.id_number_problem(NUMBER[:-1])
    assert checks.id_number_problem("H12345678") == "", "a permit of Hong Kong is no broken number"


def test_birth_and_sex_against_the_number() -> None:
    assert checks.id_against(NUMBER, BORN, "male") == []
    assert len(checks.id_against(NUMBER, date(1980, 5, 2), "female")) == 2
    assert checks.id_against("", BORN, "male") == []
    assert checks.id_against(NUMBER, None, "") == []


@pytest.mark.parametrize("phone", ["", "13800000001", "138 0000 0001", "+8613800000001", "010-67331234", "67331234"])
def test_phones_pass(phone: str) -> None:
    assert checks.phone_problem(phone) == ""


@pytest.mark.parametrize("phone", ["1380000000", "138000000012", "无", "12345"])
def test_other_phones_are_told(phone: str) -> None:
    assert checks.phone_problem(phone)


def test_households_are_checked_as_a_whole() -> None:
    assert checks.heads_problem(["户主", "配偶", "子"]) == ""
    assert "2 个户主" in checks.heads_problem(["户主", "户主"])
    assert checks.beds_problem(4, None) == checks.beds_problem(4, 4) == ""
    assert "可住 3 人" in checks.beds_problem(4, 3)
    assert checks.birth_problem(BORN, date(2026, 1, 1)) == ""
    assert "未来" in checks.birth_problem(date(2027, 1, 1), date(2026, 1, 1))
    assert "太早" in checks.birth_problem(date(1880, 1, 1), date(2026, 1, 1))


def test_a_number_written_twice_is_found_whatever_its_spelling() -> None:
    assert checks.repeated([NUMBER, f" {NUMBER[:6]} {NUMBER[6:]}", "", ""]) == {NUMBER}


@given(st.text())
def test_nothing_makes_a_check_fail(text: str) -> None:
    for check in (checks.name_problem, checks.id_number_problem, checks.phone_problem):
        assert isinstance(check(text), str)
    checks.id_against(text, BORN, "male")
