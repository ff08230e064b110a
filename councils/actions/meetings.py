"""Meetings: planning, the notice, and what comes of them when they end."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from councils.actions.base import CouncilChanged, CouncilRefused, Turn, check_version, lock_council, record
from councils.actions.clocks import close_clocks, start_clock
from councils.actions.seats import enter_entitled, present_at
from councils.actions.settling import bodies_above, raise_now, refer_now, settle_now
from councils.codes import code_from
from councils.meeting_rules import days_of_notice, quorum_of
from councils.models import AgendaItem, Attendance, ClockKind, Council, CouncilClock, Meeting, MeetingKind, Topic
from councils.querysets import unplanned_topics
from councils.rights import Task
from councils.workflow import MEETING_TRANSITIONS, MeetingState, TopicState, Verb
from grid.models import Staff
from petitions.models import Sourced

TITLE_LENGTH = 80
Outcome = AgendaItem.Outcome


def lock_meeting(
    meeting_id: int, task: Task, *, by: Staff, at: datetime, verb: Verb | None = None, version: int | None = None
) -> tuple[Turn, Meeting]:
    """Lock the council and the meeting; check rights, the version, and (with a verb) that its state allows it.

    Raises Council.DoesNotExist, CouncilRefused, CouncilChanged.
    """
    council_id = Meeting.objects.values_list("council_id", flat=True).get(pk=meeting_id)
    turn = lock_council(council_id, task, by=by, at=at)
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("kind").get(pk=meeting_id)
    meeting.council = turn.council
    check_version(version, meeting.version)
    if verb is not None and (verb, MeetingState(meeting.state)) not in MEETING_TRANSITIONS:
        raise CouncilChanged(
            _("这个会现在是“%(state)s”，不能“%(verb)s”") % {"state": meeting.get_state_display(), "verb": verb.label}
        )
    return turn, meeting


def move(turn: Turn, meeting: Meeting, verb: Verb, text: str = "") -> None:
    """Take a locked meeting to its next state, with its event."""
    meeting.state = MEETING_TRANSITIONS[verb, MeetingState(meeting.state)]
    meeting.version += 1
    meeting.save()
    record(turn, verb, text, meeting=meeting)


@transaction.atomic
def meeting_plan(
    council_id: int, *, by: Staff, at: datetime, kind: MeetingKind, title: str, starts_at: datetime, place: str,
    chair: str = "", called_by: str = Meeting.CalledBy.COMMITTEE, topics: Sequence[str] = (), items: Sequence[str] = (),
) -> Meeting:  # fmt: skip
    """Plan a meeting with its agenda: listed topics by number, then other items. Raises CouncilRefused."""
    turn = lock_council(council_id, Task.PLAN, by=by, at=at)
    if turn.council.kind not in kind.bodies:
        raise CouncilRefused(_("%(body)s不能开%(kind)s") % {
            "body": turn.council.get_kind_display(), "kind": kind.name,
        })  # fmt: skip
    if starts_at <= at:
        raise CouncilRefused(_("开会时间要在现在以后"))
    meeting = Meeting.objects.create(
        council=turn.council, kind=kind, title=title.strip()[:TITLE_LENGTH], starts_at=starts_at, place=place.strip(),
        chair=chair.strip(), called_by=called_by, planned_by=by, recorder=by, rule=kind.snapshot(),
    )  # fmt: skip
    rows = listed_topics(turn.council, topics)
    titles = [*((row.title, row) for row in rows), *((text.strip()[:TITLE_LENGTH], None) for text in items)]
    if not titles:
        raise CouncilRefused(_("请至少列一项议程"))
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=position, title=said, topic=topic)
        for position, (said, topic) in enumerate(titles, 1)
    )
    record(turn, Verb.PLAN, f"{meeting.title} {localtime(starts_at):%m月%d日 %H:%M}", meeting=meeting)
    return meeting


def listed_topics(council: Council, numbers: Sequence[str]) -> list[Topic]:
    """Topics that wait for a meeting of this council, in the order asked for. Raises CouncilRefused."""
    found = {row.number: row for row in unplanned_topics(council)}
    if missing := [number for number in numbers if number not in found]:
        raise CouncilRefused(_("议题 %s 不在待议的里面") % "、".join(missing))
    return [found[number] for number in numbers]


@transaction.atomic
def meeting_call(meeting_id: int, *, by: Staff, at: datetime, reason: str = "", version: int | None = None) -> Meeting:
    """Send the notice: the entitled are fixed as of now, each gets a message with their code.

    Fewer days than the rule wants are refused where the rule is law that we have read; elsewhere they need a reason.
    """
    turn, meeting = lock_meeting(meeting_id, Task.PLAN, by=by, at=at, verb=Verb.CALL, version=version)
    if meeting.starts_at <= at:
        raise CouncilRefused(_("开会时间已经过了，请改时间再通知"))
    wanted = int(meeting.rule["notice_days"])
    given = days_of_notice(localtime(at).date(), localtime(meeting.starts_at).date())
    if given < wanted:
        short = _("离开会只有 %(given)d 天，规则要提前 %(wanted)d 天通知") % {"given": given, "wanted": wanted}
        if meeting.rule.get("certainty") == Sourced.Certainty.VERIFIED:
            raise CouncilRefused(_("%s，请改期") % short)
        if not reason.strip():
            raise CouncilRefused(_("%s；情况紧急的请写明理由") % short)
    enter_entitled(meeting)
    meeting.called_at = at
    for topic in _topics_of(meeting):
        # It waits for this day now, and no longer for somebody to put it on an agenda.
        close_clocks(at, CouncilClock.Outcome.MET, topic=topic)
        topic.save(update_fields=["due_at"])
    where = {"when": f"{localtime(meeting.starts_at):%m月%d日 %H:%M}", "place": meeting.place}
    agenda = "；".join(meeting.agenda.values_list("title", flat=True))
    for seat in meeting.attendance.all():
        body = _("%(when)s，%(place)s。议程：%(agenda)s。签到码 %(code)s") % {
            **where, "agenda": agenda, "code": seat_code(seat),
        }  # fmt: skip
        turn.tell_resident(seat.phone, _("请您开会：%s") % meeting.title, body)
    text = _("应到 %d") % meeting.entitled
    move(turn, meeting, Verb.CALL, f"{text}。{reason.strip()}" if reason.strip() else text)
    return meeting


def seat_code(seat: Attendance) -> str:
    """The code of a seat: eight characters that open nothing but it; the same for as long as the portal's key."""
    return code_from("attendance", str(seat.row_key))


