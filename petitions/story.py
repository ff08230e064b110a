"""A petition as its petitioner may see it: plain words, no inner notes, no names but masked ones, no numbers."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.masking import mask_name, mask_phones_in
from community_portal.worktime.words import moment, span
from petitions.actions.base import RESIDENT
from petitions.models import HANDLING, ClockRule, Petition, PetitionClock, PetitionEvent
from petitions.workflow import OUTCOMES, State, Verb

SHOWN = (
    Verb.REGISTER,
    Verb.DISPATCH,
    Verb.ACCEPT,
    Verb.CONTACT,
    Verb.RESOLVE,
    Verb.CLOSE,
    Verb.REFUSE,
    Verb.REOPEN,
    Verb.SUPPLEMENT,
    Verb.RATE,
    Verb.DELIBERATE,
    Verb.ON_SPOT,
    Verb.PLEDGE,
    Verb.EXTEND,
    Verb.SUSPEND,
    Verb.RESUME,
    Verb.REVIEW,
    Verb.UPHOLD,
    Verb.PRESS,
)


PROMISED = (*HANDLING, ClockRule.Kind.SUSPENSION, ClockRule.Kind.REVIEW)
DATED = {
    Verb.PLEDGE: gettext_lazy("答应您 %s 前办好"),
    Verb.EXTEND: gettext_lazy("延期到 %s 答复"),
    Verb.SUSPEND: gettext_lazy("暂停办理到 %s"),
}
PLAIN = {
    Verb.REGISTER: gettext_lazy("已登记"),
    Verb.CLOSE: gettext_lazy("归档"),
    Verb.REFUSE: gettext_lazy("不予受理"),
    Verb.REOPEN: gettext_lazy("重新办理"),
    Verb.UPHOLD: gettext_lazy("复查后维持原答复"),
    Verb.RESUME: gettext_lazy("恢复办理"),
    Verb.REVIEW: gettext_lazy("收到复查申请"),
    Verb.PRESS: gettext_lazy("催办"),
    Verb.DELIBERATE: Verb.DELIBERATE.label,
}


QUOTED = (Verb.RESOLVE, Verb.ON_SPOT, Verb.REFUSE, Verb.RATE, Verb.SUPPLEMENT, Verb.UPHOLD, Verb.DELIBERATE)
"""Verbs whose words the petitioner reads; with an anonymous one, a contact's too."""


@dataclass(frozen=True)
class Chapter:
    """One thing that happened, in the petitioner's words."""

    at: datetime
    title: str
    text: str = ""


@dataclass(frozen=True)
class Story:
    """Where a petition stands, what comes next and after that, and what happened so far (newest first)."""

    state: str
    next: str
    later: str
    late: bool
    chapters: list[Chapter]


def story_of(petition: Petition, at: datetime) -> Story:
    """Two queries besides the petition (with level, grid and handler)."""
    events = petition.events.filter(verb__in=SHOWN).select_related("by").order_by("-id")
    running = petition.clocks.filter(closed_at__isnull=True, due_at__isnull=False, kind__in=PROMISED)
    clocks = list(running.order_by("due_at"))
    words, late = _next(petition, clocks[0] if clocks else None, at)
    later = "，".join(_by_when(petition, clock, at) for clock in clocks[1:])
    return Story(_state(petition), words, later, late, [_chapter(petition, event) for event in events])


def _state(petition: Petition) -> str:
    who = mask_name(petition.handler.name) if petition.handler else ""
    return {
        State.REGISTERED: _("已登记，正在安排谁来办"),
        State.DISPATCHED: _("已派给%s，等待签收") % who,
        State.ACCEPTED: _("%s正在办") % who,
        State.SUSPENDED: _("暂停办理"),
        State.RESOLVED: _("已答复，请您评价"),
        State.CLOSED: _("已办完归档"),
        State.REFUSED: _("不予受理"),
    }[State(petition.state)]


def _next(petition: Petition, clock: PetitionClock | None, at: datetime) -> tuple[str, bool]:
    if clock is None or clock.due_at is None:
        ended = {
            State.RESOLVED: _("看看答复，告诉我们解决了没有。没有解决，我们重新办。"),
            State.CLOSED: _("又有新情况，可以在下面补充。"),
            State.REFUSED: _("原因和该找谁，写在下面。"),
        }
        return ended.get(State(petition.state), _("时限待定，我们会尽快办理。")), False
    if clock.due_at > at:
        return _by_when(petition, clock, at), False
    late = span(at - clock.due_at)
    return _("本该%(deed)s，已经晚了 %(late)s，正在催办") % {"deed": _by_when(petition, clock, at), "late": late}, True


def _by_when(petition: Petition, clock: PetitionClock, at: datetime) -> str:
    assert clock.due_at is not None
    deed = {
        ClockRule.Kind.SIGN_IN: _("有人接手"),
        ClockRule.Kind.CONTACT: _("联系您") if petition.caller_phone else _("到现场了解"),
        ClockRule.Kind.RESOLVE: _("给您答复"),
        ClockRule.Kind.SUSPENSION: _("恢复办理"),
        ClockRule.Kind.REVIEW: _("答复您的复查申请"),
    }[ClockRule.Kind(clock.kind)]
    return _("%(due)s 前%(deed)s") % {"due": moment(clock.due_at, at), "deed": deed}


def _chapter(petition: Petition, event: PetitionEvent) -> Chapter:
    who, verb = mask_name(event.by.name) if event.by else "", Verb(event.verb)
    if verb in DATED:
        until = datetime.fromisoformat(event.data["until"])
        return Chapter(event.at, DATED[verb] % moment(until, event.at))
    text = mask_phones_in(event.text) if verb in QUOTED or (verb == Verb.CONTACT and petition.anonymous) else ""
    return Chapter(event.at, _title(petition, event, verb, who), text)


def _title(petition: Petition, event: PetitionEvent, verb: Verb, who: str) -> str:
    if verb in PLAIN:
        return str(PLAIN[verb])
    match verb:
        case Verb.DISPATCH:
            return _("派给%s") % mask_name(event.data.get("handler", ""))
        case Verb.ACCEPT:
            return _("%s签收，开始办理") % who
        case Verb.CONTACT if petition.anonymous:
            return _("%s给您留言") % who
        case Verb.CONTACT:
            return _("%s联系了您") % who if petition.caller_phone else _("%s到现场了解") % who
        case Verb.RATE:
            return _("您的评价：%s") % _rating(event)
        case Verb.SUPPLEMENT:
            return _("您补充") if event.actor == RESIDENT else _("%s补充") % (who or event.actor)
        case _:
            outcome = OUTCOMES.get(event.data.get("outcome", ""))
            return _("%(who)s答复：%(outcome)s") % {"who": who, "outcome": outcome} if outcome else _("%s答复") % who


def _rating(event: PetitionEvent) -> str:
    answers = (
        (event.data.get("contacted"), _("已联系"), _("没有联系")),
        (event.data.get("solved"), _("已解决"), _("没有解决")),
        (event.data.get("satisfied"), _("满意"), _("不满意")),
    )
    return "、".join(yes if answer else no for answer, yes, no in answers)
