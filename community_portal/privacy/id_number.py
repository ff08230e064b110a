"""Citizen identity numbers, GB 11643-1999; pure."""

import re
from datetime import date
from operator import mul

from community_portal.privacy.normal import ID_NUMBER, normalise

MALE, FEMALE = "male", "female"
_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def check_digit(first17: str) -> str:
    """The 18th character after these 17 digits (ISO 7064, MOD 11-2). Raises ValueError for anything but 17 digits."""
    if not re.fullmatch(r"[0-9]{17}", first17):
        raise ValueError("an identity number has 17 digits before its check digit")
    total = sum(map(mul, _WEIGHTS, map(int, first17)))
    return _CHECK_DIGITS[total % 11]


def valid_id(text: str) -> bool:
    """Whether the number has 18 characters, a real date and the right check digit; its county is not looked up."""
    number = normalise(ID_NUMBER, text)
    return _birth_date(number) is not None and check_digit(number[:17]) == number[17]


def birth_date_of(text: str) -> date | None:
    """The date of birth in the number, or None when `valid_id` refuses it."""
    return _birth_date(normalise(ID_NUMBER, text)) if valid_id(text) else None


def sex_of(text: str) -> str | None:
    """MALE when the 17th digit is odd, else FEMALE; None when `valid_id` refuses the number."""
    return sex_in(normalise(ID_NUMBER, text)) if valid_id(text) else None


def sex_in(number: str) -> str:
    """The same of a number that is known to be whole and in its one spelling."""
    return MALE if int(number[16]) % 2 else FEMALE


def _birth_date(number: str) -> date | None:
    if not _SHAPE.fullmatch(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
