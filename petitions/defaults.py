"""Response levels, clocks, ladders and categories that ship with the portal; all editable, none ever overwritten.

Each level names its source and how sure it is (DOMAIN.md). Ladder steps count back from the deadline in percent of
the whole time, or on from it in minutes, hours, working hours or working days.
"""

from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db import transaction

from petitions.catalogue import forget_catalogue
from petitions.models import Category, ClockRule, Ground, ReplyTemplate, ResponseLevel, RoutingRule

Rule = tuple[int, str, list[dict[str, Any]]]


def _step(action: str, to: str, amount: int, unit: str) -> dict[str, Any]:
    return {"action": action, "to": to, "amount": amount, "unit": unit}


def _ladder(unit: str, head: int, street: int, district: int) -> list[dict[str, Any]]:
    """Warn at a quarter of the time left, urge at the deadline, then up the ladder so many units after it."""
    return [
        _step("warn", "handler", 25, "percent"),
        _step("urge", "handler", 0, unit),
        _step("escalate", "community_head", head, unit),
        _step("escalate", "street", street, unit),
        _step("escalate", "district", district, unit),
    ]


FAST = _ladder("minute", 15, 60, 240)
HOURS = _ladder("hour", 3, 24, 48)
WORKDAYS = _ladder("workday", 1, 3, 5)
SHORT = _ladder("workhour", 2, 8, 16)


_NAG = [_step("warn", "handler", 25, "percent"), _step("urge", "handler", 0, "hour")]
_FOLLOW_UP = [_step("urge", "community_head", 0, "workday"), _step("act", "handler", 10, "workday")]
_SLOW_REVIEW = [*_NAG, _step("escalate", "district", 0, "workday")]


def _beside(check_in: tuple[int, str], answer: tuple[int, str], decide: tuple[int, str]) -> dict[str, Rule]:
    """The clocks beside the handling: other units come and answer, the level above decides, residents are asked.

    Follow-up the next day (DOMAIN.md), filed unasked ten working days later; reviews as 信访工作条例 has them.
    """
    return {
        "check_in": (*check_in, [*_NAG, _step("escalate", "street", *check_in)]),
        "answer": (*answer, [*_NAG, _step("escalate", "street", *answer)]),
        "decide": (*decide, [*_NAG, _step("escalate", "district", *decide)]),
        "follow_up": (1, "workday", _FOLLOW_UP),
        "review": (30, "day", _SLOW_REVIEW),
    }


AT_ONCE = _beside((15, "minute"), (2, "hour"), (30, "minute"))
SAME_DAY = _beside((1, "hour"), (12, "hour"), (2, "hour"))
IN_DAYS = _beside((4, "workhour"), (3, "workday"), (1, "workday"))


@dataclass(frozen=True)
class Level:
    """One shipped level: name, source, certainty, and (amount, unit, ladder) of its clocks; `days_to_return` is in
    working days.
    """

    code: str
    name: str
    source: str
    certainty: str
    sign_in: Rule
    contact: Rule
    resolve: Rule
    beside: dict[str, Rule]
    days_to_return: int = 1


LEVELS = [
    Level("on_site", "5 分钟到场", "天津网格：五分钟到位或说明原因；签收 5 分钟为默认", "V",
          (5, "minute", FAST), (5, "minute", FAST), (2, "hour", FAST), AT_ONCE),
    Level("h2", "2 小时件", "北京接诉即办：涉及生命财产安全；签收 15 分钟见天津令39号", "S",
          (15, "minute", FAST), (1, "hour", FAST), (2, "hour", FAST), AT_ONCE),
    Level("h24", "24 小时件", "北京接诉即办：水电气热；签收 30 分钟见天津令39号", "S",
          (30, "minute", FAST), (4, "hour", HOURS), (24, "hour", HOURS), SAME_DAY),
    Level("consult", "咨询件（3 个工作日）", "某局办理规定：咨询 3 个工作日", "V",
          (1, "workday", SHORT), (1, "workday", SHORT), (3, "workday", WORKDAYS), IN_DAYS),
    Level("d7", "7 天件", "北京接诉即办：一般诉求；签收 1 个工作日见天津令39号", "S",
          (1, "workday", SHORT), (1, "workday", SHORT), (7, "day", WORKDAYS), IN_DAYS),
    Level("complaint", "投诉件（13 个工作日）", "某局办理规定：投诉 13 个工作日", "V",
          (1, "workday", SHORT), (1, "workday", SHORT), (13, "workday", WORKDAYS), IN_DAYS, 2),
    Level("d15", "15 天件", "北京接诉即办：复杂诉求；签收 1 个工作日见天津令39号", "S",
          (1, "workday", SHORT), (2, "workday", SHORT), (15, "day", WORKDAYS), IN_DAYS, 2),
]  # fmt: skip

