"""States, verbs and who may do what, as data; no ORM.

Loop: 登记 → 派单 → 签收 → (首次联系) → 办结 → 回访 → 归档, with 退单, 改派, 联办, 吹哨, 延期, 挂起, 重办, 复查 and
不予受理 (国办发〔2020〕53号, DOMAIN.md). `docs/roles.md` and the tests are made from these tables.
"""

from collections.abc import Iterable
from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grid.access import Role


class State(TextChoices):
    """Where a petition stands."""

    REGISTERED = "registered", _("待派单")
    DISPATCHED = "dispatched", _("待签收")
    ACCEPTED = "accepted", _("办理中")
    SUSPENDED = "suspended", _("已挂起")
    RESOLVED = "resolved", _("待评价")
    CLOSED = "closed", _("已归档")
    REFUSED = "refused", _("不予受理")


class Verb(TextChoices):
    """What can happen to a petition."""

    REGISTER = "register", _("登记")
    DISPATCH = "dispatch", _("派单")
    ACCEPT = "accept", _("签收")
    CONTACT = "contact", _("首次联系")
    NOTE = "note", _("办理记录")
    ON_SPOT = "on_spot", _("当场办结")
    PLEDGE = "pledge", _("限期办")
    RESOLVE = "resolve", _("办结答复")
    CLOSE = "close", _("回访归档")
    REPORT = "report", _("上报")
    RETURN = "return", _("退单")
    ASK_RETURN = "ask_return", _("退单申请")
    TAKE_BACK = "take_back", _("准许退单")
    ASK_EXTEND = "ask_extend", _("延期申请")
    EXTEND = "extend", _("批准延期")
    ASK_SUSPEND = "ask_suspend", _("挂起申请")
    SUSPEND = "suspend", _("批准挂起")
    RESUME = "resume", _("恢复办理")
    DENY = "deny", _("不批准")
    JOIN = "join", _("联办")
    SUMMON = "summon", _("吹哨")
    CHECK_IN = "check_in", _("报到")
    ANSWER = "answer", _("单位答复")
    RELEASE = "release", _("撤回联办")
    LEVEL = "level", _("调整级别")
    RECALCULATE = "recalculate", _("重算时限")
    AVOID = "avoid", _("回避")
    REOPEN = "reopen", _("重办")
    REVIEW = "review", _("复查申请")
    UPHOLD = "uphold", _("维持答复")
    REFUSE = "refuse", _("不予受理")
    SUPPLEMENT = "supplement", _("补充")
    RATE = "rate", _("评价")
    CLASSIFY = "classify", _("改类别")
    ACKNOWLEDGE = "acknowledge", _("知悉")
    SUPERVISE = "supervise", _("督办")
    DELIBERATE = "deliberate", _("列为议题")
    MERGE = "merge", _("并单")
    SPLIT = "split", _("拆出")
    EXCLUDE = "exclude", _("剔除")
    INCLUDE = "include", _("恢复计入")
    PRESS = "press", _("催促")
    WARN = "warn", _("预警")
    URGE = "urge", _("催办")
    ESCALATE = "escalate", _("升级")


OPEN = (State.REGISTERED, State.DISPATCHED, State.ACCEPTED)
UNANSWERED = (*OPEN, State.SUSPENDED)
"""Not answered yet, whether its time runs or is suspended."""

WAITING = (State.REGISTERED, State.SUSPENDED, State.RESOLVED)
"""What waits with nobody working on it: to be dispatched, for a suspension to end, to be asked about and filed."""

ENDED = (State.CLOSED, State.REFUSED)
ASSIGNED = (State.DISPATCHED, State.ACCEPTED)


def _staying(verbs: Iterable[Verb], states: Iterable[State]) -> dict[tuple[Verb, State], State]:
    return {(verb, state): state for verb in verbs for state in states}


