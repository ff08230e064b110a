"""What people of the demo ask for and how it is answered, written for it (problems.csv)."""

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

FILE = Path(__file__).with_name("problems.csv")


@dataclass(frozen=True)
class Problem:
    """One thing that goes wrong: its category, what is said ({place} is where), what was agreed, done and answered."""

    category: str
    kind: str
    text: str
    contact: str
    answer: str


def _read() -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    with FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["category"], []).append(Problem(**row))
    return found


PROBLEMS = _read()

COMMON = (
    ["utility"] * 24 + ["facility"] * 18 + ["sanitation"] * 12 + ["property"] * 10 + ["noise"] * 9 + ["safety"] * 7
    + ["ebike"] * 5 + ["street"] * 5 + ["road"] * 4 + ["elder"] * 3 + ["document"] * 3 + ["illegal_build"] * 2
    + ["dispute"] * 2 + ["aid"] + ["staff"]
)  # fmt: skip

NOTES = (
    "已现场查看，拍照留底。",
    "物业说配件下午到。",
    "和邻居也核实过，情况属实。",
    "又打过一次电话，居民表示可以等。",
)
RETURNS = ("不在我的网格，请按地址重新派单。", "这项归物业工程部，请派给社区对接。", "墙外路段，不属本网格。")
REDISPATCHES = ("已核实，还是由本网格办。", "请先到现场看，再联系相关单位。")
REOPENS = ("居民回访说又坏了，请再去看。", "处理后第二天问题重现，重办。")
SUPPLEMENTS = ("刚才又严重了一些，请快一点。", "补充一下：白天家里有人，可以上门。", "昨天也打过电话，还没有人来。")
SUPERVISIONS = ("请今天之内到现场，并把进展写在办理记录里。", "居民已等了好几天，请今天联系他，明早回话。")
HOLDS = ("配件在路上，下午到货，已和居民说明。", "等燃气公司检测，预计两小时。")
THANKS = ("办得很快，谢谢。", "师傅很认真。", "", "", "解决了，满意。")
COMPLAINTS = ("只修了一半，还是不行。", "没人跟我说结果。")
VAGUE = (
    ("小区里好几盏路灯不亮，晚上看不清路，具体哪几盏请来看看。", "facility"),
    ("小区里有流浪狗追人，孩子不敢下楼。", "noise"),
    ("垃圾站那边味道很大，麻烦管一管。", "sanitation"),
)

_NUMERALS = "零一二三四五六七八九十"


def chinese_number(number: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")


def place_words(rng: Random, estate: str, building: int, unit: int, room: str) -> str:
    """A door as one of the ways in which people write it."""
    return rng.choice(
        (
            f"{estate}{building}号楼{unit}单元{room}",
            f"{estate}{building}号楼{unit}单元{room}室",
            f"{estate}{chinese_number(building)}号楼{chinese_number(unit)}单元{room}",
            f"{estate}{building}-{unit}-{room}",
        )
    )
