"""The role of a number that stands by itself: its word decides, and for 号 or no word at all what stands around it.

号 is a road number behind a road or a village, a building behind an estate, a unit behind a building, a room behind a
unit or in a market; a long bare number is a room. The habits of written addresses (地址标准化标注规范).
"""

import re
from collections.abc import Callable

from residents.addresses import tokens as t
from residents.addresses import words as w
from residents.addresses.context import NAMED, PLACED, ROAD, Context
from residents.addresses.tokens import Token

FIELDS = frozenset("宅郑浜头村庄埭桥坞岭塘演畔屋兜")
ESTATES = frozenset("区园苑里坊庭府期院墅城寓邸厦座排郡都心际庐馆会巷庄湾家")
WARDS = frozenset("0123456789一二三四五六七八九十小")
STOREYS = frozenset("栋幢楼层")
COUNTED = frozenset("这那该此有共每几两另整全数余仅约")
SEVERAL = re.compile(r"\s*(?:居民|住宅|商|高层|小高层|建筑|别墅|大楼|房|楼(?![上下顶道梯内里前后外东西南北面体]))")
OUTSIDE = frozenset("区县市庄")
OPEN_COUNTRY = re.compile("(?:[省市州]|自治区|^)-?[一-龥]{1,2}[^小园社业新老中东西南北][区县市]$|[^山]庄$")
"""A district or hamlet right before a number: the number is like a road's."""
SHOP = re.compile("商铺|店面|门面|铺面|店铺")
FUEL = re.compile(r"\s*[汽柴油线机泵锅]")
FLAT = re.compile("[0-9]{2}[A-Za-z]")
"""Floor and flat: 11号楼17C."""
LETTERS = re.compile("[A-Za-z]{2}")
LOOSE = ("排", "号馆", "高楼", "号高楼")
SAID_ROOM = frozenset(("室", "室室", "号室", "号房", "房间", "房"))
NAMING = frozenset(("店", "房", "铺", "户", "档"))
"""Words of rooms that with a numeral are names: 三房村, 第一店."""
PARTS = (w.BUILDING, w.UNIT, w.FLOOR)


def read(context: Context, token: Token) -> None:
    """Take down what a number by itself is."""
    READERS[token.kind](context, token)


def _building(context: Context, token: Token) -> None:
    if token.word[-1] == "座" and w.FLOOR in context.have:
        context.skip(token)
        return
    context.drop_weak()
    lettered = not token.number[0].isdecimal() or token.word[-1] == "座"
    second = lettered and w.BUILDING in context.have and context.adjacent and context.last in PARTS
    context.take(w.UNIT if second else w.BUILDING, token, firm=not second and _said_building(context, token))


def _said_building(context: Context, token: Token) -> bool:
    """Whether the word behind a number names a building in any text, and is no count: 三栋居民楼, 这一栋."""
    word, before = token.word, context.text[token.start - 1] if token.start else ""
    numeral = not token.number[0].isascii()
    if word in LOOSE or token.number == "两" or context.in_list(token):
        return False
    if word.endswith("座"):
        if numeral or token.number[0].isdecimal():
            return context.parts_follow(token)
        return before not in STOREYS
    if word[0] in "栋幢撞懂橦":
        if before in COUNTED or SEVERAL.match(context.text, token.end - len(word) + 1):
            return False
        placed = not token.lead and (not before or before in PLACED)
        return not numeral or placed or context.parts_follow(token)
    return True


def _hash(context: Context, token: Token) -> None:
    """3# is a building; 2# right behind it and before a room a unit (3#2#501)."""
    unit = context.last == w.BUILDING and token.start == context.end and context.parts_follow(token)
    fuel = FUEL.match(context.text, token.end) is not None
    context.take(w.UNIT if unit else w.BUILDING, token, firm=not fuel and not context.in_list(token))


def _unit(context: Context, token: Token) -> None:
    listed = token.number == "两" or context.in_list(token)
    said = token.word.endswith("元") or context.parts_follow(token)
    context.put(w.UNIT, token.start, token.end, "" if listed else token.number, firm=said)


