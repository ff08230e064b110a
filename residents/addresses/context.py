"""What is known while a text is read: the parts so far, and what stands around the number at hand."""

import re

from residents.addresses import tokens as t
from residents.addresses import words as w
from residents.addresses.numbers import NUMERALS, STEMS
from residents.addresses.tokens import Token

ROAD = "road"
"""A number of a road or village: no part of the answer, but what follows it depends on it."""

ROADS = frozenset("路街道巷弄线同段")
SIDES = frozenset("东西南北侧")
NAMED = frozenset("园区里院苑庭城庄村府湾郡居寓坊厦弄期舍墅")
PLACED = NAMED | frozenset("住在址的,。:;!?、( \t\n")
GAP = frozenset(" ,-的、#\t")
MARKET = re.compile(
    "市场|商城|商贸|轻纺|面料|广场|大厦|百货|皮革|电子城|汽车城|珠宝|建材|五金|服装|商厦|家电|布艺|国际城|店铺|商铺|商业"
    "|写字楼|物流|汽配|电脑城|商务|专业街|精品|[0-9一二三四五六七八九]楼|层"
)
NO_ROOM = re.compile(
    r"\s*(?:[0-9]|[.:%/~-]\s*[0-9]|[、和及与至到,]\s*[0-9]{3,4}(?![0-9])|路|弄|栋|幢|号楼|号线|号院|号\s*[0-9]{3})"
)
NEAR = 3
ROOM_DIGITS = (3, 4)
LISTS = frozenset("-、,/和及与至到")


class Part:
    """A number with its role and place. `number` is "" for a range or list.

    `firm` is what its own words say, without the guesses that only suit a text that is nothing but an address; `weak`
    gives way to a better one.
    """

    __slots__ = ("end", "firm", "number", "role", "start", "weak")

    def __init__(self, role: str, start: int, end: int, number: str, firm: bool, weak: bool) -> None:
        self.role, self.start, self.end, self.number, self.firm, self.weak = role, start, end, number, firm, weak


class Context:
    """A familiar text on its way from left to right.

    `last` is the role of the part right before, "" where other words stand between; `adjacent` says that hardly
    anything stands between, `near` that it is at most three characters; `before` is the character before, `next` the
    number behind the row at hand.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[Part] = []
        self._weak: list[Part] = []
        self._strong: set[str] = set()
        self.have: set[str] = set()
        self.last, self.end = "", 0
        self.rows = t.rows_in(text)
        self.at = 0
        self.gap, self.before = "", ""
        self.adjacent = self.near = self.after_road = self.next_adjacent = False
        self.next: Token | None = None
        self._market: int | None = None

    def look(self, at: int) -> None:
        """Take in what stands around a row."""
        self.at, row = at, self.rows[at]
        start = row[0].start
        self.gap = self.text[self.end : start]
        said = self.gap.strip()
        self.adjacent = self.last != "" and all(char in GAP for char in said)
        if said and not self.adjacent:
            self.last = ""
        self.near = self.adjacent and len(self.gap) <= NEAR
        self.before = self._standing_before(start)
        self.after_road = (
            not self.adjacent and self.before in ROADS and (w.FLOOR not in self.have or self.before == "路")
        )
        self.next = self.rows[at + 1][0] if at + 1 < len(self.rows) else None
        self.next_adjacent = self.next is not None and not self.text[row[-1].end : self.next.start].strip(" -,")

    def _standing_before(self, place: int) -> str:
        """The character before a place; the road's where only a side stands between (大道西1618号)."""
        text = self.text
        while place and text[place - 1] in " -,、":
            place -= 1
        if place > 1 and text[place - 1] in SIDES and text[place - 2] in ROADS:
            return text[place - 2]
        return text[place - 1] if place else " "

    def in_market(self) -> bool:
        """Whether a market or office building was named before: there numbers are shops and rooms."""
        if self._market is None:
            named = MARKET.search(self.text)
            self._market = named.end() if named else len(self.text) + 1
        return self._market <= self.rows[self.at][0].start

    def in_village(self) -> bool:
        """Whether the words before the number name a village, whose numbers are like a road's."""
        return "村" in self.gap and "新村" not in self.gap

    def put(self, role: str, start: int, end: int, number: str = "", *, firm: bool = False, weak: bool = False) -> None:
        """Take a part down and go on behind it."""
        part = Part(role, start, end, number, firm, weak)
        self.parts.append(part)
        self.have.add(role)
        if weak and role in (w.BUILDING, w.ROOM):
            self._weak.append(part)
        else:
            self._strong.add(role)
        self.last, self.end = role, end

    def take(self, role: str, token: Token, *, firm: bool = False, weak: bool = False) -> None:
        """Take a whole number down."""
        number = token.number
        if role == w.BUILDING and token.lead[:1] in STEMS:
            number = token.lead + number
        elif token.lead in t.BELOW:
            number = f"-{number}"
        self.put(role, token.start, token.end, number, firm=firm, weak=weak)

    def skip(self, token: Token) -> None:
        """Leave a number out; it parts what stands before it from what follows."""
        self.last, self.end = "", token.end

    def drop_weak(self) -> None:
        """Turn guessed buildings and rooms into road numbers: 721号九栋 has one building."""
        for part in self._weak:
            part.role, part.firm = ROAD, False
        if self._weak:
            self._weak, self.have = [], set(self._strong)

    def in_list(self, token: Token) -> bool:
        """Whether a number is the end of a range or list, or of a longer name: 六、七栋, Se-6栋."""
        mark, number = self.text[token.start - 2 : token.start][-1:], self.text[token.start - 2 : token.start - 1]
        if mark == "-" and number.isascii() and number.isalpha():
            return True
        if mark not in LISTS or not number or self.text[token.start - 4 : token.start - 1].isdecimal():
            return False
        return number.isdecimal() or number in NUMERALS

    def plain_room(self, token: Token) -> bool:
        """Whether a number looks like a room's, and what follows makes no amount, list or telephone of it."""
        end = token.end - 1 if token.word == "号" else token.end
        lettered = token.number[0].isalpha() and token.number.isascii()
        long_enough = token.digits in ROOM_DIGITS or (token.digits == 5 and token.word == "室") or lettered
        return long_enough and not token.lead and not NO_ROOM.match(self.text, end)

    def firm_room(self, token: Token) -> bool:
        """Whether a room stands right behind its building, unit or floor."""
        return self.inside() and self.plain_room(token)

    def inside(self) -> bool:
        """Whether a building or unit for certain stands right before, with or without a floor."""
        if not self.near or not self.parts[-1].firm:
            return False
        last = self.parts[-1]
        ahead = self.parts[-2] if len(self.parts) > 1 else None
        if last.role == w.FLOOR and ahead is not None and last.start - ahead.end <= NEAR:
            last = ahead
        return last.firm and last.role in (w.BUILDING, w.UNIT)

    def parts_follow(self, token: Token) -> bool:
        """Whether a unit or a room follows at once."""
        following = self.next
        if following is None or not self.next_adjacent or following.start - token.end > NEAR:
            return False
        if following.kind in (w.UNIT, w.DOOR):
            return True
        last = self.rows[self.at + 1][-1]
        return last.kind in (w.BARE, w.ROOM, w.PLAIN_HAO) and self.plain_room(last)
