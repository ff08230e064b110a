"""Colour schemes and care tags that ship with the portal, with where each comes from (DOMAIN.md)."""

from typing import Any

from grid.models import Appointment
from residents.models import ColourRule, ColourScheme, TagRule

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
