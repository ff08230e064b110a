"""Colour schemes that ship with the portal, with where each comes from (DOMAIN.md)."""

from residents.models import ColourRule, ColourScheme

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
