"""Colour schemes and care tags that ship with the portal, with where each comes from (DOMAIN.md)."""

from typing import Any

from grid.models import Appointment
from residents.models import CareClass, Checklist, ColourRule, ColourScheme, TagRule, Visit

Swatch = ColourRule.Swatch
Rules = list[tuple[list[str], str, str, str]]

# code: (name, source, [(statuses, label, symbol, swatch), …] by priority)
SCHEMES: dict[str, tuple[str, str, Rules]] = {
    "tianjin": (
        "粉紫",
        "北辰区宝翠花都社区的表格墙：粉色出租户，紫色独居老人",
        [
            (["solitary_elder"], "独居老人", "独", Swatch.PURPLE),
            (["aid", "disabled"], "低保/残疾", "助", Swatch.AMBER),
            (["empty_nest"], "空巢老人", "巢", Swatch.LILAC),
            (["rented", "borrowed"], "出租户", "租", Swatch.PINK),
            (["vacant", "registered_only"], "空置", "空", Swatch.GREY),
            ([], "自住", "", Swatch.WHITE),
        ],
    ),
    "qindu": (
        "红黄蓝",
        "秦都区吴家堡街道：红色关注户、重点户周必访，黄色租房户月敲门，蓝色常态户",
        [
            (["solitary_elder", "aid", "disabled", "focus"], "关注户", "关", Swatch.RED),
            (["rented", "borrowed"], "租房户", "租", Swatch.YELLOW),
            ([], "常态户", "", Swatch.BLUE),
        ],
    ),
    "lanzhou": (
        "七色",
        "兰州的七色分类，二手来源，各色含义请按本地规定核对",
        [
            (["focus"], "重点关注", "关", Swatch.RED),
            (["solitary_elder"], "独居老人", "独", Swatch.PURPLE),
            (["aid", "disabled"], "困难户", "助", Swatch.AMBER),
            (["empty_nest", "senior"], "老人户", "老", Swatch.LILAC),
            (["rented", "borrowed"], "租住户", "租", Swatch.PINK),
            (["vacant", "registered_only"], "空置", "空", Swatch.GREY),
            ([], "常住户", "", Swatch.GREEN),
        ],
    ),
}

# Who works with a household knows its health and hardship; those above see numbers.
CLOSE = [Appointment.Role.GRID_WORKER, Appointment.Role.COMMUNITY_WORKER, Appointment.Role.COMMUNITY_HEAD]
DISABILITIES = ["视力", "听力", "言语", "肢体", "智力", "精神", "多重"]

TAGS: tuple[dict[str, Any], ...] = (
    {
        "code": "solitary_elder",
        "name": "独居老人",
        "condition": {"people_from": 1, "people_to": 1, "all_age_from": 60},
        "source": "一名居住者，60 岁以上",
        "certainty": "P",
    },
    {
        "code": "empty_nest",
        "name": "空巢老人",
        "condition": {"people_from": 2, "all_age_from": 60},
        "source": "居住者都在 60 岁以上；江苏还看子女是否在本县",
        "certainty": "P",
    },
    {"code": "senior", "name": "高龄", "condition": {"any_age_from": 80}, "source": "80 岁以上", "certainty": "P"},
    {"code": "incapacitated", "name": "失能", "roles": CLOSE, "source": "评估结论", "certainty": "P"},
    {
        "code": "disabled",
        "name": "残疾",
        "kinds": DISABILITIES,
        "grades": 4,
        "roles": CLOSE,
        "source": "残疾人证：7 类 4 级",
        "certainty": "V",
    },
    {"code": "aid", "name": "低保", "source": "民政审批", "certainty": "P"},
    {"code": "destitute", "name": "特困", "source": "民政审批", "certainty": "P"},
    {
        "code": "hard_child",
        "name": "困境儿童",
        "below_age": 18,
        "roles": CLOSE,
        "source": "18 岁以下",
        "certainty": "P",
    },
    {
        "code": "left_child",
        "name": "留守儿童",
        "below_age": 16,
        "roles": CLOSE,
        "source": "16 岁以下",
        "certainty": "P",
    },
    {"code": "honoured", "name": "优抚", "source": "退役军人事务部门", "certainty": "P"},
    {"code": "veteran", "name": "退役军人", "source": "退役军人事务部门", "certainty": "P"},
    {"code": "focus", "name": "重点关注", "roles": CLOSE, "source": "社区研判", "certainty": "P"},
)


Result = Visit.Result
# Remind a worker on the day, then the community the next day, the street and the district some working days later.
VISIT_LADDER = [
    {"action": "urge", "to": "handler", "amount": 0, "unit": "hour"},
    {"action": "escalate", "to": "community_head", "amount": 16, "unit": "hour"},
    {"action": "escalate", "to": "street", "amount": 3, "unit": "workday"},
    {"action": "escalate", "to": "district", "amount": 5, "unit": "workday"},
]
CALLED_LADDER = [
    {"action": "warn", "to": "handler", "amount": 25, "unit": "percent"},
    {"action": "urge", "to": "handler", "amount": 0, "unit": "hour"},
    {"action": "escalate", "to": "community_head", "amount": 2, "unit": "hour"},
    {"action": "escalate", "to": "street", "amount": 24, "unit": "hour"},
]

