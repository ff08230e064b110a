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
    assert checks.person_problems(NUMBER) == checks.person_problems("") == {}
    broken = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    assert "校验位" in checks.person_problems(broken, BORN, "male")[checks.ID]
    assert "17 位" in checks.person_problems(NUMBER[:-1])[checks.ID]


@pytest.mark.parametrize("permit", ["H12345678", "01234567", "E12345678", "HKG110105198005010"])
def test_another_document_is_no_broken_number(permit: str) -> None:
    assert checks.person_problems(permit, BORN, "male") == {}


def test_birth_and_sex_against_the_number() -> None:
    assert checks.person_problems(NUMBER, BORN, "male") == {}
    assert set(checks.person_problems(NUMBER, date(1980, 5, 2), "female")) == {checks.BIRTH, checks.SEX}
    assert checks.person_problems("", BORN, "male") == checks.person_problems(NUMBER, None, "") == {}


@pytest.mark.parametrize("phone", ["", "13800000001", "138 0000 0001", "+8613800000001", "010-67331234", "67331234"])
def test_phones_pass(phone: str) -> None:
    assert checks.phone_problem(phone) == ""


@pytest.mark.parametrize("phone", ["1380000000", "138000000012", "无", "12345"])
def test_other_phones_are_told(phone: str) -> None:
    assert checks.phone_problem(phone)


def test_households_are_checked_as_a_whole() -> None:
    assert checks.household_problems([], 0) == checks.household_problems(["户主", "配偶", "子"], None) == {}
    assert "2 个户主" in checks.household_problems(["户主", "户主"], 2)[checks.HEADS]
    assert set(checks.household_problems(["配偶"] * 4, 3)) == {checks.HEADLESS, checks.BEDS}
    assert "可住 3 人" in checks.household_problems(["户主", *["子"] * 3], 3)[checks.BEDS]
    assert checks.birth_problem(BORN, date(2026, 1, 1)) == ""
    assert "未来" in checks.birth_problem(date(2027, 1, 1), date(2026, 1, 1))
    assert "太早" in checks.birth_problem(date(1880, 1, 1), date(2026, 1, 1))


def test_somebody_in_two_households_is_named_at_both() -> None:
    assert checks.twice([(1, 7, 2, 8)]) == {(1, 7, 2), (2, 8, 1)}


@given(st.text())
def test_nothing_makes_a_check_fail(text: str) -> None:
    for check in (checks.name_problem, checks.phone_problem):
        assert isinstance(check(text), str)
    checks.person_problems(text, BORN, "male")
