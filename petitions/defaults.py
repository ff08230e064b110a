"""Response levels, clocks, ladders and categories that ship with the portal; all editable, none ever overwritten.

Each level names its source and how sure it is (DOMAIN.md). Ladder steps count back from the deadline in percent of
the whole time, or on from it in minutes, hours, working hours or working days.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from petitions.catalogue import forget_catalogue
from petitions.models import Category, ClockRule, ResponseLevel

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


@dataclass(frozen=True)
class Level:
    """One shipped level: name, source, certainty, and (amount, unit, ladder) of its three clocks."""

    code: str
    name: str
    source: str
    certainty: str
    sign_in: Rule
    contact: Rule
    resolve: Rule


LEVELS = [
    Level("on_site", "5 分钟到场", "天津网格：五分钟到位或说明原因；签收 5 分钟为默认", "V",
          (5, "minute", FAST), (5, "minute", FAST), (2, "hour", FAST)),
    Level("h2", "2 小时件", "北京接诉即办：涉及生命财产安全；签收 15 分钟见天津令39号", "S",
          (15, "minute", FAST), (1, "hour", FAST), (2, "hour", FAST)),
    Level("h24", "24 小时件", "北京接诉即办：水电气热；签收 30 分钟见天津令39号", "S",
          (30, "minute", FAST), (4, "hour", HOURS), (24, "hour", HOURS)),
    Level("consult", "咨询件（3 个工作日）", "某局办理规定：咨询 3 个工作日", "V",
          (1, "workday", SHORT), (1, "workday", SHORT), (3, "workday", WORKDAYS)),
    Level("d7", "7 天件", "北京接诉即办：一般诉求；签收 1 个工作日见天津令39号", "S",
          (1, "workday", SHORT), (1, "workday", SHORT), (7, "day", WORKDAYS)),
    Level("complaint", "投诉件（13 个工作日）", "某局办理规定：投诉 13 个工作日", "V",
          (1, "workday", SHORT), (1, "workday", SHORT), (13, "workday", WORKDAYS)),
    Level("d15", "15 天件", "北京接诉即办：复杂诉求；签收 1 个工作日见天津令39号", "S",
          (1, "workday", SHORT), (2, "workday", SHORT), (15, "day", WORKDAYS)),
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


@transaction.atomic
def load_defaults() -> int:
    """Add the levels and categories that are not there yet; returns how many were added."""
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
    values = {"name": level.name, "rank": rank, "source": level.source, "certainty": level.certainty}
    row, created = ResponseLevel.objects.get_or_create(code=level.code, defaults=values)
    if created:
        rules = {"sign_in": level.sign_in, "contact": level.contact, "resolve": level.resolve}
        ClockRule.objects.bulk_create(
            ClockRule(level=row, kind=kind, amount=amount, unit=unit, ladder=ladder)
            for kind, (amount, unit, ladder) in rules.items()
        )
    return created
