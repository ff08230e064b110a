"""Cells as values: numbers of buildings and rooms, dates, areas, yes and no. Pure; ValueError for what is none."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from community_portal.tables.cells import text_of
from residents.addresses import building_number, number_of
from residents.importing.fields import ELSEWHERE, HEADS, HERE, LIVING_WORDS, NO, NOTHING, SEXES, YES, TagWord

BUILDING = re.compile(
    r"[甲乙丙丁]?(?:[0-9]{1,3}|[零〇一二三四五六七八九十百]{1,5}|[A-Z](?=[0-9]{0,2}$)[0-9]{0,2})[A-Z]?"
)
BUILDING_TAIL = re.compile(r"(?:号?楼|#楼|号?[栋幢座]|#|号)$")
UNIT_TAIL = re.compile(r"(?:号?(?:单元|门栋|门洞|门)|#)$")
ROOM_TAIL = re.compile(r"(?:室|号房|房|号|户)$")
ROOM = re.compile(r"[0-9A-Z]{1,8}")
DASHED = re.compile(r"(?:(?P<b>[0-9A-Z]{1,4})-)?(?P<u>[0-9]{1,2})-(?P<r>[0-9A-Z]{2,6})")
UNDER = re.compile(r"(?:负|地下|B|-)([0-9]{1,2}|[一二三四五])层?")
DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?(?:[T\s].*)?")
COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
RANGE = re.compile(r"\s*(?:至|到|~|—|–|--|－)\s*")
EXCEL_EPOCH, EXCEL_LAST = date(1899, 12, 30), 80_000
OLDEST_YEAR, LAST_YEAR = 1880, 2200
MAX_UNIT, MAX_AREA = 99, Decimal(99_999)
PRECISE = 10**15
"""From here on Excel no longer keeps every digit of a number: an ID number typed as a number has lost its end."""
AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:平方米|平米|平|㎡|m2|m²)?")
GRADE = re.compile(r"([1-4一二三四])\s*级")
SEPARATORS = re.compile(r"[、,，;；/|\s]+")


def said(value: Any) -> str:
    """A cell's text in ordinary letters; "" for what people write to say that there is nothing."""
    if value is None or value == "":
        return ""
    return _ordinary(value if isinstance(value, str) else text_of(value))


@lru_cache(maxsize=65536)
def _ordinary(text: str) -> str:
    bare = unicodedata.normalize("NFKC", text_of(text)).strip()
    return "" if bare in NOTHING else bare


@lru_cache(maxsize=4096)
def building_of(text: str) -> str:
    """三号楼, 3#, 03栋 as "3". Raises ValueError."""
    bare = BUILDING_TAIL.sub("", text.upper().replace(" ", "").removeprefix("第"))
    if not BUILDING.fullmatch(bare):
        raise ValueError(text)
    return building_number(bare)


@lru_cache(maxsize=4096)
def unit_of(text: str) -> int:
    """二单元, 2门, 2 as 2. Raises ValueError."""
    value = number_of(UNIT_TAIL.sub("", text.replace(" ", "").removeprefix("第")))
    if not 0 <= value <= MAX_UNIT:
        raise ValueError(text)
    return value


@lru_cache(maxsize=65536)
def room_of(text: str) -> tuple[str | None, int | None, str]:
    """(building, unit, room) of what stands in a room's cell: 501, 501室, 2-501, 3-2-501, B101. Raises ValueError."""
    bare = ROOM_TAIL.sub("", text.upper().replace(" ", ""))
    if match := DASHED.fullmatch(bare):
        return match["b"] and building_of(match["b"]), int(match["u"]), match["r"]
    if not ROOM.fullmatch(bare):
        raise ValueError(text)
    return None, None, bare


def floor_of(text: str) -> int:
    """5, 5层, 负一层, B1. Raises ValueError."""
    bare = text.upper().replace(" ", "").removesuffix("楼")
    if match := UNDER.fullmatch(bare):
        return -number_of(match[1])
    return number_of(bare.removesuffix("层").removesuffix("F"))


