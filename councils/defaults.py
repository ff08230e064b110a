"""Rules that ship with the portal: how long a council's clocks run, kinds of meetings, votes, uses. All editable.

Each names its source and how sure it is (DOMAIN.md); what is there already is never changed.
"""

from typing import Any

from django.db import transaction

from councils.fund_uses import load_fund_uses
from councils.models import ClockKind, Council, MeetingKind, TimeRule
from councils.vote_rules import load_vote_rules

K, B, E = ClockKind, Council.Kind, MeetingKind.Entitled


def _step(action: str, to: str, amount: int, unit: str) -> dict[str, Any]:
    return {"action": action, "to": to, "amount": amount, "unit": unit}


def _ladder(unit: str, head: int, street: int) -> list[dict[str, Any]]:
    """Warn at a quarter of the time left, urge at the deadline, then the head and the street."""
    return [
        _step("warn", "handler", 25, "percent"),
        _step("urge", "handler", 0, unit),
        _step("escalate", "community_head", head, unit),
        _step("escalate", "street", street, unit),
    ]


TRIAGE_SOURCE = "当场办、限期办、上报协调办三类见社区网格化做法；时长为默认"
# kind, amount, unit, ladder, source, certainty
TIMES = [
    (K.TRIAGE, 3, "workday", _ladder("workday", 1, 5), TRIAGE_SOURCE, "?"),
    (K.ON_SPOT, 1, "workday", _ladder("workday", 1, 3), TRIAGE_SOURCE, "?"),
    (K.DATED, 7, "day", _ladder("workday", 1, 5), TRIAGE_SOURCE, "?"),
    (K.REPORT, 3, "workday", _ladder("workday", 1, 3), TRIAGE_SOURCE, "?"),
    (K.AGENDA, 30, "day", _ladder("workday", 3, 10), "组长每月收集议题；一个月内上会为默认", "?"),
    (K.OBJECTION, 5, "workday", _ladder("workday", 1, 3), "公示期内的异议由居委会答复；5 个工作日为默认", "?"),
    (K.TASK, 30, "day", _ladder("workday", 1, 5), "决议任务的期限由决议定；阶梯为默认", "?"),
]

DELIBERATION = "中办发〔2015〕41号：先通知、后协商；提前天数为默认"
# code, name, bodies, entitled, notice days, quorum (of, in, more than), proxies, source, certainty
KINDS: list[tuple[str, str, list[str], str, int, tuple[int, int, bool], int, str, str]] = [
    ("council", "议事会会议", [B.COUNCIL], E.REPRESENTATIVES, 3, (1, 2, True), 0, DELIBERATION, "?"),
    ("consultation", "民主协商会", [B.COUNCIL], E.INVITED, 3, (0, 1, False), 0, DELIBERATION, "?"),
    ("hearing", "听证会", [B.COUNCIL], E.INVITED, 3, (0, 1, False), 0, DELIBERATION, "?"),
    ("joint", "联席会议", [B.COUNCIL], E.PARTIES, 7, (1, 2, True), 0, "每年至少两次；提前天数和到会比例为默认", "?"),
    ("representatives", "居民代表会议", [B.REPRESENTATIVES], E.REPRESENTATIVES, 7, (2, 3, False), 0,
     "居民代表会议议事规则范本：三分之二到会；提前天数为默认", "S"),
    ("assembly", "居民会议", [B.ASSEMBLY], E.ADULTS, 7, (1, 2, True), 0,
     "居民委员会组织法：过半数出席（2026 年修订文本未核对）；提前天数为默认", "V"),
    ("assembly_households", "居民会议（户代表）", [B.ASSEMBLY], E.HOUSEHOLDS, 7, (1, 2, True), 0,
     "居民委员会组织法：每户派代表，过半数出席（2026 年修订文本未核对）；提前天数为默认", "V"),
    ("owners", "业主大会会议", [B.OWNERS], E.OWNERS, 15, (2, 3, False), 1,
     "业主大会和业主委员会指导规则：十五日前通知；民法典第二百七十八条：面积、人数各三分之二以上参与", "V"),
]  # fmt: skip


@transaction.atomic
def load_council_rules() -> int:
    """Add the rules that are not there yet; returns how many were added."""
    added = 0
    for kind, amount, unit, ladder, source, certainty in TIMES:
        values = {"amount": amount, "unit": unit, "ladder": ladder, "source": source, "certainty": certainty}
        added += TimeRule.objects.get_or_create(kind=kind, defaults=values)[1]
    for rank, (code, name, bodies, entitled, days, quorum, proxies, source, certainty) in enumerate(KINDS, 1):
        values = {
            "name": name,
            "rank": rank,
            "bodies": bodies,
            "entitled": entitled,
            "notice_days": days,
            "quorum_of": quorum[0],
            "quorum_in": quorum[1],
            "quorum_over": quorum[2],
            "proxies": proxies,
            "source": source,
            "certainty": certainty,
        }
        added += MeetingKind.objects.get_or_create(code=code, defaults=values)[1]
    return added + load_fund_uses() + load_vote_rules()
