"""From what people write to the numbers of a building, unit, floor and room. Pure functions; in doubt they name none.

People write 三号楼, 3#楼, 3栋, 3-2-501, 3号楼二门501 for one place, and next to it telephone numbers, dates, prices,
bus lines and road numbers. A number counts as a room only where a building or unit stands right before it, or 室 after.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from string import ascii_letters
from typing import TypeVar

Value = TypeVar("Value")
DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "幺": 1, "两": 2}
FAMILIAR = str.maketrans("號樓棟單層﹣‐‑‒–—―_", "号楼栋单层--------")
DASHES = re.compile(r"-{2,}")
BEFORE = 24
MAX_UNIT = 20

CN = "零〇一二三四五六七八九十百"
N = rf"(?:[0-9]{{1,3}}|[{CN}]{{1,5}})"
# Neither the rest of a longer number nor the end of a list or range of short ones: 5、6号楼, 1-7栋, 3和4单元.
ALONE = rf"(?<![0-9{CN}.])(?<!(?<![0-9][0-9])[0-9{CN}][-~、,/和及与至到])(?<![A-Za-z]-)"
SEP = r"[\s,的\-]{0,3}"
# 501平台 and 501天花板 are rooms, 501平米 and 501天 are amounts.
AMOUNT = (
    "元|块|万|千|百|米|㎡|m2|公里|小时|秒|点|名|条|个|度|斤|岁|月|路|弄|栋|幢|号楼|号线|号院"
    "|平(?!台|时|常)|天(?!花|窗|井|天)|年(?!久|老|迈)|日(?!常|夜)|时(?!常|有|不)|分(?!户|管|水)|人(?!家|为)|次(?!卧)"
    r"|号\s*[0-9]{3}|家(?:住户|居民|业主|商)|户(?:居民|人家|业主|住户|用户|家庭|没|都|全)"
)
NO_ROOM = rf"(?!\s*(?:[0-9]|[.:%/~-]\s*[0-9]|%|[、和及与至到,]\s*[0-9]{{3,4}}(?![0-9])|{AMOUNT}))"
DIGIT_ROOM = r"[0-9]{3,4}(?:[A-Za-z](?!楼))?(?![A-Za-z])"
SPOKEN_ROOM = "[一二三四五六七八九幺]{1,2}[零〇][一二三四五六七八九幺]"
ROOM = rf"(?<![0-9])(?P<r>{DIGIT_ROOM}|{SPOKEN_ROOM}){NO_ROOM}"
DOOR = r"单元|门(?!口|前|外|卫|禁|诊|窗|店|面|铃|锁)"
UNIT = rf"第?(?:(?P<u>{N})\s*(?:号|#)?\s*(?:{DOOR})|(?P<d>[1-9]|1[0-9]|20)(?=-\s*[0-9]{{3,4}}(?![0-9-])))"
FLOOR = rf"(?P<under>地下|负)?(?P<f>{N})\s*(?:层|楼(?!道|梯|栋|下|上|顶|盘))"
TAIL = re.compile(rf"(?:{SEP}{UNIT})?(?:{SEP}{FLOOR})?(?:{SEP}{ROOM})?")
UNIT_TAIL = re.compile(rf"(?:{SEP}{FLOOR})?(?:{SEP}{ROOM})?")
LONE_FLOOR = re.compile(FLOOR)

ROADS = frozenset("路道街巷")
NAMED = frozenset("园区里院苑庭城庄村府湾郡居寓坊厦弄期舍墅")
PLACED = NAMED | frozenset("住在址的,。:;!?、( \t\n")
BUILT = frozenset("栋幢楼层")
COUNTED = frozenset("这那该此有共每几两另整全数余仅约")
SEVERAL = re.compile(r"\s*(?:居民|住宅|商|高层|小高层|建筑|别墅|大楼|房|楼(?![上下顶道梯内里前后外东西南北面体]))")
FUEL = re.compile(r"\s*[汽柴油线机泵锅]")
PARTS_NEXT = re.compile(rf"{SEP}(?:{N}\s*(?:{DOOR})|[0-9]{{3,4}}{NO_ROOM})")
UNIT_NEXT = re.compile(rf"\s*{N}\s*单元")

START = r"(?<![0-9A-Za-z./:-])"
FIND = re.compile(
    rf"{START}(?P<b3>[0-9]{{1,3}})\s*-\s*(?P<u3>[0-9]{{1,2}})\s*(?:-|单元\s*-?)\s*(?P<r3>{DIGIT_ROOM}){NO_ROOM}"
    rf"|{START}(?P<b2>0?[1-9][0-9]?)\s*-\s*(?P<r2>{DIGIT_ROOM}){NO_ROOM}"
    rf"|{ALONE}(?P<b>[甲乙丙丁]?{N}[A-Za-z]?|(?<![A-Za-z])[A-Za-z][0-9]{{0,2}})\s*"
    r"(?P<kind>号楼|#楼|号?[栋幢座]|#(?!\s*单元)|号(?!\s*单元)|楼)"
    rf"|{ALONE}第?(?P<u>{N})\s*(?:号|#)?\s*单元"
    rf"|{ALONE}(?P<under>地下|负)?(?P<f>{N})\s*(?:层|楼(?!道|梯|栋|下|上|顶|盘))"
    rf"|(?<![0-9-])(?P<r>{DIGIT_ROOM})\s*(?:室|号房|房间|房(?![屋产子价间租贷款费]))"
)


@dataclass(frozen=True)
class Place:
    """Numbers found in a text; "" or None where the text says nothing, or says two things.

    `floor` is negative below ground; `before` is what stands before the building, up to 24 characters.
    """

    building: str = ""
    unit: int | None = None
    floor: int | None = None
    room: str = ""
    before: str = field(default="", compare=False)


def number_of(text: str) -> int:
    """A number of 0 to 999 in digits or Chinese numerals (十二, 一百零三, 二一). Raises ValueError."""
    if text.isdecimal():
        return int(text)
    if not text or any(char not in DIGITS and char not in "十百" for char in text):
        raise ValueError(text)
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


def building_number(text: str) -> str:
    """The normal form of a building's number: 03 and 三 are 3, a1 is A1, 甲3 stays."""
    head = text[0] if text[0] in "甲乙丙丁" else ""
    tail = text[-1].upper() if text[-1].isascii() and text[-1].isalpha() else ""
    core = text[len(head) : len(text) - len(tail)]
    if not core:
        return tail
    return f"{head}{number_of(core) if core.isdecimal() or core[0] in CN else core.upper()}{tail}"


