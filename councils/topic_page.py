"""Everything about one topic for one person: what the topic's page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.disclosure import NAME, PHONE, Shown, show, shown
from councils.models import CouncilClock, CouncilEvent, Topic
from councils.querysets import roles_over
from councils.rights import Task, tasks_for
from councils.workflow import TOPIC_TRANSITIONS, TopicState, TopicWay, Verb
from grid.access import scope_of
from grid.models import Staff

EVENTS = 100
LATE, DONE = (Verb.WARN, Verb.URGE, Verb.ESCALATE), (Verb.SETTLE, Verb.ACCEPT, Verb.CONFIRM)
TASK_OF = {Verb.NOTE: Task.WORK, Verb.SETTLE: Task.WORK}
LABELS = {
    Verb.TRIAGE: _("分类"),
    Verb.NOTE: _("记一笔"),
    Verb.SETTLE: _("办结并答复"),
    Verb.RAISE: _("上报街道"),
    Verb.REFER: _("提交上级会议"),
    Verb.MERGE: _("并入另一个议题"),
    Verb.DECLINE: _("不列入"),
    Verb.REOPEN: _("重新办理"),
}
MAIN = {
    TopicState.PROPOSED: Verb.TRIAGE,
    TopicState.DOING: Verb.SETTLE,
}


@dataclass(frozen=True)
class Line:
    """One event: its verb's word, who, when, what was said, and "late" or "done" where it should stand out."""

    at: datetime
    label: str
    who: str
    text: str
    tone: str


@dataclass(frozen=True)
class Step:
    """One thing that can be done: its verb and the words on the button."""

    verb: str
    label: str


@dataclass(frozen=True)
class Proposer:
    """Who raised it, as one person may see it."""

    name: str
    phone: str
    can_open: bool


@dataclass(frozen=True)
class TopicPage:
    """What the page shows; eight queries at most."""

    clock: CouncilClock | None
    main: Step | None
    others: list[Step]
    trail: list[Line]
    proposer: Proposer
    may_enter: bool
    may_list: bool


def topic_page(topic: Topic, staff: Staff, now: datetime) -> TopicPage:
    """The page of a topic that the person sees, its council loaded with community and division."""
    roles = roles_over(scope_of(staff, localtime(now).date()), topic.council)
    tasks = tasks_for(roles)
    verbs = verbs_of(topic, tasks)
    wanted = MAIN.get(TopicState(topic.state))
    if topic.way == TopicWay.REPORT and topic.state == TopicState.DOING:
        wanted = Verb.RAISE
    main = wanted if wanted in verbs else None
    clocks = CouncilClock.objects.filter(topic=topic, closed_at__isnull=True).order_by("due_at")
    return TopicPage(
        clock=clocks.first(),
        main=Step(main, str(LABELS[main])) if main else None,
        others=[Step(verb, str(LABELS[verb])) for verb in verbs if verb != main],
        trail=lines(topic.events.select_related("by").order_by("-id")[:EVENTS]),
        proposer=Proposer(
            show(roles, NAME, topic.proposer_name),
            show(roles, PHONE, topic.proposer_phone),
            bool(topic.proposer_phone) and shown(roles, PHONE) is Shown.MASKED,
        ),
        may_enter=Task.PROPOSE in tasks,
        may_list=Task.PLAN in tasks and topic.state == TopicState.LISTED,
    )


def verbs_of(topic: Topic, tasks: frozenset[Task]) -> list[Verb]:
    """What can be done to a topic as it stands by somebody with these tasks, in the order of the buttons."""
    state = TopicState(topic.state)
    return [
        verb
        for verb in LABELS
        if (verb, state) in TOPIC_TRANSITIONS and TASK_OF.get(verb, Task.TRIAGE) in tasks and _fits(verb, topic)
    ]


def _fits(verb: Verb, topic: Topic) -> bool:
    """A topic that a resolution carries out ends with it, not by hand."""
    return not (verb == Verb.SETTLE and topic.state == TopicState.DECIDED)


def lines(events: Iterable[CouncilEvent]) -> list[Line]:
    """Events as lines, in the order given; expects `by` loaded."""
    return [
        Line(
            event.at,
            str(Verb(event.verb).label),
            event.by.name if event.by else event.actor,
            event.text,
            "late" if event.verb in LATE else "done" if event.verb in DONE else "",
        )
        for event in events
    ]
