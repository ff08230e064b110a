"""What is shown of personal data to those who have not asked to see it; pure."""

import re

from community_portal.privacy.id_number import valid_id
from community_portal.privacy.normal import ID_NUMBER, PHONE, half_width, normalise

HIDDEN = "****"


def mask_phone(text: str) -> str:
    """138****8000. Of 11 digits and more 3 + 4 stay, of seven to ten the last 3, of anything else none."""
    number = normalise(PHONE, text)
    if not number:
        return HIDDEN if text.strip() else ""
    if not re.fullmatch(r"[0-9]{7,}", number):
        return HIDDEN
    return f"{number[:3]}{HIDDEN}{number[-4:]}" if len(number) >= 11 else f"{HIDDEN}{number[-3:]}"


def mask_id(text: str) -> str:
    """110105********0123. Of 18 characters 6 + 4 stay, of 15 6 + 3, of other documents from 8 on 1 + 2."""
    number = normalise(ID_NUMBER, text)
    if not number:
        return HIDDEN if text.strip() else ""
    head, tail = {18: (6, 4), 15: (6, 3)}.get(len(number), (1, 2) if len(number) >= 8 else (0, 0))
    if not tail:
        return HIDDEN
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def mask_name(text: str) -> str:
    """王**: the first character and two stars, whatever the length; empty stays empty."""
    name = half_width(text)
    return f"{name[0]}**" if name else ""


def mask_date(text: str) -> str:
    """1950-**-**: the year of a date that begins with it; of anything else nothing stays."""
    return f"{text[:4]}-**-**" if re.match(r"[0-9]{4}\b", text) else _hidden(text)


def _hidden(text: str) -> str:
    return HIDDEN if text.strip() else ""


def mask_phones_in(text: str) -> str:
    """Free text with every mobile, landline, identity number and digit run of 11 and more masked, for public pages."""
    return _PERSONAL.sub(_mask_match, text)


def mask_people_in(text: str) -> str:
    """Free text with every mobile and every identity number that can be one masked; other long numbers stay.

    For copies that the portal makes of what people wrote (titles, search words, messages).
    """
    return _PEOPLE.sub(_mask_person, text) if _DIGITS.search(text) else text


def _mask_person(found: re.Match[str]) -> str:
    if found.lastgroup == "id":
        return mask_id(found[0]) if valid_id(found[0]) else found[0]
    return mask_phone(found[0])


def _mask_match(found: re.Match[str]) -> str:
    return mask_id(found[0]) if found.lastgroup == "id" else mask_phone(found[0])


def _grouped(first: str, sizes: tuple[int, ...]) -> str:
    """A pattern for a number typed in groups of these sizes; `first` matches its first two digits."""
    rest = [rf"\d{{{size}}}" for size in sizes]
    rest[0] = rf"{first}\d{{{sizes[0] - 2}}}"
    return _GAP.join(rest)


_GAP = r"[\s\-‐-―－—]{1,3}"
# No group has fewer than three digits, so that "13-2-301" stays an address.
_MOBILE_GROUPS: list[tuple[int, ...]] = [(11,)]
_MOBILE_GROUPS += [(size, 11 - size) for size in range(3, 9)]
_MOBILE_GROUPS += [(a, b, 11 - a - b) for a in range(3, 6) for b in range(3, 6) if 3 <= 11 - a - b <= 5]
_MOBILE = "|".join(_grouped("[1１][3-9３-９]", sizes) for sizes in _MOBILE_GROUPS)
_AREA = rf"(?:[(（][0０]\d{{2,3}}[)）]|[0０]\d{{2,3}})(?:{_GAP})?[2-8２-８]\d{{2,3}}(?:{_GAP})?\d{{4}}"
_LOCAL = rf"[2-8２-８]\d{{2}}(?:\d(?:{_GAP})?)?\d{{4}}"
_NOT_AMOUNT = r"(?!\s?(?:[.．]\d|元|块|万|平米|平方|㎡))"
_NOT_DATE = rf"(?!20[0-4]\d(?:(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])|{_GAP}\d{{4}})(?!\d))"
_ID = rf"(?P<id>\d{{6}}(?:{_GAP})?\d{{4}}(?:{_GAP})?\d{{4}}(?:{_GAP})?\d{{3}}[\dXxＸｘ])(?!\d)"
_ANY_MOBILE = rf"(?:(?:[+＋]|[0０]{{2}})?[8８][6６](?:{_GAP})?)?(?:{_MOBILE})(?!\d)"
# Most texts have no number that long: a first look is ten times cheaper than the search itself.
_DIGITS = re.compile(rf"\d(?:(?:{_GAP})?\d){{10}}")
_PEOPLE = re.compile(rf"(?<!\d)(?:{_ID}|{_ANY_MOBILE})")
_PERSONAL = re.compile(
    rf"(?<!\d)(?:"
    rf"{_ID}"
    rf"|{_ANY_MOBILE}"
    rf"|(?:{_AREA}|{_NOT_DATE}{_LOCAL}{_NOT_AMOUNT})(?!\d)"
    rf"|\d{{11,}}"
    rf")"
)