def floor_in_room(room: str) -> int:
    """The floor that a room's number tells: 501 is on 5, 1203 on 12, B101 on -1, anything else on 1."""
    under, digits = room.startswith("B"), re.sub(r"\D", "", room)
    floor = int(digits[:-2]) if len(digits) > 2 else 1
    return -max(floor, 1) if under else max(floor, 1)


def date_of(value: Any, *, day_known: bool = True) -> date:
    """A date as people write it; 1980年5月 is its first day, unless `day_known`. Raises ValueError."""
    if isinstance(value, datetime):
        return _in_range(value.date())
    if isinstance(value, date):
        return _in_range(value)
    text = said(value)
    if match := DATE.fullmatch(text):
        if day_known and not match[3]:
            raise ValueError(text)
        return _in_range(date(int(match[1]), int(match[2]), int(match[3] or 1)))
    if match := COMPACT.fullmatch(text):
        return _in_range(date(*map(int, match.groups())))
    number = float(text)
    if not 1 <= number <= EXCEL_LAST:
        raise ValueError(text)
    return EXCEL_EPOCH + timedelta(days=int(number))


def last_date_of(value: Any) -> date:
    """The end of a span like 2026.1.1-2026.12.31, or the one date. Raises ValueError."""
    if isinstance(value, date):
        return date_of(value)
    text = said(value)
    dates = re.findall(r"[0-9]{4}[-/.年][0-9]{1,2}(?:[-/.月][0-9]{1,2})?", text)
    return date_of(dates[-1], day_known=False) if dates else date_of(RANGE.split(text)[-1])


def area_of(text: str) -> Decimal:
    """Square metres. Raises ValueError."""
    match = AMOUNT.fullmatch(text.replace(" ", ""))
    try:
        area = Decimal(match[1] if match else "x").quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not 0 < area <= MAX_AREA:
        raise ValueError(text)
    return area


def count_of(text: str) -> int:
    """A small number: 3, 3人. Raises ValueError."""
    value = number_of(text.replace(" ", "").rstrip("人口个张"))
    if value > 999:
        raise ValueError(text)
    return value


def living_of(text: str) -> str:
    """A living status by the words of its synonyms, or by the one that the words contain. Raises ValueError."""
    if text in LIVING_WORDS:
        return LIVING_WORDS[text]
    held = {living for word, living in LIVING_WORDS.items() if len(word) > 1 and word in text}
    if len(held) != 1:
        raise ValueError(text)
    return held.pop()


def yes_of(text: str) -> bool:
    """Yes or no. Raises ValueError."""
    if text.lower() in YES or text.lower() in NO:
        return text.lower() in YES
    raise ValueError(text)


def here_of(text: str) -> bool:
    """Whether somebody is registered where they live. Raises ValueError."""
    if text in HERE or text in ELSEWHERE:
        return text in HERE
    return yes_of(text)


def sex_of(text: str) -> str:
    """Raises ValueError."""
    try:
        return SEXES[text.lower()]
    except KeyError as error:
        raise ValueError(text) from error


def relation_of(text: str) -> str:
    """The relation to the head; 本人 is the head."""
    return "户主" if text in HEADS else text


def tag_of(text: str, tag: TagWord) -> tuple[str, int] | None:
    """The kind and grade that a tag's own cell says (肢体二级), ("", 0) for a plain yes, None for a no.

    Raises ValueError for words that mean neither.
    """
    if not text or text.lower() in NO:
        return None
    kind = next((each for each in tag.kinds if each in text), "")
    grade = _grade(text) if tag.grades else 0
    if kind or grade or text.lower() in YES or tag.name in text:
        return kind, grade
    raise ValueError(text)


def words_of(text: str) -> list[str]:
    """The single words of a list in one cell."""
    return [word for word in SEPARATORS.split(text) if word]


def lost_digits(value: Any) -> bool:
    """Whether a number is too long for Excel to have kept all its digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= PRECISE


def _grade(text: str) -> int:
    match = GRADE.search(text)
    return number_of(match[1]) if match else 0


def _in_range(day: date) -> date:
    if not OLDEST_YEAR <= day.year < LAST_YEAR:
        raise ValueError(day.isoformat())
    return day
