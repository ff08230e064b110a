"""What becomes of a topic: sorted, worked on, listed for a meeting, settled, sent up, or declined."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from councils.actions.base import (
    RESIDENT,
    CouncilChanged,
    CouncilRefused,
    Turn,
    check_version,
    lock_council,
    record,
    topic_path,
)
from councils.actions.clocks import Outcome, close_clocks, closing_of, start_clock
from councils.models import ClockKind, Council, Topic
from councils.rights import Task
from councils.workflow import TOPIC_TRANSITIONS, TopicState, TopicWay, Verb
from grid.access import Role, in_force
from grid.models import Division, Staff
from petitions.actions.register import Intake, register
from petitions.models import Category, Petition

CLOCK_OF = {
    TopicWay.ON_SPOT: ClockKind.ON_SPOT,
    TopicWay.DATED: ClockKind.DATED,
    TopicWay.REPORT: ClockKind.REPORT,
    TopicWay.DELIBERATE: ClockKind.AGENDA,
}
RAISED = "council-topic"
"""The system of petitions made of topics: a topic becomes one petition, however often it is sent."""


@dataclass
class Act:
    """One verb on one locked topic."""

    turn: Turn
    topic: Topic
    verb: Verb
    text: str


def _begin(
    number: str, verb: Verb, task: Task, *, by: Staff, at: datetime, version: int | None, text: str = "",
    required: bool = False,
) -> Act:  # fmt: skip
    """Lock the council and the topic and check rights, state, version, and words where they are wanted.

    Raises Council.DoesNotExist, CouncilRefused, CouncilChanged.
    """
    council_id = Topic.objects.values_list("council_id", flat=True).get(number=number)
    turn = lock_council(council_id, task, by=by, at=at)
    topic = Topic.objects.select_for_update(of=("self",)).select_related("handler", "building").get(number=number)
    check_version(version, topic.version)
    if (verb, TopicState(topic.state)) not in TOPIC_TRANSITIONS or topic.council_id != council_id:
        raise CouncilChanged(
            _("这个议题现在是“%(state)s”，不能“%(verb)s”") % {"state": topic.get_state_display(), "verb": verb.label}
        )
    if required and not text.strip():
        raise CouncilRefused(_("请写明情况或理由"))
    topic.council = turn.council
    return Act(turn, topic, verb, text.strip())


def _finish(act: Act, text: str = "") -> Topic:
    topic = act.topic
    old = topic.state
    topic.state = TOPIC_TRANSITIONS[act.verb, TopicState(old)]
    topic.version += 1
    topic.save()
    record(act.turn, act.verb, text or act.text, topic=topic, data={"old": old, "new": topic.state})
    return topic


def _end(act: Act, answer: str) -> None:
    """Every clock stops; whoever raised it is told."""
    topic = act.topic
    close_clocks(act.turn.at, Outcome.MET, topic=topic)
    topic.answer, topic.ended_at = answer, act.turn.at
    act.turn.tell_resident(
        topic.proposer_phone, _("您提的议题 %(number)s：%(verb)s") % {"number": topic.number, "verb": act.verb.label},
        answer,
    )  # fmt: skip


@transaction.atomic
def topic_triage(
    number: str, *, by: Staff, at: datetime, way: str, handler_id: int | None = None, until: date | None = None,
    title: str = "", text: str = "", version: int | None = None,
) -> Topic:  # fmt: skip
    """Sort a topic: settle at once, by a day, report up, or put it on the list for a meeting; its clock starts anew.

    `until` is the day of 限期办 (the rule's time without one). Raises CouncilRefused, CouncilChanged.
    """
    chosen = TopicWay(way)
    verb = Verb.LIST if chosen == TopicWay.DELIBERATE else Verb.TRIAGE
    act = _begin(number, verb, Task.TRIAGE, by=by, at=at, version=version, text=text)
    topic = act.topic
    if until and until < localtime(at).date():
        raise CouncilRefused(_("期限不能早于今天"))
    topic.handler = _handler(act.turn, handler_id) if handler_id else by
    topic.way, topic.title = chosen, title.strip() or topic.title
    close_clocks(at, Outcome.MET, topic=topic)
    dated = closing_of(until) if until and chosen == TopicWay.DATED else None
    start_clock(CLOCK_OF[chosen], at=at, topic=topic, until=dated)
    act.turn.tell_staff([topic.handler.pk], _("议题交您办：%s") % topic.title, str(chosen.label), topic_path(topic))
    act.turn.tell_resident(
        topic.proposer_phone, _("您提的议题 %s 已受理") % topic.number, _("处理方式：%s") % chosen.label
    )
    words = _("%(way)s，%(who)s办理") % {"way": chosen.label, "who": topic.handler.name}
    return _finish(act, f"{words}。{act.text}" if act.text else words)


def _handler(turn: Turn, staff_id: int) -> Staff:
    """Somebody who works in the council's community. Raises CouncilRefused for anybody else."""
    inside = in_force(localtime(turn.at).date()).filter(staff=staff_id)
    place = turn.council.community_id
    post = inside.filter(division=place).first() or inside.filter(grid__division=place).first()
    if post is None:
        raise CouncilRefused(_("请选本社区的工作人员"))
    return post.staff


@transaction.atomic
def topic_note(number: str, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Topic:
    """Write down progress."""
    return _finish(_begin(number, Verb.NOTE, Task.WORK, by=by, at=at, version=version, text=text, required=True))


@transaction.atomic
def topic_settle(number: str, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Topic:
    """Settled: the answer goes to whoever raised it, and stands on the public page."""
    act = _begin(number, Verb.SETTLE, Task.WORK, by=by, at=at, version=version, text=text, required=True)
    _end(act, act.text)
    return _finish(act)


def settle_now(turn: Turn, topic: Topic, text: str) -> Topic:
    """A locked topic that a meeting settled on the spot, or whose resolution is carried out."""
    act = Act(turn, topic, Verb.SETTLE, text)
    _end(act, text)
    return _finish(act)


def decide_now(turn: Turn, topic: Topic, text: str) -> Topic:
    """A locked topic on which a resolution was passed; the resolution's tasks have clocks of their own."""
    close_clocks(turn.at, Outcome.MET, topic=topic)
    turn.tell_resident(topic.proposer_phone, _("您提的议题 %s 已议定") % topic.number, text)
    return _finish(Act(turn, topic, Verb.DECIDE, text))


@transaction.atomic
def topic_decline(number: str, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Topic:
    """Not a matter for a council (a private one, somebody else's by law); the reason is told."""
    act = _begin(number, Verb.DECLINE, Task.TRIAGE, by=by, at=at, version=version, text=text, required=True)
    _end(act, act.text)
    return _finish(act)


@transaction.atomic
def topic_merge(
    number: str, *, by: Staff, at: datetime, into: str, text: str = "", version: int | None = None
) -> Topic:
    """The same matter as another open topic of the council: its supports go over, each household once."""
    act = _begin(number, Verb.MERGE, Task.TRIAGE, by=by, at=at, version=version, text=text)
    target = Topic.objects.select_for_update().filter(number=into.strip().upper(), council=act.turn.council).first()
    if target is None or target.pk == act.topic.pk or target.ended_at:
        raise CouncilRefused(_("请填本议事组织另一个没有办结的议题号"))
    joined = set(target.supports.values_list("household_id", flat=True))
    for support in act.topic.supports.all():
        if support.household_id not in joined:
            support.topic = target
            support.save(update_fields=["topic"])
    target.backers = target.supports.count()
    target.save(update_fields=["backers"])
    act.topic.merged_into = target
    act.topic.backers = act.topic.supports.count()
    _end(act, _("并入议题 %(number)s“%(title)s”") % {"number": target.number, "title": target.title})
    return _finish(act, act.topic.answer)


@transaction.atomic
def topic_refer(number: str, *, by: Staff, at: datetime, to: int, text: str, version: int | None = None) -> Topic:
    """What could not be settled here goes to a body above, with a new clock. Raises CouncilRefused."""
    act = _begin(number, Verb.REFER, Task.TRIAGE, by=by, at=at, version=version, text=text, required=True)
    above = bodies_above(act.turn.council).filter(pk=to).first()
    if above is None:
        raise CouncilRefused(_("请选上一级的会议"))
    return refer_now(act.turn, act.topic, above, act.text)


def refer_now(turn: Turn, topic: Topic, above: Council, text: str) -> Topic:
    """Move a locked topic to a body above; the trail stays with the topic."""
    close_clocks(turn.at, Outcome.MET, topic=topic)
    topic.council = above
    start_clock(ClockKind.AGENDA, at=turn.at, topic=topic)
    act = Act(turn, topic, Verb.REFER, text)
    return _finish(act, _("提交%(to)s。%(text)s") % {"to": above.name, "text": text})


def bodies_above(council: Council) -> QuerySet[Council]:
    """Where a council's unsettled topics can go: the assemblies of its community, the owners' of its estate."""
    own = Council.objects.filter(community=council.community_id, ended_on__isnull=True).exclude(pk=council.pk)
    found = own.filter(kind__in=[Council.Kind.REPRESENTATIVES, Council.Kind.ASSEMBLY])
    if council.kind == Council.Kind.COUNCIL and council.estate_id:
        found |= own.filter(kind=Council.Kind.OWNERS, estate=council.estate_id)
    if council.kind == Council.Kind.REPRESENTATIVES:
        found = own.filter(kind=Council.Kind.ASSEMBLY)
    return found.order_by("kind", "name")


@transaction.atomic
def topic_raise(number: str, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Petition:
    """Beyond the community: it becomes a petition to the street, which answers by its own clocks."""
    act = _begin(number, Verb.RAISE, Task.TRIAGE, by=by, at=at, version=version, text=text, required=True)
    return raise_now(act.turn, act.topic, act.text)


def raise_now(turn: Turn, topic: Topic, text: str) -> Petition:
    """Register a locked topic as a petition to the street."""
    street = turn.council.community.division.parent
    if street is None or street.level != Division.Level.STREET:
        raise CouncilRefused(_("这个社区没有上级街道，不能上报"))
    said = _("%(council)s上报：%(text)s\n\n议题原文：%(said)s") % {
        "council": turn.council.name, "text": text, "said": topic.text,
    }  # fmt: skip
    petition, _new = register(
        Intake(
            source=Petition.Source.COUNCIL,
            home=street,
            title=topic.title,
            text=said,
            received_at=turn.at,
            anonymous=True,
            jurisdiction=Category.Jurisdiction.OUTER,
            external_system=RAISED,
            external_no=topic.number,
        ),
        by=turn.by,
        at=turn.at,
    )
    topic.raised_as = petition
    act = Act(turn, topic, Verb.RAISE, text)
    _end(act, _("已上报街道，工单号 %s") % petition.number)
    _finish(act, _("工单 %(number)s。%(text)s") % {"number": petition.number, "text": text})
    return petition


@transaction.atomic
def topic_reopen(number: str, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Topic:
    """Take it up again, with a clock to the rule's time."""
    act = _begin(number, Verb.REOPEN, Task.TRIAGE, by=by, at=at, version=version, text=text, required=True)
    _again(act)
    return _finish(act)


def _again(act: Act) -> None:
    topic = act.topic
    topic.way, topic.ended_at, topic.answer, topic.satisfied = TopicWay.DATED, None, "", None
    start_clock(ClockKind.DATED, at=act.turn.at, topic=topic)


@transaction.atomic
def topic_rate(number: str, *, at: datetime, satisfied: bool, text: str = "") -> Topic:
    """Whether whoever raised it is content with the outcome, once. Raises CouncilChanged when it is not to be asked."""
    topic = Topic.objects.select_for_update(of=("self",)).select_related("council__community__division").get(
        number=number
    )  # fmt: skip
    if topic.state != TopicState.SETTLED or topic.satisfied is not None:
        raise CouncilChanged(_("这个议题现在不用评价"))
    topic.satisfied = satisfied
    act = Act(Turn(topic.council, None, at, RESIDENT), topic, Verb.RATE, text.strip())
    head = in_force(localtime(at).date()).filter(division=topic.council.community_id, role=Role.COMMUNITY_HEAD).first()
    if not satisfied:
        told = [topic.handler_id, head.staff_id if head else None]
        act.turn.tell_staff(told, _("议题提出人不满意：%s") % topic.title, act.text, topic_path(topic))
    return _finish(act, f"{_('满意') if satisfied else _('不满意')}{'：' if act.text else ''}{act.text}")