def parse_place(text: str) -> Place:
    """The place a text names; full-width characters and traditional forms count as the usual ones.

    A household named in full goes before what is named in part; where two statements differ, neither counts.
    """
    mentions = list(_mentions(DASHES.sub("-", unicodedata.normalize("NFKC", text).translate(FAMILIAR))))
    if len(mentions) < 2:
        return mentions[0] if mentions else Place()
    return _agreed([each for each in mentions if each.building and each.room] or mentions)


def _agreed(mentions: list[Place]) -> Place:
    """What all mentions allow; from the first thing on that they differ in, nothing."""
    buildings = _distinct(each.building for each in mentions)
    units = _distinct(each.unit for each in mentions)
    rooms = _distinct(each.room for each in mentions)
    floors = _distinct(each.floor for each in mentions)
    if len(buildings) > 1:
        return Place()
    building = buildings[0] if buildings else ""
    before = next((each.before for each in mentions if each.building), "")
    if len(units) > 1:
        return Place(building, before=before)
    return Place(
        building,
        units[0] if units else None,
        floors[0] if len(floors) == 1 else None,
        rooms[0] if len(rooms) == 1 else "",
        before,
    )


def _distinct(values: Iterable[Value]) -> list[Value]:
    return list(dict.fromkeys(value for value in values if value not in ("", None)))


