"""States, verbs and who may do what, as data; no ORM.

Loop: 登记 → 派单 → 签收 → (首次联系) → 办结 → 归档, with 退单, 重办 and 不予受理 (国办发〔2020〕53号, DOMAIN.md).
"""

from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grid.access import Role


class State(TextChoices):
    """Where a petition stands."""

    REGISTERED = "registered", _("待派单")
    DISPATCHED = "dispatched", _("待签收")
    ACCEPTED = "accepted", _("办理中")
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
    RESOLVE = "resolve", _("办结答复")
    CLOSE = "close", _("归档")
    RETURN = "return", _("退单")
    REOPEN = "reopen", _("重办")
    REFUSE = "refuse", _("不予受理")
    SUPPLEMENT = "supplement", _("补充")
    RATE = "rate", _("评价")
    CLASSIFY = "classify", _("改类别")
    ACKNOWLEDGE = "acknowledge", _("知悉")
    SUPERVISE = "supervise", _("督办")
    DELIBERATE = "deliberate", _("列为议题")
    WARN = "warn", _("预警")
    URGE = "urge", _("催办")
    ESCALATE = "escalate", _("升级")


OPEN = (State.REGISTERED, State.DISPATCHED, State.ACCEPTED)
WAITING = (State.REGISTERED, State.RESOLVED)
"""What the office itself must move: to be dispatched, or to be asked about and filed."""

ENDED = (State.CLOSED, State.REFUSED)

TRANSITIONS: dict[tuple[Verb, State], State] = {
    **{(Verb.DISPATCH, state): State.DISPATCHED for state in OPEN},
    (Verb.ACCEPT, State.DISPATCHED): State.ACCEPTED,
    (Verb.CONTACT, State.ACCEPTED): State.ACCEPTED,
    (Verb.NOTE, State.ACCEPTED): State.ACCEPTED,
    (Verb.RETURN, State.DISPATCHED): State.REGISTERED,
    (Verb.RETURN, State.ACCEPTED): State.REGISTERED,
    **{(Verb.REFUSE, state): State.REFUSED for state in OPEN},
    (Verb.RESOLVE, State.ACCEPTED): State.RESOLVED,
    (Verb.CLOSE, State.RESOLVED): State.CLOSED,
    (Verb.RATE, State.RESOLVED): State.CLOSED,
    **{(Verb.REOPEN, state): State.DISPATCHED for state in (State.RESOLVED, *ENDED)},
    **{(Verb.SUPPLEMENT, state): state for state in (*OPEN, State.RESOLVED, *ENDED)},
    **{(Verb.CLASSIFY, state): state for state in (*OPEN, State.RESOLVED)},
    **{(verb, state): state for verb in (Verb.ACKNOWLEDGE, Verb.SUPERVISE) for state in OPEN},
    **{(Verb.DELIBERATE, state): state for state in (*OPEN, State.RESOLVED)},
    **{(verb, state): state for verb in (Verb.WARN, Verb.URGE, Verb.ESCALATE) for state in OPEN},
}

REASON_REQUIRED = frozenset(
    {
        Verb.RETURN,
        Verb.REOPEN,
        Verb.REFUSE,
        Verb.ACKNOWLEDGE,
        Verb.SUPERVISE,
        Verb.NOTE,
        Verb.SUPPLEMENT,
        Verb.CONTACT,
        Verb.RESOLVE,
    }
)

_COMMUNITY = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD})
_ABOVE = frozenset({Role.STREET_OFFICER, Role.DISTRICT_OFFICER})
_HANDLERS = frozenset({Role.GRID_WORKER, Role.STREET_OFFICER}) | _COMMUNITY
ROLES: dict[Verb, frozenset[str]] = {
    Verb.REGISTER: _HANDLERS | _ABOVE,
    Verb.DISPATCH: _COMMUNITY | _ABOVE,
    Verb.ACCEPT: _HANDLERS,
    Verb.CONTACT: _HANDLERS,
    Verb.NOTE: _HANDLERS,
    Verb.RESOLVE: _HANDLERS,
    Verb.RETURN: _HANDLERS,
    Verb.CLOSE: _COMMUNITY | _ABOVE,
    Verb.REOPEN: _COMMUNITY | _ABOVE,
    Verb.REFUSE: _COMMUNITY | _ABOVE,
    Verb.SUPPLEMENT: _HANDLERS | _ABOVE,
    Verb.CLASSIFY: _HANDLERS | _ABOVE,
    Verb.ACKNOWLEDGE: frozenset({Role.COMMUNITY_HEAD}) | _ABOVE,
    Verb.SUPERVISE: frozenset({Role.COMMUNITY_HEAD}) | _ABOVE,
    Verb.DELIBERATE: _COMMUNITY,
}

REFUSAL_GROUNDS = {
    "court": _("已进入诉讼、仲裁、行政复议程序，请向受理机关反映"),
    "petition_office": _("属于信访渠道，请到信访部门登记"),
    "discipline": _("属于纪检监察渠道，请拨打 12388"),
    "police": _("属于紧急警情，请拨打 110、119 或 120"),
    "no_new_facts": _("没有新的事实或理由，原答复仍然有效"),
    "secret": _("涉及国家秘密、商业秘密或他人隐私"),
}


def target(verb: Verb, state: str) -> State | None:
    """The state that a verb leads to, None when it is not allowed there."""
    return TRANSITIONS.get((verb, State(state)))


def verbs_for(state: str, roles: frozenset[str]) -> list[Verb]:
    """What people with these roles may do in a state, in the order of the loop."""
    return list(_verbs_for(state, roles))


@cache
def _verbs_for(state: str, roles: frozenset[str]) -> tuple[Verb, ...]:
    return tuple(verb for verb in Verb if target(verb, state) is not None and roles & ROLES.get(verb, frozenset()))
