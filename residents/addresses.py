"""From what people write to the numbers of a building, unit, floor and room; pure functions, first form."""

import re
import unicodedata
from dataclasses import dataclass

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
NUMBER = r"([0-9]{1,4}|[零〇一二两三四五六七八九十百]{1,5})"
BUILDING = re.compile(NUMBER + r"\s*(?:号楼|號楼|栋|幢|座|#楼|#|号院楼)")
UNIT = re.compile(NUMBER + r"\s*(?:单元|门(?!口|前|外|卫|禁|诊|窗|店|面|铃|锁))")
FLOOR = re.compile(r"(地下|负)?" + NUMBER + r"\s*(?:层|楼(?!道|梯|栋|下|上|顶))")
ROOM = re.compile(r"([0-9]{3,4})\s*(?:室|房|号房|户)?(?![0-9号路栋幢])")
DASHED = re.compile(r"(?<![0-9])([0-9]{1,3})\s*-\s*([0-9]{1,2})\s*-\s*([0-9]{3,4})(?![0-9])")
DASHED_TWO = re.compile(r"(?<![0-9])([0-9]{1,3})\s*-\s*([0-9]{3,4})(?![0-9])")


@dataclass(frozen=True)
class Place:
    """Numbers found in a text; "" or None where the text says nothing. `floor` is negative below ground."""

    building: str = ""
    unit: int | None = None
    floor: int | None = None
    room: str = ""


def number_of(text: str) -> int:
    """A number of 0 to 999 in digits or Chinese numerals (十二, 一百零三, 二一). Raises ValueError."""
    if text.isdecimal():
        return int(text)
    if "十" not in text and "百" not in text:
        return int("".join(str(DIGITS[char]) for char in text))
    total, current = 0, 0
    for char in text:
        if char in DIGITS:
            current = DIGITS[char]
        else:
            total += (current or 1) * (100 if char == "百" else 10)
            current = 0
    return total + current


def parse_place(text: str) -> Place:
    """The first building, unit, floor and room named in a text; full-width characters count as half-width ones."""
    text = unicodedata.normalize("NFKC", text).replace("—", "-").replace("－", "-")
    if match := DASHED.search(text):
        return Place(str(int(match[1])), int(match[2]), None, match[3])
    building = BUILDING.search(text)
    if not building and (match := DASHED_TWO.search(text)):
        return Place(str(int(match[1])), None, None, match[2])
    rest = text[building.end() :] if building else text
    unit = UNIT.search(rest)
    after = rest[unit.end() :] if unit else rest
    floor = FLOOR.search(after)
    room = ROOM.search(after) if building or unit else None
    return Place(
        building=str(number_of(building[1])) if building else "",
        unit=number_of(unit[1]) if unit else None,
        floor=_floor(floor) if floor else None,
        room=room[1] if room else "",
    )


def _floor(match: re.Match[str]) -> int:
    value = number_of(match[2])
    return -value if match[1] else value
