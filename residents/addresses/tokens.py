"""The numbers in a text, each with the word behind it (号楼, 单元, 层, 室 …), and which of them stand in one row."""

import re
from collections.abc import Iterator

from residents.addresses.numbers import NUMERALS, STEMS
from residents.addresses.words import (
    AMOUNTS,
    BARE,
    BUILDING,
    DOOR,
    FLOOR,
    HASH,
    LETTER,
    NAMES,
    NOT_BEFORE,
    OTHER,
    PLAIN_HAO,
    ROOM,
    UNIT,
    WORDS,
)

NUMBER = (
    "[0-9]+(?=[mM]2)|[0-9]{1,2}[A-Za-z](?=[0-9]{3,4}(?![0-9]))"
    "|[A-Za-z]{0,2}[0-9]+(?:[A-Za-z][0-9]+)?(?:[A-Za-z](?![A-Za-z]))?"
    r"|(?<![0-9A-Za-z])[A-Za-z](?=\s?(?:-+|[/.、])\s?[0-9])"
)
SPOKEN = "[一二三四五六七八九幺][零〇一二三四五六七八九幺]{2,3}|[一二三四五六七八九]百零[一二三四五六七八九]"


def _words() -> str:
    longest_first = sorted(WORDS, key=len, reverse=True)
    return "|".join(
        re.escape(word) + (f"(?![{NOT_BEFORE[word]}])" if word in NOT_BEFORE else "") for word in longest_first
    )


TOKEN = re.compile(
    r"(?P<lead>第|负|附|地下|[" + STEMS + r"](?=[0-9一二三四五六七八九十]))?(?:"
    r"(?P<f>(?<![0-9A-Za-z])[0-9]{1,3})[Ff](?![A-Za-z])"
    rf"|(?P<d>{NUMBER})(?:(?P<name>{NAMES}|\s*(?:{AMOUNTS}))|\s*(?P<word>{_words()}))?"
    rf"|(?P<c>[{NUMERALS}]{{1,5}})\s?(?P<after>{_words()})"
    r"|(?P<l>(?<![0-9A-Za-z])[A-Za-z])(?:\s?(?P<behind>号号楼|号?[#栋幢座楼]楼?|单元|室|号(?=\s?[0-9]))|(?P<alone>)(?=$))"
    rf"|(?P<spoken>(?<=[单元楼幢栋号座门])(?:{SPOKEN}))室?"
    r"|(?P<fixed>架空层|首层|底层|[东西中]单元))"
)
LETTERED = {"单元": UNIT, "室": ROOM, "号": PLAIN_HAO, "#": HASH}
FIXED = {"层": FLOOR, "元": UNIT}
SEPARATOR = re.compile(r"\s*(?:-+|[/、,.]|[和及与至到])\s*")
BELOW = ("负", "地下")
NO_LIST = frozenset((BUILDING, UNIT, DOOR, FLOOR))
ROOM_FROM = 3
"""Digits of a room: 101，2号楼 is no list."""
LONG = 6
"""Digits of what is no number of a building or room any more: telephone, order and postal numbers."""


class Token:
    """One number: where it stands with its word, the bare number, what the word makes of it, how many digits it has.

    `lead` is what stands in front (第, 负, 地下, 甲), `joint` what joins it to the number before it, if anything does.
    """

    __slots__ = ("digits", "end", "joint", "kind", "lead", "number", "start", "word")

    def __init__(self, start: int, end: int, number: str, kind: str, lead: str, word: str) -> None:
        self.start, self.end, self.number, self.kind, self.lead, self.word = start, end, number, kind, lead, word
        self.digits = len(number) if number.isdecimal() else sum(char.isdecimal() for char in number) or len(number)
        self.joint = ""


def tokens_in(text: str) -> Iterator[Token]:
    """Every number of a familiar text, in its order."""
    for match in TOKEN.finditer(text):
        group = match.lastgroup
        lead, word = match["lead"] or "", ""
        if group == "word" or group == "d":
            number, word = match["d"], match["word"] or ""
            kind = WORDS[word] if word else BARE
        elif group == "name":
            number, kind = match["d"], OTHER
        elif group == "after":
            number, word = match["c"], match["after"]
            kind = WORDS[word]
        elif group == "behind":
            number, word = match["l"], match["behind"]
            kind = LETTERED.get(word, BUILDING)
        elif group == "alone":
            number, kind = match["l"], LETTER
        elif group == "spoken":
            number, kind = match["spoken"], ROOM
        elif group == "f":
            number, kind = match["f"], FLOOR
        else:
            number = match["fixed"]
            kind = FIXED[number[-1]]
        yield Token(match.start(), match.end(), number, kind, lead, word)


def rows_in(text: str) -> list[list[Token]]:
    """The numbers of a text; those that only a dash or another mark joins (3-2-501, 5、6号楼) are one row."""
    rows: list[list[Token]] = []
    last: Token | None = None
    for token in tokens_in(text):
        if (
            last is not None
            and last.kind == BARE
            and last.digits < LONG
            and token.digits < LONG
            and token.start > last.end
        ):
            joint = SEPARATOR.fullmatch(text, last.end, token.start)
            mark = joint[0].strip()[:1] if joint else ""
            if (
                mark
                and (mark == "-" or last.digits < ROOM_FROM or token.kind not in NO_LIST)
                and (mark == "-" or token.kind != OTHER)
            ):
                token.joint = mark
                rows[-1].append(token)
                last = token
                continue
        rows.append([token])
        last = token
    return rows
