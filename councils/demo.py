"""The demo's self-government, lived through the real actions: topics in each state, a meeting held and one to come."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.timezone import localtime

from community_portal.worktime.deadlines import ZONE
from councils.actions import bodies, meetings, minutes, publishing, resolutions, seats, settling
from councils.actions.resolutions import Job
from councils.actions.topics import Proposal, topic_from_petitions, topic_propose, topic_support_enter
from councils.defaults import load_council_rules
from councils.models import AgendaItem, Council, Meeting, MeetingKind, Party, ResidentsGroup, Topic
from councils.workflow import TopicWay
from grid.models import Appointment, Organisation, Staff
from petitions.demo.cast import HOME_CODE
from petitions.demo.names import phone
from petitions.models import Petition
from petitions.workflow import OPEN
from residents.models import Community, Household

PHONES = 80_000_000
SEATS = (
    ("committee", "陈静", True), ("property", "高建国", False), ("social", "沈阿姨", False), ("unit", "郭经理", False),
    ("residents", "李玉兰", False), ("residents", "赵国庆", False), ("residents", "钱卫东", False),
    ("residents", "孙秀英", False), ("residents", "周建华", False),
)  # fmt: skip
PARTIES = (
    ("committee", "双合家园居委会"), ("property", "安居物业"), ("social", "双合邻里志愿队"), ("unit", "双合便民菜店"),
    ("residents", "居民代表"),
)  # fmt: skip
Source = Topic.Source
SENT_UP = 1
"""So many petitions to the street come out of the demo's topics."""


@dataclass(frozen=True)
class Ground:
    """Who and where the demo's councils are."""

    community: Community
    head: Staff
    clerk: Staff
    worker: Staff
    households: list[Household]


def live_councils(at: datetime, *, sends_up: bool = True) -> int:
    """Found the councils of the demo community and live their last month; returns how many topics there are.

    With `sends_up` one topic goes up to the street, as SENT_UP petitions.
    """
    load_council_rules()
    ground = _ground()
    if ground is None:
        return 0
    council = _found(ground, at)
    _past(ground, council, at)
    _present(ground, council, at, sends_up)
    return Topic.objects.count()


def _ground() -> Ground | None:
    community = Community.objects.filter(division__code=HOME_CODE).first()
    if community is None:
        return None
    homes = list(Household.objects.filter(community=community, ended_on__isnull=True).order_by("pk")[:40])
    posts = Appointment.objects.select_related("staff").order_by("pk")
    own = posts.filter(division=community.division)
    return Ground(
        community,
        own.filter(role=Appointment.Role.COMMUNITY_HEAD)[0].staff,
        own.filter(role=Appointment.Role.COMMUNITY_WORKER)[0].staff,
        posts.filter(grid__division=community.division)[0].staff,
        homes,
    )


def _found(ground: Ground, at: datetime) -> Council:
    """The estate's council with its parties, representatives and groups, and the assembly above."""
    begun = localtime(at).date() - timedelta(days=400)
    first = ground.households[0].building.estate
    by, pk = ground.head, ground.community.pk
    council = bodies.council_found(
        pk, by=by, at=at, kind=Council.Kind.COUNCIL, level=Council.Level.ESTATE, name="双合家园小区议事会",
        founded_on=begun, estate=first, place="7 号楼南侧议事厅",
    )  # fmt: skip
    for kind, name in ((Council.Kind.REPRESENTATIVES, "居民代表会议"), (Council.Kind.ASSEMBLY, "居民会议")):
        bodies.council_found(
            pk, by=by, at=at, kind=kind, level=Council.Level.COMMUNITY, name=f"双合家园社区{name}", founded_on=begun
        )
    sides = {kind: _join(council, by, at, begun, kind, name) for kind, name in PARTIES}
    for number, (side, name, leads) in enumerate(SEATS):
        elected = side == "residents"
        bodies.representative_seat(
            council.pk, by=by, at=at, party=sides[side], name=name, how="elected" if elected else "nominated",
            chosen_on=begun, starts_on=begun, ends_on=begun + timedelta(days=3 * 365), leads=leads,
            phone=phone(PHONES + number), votes_for=31 - number if elected else None,
            votes_cast=40 if elected else None, chosen_by="居民小组会" if elected else name,
        )  # fmt: skip
    for name, leader in (("东院自治管理小组", "李玉兰"), ("西院自治管理小组", "赵国庆")):
        bodies.group_found(
            council.pk, by=by, at=at, kind=ResidentsGroup.Kind.SELF_MANAGED, name=name, leader_name=leader
        )
    return council


