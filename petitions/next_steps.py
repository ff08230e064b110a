"""What to do next with a petition, in the worker's words; no ORM."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from petitions.workflow import DECISIONS, OPEN, PARTS, State, Verb

LABELS: dict[Verb, Any] = {
    Verb.DISPATCH: _("派单"),
    Verb.ACCEPT: _("签收"),
    Verb.CONTACT: _("联系居民"),
    Verb.NOTE: _("记一笔"),
    Verb.RESOLVE: _("办结并答复"),
    Verb.CLOSE: _("回访归档"),
    Verb.RETURN: _("退单"),
    Verb.REOPEN: _("重办"),
    Verb.REFUSE: _("不予受理"),
    Verb.SUPPLEMENT: _("补充内容"),
    Verb.CLASSIFY: _("改类别"),
    Verb.ACKNOWLEDGE: _("知悉"),
    Verb.SUPERVISE: _("督办"),
    Verb.ON_SPOT: _("当场办结"),
    Verb.PLEDGE: _("限期办"),
    Verb.REPORT: _("上报街道"),
    Verb.ASK_RETURN: _("退单申请"),
    Verb.ASK_EXTEND: _("申请延期"),
    Verb.ASK_SUSPEND: _("申请挂起"),
    Verb.RESUME: _("恢复办理"),
    Verb.JOIN: _("请单位联办"),
    Verb.SUMMON: _("吹哨报到"),
    Verb.LEVEL: _("调整级别"),
    Verb.AVOID: _("标明投诉谁"),
    Verb.REVIEW: _("登记复查"),
    Verb.PRESS: _("催办"),
    Verb.MERGE: _("并单"),
    Verb.SPLIT: _("拆出来"),
    Verb.EXCLUDE: _("剔除"),
    Verb.INCLUDE: _("恢复计入"),
}
AGAIN = {Verb.DISPATCH: _("改派"), Verb.CONTACT: _("再次联系")}
INTENTS: tuple[tuple[Any, tuple[Verb, ...]], ...] = (
    (
        _("交给别人"),
        (Verb.DISPATCH, Verb.JOIN, Verb.SUMMON, Verb.REPORT, Verb.RETURN, Verb.ASK_RETURN, Verb.AVOID),
    ),
    (
        _("时限"),
        (
            *(Verb.PLEDGE, Verb.ASK_EXTEND, Verb.ASK_SUSPEND, Verb.RESUME, Verb.LEVEL),
            *(Verb.PRESS, Verb.SUPERVISE, Verb.ACKNOWLEDGE),
        ),
    ),
    (_("了结"), (Verb.RESOLVE, Verb.ON_SPOT, Verb.CLOSE, Verb.REFUSE, Verb.REOPEN, Verb.REVIEW)),
    (_("同一件事"), (Verb.MERGE, Verb.SPLIT)),
    (_("考核"), (Verb.EXCLUDE, Verb.INCLUDE)),
    (_("记录"), (Verb.ACCEPT, Verb.CONTACT, Verb.NOTE, Verb.SUPPLEMENT, Verb.CLASSIFY)),
)
"""What one may want to do, and the verbs that do it: each verb on a button stands in one place."""


@dataclass(frozen=True)
class Standing:
    """What decides the next step: the state, whose it is, and how its time stands. `held`: somebody has taken note."""

    state: str
    assigned: bool
    mine: bool
    to_contact: bool
    late: bool
    escalated: bool
    held: bool = False


def label(verb: Verb, standing: Standing) -> str:
    """The verb on a button."""
    done = {Verb.DISPATCH: standing.assigned, Verb.CONTACT: not standing.to_contact}
    return _said(verb, again=done.get(verb, False))


@cache
def _said(verb: Verb, *, again: bool) -> str:
    return str(AGAIN[verb] if again else LABELS[verb])


def main_verb(standing: Standing, verbs: Collection[Verb]) -> Verb | None:
    """The one thing to do now; None when this person has nothing to do but look."""
    wanted = _own_work(standing) if standing.mine or not standing.assigned else _from_above(standing)
    return wanted if wanted in verbs else None


def _own_work(standing: Standing) -> Verb | None:
    if standing.state == State.REGISTERED:
        return Verb.DISPATCH
    if standing.state == State.DISPATCHED:
        return Verb.ACCEPT
    if standing.state == State.ACCEPTED:
        return Verb.CONTACT if standing.to_contact else Verb.RESOLVE
    if standing.state == State.SUSPENDED:
        return Verb.RESUME
    return Verb.CLOSE if standing.state == State.RESOLVED else None


def _from_above(standing: Standing) -> Verb | None:
    """Somebody else is handling it: ask back, take note of what was escalated, or press."""
    if standing.state == State.RESOLVED:
        return Verb.CLOSE
    if standing.state not in OPEN or standing.held:
        return None
    if standing.escalated:
        return Verb.ACKNOWLEDGE
    return Verb.SUPERVISE if standing.late else None


@dataclass(frozen=True)
class Terms:
    """What else decides whether a verb makes sense now: time left, what is pending, how often it happened before.

    `excluded` is None where nobody asked, or where it does not count for another reason.
    """

    late: bool
    returnable: bool
    extendable: bool
    pending: frozenset[str]
    mine: bool
    reviewable: bool
    grouped: bool
    excluded: bool | None


LEFT_OUT: dict[bool | None, frozenset[Verb]] = {
    True: frozenset({Verb.EXCLUDE}),
    False: frozenset({Verb.INCLUDE}),
    None: frozenset({Verb.EXCLUDE, Verb.INCLUDE}),
}
"""Which of the two makes no sense, by Terms.excluded."""


def offered(verbs: Collection[Verb], terms: Terms) -> list[Verb]:
    """The verbs that get a button; what an action would refuse at once gets none."""
    out = set(DECISIONS | PARTS | {Verb.MERGE if terms.grouped else Verb.SPLIT} | LEFT_OUT[terms.excluded])
    if terms.returnable or "return" in terms.pending:
        out.add(Verb.ASK_RETURN)
    if not terms.returnable:
        out.add(Verb.RETURN)
    if terms.late or not terms.extendable or "extend" in terms.pending:
        out.add(Verb.ASK_EXTEND)
    if terms.late or "suspend" in terms.pending:
        out.add(Verb.ASK_SUSPEND)
    if terms.late:
        out.add(Verb.PLEDGE)
    if Verb.RESOLVE in verbs:
        out.add(Verb.ON_SPOT)
    if terms.mine:
        out.add(Verb.PRESS)
    if not terms.reviewable or terms.pending & {"review", "recheck"}:
        out.add(Verb.REVIEW)
    return [verb for verb in verbs if verb not in out and verb in LABELS]
