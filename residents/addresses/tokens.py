"""The numbers in a text, each with the word behind it (号楼, 单元, 层, 室 …), and which of them are written as one row."""

import re
from collections.abc import Iterator

from residents.addresses.numbers import NUMERALS, STEMS

# What the word behind a number makes of it.
BUILDING, UNIT, DOOR, FLOOR, ROOM = "building", "unit", "door", "floor", "room"
PLAIN_HAO, HASH, LANE, GROUP, STREET = "号", "#", "弄", "组", "街"
BARE, LETTER, OTHER = "", "letter", "other"

WORDS = {
    **dict.fromkeys("号楼 #楼 号号楼 号楼楼 高楼 号高楼 栋 号栋 栋栋 栋楼 幢 号幢 幢幢 幢楼 座 号座 号馆 排".split(), BUILDING),
    **dict.fromkeys("撞 懂 橦".split(), BUILDING),
    **dict.fromkeys("单元 号单元 #单元 单单元 单元元 单 梯 号梯".split(), UNIT),
    **dict.fromkeys("门 号门 #门".split(), DOOR),
    **dict.fromkeys("层 楼 层层".split(), FLOOR),
    **dict.fromkeys("室 号室 室室 窒 房 号房 房间 铺 号铺 店 号店 档 号档 商位 办公室 号网点 户 号户".split(), ROOM),
    **dict.fromkeys("号 号号".split(), PLAIN_HAO),
    "#": HASH,
    "弄": LANE,
    "组": GROUP,
    "队": GROUP,
    "街": STREET,
}
# A word counts only where no other word begins with it: 2楼道 is no floor, 3门口 no unit.
NOT_BEFORE = {
    "单": "^0-9A-Za-z ",
    "楼": "道梯栋下上顶盘",
    "栋楼": "上下道里内顶前后梯",
    "幢楼": "上下道里内顶前后梯",
    "层": "楼",
    "号楼楼": "道梯上下顶盘栋长前后内里门",
    "门": "口前外卫禁诊窗店面铃锁市头",
    "号门": "口店面市诊",
    "房": "屋产子价间租贷款费管",
    "号房": "屋产子价间租贷款费管",
    "店": "铺面",
    "号店": "铺面",
    "排": "水污",
    "户": "外型口居人业住用家没都全",
    "号户": "外型口",
    "组": "团长",
    "队": "长伍",
}
# Names of places and amounts: 二区, 3号线, 2期, 2026年, 501平米. Their number is no part of an address.
NAMES = (
    "号(?:大街|路|街|线|桥|院|井|公路|库|码头|航站楼|工业区|产业园|门店|电梯|货梯|窗口|仓库|厂房(?=.)|公寓|宿舍|大厅"
    "|学生|地块|机房|工地|标段)"
    "|大道|大街|小区|社区|新村|[期区院路道巷村里苑园线环社坊甲庄埭桥]|大队|组?团|[中小]学|广场|大厦|国道|县道|℃|%"
)
AMOUNTS = (
    "元|块|多|余|万(?!德|达|科)|千|米|㎡|[mM]2|公里|小时|秒|点|名(?!仕|城|苑|门)|条|个|度|斤|岁|月|平(?!台|时|常|邮|安)|天(?!花|窗|井|天)|年(?!久|老|迈)"
    "|日(?!常|夜)|时(?!常|有|不)|分(?!户|管|水)|人(?!家|为)|次(?!卧)|家(?:住户|居民|业主|商)"
    "|户(?:居民|人家|业主|住户|用户|家庭|没|都|全)"
)
NUMBER = (
    "[0-9]+(?=[mM]2)|[0-9]{1,2}[A-Za-z](?=[0-9]{3,4}(?![0-9]))"
    "|[A-Za-z]{0,2}[0-9]+(?:[A-Za-z][0-9]+)?(?:[A-Za-z](?![A-Za-z]))?"
    r"|(?<![0-9A-Za-z])[A-Za-z](?=\s?(?:-+|[/.、])\s?[0-9])"
)
SPOKEN = "[一二三四五六七八九幺][零〇一二三四五六七八九幺]{2,3}|[一二三四五六七八九]百零[一二三四五六七八九]"


def _words() -> str:
    longest_first = sorted(WORDS, key=len, reverse=True)
    return "|".join(re.escape(word) + (f"(?![{NOT_BEFORE[word]}])" if word in NOT_BEFORE else "") for word in longest_first)


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
        if last is not None and last.kind == BARE and last.digits < LONG and token.digits < LONG and token.start > last.end:
            joint = SEPARATOR.fullmatch(text, last.end, token.start)
            mark = joint[0].strip()[:1] if joint else ""
            if mark and (mark == "-" or last.digits < ROOM_FROM or token.kind not in NO_LIST) and (mark == "-" or token.kind != OTHER):
                token.joint = mark
                rows[-1].append(token)
                last = token
                continue
        rows.append([token])
        last = token
    return rows