def _mentions(text: str) -> Iterator[Place]:
    """Every place that a normalised text mentions, each as far as it is said in one go."""
    at = 0
    while match := FIND.search(text, at):
        assert match.lastgroup is not None
        place, at = READERS[match.lastgroup](text, match)
        if place is not None:
            yield place


Read = tuple[Place | None, int]


def _dashed(text: str, match: re.Match[str]) -> Read:
    """3-2-501, 3-2单元501."""
    after_road = text[: match.start()][-1:] in ROADS
    if after_road or not int(match["b3"]) or not 0 < int(match["u3"]) <= MAX_UNIT:
        return None, match.end()
    place = Place(building_number(match["b3"]), int(match["u3"]), None, _room(match["r3"]), _before(text, match))
    return place, match.end()


def _dashed_short(text: str, match: re.Match[str]) -> Read:
    """双合家园3-501: only where an address may stand, and only a room that a floor can have."""
    before, room = text[: match.start()][-1:], _room(match["r2"])
    likely = (not before or before in PLACED) and 0 < int(room.rstrip(ascii_letters)) % 100 < 50
    place = Place(building_number(match["b2"]), None, None, room, _before(text, match))
    return (place if likely else None), match.end()


def _building(text: str, match: re.Match[str]) -> Read:
    """3号楼 and what follows it at once; 三楼 is a floor unless a unit follows."""
    if not _is_building(text, match):
        floor = LONE_FLOOR.match(text, match.start()) if match["kind"] == "楼" else None
        return (Place(floor=_floor(floor)) if floor else None), match.end()
    tail = TAIL.match(text, match.end())
    assert tail is not None
    said = tail["u"] or tail["d"]
    unit = number_of(said) if said else None
    place = Place(building_number(match["b"]), unit, _floor(tail), _room(tail["r"]), _before(text, match))
    return place, tail.end()


def _unit(text: str, match: re.Match[str]) -> Read:
    tail = UNIT_TAIL.match(text, match.end())
    assert tail is not None
    return Place(unit=number_of(match["u"]), floor=_floor(tail), room=_room(tail["r"])), tail.end()


def _lone_floor(_text: str, match: re.Match[str]) -> Read:
    return Place(floor=_floor(match)), match.end()


def _lone_room(_text: str, match: re.Match[str]) -> Read:
    return Place(room=_room(match["r"])), match.end()


READERS = {"r3": _dashed, "r2": _dashed_short, "kind": _building, "u": _unit, "f": _lone_floor, "r": _lone_room}


def _is_building(text: str, match: re.Match[str]) -> bool:
    """Whether a number with 栋, 座, # or 号 names a building here, and is no count, petrol, date or road number."""
    kind, said, before = match["kind"], match["b"], text[: match.start()][-1:]
    if kind == "#":
        return not FUEL.match(text, match.end())
    if kind == "号":
        return before in NAMED and PARTS_NEXT.match(text, match.end()) is not None
    if kind == "楼":
        return UNIT_NEXT.match(text, match.end()) is not None
    if kind == "座":
        if said[0].isascii() and said[0].isalpha():
            return before not in BUILT
        return PARTS_NEXT.match(text, match.end()) is not None
    if kind in ("栋", "幢"):
        if before in COUNTED or SEVERAL.match(text, match.end()):
            return False
        return said[0] not in CN or not before or before in PLACED or bool(PARTS_NEXT.match(text, match.end()))
    return True


def _floor(match: re.Match[str]) -> int | None:
    if not match["f"]:
        return None
    value = number_of(match["f"])
    return -value if match["under"] else value


def _room(said: str | None) -> str:
    if not said:
        return ""
    if not said[0].isdecimal():
        return str(number_of(said))
    return (said[1:] if len(said) > 3 and said[0] == "0" else said).upper()


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - BEFORE) : match.start()]
