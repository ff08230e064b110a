"""Headings in pasted text: which words head which field, and where they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from petitions.importing.columns import SYNONYMS

REST = ""
"""The field of a heading that the form has no place for: kept, with its heading, among the rest."""

MORE = {
    "order_no": "流水号 工单流水号 热线工单号 诉求工单号 事件编号",
    "title": "工单主题 诉求事项 事项名称",
    "text": "诉求描述 工单描述 事项描述 事件内容 具体内容 主要内容 反映问题 问题内容 反映情况 情况说明 情况描述 "
    "具体情况 主要诉求 诉求 问题 事由",
    "caller_name": "反映人 来电者 投诉人 举报人 申请人 报修人 求助人 当事人 称呼 市民姓名 市民 业主 客户姓名",
    "caller_phone": "联系方式 电话号码 联系号码 主叫号码 来电号码 回访电话 号码 客户电话 联系手机",
    "address": "发生地址 发生地点 诉求地点 问题地点 问题地址 联系地址 家庭住址 现住址 住址 具体位置 所在位置 位置 "
    "报修地址 房号 门牌号",
    "received_at": "反映时间 投诉时间 接单时间 派单时间 工单时间 发生时间 报修时间",
    "category": "诉求分类 工单分类 事项类别 问题分类",
}
UNPLACED = ("reply", "replied_at")
LATIN = re.compile(r"[A-Za-z]+")
FIELD_OF = {
    word: REST if field in UNPLACED else field
    for field, words in SYNONYMS.items()
    for word in (*words, *MORE.get(field, "").split())
    if not LATIN.fullmatch(word)
}
# A prefix and a base word make a heading that no list has: 业主电话, 报修地址, 反映人姓名.
PREFIXES = "来电 诉求 反映 投诉 举报 申请 报修 求助 当事 联系 业主 市民 居民 客户 本人 家属 发生 事发 问题 工单 人 者"
BASES = {
    "caller_name": "姓名",
    "caller_phone": "电话号码 手机号码 手机号 电话 手机 号码",
    "address": "地址 地点 位置 住址",
    "text": "内容 描述 详情",
    "received_at": "时间 日期",
    "order_no": "编号 单号",
    "category": "类型 类别 分类",
}
FIELD_OF_BASE = {word: field for field, words in BASES.items() for word in words.split()}
# What an unknown heading ends with; anything else before a colon is part of what was said.
ENDINGS = (
    "号 编号 类型 类别 性质 单位 部门 时间 日期 人 方式 地址 区域 要求 意见 情况 级别 程度 时限 期限 来源 渠道 "
    "备注 状态 结果 次数 附件 姓名 性别 年龄 证件 身份证 网格 社区 街道 坐标 办法 措施 依据 记录 说明 邮箱 标签"
)
# Too common to head anything without a colon.
COMMON = "问题 诉求 事项 描述 结果 时间 日期 类型 位置 市民 业主 内容 编号 主题 标题 分类 级别 性质 匿名"
WEAK = frozenset(COMMON.split())
LONG_ENOUGH = 4
SAID = frozenset({"text", "title", REST})
SHORT = frozenset({"order_no", "caller_name", "caller_phone", "received_at"})
"""Fields whose text ends where the next heading begins, also without anything between."""


def _any(words: str | list[str]) -> str:
    listed = words.split() if isinstance(words, str) else words
    return "|".join(sorted(map(re.escape, listed), key=len, reverse=True))


KNOWN = rf"(?:{_any(PREFIXES)}){{1,2}}(?:{_any(list(FIELD_OF_BASE))})|{_any(list(FIELD_OF))}"
OTHER = rf"[一-鿿A-Za-z/]{{0,8}}(?:{_any(ENDINGS)})"
MARK = r"(?:(?<![0-9])[(]?[0-9]{1,2}[)、.]|[①-⑳]|[-*•·#]+)?[^\S\n]*"
COLON = r"[^\S\n]*(?::|=(?!=))"
HEADING = re.compile(
    rf"{MARK}[【\[(<「]\s*(?P<boxed>{KNOWN}|[一-鿿A-Za-z/]{{2,10}})\s*[】\])>」](?:{COLON})?"
    rf"|{MARK}(?P<known>{KNOWN})\s?(?:\([^()\n]{{1,8}}\))?{COLON}"
    rf"|{MARK}(?P<other>{OTHER}){COLON}"
    rf"|(?P<bare>{KNOWN})(?=[^\S\n]+\S|[^\S\n]*\n|[0-9一-鿿A-Z])"
)
BOUNDARY = frozenset(' \t\r\n\u3000,;。|、!?】])>」"“”\u200b')
NUMBER = re.compile(r"[^\S\n]*[+(]?[0-9][0-9 \-]{6}")


@dataclass(frozen=True)
class Heading:
    """A heading: where it begins and ends (its colon included), its words, and the field that it heads or REST."""

    start: int
    end: int
    word: str
    field: str


def usual(text: str) -> str:
    """The same text, character for character, with full-width forms as the usual ones."""
    return "".join(
        chr(code - 0xFEE0) if 0xFF01 <= (code := ord(char)) <= 0xFF5E else " " if char == "\u3000" else char
        for char in text
    )


def find_headings(text: str) -> Iterator[Heading]:
    """The headings in a text made `usual`, in their order."""
    at, field = 0, None
    while match := HEADING.search(text, at):
        word = match["boxed"] or match["known"] or match["other"] or match["bare"]
        start = match.start()
        if _counts(text, match, start, word, field):
            field, at = field_of(word), match.end()
            yield Heading(start, at, word, field)
        else:
            at = start + 1


def field_of(word: str) -> str:
    """The field that a heading's words stand for, REST when the form has none."""
    if word in FIELD_OF:
        return FIELD_OF[word]
    if not re.fullmatch(KNOWN, word):
        return REST
    return next(FIELD_OF_BASE[base] for base in sorted(FIELD_OF_BASE, key=len, reverse=True) if word.endswith(base))


def _counts(text: str, match: re.Match[str], start: int, word: str, under: str | None) -> bool:
    """Whether a match is a heading here and not a word of a sentence; `under` is the field it stands in, if any."""
    before = text[start - 1 : start]
    at_line_start = not text[:start].rsplit("\n", 1)[-1].strip()
    if match["boxed"]:
        return at_line_start or bool(re.fullmatch(KNOWN, word))
    if match["known"]:
        if word in WEAK and not at_line_start and (under is None or (under == "text" and field_of(word) in SAID)):
            return False
        return not before or before in BOUNDARY or len(word) > 2 or under in SHORT or not "一" <= before <= "鿿"
    if match["other"]:
        return not before or before in BOUNDARY
    if NUMBER.match(text, match.end()) and field_of(word) == "caller_phone":
        return not before or before in BOUNDARY
    next_char = text[match.end() : match.end() + 1]
    if next_char == "\t" and (at_line_start or before == "\t"):
        return True
    if not at_line_start or word in WEAK:
        return False
    return next_char.isspace() or len(word) >= LONG_ENOUGH
