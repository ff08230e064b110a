"""Topics: how they come in, who is told, how they are sorted, joined, settled, sent up."""

from datetime import date, timedelta
from functools import partial

import pytest

from community_portal.notices.models import Notice
from community_portal.privacy.holdings import Subject
from councils.actions import clocks, settling
from councils.actions.base import CouncilChanged, CouncilRefused
from councils.actions.bodies import representative_leave
from councils.actions.topics import (
    Proposal,
    household_codes_issue,
    topic_from_petitions,
    topic_propose,
    topic_support,
    topic_support_enter,
)
from councils.codes import spelt
from councils.held import in_councils
from councils.models import Council, CouncilClock, Representative, Topic
from councils.workflow import TopicState, TopicWay, Verb
from grid.access import scope_of
from petitions.models import Petition
from residents.models import Household
from tests.councils.bodies import make_body, make_topic
from tests.factories import NOW, TEXT, Cast, make_petition
from tests.threads import at_once

LATER = NOW + timedelta(hours=1)


def triage(cast: Cast, topic: Topic, way: str = TopicWay.DATED, **over: object) -> Topic:
    return settling.topic_triage(topic.number, **{"by": cast.head, "at": NOW, "way": way, **over})  # type: ignore[arg-type]


def titles(**filters: object) -> list[str]:
    return list(Notice.objects.filter(**filters).order_by("id").values_list("title", flat=True))


def test_a_topic_starts_its_clock_and_tells_the_clerks(cast: Cast, council: Council) -> None:
    topic = make_topic(cast, council)
    assert topic.number.startswith("YT20261123-")
    assert topic.due_at is not None
    assert (topic.due_at.date(), topic.due_at.hour) == (date(2026, 11, 26), 18)
    assert titles(staff=cast.community_worker) == [f"新议题：{topic.title}"]
    assert [event.verb for event in topic.events.all()] == [Verb.PROPOSE]


def test_one_form_is_one_topic_also_when_copies_arrive_at_once(cast: Cast, council: Council) -> None:
    said = Proposal(source=Topic.Source.STAIRWAY, text="楼道灯", form_no="a-1")
    first = topic_propose(council.pk, said, by=None, at=NOW)
    assert topic_propose(council.pk, said, by=None, at=LATER) == first
    assert Topic.objects.count() == 1


def test_nobody_outside_brings_topics_in(cast: Cast, council: Council) -> None:
    said = Proposal(source=Topic.Source.STAFF, text="楼道灯")
    for staff in (cast.outsider, cast.nobody, cast.other_street):
        with pytest.raises(Council.DoesNotExist):
            topic_propose(council.pk, said, by=staff, at=NOW)
    with pytest.raises(CouncilRefused, match="不能做“登记议题”"):
        topic_propose(council.pk, said, by=cast.street, at=NOW)


@pytest.mark.parametrize(
    ("way", "state", "due"),
    [
        (TopicWay.ON_SPOT, TopicState.DOING, date(2026, 11, 24)),
        (TopicWay.DATED, TopicState.DOING, date(2026, 11, 30)),
        (TopicWay.REPORT, TopicState.DOING, date(2026, 11, 26)),
        (TopicWay.DELIBERATE, TopicState.LISTED, date(2026, 12, 23)),
    ],
)
def test_each_way_has_its_clock(cast: Cast, council: Council, way: str, state: str, due: date) -> None:
    topic = triage(cast, make_topic(cast, council), way, handler_id=cast.worker.pk)
    assert (topic.state, topic.handler) == (state, cast.worker)
    assert topic.due_at is not None
    assert topic.due_at.date() == due
    assert CouncilClock.objects.get(closed_at__isnull=True).topic == topic
    assert titles(phone__isnull=False, channel="sms") == [f"您提的议题 {topic.number} 已受理"]


def test_a_day_may_be_set_but_not_one_that_is_over(cast: Cast, council: Council) -> None:
    topic = make_topic(cast, council)
    with pytest.raises(CouncilRefused, match="期限不能早于今天"):
        triage(cast, topic, until=date(2026, 11, 22))
    topic = triage(cast, topic, until=date(2026, 12, 4))
    assert topic.due_at is not None
    assert (topic.due_at.date(), topic.due_at.hour) == (date(2026, 12, 4), 18)


