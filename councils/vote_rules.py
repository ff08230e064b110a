"""Vote rules that ship with the portal, with where each comes from and how sure that is (DOMAIN.md)."""

from datetime import date
from typing import Any

from councils.ballot_rules import Group, Measure, Unit
from councils.models import Council, VoteRule

Kind, Certainty = Council.Kind, VoteRule.Certainty
Clauses = list[dict[str, Any]]


def _clause(part: Group, base: Group, share: str, measure: Measure = Measure.NUMBER, strict: bool = False) -> Clauses:
    return [{"part": part, "measure": measure, "base": base, "share": share, "strict": strict}]


def _both(part: Group, base: Group, share: str, strict: bool = False) -> Clauses:
    """By number and by area."""
    return [each for measure in Measure for each in _clause(part, base, share, measure, strict)]


HALF_THERE = _clause(Group.PRESENT, Group.ENTITLED, "1/2", strict=True)
TWO_THIRDS_THERE = _clause(Group.PRESENT, Group.ENTITLED, "2/3")
HALF_OF_THOSE = _clause(Group.AGREED, Group.PRESENT, "1/2", strict=True)
TWO_THIRDS_VOTE = _both(Group.CAST, Group.ENTITLED, "2/3")
CALLED_BY = "五分之一以上的十八周岁以上居民、五分之一以上的户或者三分之一以上的居民小组提议"

RULES: tuple[dict[str, Any], ...] = (
    {
        "code": "assembly",
        "version": 1,
        "name": "居民会议（2025 年底以前的法）",
        "bodies": [Kind.ASSEMBLY],
        "units": [Unit.PERSON, Unit.HOUSEHOLD],
        "clauses": HALF_THERE + HALF_OF_THOSE,
        "called_by": CALLED_BY,
        "valid_until": date(2025, 12, 31),
        "source": "城市居民委员会组织法（1989）：过半数出席，出席人的过半数通过",
        "certainty": Certainty.VERIFIED,
    },
    {
        "code": "assembly",
        "version": 2,
        "name": "居民会议",
        "bodies": [Kind.ASSEMBLY],
        "units": [Unit.PERSON, Unit.HOUSEHOLD],
        "clauses": HALF_THERE + HALF_OF_THOSE,
        "called_by": CALLED_BY,
        "valid_from": date(2026, 1, 1),
        "source": "修订后的法自 2026 年 1 月 1 日起施行，条文尚未核对，暂按原来的数",
        "certainty": Certainty.UNVERIFIED,
    },
    {
        "code": "representatives",
        "name": "居民代表会议",
        "bodies": [Kind.REPRESENTATIVES],
        "units": [Unit.REPRESENTATIVE],
        "clauses": TWO_THIRDS_THERE + HALF_OF_THOSE,
        "source": "居民代表会议制度样本：三分之二以上到会，到会代表过半数通过",
        "certainty": Certainty.SECONDARY,
    },
    {
        "code": "council",
        "name": "议事会",
        "bodies": [Kind.COUNCIL],
        "units": [Unit.REPRESENTATIVE],
        "clauses": TWO_THIRDS_THERE + HALF_OF_THOSE,
        "source": "没有统一规定，暂按居民代表会议的数，请按本会章程改",
        "certainty": Certainty.UNVERIFIED,
    },
    {
        "code": "owners",
        "name": "业主共同决定的一般事项",
        "bodies": [Kind.OWNERS],
        "units": [Unit.OWNER],
        "clauses": TWO_THIRDS_VOTE + _both(Group.AGREED, Group.CAST, "1/2", strict=True),
        "proxies": None,
        "notice_days": 15,
        "source": "民法典第二百七十八条：三分之二以上参与表决，参与表决的过半数同意",
        "certainty": Certainty.VERIFIED,
    },
    {
        "code": "owners-grave",
        "name": "业主共同决定的重大事项（第六至八项）",
        "bodies": [Kind.OWNERS],
        "units": [Unit.OWNER],
        "clauses": TWO_THIRDS_VOTE + _both(Group.AGREED, Group.CAST, "3/4"),
        "proxies": None,
        "notice_days": 15,
        "source": "民法典第二百七十八条：筹集维修资金、改建重建、改变或经营共有部分，参与表决的四分之三以上同意",
        "certainty": Certainty.VERIFIED,
    },
    {
        "code": "party-members",
        "name": "党员大会审议（四议两公开）",
        "bodies": [Kind.REPRESENTATIVES, Kind.ASSEMBLY],
        "units": [Unit.MEMBER],
        "clauses": TWO_THIRDS_THERE + _clause(Group.AGREED, Group.ENTITLED, "1/2"),
        "source": "四议两公开：三分之二以上到会，全体党员半数以上同意",
        "certainty": Certainty.SECONDARY,
    },
)


def load_vote_rules() -> int:
    """Add the rules that are not there yet; edited ones stay. Returns how many were added."""
    added = 0
    for each in RULES:
        key = {"code": each["code"], "version": each.get("version", 1)}
        _row, created = VoteRule.objects.get_or_create(**key, defaults=each)
        added += created
    return added