# code, name, level, jurisdiction, helper, keywords
CATEGORIES = [
    ("safety", "安全隐患", "h2", "inner", "property",
     "电箱 漏电 着火 冒烟 燃气味 煤气味 燃气泄漏 坠落 高空抛物 电梯困人 困人 触电 消防通道 倒塌 塌陷 栏杆断"),
    ("utility", "水电气热", "h24", "inner", "property",
     "停水 停电 停气 停暖 不热 暖气 供暖 供热 水管 漏水 爆管 跑水 没水 没电 断电 下水道 堵塞 返水 污水"),
    ("facility", "公共设施", "d7", "inner", "property",
     "路灯 楼道灯 门禁 单元门 电梯 道闸 充电桩 健身器材 监控 井盖 地砖 台阶 楼顶 防水 屋顶 外墙"),
    ("property", "物业管理", "d7", "inner", "property",
     "物业 物业费 保安 业委会 业主委员会 维修基金 维修资金 收费 停车费 车位 停车"),
    ("sanitation", "环境卫生", "d7", "inner", "property",
     "垃圾 清运 异味 臭味 保洁 卫生 堆放 蟑螂 老鼠 粪便 绿化 树枝 杂草"),
    ("ebike", "电动车上楼", "h24", "inner", "property", "电动车 电瓶车 电动自行车 飞线充电"),
    ("noise", "噪音扰民", "d7", "inner", "", "噪音 噪声 扰民 吵 装修 敲打 广场舞 犬吠 狗叫"),
    ("illegal_build", "私搭乱建", "d15", "inner", "", "私搭 乱建 违建 违章 搭建 占道 地锁 圈占"),
    ("street", "街面秩序", "d7", "outer", "", "门店 底商 餐馆 油烟 摊贩 占道经营 大喇叭 店外经营 烧烤 游商"),
    ("road", "道路交通", "d7", "outer", "", "马路 道路 公交 红绿灯 路口 人行道 坑洼 违停 堵车 非机动车道"),
    ("elder", "养老助残", "d7", "inner", "", "老人 养老 高龄 助餐 残疾 轮椅 护理 独居 老年卡 敬老"),
    ("aid", "社会救助", "d7", "inner", "", "低保 特困 救助 困难 补助 临时救助 失业"),
    ("dispute", "邻里纠纷", "d15", "inner", "", "纠纷 邻居 邻里 楼上 楼下 打架 吵架"),
    ("document", "证明与咨询", "consult", "inner", "", "证明 咨询 材料 如何办理 办理流程 居住证 社保 医保 准生"),
    ("staff", "干部作风", "complaint", "outer", "", "态度 推诿 不作为 乱作为 服务态度 敷衍"),
]  # fmt: skip


PUBLIC = frozenset(
    {"safety", "utility", "facility", "property", "sanitation", "ebike", "illegal_build", "street", "road"}
)
"""What anybody may report and look up through Open311: things, never persons."""
QUESTIONS: dict[str, list[dict[str, Any]]] = {
    "utility": [
        {
            "code": "WHAT",
            "text": "出问题的是",
            "datatype": "multivaluelist",
            "required": True,
            "values": [["water", "自来水"], ["power", "电"], ["gas", "燃气"], ["heat", "暖气"], ["drain", "下水"]],
        },
        {"code": "SINCE", "text": "从什么时候开始", "datatype": "datetime", "help": "ISO 8601 时间"},
    ],
    "sanitation": [{"code": "LASTS", "text": "已经几天", "datatype": "number", "help": "天数"}],
}
# name, rank, in use, conditions, target. The last ones show what can be done, and wait to be switched on.
ROUTING: list[tuple[str, int, bool, dict[str, Any], str]] = [
    ("物业报修先到物业", 10, False, {"words": ["报修", "维修"], "kinds": ["help"]}, "property"),
    ("夜间来单先到社区值班", 20, False, {"hour_from": time(21), "hour_until": time(8)}, "community"),
    ("墙外事项", 80, True, {"jurisdiction": "outer"}, "outer"),
    ("墙内事项", 90, True, {}, "grid"),
]