def test_the_clock_climbs_and_stops_with_the_answer(cast: Cast, council: Council) -> None:
    topic = triage(cast, make_topic(cast, council), handler_id=cast.worker.pk)
    late = topic.due_at + timedelta(days=2) if topic.due_at else NOW
    assert clocks.sweep(at=late) >= 1
    assert f"催办：{topic.title}" in titles(staff=cast.worker)
    assert f"升级：{topic.title}" in titles(staff=cast.head)
    assert clocks.sweep(at=late) == 0
    topic = settling.topic_settle(topic.number, by=cast.worker, at=late, text="划好了 12 个车位")
    assert (topic.state, topic.due_at) == (TopicState.SETTLED, None)
    clock = CouncilClock.objects.latest("id")
    assert (clock.outcome, clock.breached_at is not None) == ("met", True)
    assert titles(channel="sms")[-1] == f"您提的议题 {topic.number}：办结答复"


def test_who_comes_second_sees_what_changed(cast: Cast, council: Council) -> None:
    topic = make_topic(cast, council)
    seen = topic.version
    triage(cast, topic, version=seen)
    with pytest.raises(CouncilChanged, match="刚刚有人改过"):
        triage(cast, topic, version=seen)
    with pytest.raises(CouncilChanged, match="不能“重新办理”"):
        settling.topic_reopen(topic.number, by=cast.head, at=LATER, text="x")


def test_a_household_joins_once_whatever_the_way(cast: Cast, council: Council) -> None:
    topic = triage(cast, make_topic(cast, council))
    (letter,) = household_codes_issue(council.pk, [cast.household.pk], by=cast.head, at=NOW)
    assert household_codes_issue(council.pk, [cast.household.pk], by=cast.head, at=LATER) == [letter]
    topic_support(topic.number, at=NOW, code=spelt(letter.code).lower())
    topic_support_enter(topic.number, cast.household.pk, by=cast.worker, at=LATER)
    topic.refresh_from_db()
    assert (topic.backers, topic.supports.count()) == (1, 1)
    with pytest.raises(CouncilRefused, match="住户码不对"):
        topic_support(topic.number, at=NOW, code="ABCD-2345")
    other = household_codes_issue(council.pk, [cast.household.pk], by=cast.head, at=LATER, anew=True)[0]
    assert other.code != letter.code
    with pytest.raises(CouncilRefused, match="住户码不对"):
        topic_support(topic.number, at=NOW, code=letter.code)


@pytest.mark.django_db(transaction=True)
def test_two_channels_at_once_count_one_household(cast: Cast, council: Council) -> None:
    topic = triage(cast, make_topic(cast, council))
    (letter,) = household_codes_issue(council.pk, [cast.household.pk], by=cast.head, at=NOW)
    by_code = partial(topic_support, topic.number, at=NOW, code=letter.code)
    by_hand = partial(topic_support_enter, topic.number, cast.household.pk, by=cast.worker, at=NOW)
    results = at_once(by_code, by_hand, by_code, by_hand)
    assert not [each for each in results if isinstance(each, Exception)]
    topic.refresh_from_db()
    assert (topic.backers, topic.supports.count()) == (1, 1)


def test_only_the_ground_joins(cast: Cast, council: Council) -> None:
    topic = triage(cast, make_topic(cast, council))
    away = Household.objects.filter(building=cast.far_building).first()
    assert away is not None
    with pytest.raises(Household.DoesNotExist):
        topic_support_enter(topic.number, away.pk, by=cast.worker, at=NOW)
    fresh = make_topic(cast, council, text="刚提的")
    with pytest.raises(CouncilRefused, match="待分类"):
        topic_support_enter(fresh.number, cast.household.pk, by=cast.worker, at=NOW)


