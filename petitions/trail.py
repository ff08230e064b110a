"""What happened to a petition, as lines people read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.worktime.words import moment
from petitions.models import PetitionEvent
from petitions.workflow import Verb

ANSWERS = (Verb.CONTACT, Verb.RESOLVE, Verb.ON_SPOT, Verb.CLOSE, Verb.RATE, Verb.REFUSE, Verb.REOPEN)
PRESSED = (Verb.WARN, Verb.URGE, Verb.ESCALATE, Verb.SUPERVISE, Verb.PRESS)
ENDED = (Verb.RESOLVE, Verb.ON_SPOT, Verb.CLOSE)
UNTIL = {
    Verb.ASK_EXTEND: gettext_lazy("想延到%s"),
    Verb.EXTEND: gettext_lazy("延到%s"),
    Verb.ASK_SUSPEND: gettext_lazy("想挂到%s"),
    Verb.SUSPEND: gettext_lazy("挂到%s"),
    Verb.PLEDGE: gettext_lazy("答应%s前办好"),
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
    added = ""
    if event.verb == Verb.DISPATCH and event.by and event.data.get("handler"):
        added = _("派给%(handler)s（%(post)s）") % {"post": "", **event.data}
    elif event.verb in (Verb.CLOSE, Verb.RATE):
        added = answers_of(event.data)
    elif event.verb == Verb.SUPPLEMENT and event.data.get("place"):
        added = _("地址确定为 %s") % event.data["place"]
    elif event.data.get("until") and event.verb in UNTIL:
        added = UNTIL[Verb(event.verb)] % moment(datetime.fromisoformat(event.data["until"]), event.at)
    elif event.data.get("units"):
        added = "、".join(event.data["units"])
    elif event.data.get("unit"):
        added = event.data["unit"]
    elif event.data.get("basis"):
        added = _("依据：%s") % event.data["basis"]
    elif event.verb == Verb.CONTACT and "arrived" in event.data:
        added = _("按时到场") if event.data["arrived"] else _("没按时到场")
    elif event.verb == Verb.ACKNOWLEDGE and event.data.get("hours"):
        added = _("%s 小时内不升级") % event.data["hours"]
    return "。".join(part for part in (added, event.text) if part)
