"""What happened to a petition, as lines people read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.worktime.words import moment
from petitions.models import PetitionEvent
from petitions.workflow import OUTCOMES, Verb

ANSWERS = (Verb.CONTACT, Verb.RESOLVE, Verb.ON_SPOT, Verb.CLOSE, Verb.RATE, Verb.REFUSE, Verb.REOPEN)
PRESSED = (Verb.WARN, Verb.URGE, Verb.ESCALATE, Verb.SUPERVISE, Verb.PRESS)
ENDED = (Verb.RESOLVE, Verb.ON_SPOT, Verb.CLOSE)
UNTIL = {
    Verb.ASK_EXTEND: gettext_lazy("想延到 %s"),
    Verb.EXTEND: gettext_lazy("延到 %s"),
    Verb.ASK_SUSPEND: gettext_lazy("想挂到 %s"),
    Verb.SUSPEND: gettext_lazy("挂到 %s"),
    Verb.PLEDGE: gettext_lazy("答应 %s 前办好"),
}
ASKED = {
    "contacted": (gettext_lazy("已联系"), gettext_lazy("没有联系")),
    "solved": (gettext_lazy("已解决"), gettext_lazy("没有解决")),
    "satisfied": (gettext_lazy("满意"), gettext_lazy("不满意")),
}
"""The three follow-up answers, yes and no; whoever was not reached is left out."""


@dataclass(frozen=True)
class Line:
    """One event: its verb's word, who, when, what was said, and "late" or "done" where it should stand out."""

    at: datetime
    label: str
    who: str
    text: str
    tone: str


def lines(events: Iterable[PetitionEvent]) -> list[Line]:
    """Events as lines, in the order given; expects `by` loaded."""
    return [Line(event.at, event.get_verb_display(), _who(event), _words(event), _tone(event)) for event in events]


def answers_of(data: dict[str, bool | None]) -> str:
    """The follow-up answers in words: 已联系，已解决，不满意; "" when nothing was asked."""
    return "，".join(str(yes if data[name] else no) for name, (yes, no) in ASKED.items() if data.get(name) is not None)


def _who(event: PetitionEvent) -> str:
    return event.by.name if event.by else event.actor


def _tone(event: PetitionEvent) -> str:
    if event.verb in PRESSED:
        return "late"
    return "done" if event.verb in ENDED else ""


def _words(event: PetitionEvent) -> str:
    """What the event's data adds before its own text."""
    if event.verb == Verb.REGISTER and event.data.get("remarks"):
        return _("%(text)s。来文里还有：%(rest)s") % {"text": event.text, "rest": event.data["remarks"]}
    added = _of_verb(event) or _of_units(event)
    return "。".join(part for part in (added, event.text) if part)


def _of_verb(event: PetitionEvent) -> str:
    """What only this verb's data says."""
    verb, data = Verb(event.verb), event.data
    if verb in UNTIL and data.get("until"):
        return UNTIL[verb] % moment(datetime.fromisoformat(data["until"]), event.at)
    if verb == Verb.DISPATCH and event.by and data.get("handler"):
        return _("派给%(handler)s（%(post)s）") % {"post": "", **data}
    if verb in (Verb.CLOSE, Verb.RATE):
        return answers_of(data)
    if verb in ENDED and data.get("outcome"):
        return str(OUTCOMES[data["outcome"]])
    if verb == Verb.SUPPLEMENT and data.get("place"):
        return _("地址确定为 %s") % data["place"]
    if verb == Verb.CONTACT and "arrived" in data:
        return _("按时到场") if data["arrived"] else _("没按时到场")
    if verb == Verb.ACKNOWLEDGE and data.get("hours"):
        return _("%s 小时内不升级") % data["hours"]
    return ""


def _of_units(event: PetitionEvent) -> str:
    """The units that it is about, or the basis of a return."""
    units = event.data.get("units") or [event.data.get("unit", "")]
    if basis := event.data.get("basis"):
        return _("依据：%s") % basis
    return "、".join(units)
