"""The roles of numbers in a row: 7-12-425, 3-501, 2-8栋, 501、502, 88-6号."""

import re

from residents.addresses import words as w
from residents.addresses.context import NAMED, PLACED, ROAD, Context
from residents.addresses.tokens import Token

ORDER = (w.BUILDING, w.UNIT, w.FLOOR, w.ROOM)
MAX_UNIT = 20
MAX_DOOR = 50
RANGE = 40
CONTINUED = frozenset(".:/-、")
YEAR = re.compile("(?:19|20)[0-9]{2}")
LISTS = frozenset("/、,和及与至到")


def read(context: Context, row: list[Token]) -> None:
    """Take down what each number of a row is."""
    first, last, size = row[0], row[-1], len(row)
    if last.kind == w.OTHER:
        context.skip(last)
        return
    if row[1].joint == ".":
        if not _full(context, row):
            context.skip(last)
            return
    elif context.after_road:
        _road(context, row)
        return
    if size == 2:
        _two(context, first, last)
    elif size == 3:
        _three(context, row)
    elif row[1].joint in LISTS:
        _together(context, _role_of_list(context, last), first, last)
    else:
        for token, role in zip(row, ORDER, strict=False):
            context.take(role, token)


def _together(context: Context, role: str, first: Token, last: Token) -> None:
    """One part without a number: a range or list names no single thing."""
    context.put(role, first.start, last.end, firm=role in (w.BUILDING, w.UNIT))


def _in_turn(context: Context, row: list[Token], *roles: str, firm: bool = False) -> None:
    for token, role in zip(row, roles, strict=True):
        context.take(role, token, firm=firm)


def _close(first: Token, last: Token) -> bool:
    """Whether two numbers are a range: the second somewhat greater than the first."""
    if not (first.number.isdecimal() and last.number.isdecimal()):
        return False
    return 0 < int(last.number) - int(first.number) < RANGE


def _role_of_list(context: Context, last: Token) -> str:
    if last.kind in ORDER:
        return last.kind
    return w.ROOM if last.digits > 2 else ROAD


def _road(context: Context, row: list[Token]) -> None:
    """Behind a road the first number is the road's: 88-6号, 88-3-501; a range is all the road's."""
    first, last = row[0], row[-1]
    if len(row) == 2 and _close(first, last):
        context.put(ROAD, first.start, last.end)
        return
    context.take(ROAD, first)
    if len(row) == 2:
        context.take(w.BUILDING, last, weak=True)
    elif len(row) == 3:
        _in_turn(context, row[1:], w.BUILDING, w.ROOM if last.digits > 2 else w.UNIT)
    else:
        for token, role in zip(row[1:], (w.BUILDING, w.UNIT, w.ROOM), strict=False):
            context.take(role, token)


def _two(context: Context, first: Token, last: Token) -> None:
    row = [first, last]
    if last.joint in LISTS and (last.kind != w.BARE or first.digits > 2):
        _together(context, _role_of_list(context, last), first, last)
    elif last.kind == w.BUILDING:
        context.drop_weak()
        _together(context, w.BUILDING, first, last)
    elif last.kind == w.UNIT:
        firm = context.next_adjacent and context.next is not None and context.plain_room(context.next)
        _in_turn(context, row, w.BUILDING, w.UNIT, firm=firm and _fits(first, last))
    elif last.kind == w.FLOOR:
        _two_to_floor(context, row)
    elif context.last == w.BUILDING and context.adjacent:
        _behind_building(context, row)
    elif _is_rooms(context, first, last):
        _together(context, w.ROOM, first, last)
    else:
        _short(context, row)


def _two_to_floor(context: Context, row: list[Token]) -> None:
    first, last = row
    if context.last == w.BUILDING:
        _in_turn(context, row, w.UNIT, w.FLOOR)
    elif first.digits > 2 or first.number[0].isalpha():
        _in_turn(context, row, w.BUILDING, w.FLOOR)
    else:
        _together(context, w.FLOOR, first, last)


