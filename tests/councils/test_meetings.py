"""Meetings: notice, quorum, seats, minutes by two writers, resolutions carried out, publication."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.notices.models import Notice
from councils.actions import clocks, meetings, minutes, publishing, resolutions, seats, settling
from councils.actions.base import CouncilChanged, CouncilRefused
from councils.actions.resolutions import Job
from councils.meeting_rules import quorum_of
from councils.models import (
    Attendance,
    Council,
    CouncilClock,
    Meeting,
    MeetingKind,
    Party,
    Representative,
    Resolution,
    ResolutionTask,
    Topic,
)
from councils.workflow import MeetingState, ResolutionState, TopicState, TopicWay
from tests.councils.bodies import make_body, make_topic
from tests.factories import NOW, Cast, make_petition

START = NOW + timedelta(days=4)
IN_HALL = START + timedelta(minutes=20)
AFTER = START + timedelta(hours=2)
JOB_DAY = date(2026, 12, 18)


def listed(cast: Cast, council: Council, **over: Any) -> Topic:
    topic = make_topic(cast, council, **over)
    return settling.topic_triage(topic.number, by=cast.head, at=NOW, way=TopicWay.DELIBERATE)


def plan(cast: Cast, council: Council, kind: str = "council", **over: Any) -> Meeting:
    values: dict[str, Any] = {
        "kind": MeetingKind.objects.get(code=kind), "title": "11 月议事会", "starts_at": START, "place": "议事厅",
        "chair": "代表甲", "items": ["上月事项通报"], **over,
    }  # fmt: skip
    return meetings.meeting_plan(council.pk, by=cast.head, at=NOW, **values)


def held(cast: Cast, council: Council, *, came: int = 2, outcome: str = "resolved") -> tuple[Meeting, Topic]:
    """A meeting on one topic that so many of three came to, about to end."""
    topic = listed(cast, council)
    meeting = plan(cast, council, topics=[topic.number])
    meetings.meeting_call(meeting.pk, by=cast.head, at=NOW)
    meeting = meetings.meeting_open(meeting.pk, by=cast.head, at=START)
    for seat in meeting.attendance.order_by("id")[:came]:
        seats.seat_mark(seat.pk, by=cast.worker, at=IN_HALL, state=Attendance.State.PRESENT)
    item = meeting.agenda.get(topic=topic)
    minutes.item_write(item.pk, by=cast.worker, at=IN_HALL, version=item.version, text="划 12 个车位", outcome=outcome)
    return meeting, topic


@given(
    entitled=st.integers(0, 5000), present=st.integers(0, 5000), part=st.integers(1, 9), whole=st.integers(1, 9),
    over=st.booleans(),
)  # fmt: skip
def test_a_quorum_is_exact(entitled: int, present: int, part: int, whole: int, over: bool) -> None:
    part = min(part, whole)
    quorum = quorum_of({"quorum": [part, whole], "over": over}, entitled, present)
    enough = present * whole > part * entitled if over else present * whole >= part * entitled
    assert quorum.met == (enough and present > 0)
    assert ("还差" in quorum.words) != quorum.met


def test_the_notice_goes_out_in_time_or_with_a_reason(cast: Cast, council: Council) -> None:
    meeting = plan(cast, council, starts_at=NOW + timedelta(days=2))
    with pytest.raises(CouncilRefused, match="离开会只有 2 天，规则要提前 3 天通知；情况紧急的请写明理由"):
        meetings.meeting_call(meeting.pk, by=cast.head, at=NOW)
    meeting = meetings.meeting_call(meeting.pk, by=cast.head, at=NOW, reason="消防通道当天要定")
    assert (meeting.state, meeting.entitled) == (MeetingState.CALLED, 3)
    told = Notice.objects.filter(channel="sms", title="请您开会：11 月议事会")
    assert told.count() == 3
    assert "议事厅" in told[0].body
    assert "签到码" in told[0].body


def test_a_topic_on_an_agenda_waits_for_its_day_and_for_another_when_that_is_called_off(
    cast: Cast, council: Council
) -> None:
    topic = listed(cast, council)
    meeting = plan(cast, council, topics=[topic.number])
    meetings.meeting_call(meeting.pk, by=cast.head, at=NOW)
    topic.refresh_from_db()
    assert topic.due_at is None
    meetings.meeting_cancel(meeting.pk, by=cast.head, at=NOW + timedelta(days=1), text="停电")
    topic.refresh_from_db()
    assert topic.due_at is not None
    assert topic.due_at.date() == date(2026, 12, 24)
    assert Notice.objects.filter(channel="sms", title="会议取消：11 月议事会").count() == 3


def test_the_law_s_own_notice_is_not_shortened(cast: Cast, council: Council) -> None:
    owners = make_body(cast, Council.Kind.OWNERS, "双合家园业主大会")
    meeting = plan(cast, owners, "owners", starts_at=NOW + timedelta(days=14))
    with pytest.raises(CouncilRefused, match="离开会只有 14 天，规则要提前 15 天通知，请改期"):
        meetings.meeting_call(meeting.pk, by=cast.head, at=NOW, reason="急")
    meeting = plan(cast, owners, "owners", starts_at=NOW + timedelta(days=15))
    assert meetings.meeting_call(meeting.pk, by=cast.head, at=NOW).entitled == 36


def test_a_body_holds_only_its_own_kinds(cast: Cast, council: Council) -> None:
    with pytest.raises(CouncilRefused, match="议事会不能开业主大会会议"):
        plan(cast, council, "owners")
    with pytest.raises(Council.DoesNotExist):
        meetings.meeting_plan(
            council.pk, by=cast.outsider, at=NOW, kind=MeetingKind.objects.get(code="council"), title="x",
            starts_at=START, place="x", items=["x"],
        )  # fmt: skip


def test_people_sign_in_once_by_code_or_phone(cast: Cast, council: Council) -> None:
    meeting = meetings.meeting_call(plan(cast, council).pk, by=cast.head, at=NOW)
    first, second, _third = meeting.attendance.order_by("id")
    with pytest.raises(CouncilRefused, match="现在不能签到"):
        seats.sign_in(meeting.pk, at=NOW, said=meetings.seat_code(first))
    for _again in range(2):
        assert seats.sign_in(meeting.pk, at=START - timedelta(hours=1), said=meetings.seat_code(first)) == first
    assert seats.sign_in(meeting.pk, at=START, said="138 0000 0102") == second
    with pytest.raises(CouncilRefused, match="没有找到您的名字"):
        seats.sign_in(meeting.pk, at=START, said="13900000000")
    assert seats.present_at(meeting) == 2


def test_proxies_only_where_the_rule_allows(cast: Cast, council: Council) -> None:
    meeting = meetings.meeting_call(plan(cast, council).pk, by=cast.head, at=NOW)
    seat = meeting.attendance.order_by("id")[0]
    meetings.meeting_open(meeting.pk, by=cast.head, at=START)
    with pytest.raises(CouncilRefused, match="议事会会议不能委托别人到会"):
        seats.seat_mark(seat.pk, by=cast.worker, at=IN_HALL, state="present", proxy="代表乙")
    MeetingKind.objects.filter(code="council").update(proxies=1)
    other = plan(cast, council, title="12 月议事会")
    meetings.meeting_call(other.pk, by=cast.head, at=NOW)
    meetings.meeting_open(other.pk, by=cast.head, at=START)
    one, two, _three = other.attendance.order_by("id")
    seats.seat_mark(one.pk, by=cast.worker, at=IN_HALL, state="present", proxy="王五")
    with pytest.raises(CouncilRefused, match="已代 1 人，规则最多代 1 人"):
        seats.seat_mark(two.pk, by=cast.worker, at=IN_HALL, state="present", proxy="王五")


def test_without_a_quorum_nothing_is_decided(cast: Cast, council: Council) -> None:
    meeting, topic = held(cast, council, came=1)
    with pytest.raises(CouncilRefused, match="应到 3，实到 1，需要 2（过半数）：还差 1，会议无效"):
        meetings.meeting_close(meeting.pk, by=cast.head, at=AFTER)
    draft = resolutions.resolution_draft(
        council.pk, by=cast.head, at=AFTER, title="停车", text="划车位", item=meeting.agenda.get(topic=topic)
    )
    with pytest.raises(CouncilRefused, match="还差 1，不能形成决议"):
        resolutions.resolution_pass(draft.pk, by=cast.head, at=AFTER)
    item = meeting.agenda.get(topic=topic)
    minutes.item_write(item.pk, by=cast.head, at=AFTER, version=item.version, text=item.record, outcome="deferred")
    meeting = meetings.meeting_close(meeting.pk, by=cast.head, at=AFTER)
    assert topic.clocks.filter(closed_at__isnull=True).count() == 1
    topic.refresh_from_db()
    assert (meeting.state, topic.state) == (MeetingState.HELD, TopicState.LISTED)
    assert meeting.attendance.filter(state="absent").count() == 2


def test_two_writers_keep_both_texts(cast: Cast, council: Council) -> None:
    meeting, topic = held(cast, council)
    item = meeting.agenda.get(topic=topic)
    seen = item.version
    minutes.item_write(item.pk, by=cast.worker, at=IN_HALL, version=seen, text="物业：同意划线")
    with pytest.raises(minutes.MinutesClash) as clash:
        minutes.item_write(item.pk, by=cast.head, at=IN_HALL, version=seen, text="居民：先试一个月")
    assert (clash.value.theirs, clash.value.version) == ("物业：同意划线", seen + 1)
    merged = f"{clash.value.theirs}\n居民：先试一个月"
    assert minutes.item_write(item.pk, by=cast.head, at=IN_HALL, version=seen + 1, text=merged).record == merged
    party = Party.objects.filter(council=council, kind="property").get()
    said = minutes.opinion_write(item.pk, party.pk, by=cast.worker, at=IN_HALL, version=0, text="同意")
    assert said is not None
    with pytest.raises(minutes.MinutesClash):
        minutes.opinion_write(item.pk, party.pk, by=cast.head, at=IN_HALL, version=0, text="反对")


def test_those_present_confirm_and_a_change_asks_them_again(cast: Cast, council: Council) -> None:
    meeting, topic = held(cast, council, outcome="settled")
    meetings.meeting_close(meeting.pk, by=cast.head, at=AFTER)
    topic.refresh_from_db()
    assert (topic.state, topic.answer) == (TopicState.SETTLED, "划 12 个车位")
    first, second, third = meeting.attendance.order_by("id")
    with pytest.raises(CouncilRefused, match="没有找到您的到会记录"):
        seats.minutes_confirm(meeting.pk, at=AFTER, said=meetings.seat_code(third))
    seats.minutes_confirm(meeting.pk, at=AFTER, said=meetings.seat_code(first))
    item = meeting.agenda.get(topic=topic)
    minutes.item_write(item.pk, by=cast.worker, at=AFTER, version=item.version, text="划 13 个车位")
    first.refresh_from_db()
    assert first.confirmed == ""
    seats.minutes_confirm(meeting.pk, at=AFTER, said=meetings.seat_code(first), objection="是 12 个")
    assert Notice.objects.filter(staff=cast.head, title__startswith="对纪要有不同意见").exists()
    seats.minutes_signed(meeting.pk, by=cast.head, at=AFTER, seats=[second.pk])
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CONFIRMED
    with pytest.raises(CouncilRefused, match="纪要不能改"):
        minutes.item_write(item.pk, by=cast.worker, at=AFTER, version=item.version, text="x")


def passed(cast: Cast, council: Council, *jobs: Job) -> tuple[Resolution, Topic]:
    meeting, topic = held(cast, council)
    item = meeting.agenda.get(topic=topic)
    draft = resolutions.resolution_draft(
        council.pk, by=cast.head, at=AFTER, title="停车公约", text="一户一位，先到先停", item=item,
        convention="双合家园停车公约",
    )  # fmt: skip
    for job in jobs:
        resolutions.task_give(draft.pk, job, by=cast.head, at=AFTER)
    assert not CouncilClock.objects.filter(task__isnull=False).exists()
    resolution = resolutions.resolution_pass(draft.pk, by=cast.head, at=AFTER)
    topic.refresh_from_db()
    return resolution, topic


def test_a_resolution_is_carried_out_and_everybody_hears_of_it(cast: Cast, council: Council) -> None:
    resolution, topic = passed(cast, council, Job("划线", cast.worker, JOB_DAY, cast.property_company))
    assert (resolution.state, topic.state) == (ResolutionState.PASSED, TopicState.DECIDED)
    assert resolution.number == "〔2026〕1 号"
    order = make_petition(cast)
    topic.petitions.add(order)
    task = resolution.tasks.get()
    clock = CouncilClock.objects.get(task=task)
    assert clock.due_at is not None
    assert clock.due_at.date() == JOB_DAY
    late = clock.due_at + timedelta(days=1)
    clocks.sweep(at=late)
    assert Notice.objects.filter(staff=cast.worker, title="催办：划线").exists()
    resolutions.task_report(task.pk, by=cast.worker, at=late, text="划好了")
    with pytest.raises(CouncilRefused, match="请写明哪里没办好"):
        resolutions.task_accept(task.pk, by=cast.head, at=late, good=False)
    resolutions.task_accept(task.pk, by=cast.head, at=late, good=False, text="少一条线")
    resolutions.task_report(task.pk, by=cast.worker, at=late, text="补上了")
    resolutions.task_accept(task.pk, by=cast.head, at=late, good=True)
    resolution.refresh_from_db()
    topic.refresh_from_db()
    assert (resolution.state, topic.state) == (ResolutionState.DONE, TopicState.SETTLED)
    told = set(Notice.objects.filter(channel="sms", created_at=late).values_list("title", flat=True))
    assert {f"您提的议题 {topic.number}：办结答复", f"您的诉求 {order.number} 议定的事有结果了"} <= told


def test_nobody_accepts_their_own_work(cast: Cast, council: Council) -> None:
    resolution, _topic = passed(cast, council, Job("划线", cast.head, JOB_DAY))
    task = resolution.tasks.get()
    resolutions.task_report(task.pk, by=cast.head, at=AFTER, text="好了")
    with pytest.raises(CouncilRefused, match="要由别人验收"):
        resolutions.task_accept(task.pk, by=cast.head, at=AFTER, good=True)
    with pytest.raises(CouncilChanged):
        resolutions.task_report(task.pk, by=cast.head, at=AFTER, text="好了")
    assert ResolutionTask.objects.get().state == "reported"


def test_what_was_passed_is_changed_by_a_new_version_only(cast: Cast, council: Council) -> None:
    resolution, _topic = passed(cast, council)
    with pytest.raises(CouncilRefused, match="需要再议后形成新的决议"):
        resolutions.resolution_write(resolution.pk, by=cast.head, at=AFTER, title="x", text="y")
    later = resolutions.resolution_draft(
        council.pk, by=cast.head, at=AFTER, title="停车公约（修订）", text="加两个充电位", convention="双合家园停车公约"
    )
    assert (later.convention, later.serial) == (resolution.convention, 2)
    with pytest.raises(CouncilRefused, match="要有会议或表决作依据"):
        resolutions.resolution_pass(later.pk, by=cast.head, at=AFTER)


def test_objections_have_a_clock_and_end_with_the_publication(cast: Cast, council: Council) -> None:
    resolution, _topic = passed(cast, council)
    shown = publishing.publish(
        council.pk, by=cast.head, at=AFTER, kind="resolution", title="停车公约", text="全文", days=7,
        resolution=resolution,
    )  # fmt: skip
    assert (shown.ends_at.astimezone(AFTER.tzinfo).date() - AFTER.date()).days == 7
    said = {"text": "车位太少", "phone": "13800000301"}
    first = publishing.objection_raise(shown.pk, at=AFTER, form_no="f-1", **said)
    assert publishing.objection_raise(shown.pk, at=AFTER, form_no="f-1", **said) == first
    clock = CouncilClock.objects.get(objection=first)
    assert clock.due_at is not None
    clocks.sweep(at=clock.due_at + timedelta(hours=1))
    assert Notice.objects.filter(staff=cast.head, title="催办：停车公约").exists()
    publishing.objection_answer(first.pk, by=cast.head, at=AFTER, text="再划 3 个", upheld=True)
    assert Notice.objects.filter(channel="sms", title="您对“停车公约”的异议有答复").exists()
    with pytest.raises(CouncilRefused, match="公示已经结束"):
        publishing.objection_raise(shown.pk, at=shown.ends_at + timedelta(minutes=1), form_no="f-2", **said)


def test_the_assembly_counts_households_and_takes_what_the_council_could_not(cast: Cast, council: Council) -> None:
    above = make_body(cast, Council.Kind.ASSEMBLY, "双合家园居民会议")
    meeting, topic = held(cast, council, outcome="referred")
    meetings.meeting_close(meeting.pk, by=cast.head, at=AFTER)
    topic.refresh_from_db()
    assert topic.council == above
    assembly = plan(cast, above, "assembly_households", topics=[topic.number], starts_at=START + timedelta(days=20))
    assembly = meetings.meeting_call(assembly.pk, by=cast.head, at=AFTER)
    assert assembly.entitled == 36
    meetings.meeting_open(assembly.pk, by=cast.head, at=assembly.starts_at)
    for _again in range(2):
        seats.seat_add(assembly.pk, by=cast.worker, at=assembly.starts_at, name="", household=cast.household)
    assert seats.present_at(assembly) == 1
    with pytest.raises(CouncilRefused, match="名单为准"):
        seats.seat_add(assembly.pk, by=cast.worker, at=assembly.starts_at, name="过客", role="member")


def test_an_ended_term_is_not_invited(cast: Cast, council: Council) -> None:
    Representative.objects.filter(name="代表丙").update(ends_on=date(2026, 11, 25))
    meeting = meetings.meeting_call(plan(cast, council).pk, by=cast.head, at=NOW)
    assert meeting.entitled == 2


def test_joint_work_is_recorded_once_it_happened(cast: Cast, council: Council) -> None:
    parties = list(Party.objects.filter(council=council)[:2])
    with pytest.raises(CouncilRefused, match="还没有办"):
        publishing.activity_record(
            council.pk, by=cast.head, at=NOW, title="义诊", held_on=date(2026, 11, 24), parties=parties
        )
    publishing.agreement_sign(
        council.pk, by=cast.head, at=NOW, party=parties[1], title="共建协议", promises="每季一次义诊",
        signed_on=date(2026, 1, 5),
    )  # fmt: skip
    publishing.activity_record(
        council.pk, by=cast.head, at=NOW, title="义诊", held_on=date(2026, 11, 20), parties=parties
    )
    assert council.activities.get().parties.count() == 2