def _join(council: Council, by: Staff, at: datetime, begun: date, kind: str, name: str) -> Party:
    known = Organisation.objects.filter(name=name).first()
    return bodies.party_join(council.pk, by=by, at=at, kind=kind, name=name, organisation=known, joined_on=begun)


def _hour(at: datetime, days: int, hour: int) -> datetime:
    """An hour of the day so many days from now."""
    return datetime.combine(localtime(at).date() + timedelta(days=days), time(hour), ZONE)


def _propose(ground: Ground, council: Council, source: str, text: str, at: datetime, supports: int = 0) -> Topic:
    home = ground.households[len(text) % len(ground.households)]
    said = Proposal(source=source, text=text, building=home.building, phone=phone(PHONES + 50 + len(text)))
    topic = topic_propose(council.pk, said, by=None if source == Source.STAIRWAY else ground.worker, at=at)
    if supports:
        settling.topic_triage(topic.number, by=ground.clerk, at=at + timedelta(hours=3), way=TopicWay.DELIBERATE)
        for each in ground.households[:supports]:
            topic_support_enter(topic.number, each.pk, by=ground.worker, at=at + timedelta(hours=5))
    return topic


def _past(ground: Ground, council: Council, at: datetime) -> None:
    """A meeting three weeks ago: one matter resolved and carried out in part, one put off, the minutes confirmed."""
    then = _hour(at, -34, 9)
    parking = _propose(ground, council, Source.STAIRWAY, "院里车停得乱，消防车进不来，想大家定个停车公约", then, 14)
    lamps = _propose(ground, council, Source.PAPER, "楼道灯的电费 959.75 元，256 户怎么分摊", then, 9)
    noise = _propose(ground, council, Source.LEADER, "晚上广场舞声音大，能不能定个时间", then, 6)
    start = _hour(at, -21, 15)
    meeting = _plan(ground, council, "上月议事会", _hour(at, -30, 10), start, [parking, lamps, noise])
    meetings.meeting_open(meeting.pk, by=ground.clerk, at=start)
    for number, seat in enumerate(meeting.attendance.order_by("pk")):
        state = "excused" if number == 7 else "present"
        seats.seat_mark(seat.pk, by=ground.clerk, at=start, state=state, reason="出差" if number == 7 else "")
    said = {
        parking.pk: ("物业先划线，居民一户登记一辆，消防通道不停车。到会 8 人都同意。", AgendaItem.Outcome.RESOLVED),
        lamps.pk: ("按户分摊，9 家没有意见，请居民代表会议确认金额。", AgendaItem.Outcome.DEFERRED),
        noise.pk: ("跳到 20:30 为止，音箱对着河边。舞蹈队队长当场答应。", AgendaItem.Outcome.SETTLED),
    }
    end = start + timedelta(minutes=90)
    for item in meeting.agenda.filter(topic__isnull=False):
        text, outcome = said[item.topic_id or 0]
        minutes.item_write(item.pk, by=ground.clerk, at=end, version=item.version, text=text, outcome=outcome)
        for party in Party.objects.filter(council=council)[:2]:
            minutes.opinion_write(item.pk, party.pk, by=ground.clerk, at=end, version=0, text="同意，照这个办")
    meetings.meeting_close(meeting.pk, by=ground.clerk, at=end)
    present = meeting.attendance.filter(state="present").values_list("pk", flat=True)
    seats.minutes_signed(meeting.pk, by=ground.clerk, at=end, seats=list(present))
    settling.topic_rate(noise.number, at=end + timedelta(days=1), satisfied=True, text="安静多了")
    _carry_out(ground, council, meeting, parking, at, end)