MISSED_LADDER = [
    {"action": "warn", "to": "handler", "amount": 50, "unit": "percent"},
    {"action": "escalate", "to": "community_head", "amount": 0, "unit": "hour"},
    {"action": "escalate", "to": "street", "amount": 2, "unit": "hour"},
]

CARE_CLASSES: tuple[dict[str, Any], ...] = (
    {
        "code": "weekly",
        "name": "每周必访",
        "statuses": ["solitary_elder", "incapacitated", "destitute", "focus"],
        "every_days": 7,
        "window_days": 2,
        "on_holidays": True,
        "counts": [Result.SEEN, Result.AFAR, Result.HOSPITAL],
        "asks": ["药按时吃了吗", "灶具和燃气软管", "夜里起身方便吗"],
        "ladder": VISIT_LADDER,
        "source": "秦都区红色户周必访；内蒙古高龄独居老人每周探访",
        "certainty": "V",
    },
    {
        "code": "monthly",
        "name": "每月走访",
        "statuses": [
            "empty_nest",
            "senior",
            "disabled",
            "aid",
            "hard_child",
            "left_child",
            "rented",
            "borrowed",
        ],
        "every_days": 30,
        "window_days": 7,
        "counts": [Result.SEEN, Result.PHONE, Result.AFAR, Result.HOSPITAL],
        "asks": ["住几个人，有没有变化", "电话换了吗"],
        "ladder": VISIT_LADDER,
        "source": "秦都区黄色户月敲门；民政部 2022 年指导意见：特殊困难老人每月探访",
        "certainty": "V",
    },
    {
        "code": "quarterly",
        "name": "每季走访",
        "statuses": ["owner", "elsewhere"],
        "every_days": 90,
        "window_days": 14,
        "counts": [Result.SEEN, Result.PHONE, Result.AFAR, Result.HOSPITAL],
        "ladder": [],
        "active": False,
        "source": "常态户：各地不一，缺省不用",
        "certainty": "?",
    },
    {
        "code": "after_event",
        "name": "24 小时内探访",
        "within_hours": 24,
        "on_holidays": True,
        "counts": [Result.SEEN, Result.PHONE, Result.HOSPITAL],
        "asks": ["缺什么，谁来照看"],
        "ladder": CALLED_LADDER,
        "source": "内蒙古：重大变故后 24 小时内探访",
        "certainty": "S",
    },
    {
        "code": "missed_sign",
        "name": "没见信号，当天上门",
        "within_hours": 2,
        "on_holidays": True,
        "counts": [Result.SEEN, Result.PHONE, Result.AFAR, Result.HOSPITAL],
        "asks": ["人好不好，要不要叫医生"],
        "ladder": MISSED_LADDER,
        "source": "早看窗帘晚看灯：没见信号当天上门；两小时为缺省",
        "certainty": "?",
    },
)


def load_care_classes() -> int:
    """Add the care classes that are not there yet; edited ones stay. Returns how many were added."""
    added = 0
    for rank, each in enumerate(CARE_CLASSES, 1):
        _row, created = CareClass.objects.get_or_create(code=each["code"], defaults=each | {"rank": rank * 10})
        added += created
    return added


def load_tags() -> int:
    """Add the care tags that are not there yet; edited ones stay. Returns how many were added."""
    added = 0
    for rank, each in enumerate(TAGS, 1):
        _row, created = TagRule.objects.get_or_create(code=each["code"], defaults=each | {"rank": rank * 10})
        added += created
    return added


def load_schemes() -> int:
    """Add the schemes that are not there yet; edited ones stay. Returns how many were added."""
    added = 0
    for code, (name, source, rules) in SCHEMES.items():
        scheme, created = ColourScheme.objects.get_or_create(code=code, defaults={"name": name, "source": source})
        added += created
        if created:
            ColourRule.objects.bulk_create(
                ColourRule(scheme=scheme, rank=rank, statuses=statuses, label=label, symbol=symbol, swatch=swatch)
                for rank, (statuses, label, symbol, swatch) in enumerate(rules, 1)
            )
    return added


CHECKLISTS = (
    (
        "五常五送",
        (
            "常敲空巢老人门，嘘寒问暖送贴心",
            "常串困难群众门，排忧解难送爱心",
            "常叩重点人群门，沟通疏导送舒心",
            "常守居民小区门，打防管控送安心",
            "常开休闲文体门，和谐追求送欢心",
        ),
        "天津的社区工作法",
    ),
)


def load_checklists() -> int:
    """Add the checklists that are not there yet, for every community to take; returns how many were added."""
    added = 0
    for name, items, source in CHECKLISTS:
        _row, created = Checklist.objects.get_or_create(
            community=None, name=name, defaults={"items": list(items), "source": source, "certainty": "S"}
        )
        added += created
    return added