# name, verb, text
REPLIES = [
    ("约时间上门", "contact", "已和居民通过电话，约好上门查看，居民可以在家等候。"),
    ("已修好", "resolve", "您反映的问题已经处理好，请您看看；再有问题，可以在查询页评价或补充，我们接着办。"),
    ("等配件", "ask_extend", "配件已经订货，到货后当天安装。"),
    ("不归本网格", "return", "地址不在本网格，请按地址重新派单。"),
]


REFUSALS = [
    ("court", "已进入诉讼、仲裁、行政复议程序，请向受理机关反映"),
    ("petition_office", "属于信访渠道，请到信访部门登记"),
    ("discipline", "属于纪检监察渠道，请拨打 12388"),
    ("police", "属于紧急警情，请拨打 110、119 或 120"),
    ("no_new_facts", "没有新的事实或理由，原答复仍然有效"),
    ("secret", "涉及国家秘密、商业秘密或他人隐私"),
]
EXCLUSIONS = [
    ("elsewhere", "不属于本辖区，也转不出去"),
    ("unlawful", "诉求不合法，或要求明显不合理"),
    ("unclear", "没有具体事项，也联系不上诉求人"),
    ("repeat", "同一人对同一件事的重复诉求"),
    ("mistake", "误登、测试"),
]
# use, source, certainty, grounds
GROUNDS = [
    (Ground.Use.REFUSE, "国办发〔2020〕53号：不予受理的渠道和情形；去向的写法为默认", "S", REFUSALS),
    (Ground.Use.EXCLUDE, "各地考核办法不一，换成本区的清单", "P", EXCLUSIONS),
]


@transaction.atomic
def load_defaults() -> int:
    """Add what is not there yet: levels, categories, grounds, and where there is none at all, rules and replies.

    Returns how many levels and categories were added.
    """
    if not RoutingRule.objects.exists():
        RoutingRule.objects.bulk_create(
            RoutingRule(name=name, rank=rank, is_active=active, target=target, **conditions)
            for name, rank, active, conditions, target in ROUTING
        )
    if not ReplyTemplate.objects.exists():
        ReplyTemplate.objects.bulk_create(
            ReplyTemplate(name=name, verb=verb, text=text) for name, verb, text in REPLIES
        )
    for use, source, certainty, grounds in GROUNDS:
        for rank, (code, said) in enumerate(grounds, 1):
            values = {"words": said, "rank": rank, "source": source, "certainty": certainty}
            Ground.objects.get_or_create(use=use, code=code, defaults=values)
    added = sum(_add_level(level, rank) for rank, level in enumerate(LEVELS, 1))
    levels = {row.code: row for row in ResponseLevel.objects.all()}
    for rank, (code, name, level, jurisdiction, helper, words) in enumerate(CATEGORIES, 1):
        values = {
            "name": name,
            "rank": rank,
            "level": levels[level],
            "jurisdiction": jurisdiction,
            "helper": helper,
            "keywords": words.split(),
            "is_public": code in PUBLIC,
            "questions": QUESTIONS.get(code, []),
        }
        added += Category.objects.get_or_create(code=code, defaults=values)[1]
    forget_catalogue()
    return added


def _add_level(level: Level, rank: int) -> bool:
    """The level, or those of its clocks that a newer version brings; whether the level is new."""
    values = {
        "name": level.name,
        "rank": rank,
        "source": level.source,
        "certainty": level.certainty,
        "return_amount": level.days_to_return,
    }
    row, created = ResponseLevel.objects.get_or_create(code=level.code, defaults=values)
    rules = {**level.beside, "sign_in": level.sign_in, "contact": level.contact, "resolve": level.resolve}
    there = set(row.clock_rules.values_list("kind", flat=True))
    wanted = rules if created else level.beside
    ClockRule.objects.bulk_create(
        ClockRule(level=row, kind=kind, amount=amount, unit=unit, ladder=ladder)
        for kind, (amount, unit, ladder) in wanted.items()
        if kind not in there
    )
    return created
