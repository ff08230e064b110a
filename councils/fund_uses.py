"""Uses of the funds that ship with the portal, allowed and forbidden; each names its source and how sure it is."""

from councils.models import FundKind, FundUse

SERVICE, PARTY = FundKind.SERVICE, FundKind.PARTY
LOCAL = "各区服务群众专项经费管理办法，以本区文件为准"
NOT_FOR = "服务群众专项经费不得用于办公、人员和还债（北辰区）"
PARTY_RULE = "党建活动经费用于党员活动，以上级党委文件为准"

# fmt: off
USES: tuple[tuple[str, str, bool, tuple[str, ...], str, str], ...] = (
    (SERVICE, "公共设施小修小补", True, (), LOCAL, "S"),
    (SERVICE, "扶老助残、困难帮扶", True, (), LOCAL, "S"),
    (SERVICE, "便民服务", True, (), LOCAL, "S"),
    (SERVICE, "文化体育、邻里活动", True, (), LOCAL, "S"),
    (SERVICE, "环境和安全", True, (), LOCAL, "S"),
    (SERVICE, "办公开支", False, ("办公用品", "办公设备", "办公经费", "办公家具", "装修办公"), NOT_FOR, "V"),
    (SERVICE, "人员开支", False, ("工资", "奖金", "社工补贴", "工作人员补贴", "值班费", "加班费"), NOT_FOR, "V"),
    (SERVICE, "还债", False, ("还债", "欠款", "债务", "贷款", "垫付款"), NOT_FOR, "V"),
    (SERVICE, "招待和礼品", False, ("招待", "宴请", "聚餐", "烟酒"), LOCAL, "?"),
    (PARTY, "党员教育培训", True, (), PARTY_RULE, "?"),
    (PARTY, "主题党日和志愿服务", True, (), PARTY_RULE, "?"),
    (PARTY, "困难党员慰问", True, (), PARTY_RULE, "?"),
    (PARTY, "党员活动阵地", True, (), PARTY_RULE, "?"),
    (PARTY, "人员开支", False, ("工资", "奖金", "社工补贴", "工作人员补贴"), PARTY_RULE, "?"),
    (PARTY, "招待和礼品", False, ("招待", "宴请", "聚餐", "烟酒"), PARTY_RULE, "?"),
)
# fmt: on


def load_fund_uses() -> int:
    """Add the uses that are not there yet; edited ones stay. Returns how many were added."""
    added = 0
    for rank, (kind, name, allowed, words, rule, certainty) in enumerate(USES, 1):
        facts = {"allowed": allowed, "words": list(words), "rule": rule, "certainty": certainty, "rank": rank * 10}
        _row, new = FundUse.objects.get_or_create(kind=kind, name=name, defaults=facts)
        added += new
    return added
