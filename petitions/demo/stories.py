"""What people of the demo ask for and how it is answered, written for it (problems.csv)."""

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random

from petitions.workflow import Verb

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
DEEDS = {
    Verb.JOIN: "请派师傅一起看，属于共用部位的请物业维修。",
    Verb.SUMMON: "私搭涉及占道和管线，请两家明天上午到现场会商，当场定方案。",
    Verb.CHECK_IN: "已到现场。",
    Verb.ANSWER: "已现场测量取证，向当事人送达了限期自行拆除的通知。",
    Verb.RELEASE: "居民自己协调好了，不用再来。",
    Verb.ASK_EXTEND: "配件要从外地发货，预计下周到，到货后当天装好。",
    Verb.EXTEND: "情况属实，同意。",
    Verb.DENY: "物业已说明不需要等，请按原时限办。",
    Verb.ASK_SUSPEND: "当事人在外地，约好回来后一起调解。",
    Verb.SUSPEND: "同意，到期请主动联系。",
    Verb.RESUME: "当事人提前回来了。",
    Verb.ASK_RETURN: "这段围墙外的绿地归街道养护，派过几次都办不了。",
    Verb.TAKE_BACK: "地界已核实，由街道重新派单。",
    Verb.REPORT: "涉及产权和执法，社区劝过三次，需要街道协调。",
    Verb.LEVEL: "要入户检测，按复杂诉求办。",
    Verb.PLEDGE: "两天内清运干净。",
    Verb.SPLIT: "问清楚了，是两件事。",
    Verb.EXCLUDE: "说不清是哪里，电话三次都没打通。",
    Verb.INCLUDE: "诉求人回了电话，具体地点已经说明。",
    Verb.PRESS: "居民又来电话，请先回个话。",
    Verb.REVIEW: "居民认为只清了一半就办结了。",
    Verb.UPHOLD: "现场复核，已按标准清运，日常保洁已加一次。",
}
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