def _behind_building(context: Context, row: list[Token]) -> None:
    """3号楼2-501; behind a guessed building (122号14-1399) the row has its own."""
    first, last = row
    if context.parts[-1].weak and first.digits < 3 and last.digits > 2:
        context.drop_weak()
        _in_turn(context, row, w.BUILDING, w.ROOM)
    elif first.digits > 2 and (_close(first, last) or last.digits < 2):
        _together(context, w.ROOM, first, last)
    else:
        firm = context.near and first.number.isdecimal() and 0 < int(first.number) <= MAX_UNIT
        _in_turn(context, row, w.UNIT, w.ROOM, firm=firm and context.plain_room(last))


def _is_rooms(context: Context, first: Token, last: Token) -> bool:
    """Whether both numbers are rooms or shops: behind a floor or unit, a range, 1103-2, two long ones in a market."""
    if context.have.intersection((w.FLOOR, w.ROOM, w.UNIT)) or (_close(first, last) and first.digits > 1):
        return True
    if first.digits == 4 and last.digits < 3:
        return True
    return first.digits > 2 and (last.digits < 3 or last.digits > 2) and context.in_market()


def _short(context: Context, row: list[Token]) -> None:
    """3-501 and 3-2: building and room, or building and unit."""
    first, last = row
    room = last.digits > 2 or last.kind == w.ROOM or context.in_market()
    start = _standing_before(context, first)
    firm = room and last.joint == "-" and _names_building(first, start) and context.plain_room(last) and _has_door(last)
    _in_turn(context, row, w.BUILDING, w.ROOM if room else w.UNIT, firm=firm)


def _names_building(token: Token, before: str) -> bool:
    """Whether a number without a word can be a building where it stands; a letter only behind an estate's name."""
    if not token.number.isdecimal():
        return len(token.number) < 3 and before in NAMED
    return len(token.number) < 3 and int(token.number) > 0 and (not before or before in PLACED)


def _has_door(token: Token) -> bool:
    """Whether a room's last two digits can be a door on a floor."""
    digits = "".join(filter(str.isdecimal, token.number))
    return token.number[0].isdecimal() and 0 < int(digits) % 100 < MAX_DOOR


def _three(context: Context, row: list[Token]) -> None:
    first, second, last = row
    if context.last == w.BUILDING and context.adjacent and not context.parts[-1].weak:
        _in_turn(context, row, w.UNIT, w.FLOOR, w.ROOM)
        return
    if second.joint in LISTS and not _full(context, row):
        _together(context, _role_of_list(context, last), first, last)
        return
    context.drop_weak()
    ends_in_floor = last.kind == w.FLOOR
    _in_turn(context, row, w.BUILDING, w.UNIT, w.FLOOR if ends_in_floor else w.ROOM, firm=_full(context, row))


def _fits(building: Token, unit: Token) -> bool:
    """Whether two numbers can be a building and its unit."""
    first, second = building.number, unit.number
    named = int(first) > 0 if first.isdecimal() else first.isascii()
    return named and len(first) < 4 and second.isdecimal() and 0 < int(second) <= MAX_UNIT


def _full(context: Context, row: list[Token]) -> bool:
    """Whether three numbers are building, unit and room of a household, and no date or telephone."""
    if len(row) != 3 or row[1].joint != row[2].joint:
        return False
    before, room = _standing_before(context, row[0]), row[2].number
    if row[1].joint != "-" and ((before and before not in NAMED) or YEAR.fullmatch(room)):
        return False
    return before not in CONTINUED and _fits(row[0], row[1]) and row[2].digits > 2 and context.plain_room(row[2])


def _standing_before(context: Context, token: Token) -> str:
    """The character before a row; a mark that joins it to more before counts even over spaces (A - 2 - 101)."""
    place = token.start
    while place and context.text[place - 1] == " ":
        place -= 1
    joined = context.text[place - 1 : place]
    return joined if joined in CONTINUED else context.text[token.start - 1 : token.start]