@transaction.atomic
def meeting_open(meeting_id: int, *, by: Staff, at: datetime, version: int | None = None) -> Meeting:
    """The meeting begins; before its day it does not."""
    turn, meeting = lock_meeting(meeting_id, Task.PLAN, by=by, at=at, verb=Verb.OPEN, version=version)
    if localtime(at).date() < localtime(meeting.starts_at).date():
        raise CouncilRefused(_("还没到开会的日子"))
    move(turn, meeting, Verb.OPEN)
    return meeting


@transaction.atomic
def meeting_cancel(meeting_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> Meeting:
    """It does not take place; whoever was told hears of it. Its topics go on waiting."""
    turn, meeting = lock_meeting(meeting_id, Task.PLAN, by=by, at=at, verb=Verb.CANCEL, version=version)
    if not text.strip():
        raise CouncilRefused(_("请写明为什么取消"))
    if meeting.state != MeetingState.PLANNED:
        for seat in meeting.attendance.all():
            turn.tell_resident(seat.phone, _("会议取消：%s") % meeting.title, text.strip())
        for topic in _topics_of(meeting):
            _wait_again(topic, at)
    move(turn, meeting, Verb.CANCEL, text)
    return meeting


@transaction.atomic
def meeting_close(meeting_id: int, *, by: Staff, at: datetime, version: int | None = None) -> Meeting:
    """The meeting ends: whoever did not come is absent, and each topic goes where its outcome says.

    Without a quorum nothing was decided: its topics wait for the next meeting. Raises CouncilRefused when a topic has
    no outcome yet, or none of the words that go with it.
    """
    turn, meeting = lock_meeting(meeting_id, Task.PLAN, by=by, at=at, verb=Verb.CLOSE, version=version)
    items = list(meeting.agenda.select_related("topic").order_by("position"))
    quorum = quorum_of(meeting.rule, meeting.entitled, present_at(meeting))
    _check_outcomes(items, quorum.met, quorum.words)
    meeting.attendance.filter(state=Attendance.State.INVITED).update(state=Attendance.State.ABSENT)
    for item in items:
        if item.topic and item.topic.state == TopicState.LISTED:
            _follow(turn, item, item.topic.pk)
    meeting.ends_at = max(at, meeting.starts_at)
    move(turn, meeting, Verb.CLOSE, quorum.words)
    return meeting


def _check_outcomes(items: Sequence[AgendaItem], met: bool, words: str) -> None:
    for item in items:
        if item.topic and item.outcome == Outcome.OPEN:
            raise CouncilRefused(_("第 %d 项还没写结果") % item.position)
        if not met and item.outcome in (Outcome.RESOLVED, Outcome.SETTLED):
            raise CouncilRefused(_("%(words)s，会议无效，第 %(position)d 项不能议定，请改为下次再议") % {
                "words": words, "position": item.position,
            })  # fmt: skip
        if item.outcome in (Outcome.SETTLED, Outcome.REFERRED, Outcome.RAISED) and not item.record.strip():
            raise CouncilRefused(_("第 %d 项请写明议事情况") % item.position)


def _topics_of(meeting: Meeting) -> list[Topic]:
    """The topics of a meeting that still wait, locked."""
    listed = Topic.objects.filter(agenda_items__meeting=meeting, state=TopicState.LISTED)
    return list(listed.select_for_update(of=("self",)).order_by("pk"))


def _wait_again(topic: Topic, at: datetime) -> None:
    """The clock until it is on an agenda begins anew."""
    close_clocks(at, CouncilClock.Outcome.CANCELLED, topic=topic)
    start_clock(ClockKind.AGENDA, at=at, topic=topic)
    topic.save(update_fields=["due_at"])


def _follow(turn: Turn, item: AgendaItem, topic_id: int) -> None:
    """What an outcome makes of its topic."""
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=topic_id)
    topic.council = turn.council
    if item.outcome == Outcome.SETTLED:
        settle_now(turn, topic, item.record)
    elif item.outcome == Outcome.RAISED:
        raise_now(turn, topic, item.record)
    elif item.outcome == Outcome.REFERRED:
        refer_now(turn, topic, nearest_above(turn.council), item.record)
    else:
        _wait_again(topic, turn.at)


def nearest_above(council: Council) -> Council:
    """The nearest body above. Raises CouncilRefused without one."""
    above = bodies_above(council).first()
    if above is None:
        raise CouncilRefused(_("还没有上级会议可以提交，请先建立居民代表会议"))
    return above
