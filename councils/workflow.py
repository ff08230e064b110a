"""States, verbs and their order, as data; no ORM.

A topic's way (中办发〔2015〕41号): raised → sorted (当场办, 限期办, 上报协调办, or to be deliberated) → meeting →
resolution → carried out → told back to whoever raised it. What a body can't settle goes to the body above it or, as a
petition, to the street.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TopicState(TextChoices):
    """Where a topic stands."""

    PROPOSED = "proposed", _("待分类")
    DOING = "doing", _("办理中")
    LISTED = "listed", _("待议")
    DECIDED = "decided", _("落实中")
    SETTLED = "settled", _("已办结")
    RAISED = "raised", _("已上报街道")
    DECLINED = "declined", _("不列入")
    MERGED = "merged", _("已并入")


class TopicWay(TextChoices):
    """How a topic is dealt with: the three ways of triage, and deliberation."""

    ON_SPOT = "on_spot", _("当场办")
    DATED = "dated", _("限期办")
    REPORT = "report", _("上报协调办")
    DELIBERATE = "deliberate", _("提交协商")


class MeetingState(TextChoices):
    """Where a meeting stands. Minutes are written while it is open and afterwards, until those present confirm them."""

    PLANNED = "planned", _("筹备中")
    CALLED = "called", _("已通知")
    OPEN = "open", _("进行中")
    HELD = "held", _("待确认纪要")
    CONFIRMED = "confirmed", _("纪要已确认")
    CANCELLED = "cancelled", _("已取消")


class ResolutionState(TextChoices):
    """Where a resolution stands."""

    DRAFT = "draft", _("拟稿")
    PASSED = "passed", _("落实中")
    DONE = "done", _("已落实")
    REVOKED = "revoked", _("已废止")


class Verb(TextChoices):
    """What can happen to a council and what it deals with."""

    FOUND = "found", _("建立")
    EDIT = "edit", _("修改")
    SEAT = "seat", _("登记成员")
    LEAVE = "leave", _("离任")
    PROPOSE = "propose", _("提出议题")
    TRIAGE = "triage", _("分类")
    NOTE = "note", _("办理记录")
    LIST = "list", _("列入待议")
    SETTLE = "settle", _("办结答复")
    REFER = "refer", _("提交上级会议")
    RAISE = "raise", _("上报街道")
    DECLINE = "decline", _("不列入")
    MERGE = "merge", _("并入")
    REOPEN = "reopen", _("重新办理")
    RATE = "rate", _("评价")
    PLAN = "plan", _("筹备会议")
    CALL = "call", _("发出通知")
    OPEN = "open", _("开会")
    CLOSE = "close", _("散会")
    CONFIRM = "confirm", _("确认纪要")
    CANCEL = "cancel", _("取消")
    DECIDE = "decide", _("形成决议")
    ASSIGN = "assign", _("交办")
    REPORT = "report", _("报告完成")
    ACCEPT = "accept", _("验收")
    REVOKE = "revoke", _("废止")
    ANNOUNCE = "announce", _("公告表决")
    COUNT = "count", _("计票")
    ANNUL = "annul", _("表决作废")
    RENEW = "renew", _("换发投票码")
    PUBLISH = "publish", _("公示")
    OBJECT = "object", _("提出异议")
    ANSWER = "answer", _("答复异议")
    WARN = "warn", _("提醒")
    URGE = "urge", _("催办")
    ESCALATE = "escalate", _("升级")


OPEN_TOPICS = (TopicState.PROPOSED, TopicState.DOING, TopicState.LISTED, TopicState.DECIDED)
"""What somebody still has to do something about."""

S = TopicState
TOPIC_TRANSITIONS: dict[tuple[Verb, TopicState], TopicState] = {
    (Verb.TRIAGE, S.PROPOSED): S.DOING,
    (Verb.TRIAGE, S.DOING): S.DOING,
    (Verb.NOTE, S.DOING): S.DOING,
    (Verb.NOTE, S.DECIDED): S.DECIDED,
    **{(Verb.LIST, state): S.LISTED for state in (S.PROPOSED, S.DOING)},
    **{(Verb.SETTLE, state): S.SETTLED for state in (S.DOING, S.LISTED, S.DECIDED)},
    **{(Verb.RAISE, state): S.RAISED for state in (S.DOING, S.LISTED)},
    (Verb.REFER, S.LISTED): S.LISTED,
    (Verb.DECIDE, S.LISTED): S.DECIDED,
    **{(Verb.DECLINE, state): S.DECLINED for state in (S.PROPOSED, S.LISTED)},
    **{(Verb.MERGE, state): S.MERGED for state in (S.PROPOSED, S.DOING, S.LISTED)},
    **{(Verb.REOPEN, state): S.DOING for state in (S.SETTLED, S.DECLINED)},
    (Verb.RATE, S.SETTLED): S.SETTLED,
}
"""Which verb leads a topic from which state to which."""

M = MeetingState
MEETING_TRANSITIONS: dict[tuple[Verb, MeetingState], MeetingState] = {
    (Verb.CALL, M.PLANNED): M.CALLED,
    (Verb.OPEN, M.CALLED): M.OPEN,
    (Verb.CLOSE, M.OPEN): M.HELD,
    (Verb.CONFIRM, M.HELD): M.CONFIRMED,
    **{(Verb.CANCEL, state): M.CANCELLED for state in (M.PLANNED, M.CALLED, M.OPEN)},
}
