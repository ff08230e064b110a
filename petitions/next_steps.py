"""What to do next with a petition, in the worker's words; no ORM."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext_lazy as _

from petitions.workflow import OPEN, State, Verb

LABELS = {
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
}
AGAIN = {Verb.DISPATCH: _("改派"), Verb.CONTACT: _("再次联系")}
RARE = (Verb.REFUSE, Verb.RETURN, Verb.REOPEN, Verb.SUPPLEMENT, Verb.CLASSIFY)


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