def _carry_out(ground: Ground, council: Council, meeting: Meeting, topic: Topic, at: datetime, end: datetime) -> None:
    """The resolution of the parking: published, one task done, one going on."""
    item = meeting.agenda.get(topic=topic)
    draft = resolutions.resolution_draft(
        council.pk, by=ground.clerk, at=end, title="停车自治公约", item=item, convention="停车自治公约",
        text="一、一户登记一辆车，先登记先停。\n二、消防通道任何时候不停车。\n三、道闸费用每车 300 元，收支每季公示。",
    )  # fmt: skip
    resolutions.resolution_write(
        draft.pk, by=ground.clerk, at=end, title=draft.title, text=draft.text,
        duties=[("放车进院", "门岗老高"), ("劝导和处罚", "停车小组"), ("管钱", "李玉兰"), ("监督收支", "赵国庆")],
    )  # fmt: skip
    today = localtime(at).date()
    for job in (
        Job("划出 12 个车位和消防通道", ground.worker, today - timedelta(days=7), who="安居物业"),
        Job("登记各户车辆", ground.worker, today + timedelta(days=2)),
        Job("装道闸", ground.clerk, today + timedelta(days=20), who="安居物业"),
    ):
        resolutions.task_give(draft.pk, job, by=ground.clerk, at=end)
    draft = resolutions.resolution_pass(draft.pk, by=ground.clerk, at=end)
    publishing.publish(
        council.pk, by=ground.clerk, at=_hour(at, -2, 9), kind="convention", title=draft.title, text=draft.text,
        resolution=draft,
    )  # fmt: skip
    first = draft.tasks.get(position=1)
    resolutions.task_report(first.pk, by=ground.worker, at=_hour(at, -9, 16), text="线划好了，照片在群里")
    resolutions.task_accept(first.pk, by=ground.clerk, at=_hour(at, -8, 10), good=True)


def _present(ground: Ground, council: Council, at: datetime, sends_up: bool) -> None:
    """Topics in each state, the coming meeting, and joint work that is short of its promise."""
    _propose(ground, council, Source.STAIRWAY, "快递堆在单元门口，能不能放个架子", at - timedelta(hours=4))
    _propose(ground, council, Source.PAPER, "希望院里多两条长椅，老人走累了有地方坐", at - timedelta(days=1))
    way = _propose(ground, council, Source.STAFF, "3 号楼后面的绿地没人浇水", at - timedelta(days=3))
    settling.topic_triage(way.number, by=ground.clerk, at=at - timedelta(days=2), way=TopicWay.DATED,
                          handler_id=ground.worker.pk)  # fmt: skip
    up = _propose(ground, council, Source.STAIRWAY, "西门外路口没有红绿灯，孩子过马路危险", at - timedelta(days=6))
    settling.topic_triage(up.number, by=ground.clerk, at=at - timedelta(days=5), way=TopicWay.REPORT)
    if sends_up:
        settling.topic_raise(up.number, by=ground.clerk, at=at - timedelta(days=4), text="请街道协调交管部门")
    _of_petitions(ground, council, at - timedelta(hours=2))
    dogs = _propose(ground, council, Source.LEADER, "遛狗不牵绳，想定个文明养犬约定", at - timedelta(days=8), 11)
    private = _propose(ground, council, Source.STAIRWAY, "我家亲戚借钱不还", at - timedelta(days=9))
    settling.topic_decline(private.number, by=ground.clerk, at=at - timedelta(days=8),
                           text="个人之间的借款请找人民调解委员会，我们可以帮您联系")  # fmt: skip
    lamps = Topic.objects.get(council=council, text__contains="959.75")
    _plan(ground, council, "本月议事会", at - timedelta(days=1), _hour(at, 5, 15), [lamps, dogs])
    for party in Party.objects.filter(council=council, kind__in=["unit", "social"]):
        publishing.agreement_sign(
            council.pk, by=ground.head, at=at, party=party, title="共驻共建协议", promises="每季一次便民活动",
            signed_on=localtime(at).date() - timedelta(days=200),
        )  # fmt: skip
    publishing.activity_record(
        council.pk, by=ground.clerk, at=at, title="免费磨刀、量血压", held_on=localtime(at).date() - timedelta(days=12),
        parties=list(Party.objects.filter(council=council)[:3]),
    )  # fmt: skip


def _of_petitions(ground: Ground, council: Council, at: datetime) -> None:
    """What several residents ask for becomes a topic, and they are told."""
    asked = Petition.objects.filter(
        community=ground.community.division, category__code="property", text__contains="停车", state__in=OPEN
    )
    numbers = list(asked.order_by("-registered_at").values_list("number", flat=True)[:2])
    if numbers:
        topic_from_petitions(
            council.pk, numbers, by=ground.clerk, at=at, title="停车位不够，怎么分",
            text="几位居民都反映车没处停，请议事会商量一个大家都认的办法。",
        )  # fmt: skip


def _plan(ground: Ground, council: Council, title: str, at: datetime, start: datetime, topics: list[Topic]) -> Meeting:
    meeting = meetings.meeting_plan(
        council.pk, by=ground.clerk, at=at, kind=MeetingKind.objects.get(code="council"), title=title, starts_at=start,
        place="7 号楼南侧议事厅", chair="陈静", topics=[each.number for each in topics], items=["通报上月事项"],
    )  # fmt: skip
    return meetings.meeting_call(meeting.pk, by=ground.clerk, at=at)