TRANSITIONS: dict[tuple[Verb, State], State] = {
    **{(Verb.DISPATCH, state): State.DISPATCHED for state in OPEN},
    (Verb.ACCEPT, State.DISPATCHED): State.ACCEPTED,
    **_staying((Verb.CONTACT, Verb.PLEDGE, Verb.ASK_EXTEND, Verb.EXTEND, Verb.ASK_SUSPEND), [State.ACCEPTED]),
    **_staying((Verb.NOTE, Verb.RELEASE, Verb.CHECK_IN, Verb.ANSWER), (State.ACCEPTED, State.SUSPENDED)),
    **_staying((Verb.CHECK_IN, Verb.ANSWER, Verb.RELEASE), (State.REGISTERED, State.DISPATCHED)),
    **_staying((Verb.JOIN, Verb.ASK_RETURN), ASSIGNED),
    **_staying((Verb.DENY,), (*OPEN, State.RESOLVED, State.CLOSED)),
    **{(verb, state): State.REGISTERED for verb in (Verb.RETURN, Verb.TAKE_BACK) for state in ASSIGNED},
    **{(Verb.REPORT, state): State.REGISTERED for state in OPEN},
    **{(Verb.ON_SPOT, state): State.RESOLVED for state in OPEN},
    **{(Verb.REFUSE, state): State.REFUSED for state in OPEN},
    (Verb.SUSPEND, State.ACCEPTED): State.SUSPENDED,
    (Verb.RESUME, State.SUSPENDED): State.ACCEPTED,
    (Verb.RESOLVE, State.ACCEPTED): State.RESOLVED,
    (Verb.CLOSE, State.RESOLVED): State.CLOSED,
    (Verb.RATE, State.RESOLVED): State.CLOSED,
    **{(Verb.REOPEN, state): State.DISPATCHED for state in (State.RESOLVED, *ENDED)},
    **_staying((Verb.REVIEW, Verb.UPHOLD), (State.RESOLVED, State.CLOSED)),
    **_staying((Verb.SUPPLEMENT,), State),
    **_staying((Verb.CLASSIFY, Verb.DELIBERATE), (*OPEN, State.RESOLVED)),
    **_staying((Verb.AVOID,), UNANSWERED),
    **_staying((Verb.MERGE,), (*UNANSWERED, State.RESOLVED)),
    **_staying((Verb.SPLIT,), State),
    **_staying((Verb.EXCLUDE, Verb.INCLUDE), (*UNANSWERED, State.RESOLVED, State.CLOSED)),
    **_staying((Verb.SUMMON, Verb.LEVEL, Verb.RECALCULATE, Verb.PRESS), OPEN),
    **_staying((Verb.ACKNOWLEDGE, Verb.SUPERVISE), OPEN),
    **_staying((Verb.WARN, Verb.URGE, Verb.ESCALATE), OPEN),
    **_staying((Verb.WARN, Verb.URGE, Verb.ESCALATE), (State.SUSPENDED, State.RESOLVED, State.CLOSED)),
}

REASON_REQUIRED = frozenset(
    {
        *(Verb.RETURN, Verb.ASK_RETURN, Verb.ASK_EXTEND, Verb.ASK_SUSPEND, Verb.REPORT, Verb.REVIEW),
        *(Verb.EXCLUDE, Verb.INCLUDE),
        *(Verb.DENY, Verb.UPHOLD, Verb.TAKE_BACK, Verb.RELEASE, Verb.RESUME, Verb.LEVEL, Verb.AVOID),
        *(Verb.REOPEN, Verb.REFUSE, Verb.ACKNOWLEDGE, Verb.SUPERVISE, Verb.SUMMON, Verb.JOIN),
        *(Verb.NOTE, Verb.SUPPLEMENT, Verb.CONTACT, Verb.RESOLVE, Verb.ON_SPOT, Verb.ANSWER),
    }
)