def _door(context: Context, token: Token) -> None:
    """二门 between building and room is a unit; elsewhere a door."""
    floor = context.next_adjacent and context.next is not None and context.next.kind == w.FLOOR
    if context.last == w.BUILDING and context.near and token.digits < 3 and (floor or context.parts_follow(token)):
        context.take(w.UNIT, token, firm=True)
    else:
        context.skip(token)


def _floor(context: Context, token: Token) -> None:
    """三楼 and 负一层; a unit behind makes 3楼 a building, a letter or more digits before belong to one (A12楼)."""
    following = context.next
    if token.word == "楼" and context.next_adjacent and following is not None and following.kind == w.UNIT:
        context.drop_weak()
        context.take(w.BUILDING, token, firm=True)
        return
    start, number, cut = token.start, token.number, 0
    if number[0].isascii() and number[0].isalpha() and len(number) > 1:
        cut = 1
    elif token.digits > 3 and number.isdecimal():
        cut = len(number) - 2
    if cut:
        context.put(w.UNIT if w.BUILDING in context.have else w.BUILDING, start, start + cut, number[:cut])
        start, number = start + cut, number[cut:]
    context.put(w.FLOOR, start, token.end, f"-{number}" if token.lead in t.BELOW else number, firm=True)


def _room(context: Context, token: Token) -> None:
    number = token.number
    if (token.word.endswith("店") and number[-1] in "sS") or (token.word in NAMING and not number[0].isascii()):
        context.skip(token)
    elif _is_glued(context, token):
        _glued(context, token, w.UNIT if context.last == w.BUILDING else w.BUILDING)
    else:
        said = token.word in SAID_ROOM
        alone = said and token.digits in (3, 4) and (number[0].isascii() or token.word != "房")
        inside = said and context.last in (w.UNIT, w.FLOOR) and context.inside()
        context.take(w.ROOM, token, firm=alone or inside or context.firm_room(token))


def _is_glued(context: Context, token: Token) -> bool:
    """Whether a number with 室 is unit and room, or building and room, without anything between them."""
    if token.digits not in (5, 6) or not token.number.isdecimal():
        return False
    alone = token.word == "室" and not context.have.intersection(PARTS) and not context.in_market()
    return context.last == w.BUILDING or alone


def _glued(context: Context, token: Token, first: str) -> None:
    """51132室 behind a building: unit 5, room 1132."""
    cut = token.start + token.digits - 4
    context.put(first, token.start, cut, token.number[:-4])
    context.put(w.ROOM, cut, token.end, token.number[-4:])


def _street(context: Context, token: Token) -> None:
    """12街 inside a market stands where a unit would."""
    if w.FLOOR in context.have or context.in_market():
        context.take(w.UNIT, token)
    else:
        context.skip(token)


def _letter(context: Context, token: Token) -> None:
    if context.last == w.FLOOR and context.adjacent:
        context.take(w.ROOM, token)


def _lane(context: Context, token: Token) -> None:
    context.put(ROAD, token.start, token.end)


def _group(context: Context, token: Token) -> None:
    context.put(w.GROUP, token.start, token.end)


def _hao(context: Context, token: Token) -> None:
    role = _hao_behind(context, token) if context.adjacent else _hao_apart(context, token)
    named = context.before in NAMED or context.last == ROAD or _nothing_else(context, token)
    firm = (
        (role == w.BUILDING and named and context.parts_follow(token))
        or (role == w.ROOM and context.firm_room(token))
        or (role == w.UNIT and context.near and token.digits < 3 and context.parts_follow(token))
    )
    context.take(role, token, firm=firm, weak=role in (w.BUILDING, w.ROOM) and not context.firm_room(token))


def _nothing_else(context: Context, token: Token) -> bool:
    """Whether the text is nothing but an address that begins here: 3号2单元501, and no date."""
    return token.start == 0 and not context.text[context.rows[-1][-1].end :].strip(" ,。室")


def _hao_behind(context: Context, token: Token) -> str:
    """What 号 makes of a number right behind another part."""
    last = context.last
    if last == w.GROUP:
        return ROAD
    if last == ROAD:
        return w.BUILDING
    if last == w.BUILDING and w.UNIT not in context.have:
        in_rank = context.text[context.end - 1] == "排"
        long_next = context.next_adjacent and context.next is not None and context.next.digits > 2
        return w.UNIT if token.digits < 3 or in_rank or long_next else w.ROOM
    return w.ROOM


