"""Spelling and numbers: one form for what people write with other characters, numerals, letters or slips."""

import re
import unicodedata

NUMERALS = "零〇一二三四五六七八九十百两幺"
VALUES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "幺": 1, "两": 2}
STEMS = "甲乙丙丁"

FULL_WIDTH = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F)}
CIRCLED = {0x2460 + n: str(n + 1) for n in range(9)}
# Traditional and mistyped forms that stand for nothing else in an address, and every kind of dash.
FORMS = str.maketrans("號樓棟單層間門戶搂　﹟﹣‐‑‒–—―−_~～﹏", "号楼栋单层间门户楼 #------------")
FAMILIAR = FULL_WIDTH | CIRCLED | FORMS
# Slips of the pinyin keyboard; each is as long as what was meant, so that places in the text stay.
MENDED = {
    **dict.fromkeys(("单园", "单无", "单远", "单员", "但元", "丹元"), "单元"),
    **dict.fromkeys(("号喽", "号娄", "号偻", "好楼", "浩楼"), "号楼"),
}
SLIP = re.compile(
    rf"(?<=[0-9A-Za-z{NUMERALS}])(?:{'|'.join(MENDED)})"
    r"|(?<=[0-9])[Oo]+(?=[0-9]|$|[^0-9A-Za-z])|(?<=[0-9])[lI|](?![A-Za-z])"
    r"|(?<![0-9A-Za-z])[lI|](?=[0-9]|号?[楼栋幢]|单[元园])|(?<=[0-9A-Za-z])一(?=[0-9A-Za-z])"
)
LETTERS = str.maketrans("OolI|一", "00111-")


def familiar(text: str) -> str:
    """The text in half-width and simplified characters with one kind of dash and plain slips mended.

    As long as the text: a place in the one is the same place in the other.
    """
    return SLIP.sub(_mended, text.translate(FAMILIAR))


def _mended(match: re.Match[str]) -> str:
    return MENDED.get(match[0]) or match[0].translate(LETTERS)


def number_of(text: str) -> int:
    """A number of 0 to 999 in digits or Chinese numerals (十二, 一百零三, 二一). Raises ValueError."""
    if text.isdecimal():
        return int(text)
    if not text or any(char not in NUMERALS for char in text):
        raise ValueError(text)
    if "十" not in text and "百" not in text:
        return int("".join(str(VALUES[char]) for char in text))
    total, current = 0, 0
    for char in text:
        if char in VALUES:
            current = VALUES[char]
        else:
            total += (current or 1) * (100 if char == "百" else 10)
            current = 0
    return total + current


def building_number(text: str) -> str:
    """The normal form of a building's number: 03 and 三 are 3, a1 is A1, 甲3 stays."""
    head = text[0] if text[0] in STEMS else ""
    tail = text[-1].upper() if text[-1].isascii() and text[-1].isalpha() else ""
    core = text[len(head) : len(text) - len(tail)]
    if not core:
        return head or tail
    return f"{head}{number_of(core) if core.isdecimal() or core[0] in NUMERALS else core.upper()}{tail}"


def room_number(text: str) -> str:
    """The normal form of a room's number: 0501 and 五〇一 are 501, 501a is 501A."""
    if text[0] in NUMERALS:
        return str(number_of(text))
    return (text[1:] if len(text) > 3 and text[0] == "0" else text).upper()
