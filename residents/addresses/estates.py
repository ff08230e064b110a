"""Where an estate's name stands in an address: the words between divisions and road and the first numbered part."""

import re
from collections.abc import Sequence

from residents.addresses.context import ROAD, ROADS, Part

Span = tuple[int, int]

# The last of these before the building ends what is no name: 朝阳区垡头街道金蝉西路甲1号 |双合家园.
AHEAD = re.compile(
    r".*(?:省|自治[区州县]|(?:开发|高新|市辖|保税|示范)区|(?:^|市)\w[东西南北中]区"
    r"|(?<![社小园业能发东西南北中新老一二三四五六七八九十0-9A-Za-z])区|市(?![场政民心一-十])|县(?!城)|[镇乡旗](?!政府|中|人民)|街道|社区|居委会"
    r"|[0-9]号|(?<![新一二三四五六七八九])村(?=..)|(?:路|街|巷|弄|大道)(?:交叉)?口?|交叉口?|[东西南北][段侧]|[0-9]弄|附近|对面|以[东西南北]|[\s\-,。:;])"
)
NAME = re.compile(r"[\w·()]{2,30}")
PARTS_OF_ONE = re.compile(
    r"(?<=..)(?:[东西南北中新老]+[区期座院门排]|[一二三四五六七八九十0-9A-Za-z]+(?:[座院门排]|组团)|[东西南北]门|商铺|底商|写字楼|电联|门口|附近|对面|里面|楼上).*$"
)
REPEATED = re.compile(r"(\w{2,})\1$")


def estate_in(text: str, parts: Sequence[Part], roles: Sequence[str]) -> Span | None:
    """The span of the estate's name in a familiar text; `roles` are those of the numbered parts of the answer."""
    ends = [part.start for part in parts if part.role in roles]
    end = ends[0] if ends else len(text)
    start = 0
    for part in parts:
        if part.role == ROAD and part.end <= end:
            if not text[part.end : end].strip(" -,"):
                end = part.start
                break
            start = part.end
    ahead = AHEAD.match(text, start, max(start, end - 1))
    name = NAME.search(text, ahead.end() if ahead else start, end)
    return _bare(text, name.start(), name.end()) if name and name[0][-1] not in ROADS else None


def _bare(text: str, start: int, end: int) -> Span:
    """The name without what is only a part of the estate (二区, 北门) and without its repetition."""
    smaller = PARTS_OF_ONE.search(text, start, end)
    if smaller and smaller.start() - start > 1:
        end = smaller.start()
    twice = REPEATED.fullmatch(text, start, end)
    return (start, start + len(twice[1])) if twice else (start, end)