def _hao_apart(context: Context, token: Token) -> str:
    """What 号 makes of a number behind other words."""
    before = context.before
    if context.after_road or before == "组":
        return ROAD
    if context.have.intersection(PARTS):
        return w.ROOM
    said = _hao_after(context, token)
    if said:
        return said
    following = context.next
    continued = context.next_adjacent and following is not None and following.kind in (w.UNIT, w.FLOOR, w.ROOM, w.BARE)
    if (not continued or before in "村头") and before not in ESTATES:
        return w.ROOM if context.in_market() else ROAD
    if context.in_village() and before not in ESTATES:
        return ROAD
    return w.ROOM if (token.digits > 3 and not _goes_on(context, token)) or context.in_market() else w.BUILDING


def _hao_after(context: Context, token: Token) -> str:
    """What the words right before or behind such a number say of it for certain; "" where they leave it open."""
    text, before, start = context.text, context.before, token.start
    if before == "区":
        kind = text[start - 2 : start - 1]
        lettered = kind.isascii() and kind.isalpha()
        if (lettered or kind in WARDS) and "村" in text[:start]:
            return ROAD
        if lettered:
            return w.ROOM
    if before in OUTSIDE and OPEN_COUNTRY.search(text, 0, start):
        return ROAD
    shop = before not in NAMED and SHOP.match(text, token.end) is not None
    return w.ROOM if shop or _behind_door(context, token) else ""


def _behind_door(context: Context, token: Token) -> bool:
    """Whether a long number stands right behind a numbered door: 8号门1305, 58门164号."""
    return context.before == "门" and token.start == context.end and token.digits > 2


def _bare(context: Context, token: Token) -> None:
    if token.digits in (5, 6) and context.adjacent and context.last == w.BUILDING and token.number.isdecimal():
        _glued(context, token, w.UNIT)
        return
    role = _role_of_bare(context, token)
    if not role:
        context.skip(token)
        return
    weak = context.last not in PARTS and _goes_on(context, token)
    door = context.last == w.FLOOR and token.number[0] == "0" and context.inside()
    context.take(role, token, firm=role == w.ROOM and (door or context.firm_room(token)), weak=weak)


def _goes_on(context: Context, token: Token) -> bool:
    """Whether a word follows without a gap: the number can be part of a name (莫泰168酒店)."""
    return "一" <= context.text[token.end : token.end + 1] <= "龥"


def _role_of_bare(context: Context, token: Token) -> str:
    if context.after_road:
        return ROAD
    if _behind_door(context, token):
        return w.ROOM
    if token.digits > 2:
        return _long_bare(context, token)
    if context.last == w.BUILDING and context.adjacent and FLAT.fullmatch(token.number):
        return w.ROOM
    if context.adjacent and context.last == w.BUILDING and w.UNIT not in context.have:
        return w.UNIT
    if context.adjacent and context.last in PARTS:
        return w.ROOM
    if _goes_on(context, token):
        return ""
    return w.ROOM if context.in_market() else w.BUILDING


def _long_bare(context: Context, token: Token) -> str:
    """A room, unless it is a village's number, a highway, a code, or stands where a text begins."""
    if token.digits >= t.LONG and token.number.isdecimal():
        return ""
    if context.adjacent:
        return w.ROOM
    if context.before in OUTSIDE and OPEN_COUNTRY.search(context.text, 0, token.start):
        return ROAD
    highway = token.number[0] == "G" and token.digits == 3 and not context.have
    if highway or LETTERS.match(context.text, token.end) or not context.gap.strip(" -,"):
        return ""
    if context.before in FIELDS or (context.in_village() and context.before not in ESTATES):
        return ROAD
    return w.ROOM


def _other(context: Context, token: Token) -> None:
    context.skip(token)


READERS: dict[str, Callable[[Context, Token], None]] = {
    w.BUILDING: _building,
    w.HASH: _hash,
    w.UNIT: _unit,
    w.DOOR: _door,
    w.FLOOR: _floor,
    w.ROOM: _room,
    w.STREET: _street,
    w.LETTER: _letter,
    w.LANE: _lane,
    w.GROUP: _group,
    w.PLAIN_HAO: _hao,
    w.BARE: _bare,
    w.OTHER: _other,
}
