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
    return _digit_after(first17)


def valid_id(text: str) -> bool:
    """Whether the number has 18 characters, a real date and the right check digit; its county is not looked up."""
    return birth_date_of(text) is not None


def birth_date_of(text: str) -> date | None:
    """The date of birth in the number, or None when `valid_id` refuses it."""
    number = normalise(ID_NUMBER, text)
    if not _SHAPE.fullmatch(number) or _digit_after(number) != number[17]:
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(text: str) -> str | None:
    """MALE when the 17th digit is odd, else FEMALE; None when `valid_id` refuses the number."""
    return sex_in(normalise(ID_NUMBER, text)) if valid_id(text) else None


def sex_in(number: str) -> str:
    """The same of a number that is known to be whole and in its one spelling."""
    return MALE if int(number[16]) % 2 else FEMALE


def _digit_after(digits: str) -> str:
    """The check digit of the first 17 of these digits."""
    return _CHECK_DIGITS[sum(map(mul, _WEIGHTS, map(int, digits[:17]))) % 11]
