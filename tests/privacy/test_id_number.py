from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.privacy.id_number import FEMALE, MALE, birth_date_of, check_digit, sex_of, valid_id

DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, date, int]:
    """A number that passes, its birth date and its 17th digit."""
    county = draw(st.integers(110000, 659999))
    born = draw(DATES)
    sequence = draw(st.integers(0, 999))
    first17 = f"{county}{born:%Y%m%d}{sequence:03d}"
    return first17 + check_digit(first17), born, sequence % 10


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_examples_printed_in_the_standard_pass(number: str) -> None:
    assert valid_id(number)


@given(numbers())
def test_date_and_sex_come_out_of_the_number(made: tuple[str, date, int]) -> None:
    number, born, digit = made
    assert valid_id(number)
    assert birth_date_of(number) == born
    assert sex_of(number) == (MALE if digit % 2 else FEMALE)


@given(numbers(), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes(made: tuple[str, date, int], place: int, step: int) -> None:
    number = made[0]
    old = 10 if number[place] == "X" else int(number[place])
    wrong = number[:place] + str((old + step) % 10) + number[place + 1 :]
    assert wrong == number or not valid_id(wrong)


@given(numbers(), st.integers(0, 16))
def test_two_neighbours_swapped_never_pass(made: tuple[str, date, int], place: int) -> None:
    number = made[0]
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not valid_id(swapped)


@pytest.mark.parametrize("typed", [" 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ"])
def test_spaces_small_x_and_full_width_are_read(typed: str) -> None:
    assert valid_id(typed)
    assert birth_date_of(typed) == date(1949, 12, 31)


@pytest.mark.parametrize("text", ["", "无", "110105491231002", "11010519491331002X", "110105194912310021", "0" * 18])
def test_what_is_no_number_has_neither_date_nor_sex(text: str) -> None:
    assert not valid_id(text)
    assert birth_date_of(text) is None
    assert sex_of(text) is None


@pytest.mark.parametrize("text", ["", "1101051949123100", "1101051949123100X", "１１０１０５１９４９１２３１００２"])
def test_a_check_digit_needs_17_digits(text: str) -> None:
    with pytest.raises(ValueError, match="17 digits"):
        check_digit(text)