def test_petitions_become_a_topic_and_their_callers_are_told(cast: Cast, council: Council) -> None:
    orders = [make_petition(cast), make_petition(cast, caller_phone="13800000002")]
    numbers = [each.number for each in orders]
    topic = topic_from_petitions(council.pk, numbers, by=cast.community_worker, at=NOW, title="楼道灯", text=TEXT)
    assert set(topic.petitions.all()) == set(orders)
    assert topic.building == cast.building
    assert sorted(titles(channel="sms")) == sorted(f"您的诉求 {number} 列为议题" for number in numbers)
    assert all(each.events.filter(verb="deliberate").exists() for each in orders)
    with pytest.raises(CouncilRefused, match="已列入议题"):
        topic_from_petitions(council.pk, numbers[:1], by=cast.head, at=NOW, title="楼道灯", text=TEXT)


def test_what_the_community_cannot_settle_goes_up(cast: Cast, council: Council) -> None:
    above = make_body(cast, Council.Kind.REPRESENTATIVES, "双合家园居民代表会议")
    topic = triage(cast, make_topic(cast, council), TopicWay.DELIBERATE)
    topic = settling.topic_refer(topic.number, by=cast.head, at=NOW, to=above.pk, text="两次没有议定")
    assert (topic.council, topic.state) == (above, TopicState.LISTED)
    petition = settling.topic_raise(topic.number, by=cast.head, at=NOW, text="要划消防通道，请街道协调交警")
    topic.refresh_from_db()
    assert (topic.state, topic.raised_as) == (TopicState.RAISED, petition)
    assert (petition.source, petition.street, petition.jurisdiction) == (
        Petition.Source.COUNCIL, cast.street_division, "outer",
    )  # fmt: skip
    assert petition.handler == cast.outer_worker


def test_a_merged_topic_brings_its_households(cast: Cast, council: Council) -> None:
    first, second = (triage(cast, make_topic(cast, council, text=text)) for text in ("停车", "车位"))
    homes = list(Household.objects.filter(building=cast.building)[:2])
    topic_support_enter(first.number, homes[0].pk, by=cast.worker, at=NOW)
    for home in homes:
        topic_support_enter(second.number, home.pk, by=cast.worker, at=NOW)
    second = settling.topic_merge(second.number, by=cast.head, at=NOW, into=first.number)
    first.refresh_from_db()
    assert (second.state, second.merged_into, first.backers) == (TopicState.MERGED, first, 2)


def test_a_discontented_proposer_is_heard_once(cast: Cast, council: Council) -> None:
    topic = triage(cast, make_topic(cast, council))
    settling.topic_settle(topic.number, by=cast.head, at=NOW, text="已划线")
    topic = settling.topic_rate(topic.number, at=LATER, satisfied=False, text="线划歪了")
    assert topic.satisfied is False
    assert f"议题提出人不满意：{topic.title}" in titles(staff=cast.head)
    with pytest.raises(CouncilChanged):
        settling.topic_rate(topic.number, at=LATER, satisfied=True)


def test_a_term_ends_before_its_time(cast: Cast, council: Council) -> None:
    seat = Representative.objects.filter(council=council, leads=True).get()
    with pytest.raises(Representative.DoesNotExist):
        representative_leave(seat.pk, by=cast.outsider, at=NOW, left_by="moved", day=NOW.date())
    representative_leave(seat.pk, by=cast.head, at=NOW, left_by="moved", day=NOW.date())
    tomorrow = NOW.date() + timedelta(days=1)
    assert Representative.objects.filter(council=council).on(tomorrow).count() == 2


def test_two_councils_have_two_names(cast: Cast, council: Council) -> None:
    with pytest.raises(CouncilRefused, match="已有同名的议事组织"):
        make_body(cast, Council.Kind.ASSEMBLY, council.name)
    assert Council.objects.count() == 1


def test_a_resident_learns_what_is_held_of_them(cast: Cast, council: Council) -> None:
    topic = make_topic(cast, council)
    scope = scope_of(cast.head, NOW.date())
    section = in_councils(Subject.of(phone="138 0000 0201"), scope)
    assert section is not None
    assert ("议题号", topic.number) in section.rows[0]
    seat = in_councils(Subject.of(phone="13800000101"), scope)
    assert seat is not None
    assert ("姓名", "代表甲") in seat.rows[0]
    assert in_councils(Subject.of(phone="13800000201"), scope_of(cast.outsider, NOW.date())) is None