_COMMUNITY = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD})
_ABOVE = frozenset({Role.STREET_OFFICER, Role.DISTRICT_OFFICER})
_OVERSEERS = _COMMUNITY | _ABOVE
_SUPERIORS = frozenset({Role.COMMUNITY_HEAD}) | _ABOVE
_STAFF = frozenset({Role.GRID_WORKER, Role.STREET_OFFICER}) | _COMMUNITY
_HANDLERS = _STAFF | frozenset({Role.ORGANISATION_MEMBER})
ROLES: dict[Verb, frozenset[str]] = {
    Verb.REGISTER: _STAFF | _ABOVE,
    Verb.DISPATCH: _OVERSEERS,
    Verb.ACCEPT: _HANDLERS,
    Verb.CONTACT: _HANDLERS,
    Verb.NOTE: _HANDLERS,
    Verb.ON_SPOT: _STAFF,
    Verb.PLEDGE: _HANDLERS,
    Verb.RESOLVE: _HANDLERS,
    Verb.CLOSE: _OVERSEERS,
    Verb.REPORT: _COMMUNITY,
    Verb.RETURN: _HANDLERS,
    Verb.ASK_RETURN: _HANDLERS,
    Verb.TAKE_BACK: _ABOVE,
    Verb.ASK_EXTEND: _HANDLERS,
    Verb.EXTEND: _ABOVE,
    Verb.ASK_SUSPEND: _HANDLERS,
    Verb.SUSPEND: _ABOVE,
    Verb.RESUME: _HANDLERS | _ABOVE,
    Verb.DENY: _ABOVE,
    Verb.JOIN: _OVERSEERS,
    Verb.SUMMON: _ABOVE,
    Verb.CHECK_IN: _HANDLERS | _ABOVE,
    Verb.ANSWER: _HANDLERS | _ABOVE,
    Verb.RELEASE: _OVERSEERS,
    Verb.LEVEL: _OVERSEERS,
    Verb.AVOID: _SUPERIORS,
    Verb.REOPEN: _OVERSEERS,
    Verb.REVIEW: _OVERSEERS,
    Verb.UPHOLD: _ABOVE,
    Verb.REFUSE: _OVERSEERS,
    Verb.SUPPLEMENT: _HANDLERS | _ABOVE,
    Verb.CLASSIFY: _HANDLERS | _ABOVE,
    Verb.ACKNOWLEDGE: _SUPERIORS,
    Verb.SUPERVISE: _SUPERIORS,
    Verb.PRESS: _OVERSEERS,
    Verb.DELIBERATE: _COMMUNITY,
    Verb.MERGE: _OVERSEERS,
    Verb.SPLIT: _OVERSEERS,
    Verb.EXCLUDE: _ABOVE,
    Verb.INCLUDE: _ABOVE,
}
DECISIONS = frozenset({Verb.EXTEND, Verb.SUSPEND, Verb.TAKE_BACK, Verb.DENY, Verb.UPHOLD})
"""Answers to somebody's application: given on the application's own page, never on their own."""

PARTS = frozenset({Verb.CHECK_IN, Verb.ANSWER, Verb.RELEASE})
"""What concerns one unit of those that act together: done on that unit's part."""

OUTCOMES = {
    "solved": _("已解决"),
    "partly": _("部分解决"),
    "explained": _("已解释说明"),
    "not_now": _("暂时办不了"),
}
"""What came of it, as the handler says; whether it is solved is the petitioner's own answer (Close ≠ solved)."""


def target(verb: Verb, state: str) -> State | None:
    """The state that a verb leads to, None when it is not allowed there."""
    return TRANSITIONS.get((verb, State(state)))


def verbs_for(state: str, roles: frozenset[str]) -> list[Verb]:
    """What people with these roles may do in a state, in the order of the loop."""
    return list(_verbs_for(state, roles))


@cache
def _verbs_for(state: str, roles: frozenset[str]) -> tuple[Verb, ...]:
    return tuple(verb for verb in Verb if target(verb, state) is not None and roles & ROLES.get(verb, frozenset()))
