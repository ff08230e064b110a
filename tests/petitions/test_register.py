"""Intake: where a petition goes, how fast it must be answered, and that none is lost or doubled."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community_portal.notices.models import Notice
from community_portal.worktime.deadlines import ZONE
from grid.models import Appointment, Division
from petitions.actions.base import ActionRefused
from petitions.actions.register import register
from petitions.catalogue import catalogue
from petitions.models import Petition, PetitionClock, PetitionEvent
from petitions.workflow import State, Verb
from tests.factories import NOW, Cast, intake, make_building, make_estate, make_petition
from tests.threads import at_once

MOST_QUERIES = 12


def at(text: str) -> datetime:
    """An instant in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class TestRouting:
    def test_a_room_is_found_and_its_grid_worker_gets_it(self, cast: Cast) -> None:
        petition = make_petition(cast)
        assert (petition.state, petition.handler) == (State.DISPATCHED, cast.worker)
        assert (petition.building, petition.household) == (cast.building, cast.household)
        assert (petition.grid, petition.community) == (cast.grid, cast.community)
        assert (petition.street, petition.district) == (cast.street_division, cast.district_division)

    def test_the_address_goes_before_what_the_text_mentions(self, cast: Cast) -> None:
        petition = make_petition(cast, address="双合家园2号楼1单元101", text="3号楼楼道的灯不亮")
        assert petition.building == cast.buildings[1]
        assert petition.handler == cast.colleague

    def test_a_building_without_a_room_is_enough_for_the_worker(self, cast: Cast) -> None:
        petition = make_petition(cast, text="三号楼门口堆了很多垃圾")
        assert (petition.building, petition.household) == (cast.building, None)
        assert petition.handler == cast.worker

    def test_a_room_that_does_not_exist_leaves_the_building(self, cast: Cast) -> None:
        petition = make_petition(cast, text="3号楼2单元999没有热水")
        assert (petition.building, petition.household) == (cast.building, None)

    def test_a_place_that_only_names_the_community_waits_in_its_queue(self, cast: Cast) -> None:
        petition = make_petition(cast, home=cast.street_division, text="翠城馨园社区里垃圾没有人收")
        assert (petition.state, petition.handler) == (State.REGISTERED, None)
        assert (petition.community, petition.street) == (cast.next_community, cast.street_division)
        assert "请派单" in petition.events.get().text

    def test_a_text_that_names_no_place_waits_at_the_street(self, cast: Cast) -> None:
        petition = make_petition(cast, home=cast.street_division, text="垃圾没有人收")
        assert (petition.state, petition.community) == (State.REGISTERED, None)
        assert (petition.street, petition.district) == (cast.street_division, cast.district_division)

    def test_places_outside_what_the_caller_is_served_by_are_not_guessed(self, cast: Cast) -> None:
        petition = make_petition(cast, home=cast.street_division, text="南路西里1号楼垃圾没有人收")
        assert (petition.community, petition.building) == (None, None)
        assert petition.street == cast.street_division

    def test_matters_outside_the_wall_go_to_the_outer_grid(self, cast: Cast) -> None:
        petition = make_petition(cast, text="3号楼旁边的烧烤摊油烟很大")
        assert (petition.jurisdiction, petition.grid) == ("outer", cast.outer_grid)
        assert petition.handler == cast.outer_worker
        assert petition.building == cast.building

    def test_matters_outside_the_wall_wait_when_the_street_has_no_outer_grid(self, cast: Cast) -> None:
        petition = make_petition(cast, home=cast.far_community, text="1号楼旁边的烧烤摊油烟很大")
        assert (petition.state, petition.grid, petition.handler) == (State.REGISTERED, None, None)
        assert petition.community == cast.far_community

    def test_a_building_number_that_two_estates_have_is_left_to_people(self, cast: Cast) -> None:
        second = make_estate(cast.community, "双合东里")
        make_building(second, cast.second_grid, 3)
        petition = make_petition(cast, text="3号楼的灯不亮")
        assert (petition.state, petition.building) == (State.REGISTERED, None)

    def test_the_estate_name_or_its_alias_tells_them_apart(self, cast: Cast) -> None:
        second = make_estate(cast.community, "双合东里")
        other = make_building(second, cast.second_grid, 3)
        assert make_petition(cast, text="双合东里3号楼的灯不亮").building == other
        assert make_petition(cast, text="双合小区3号楼的灯不亮").building == cast.building

    def test_a_code_at_the_door_says_the_building(self, cast: Cast) -> None:
        petition = make_petition(cast, building=cast.buildings[1], text="302的门铃坏了")
        assert petition.building == cast.buildings[1]
        assert petition.handler == cast.colleague

    def test_a_grid_without_a_worker_keeps_its_petitions_in_the_queue(self, cast: Cast) -> None:
        Appointment.objects.filter(grid=cast.grid).update(ends_on=NOW.date() - timedelta(days=1))
        petition = make_petition(cast)
        assert (petition.state, petition.handler, petition.grid) == (State.REGISTERED, None, cast.grid)
        assert "暂无人任职" in petition.events.get().text

    def test_the_property_company_stands_beside_the_worker(self, cast: Cast) -> None:
        assert make_petition(cast).organisation == cast.property_company
        assert make_petition(cast, text="3号楼有人吵架打架").organisation is None


class TestLevelAndClocks:
    @pytest.mark.parametrize(
        ("text", "category", "level"),
        [
            ("电箱着火冒烟了", "safety", "h2"),
            ("家里暖气不热", "utility", "h24"),
            ("路灯坏了", "facility", "d7"),
            ("楼上装修敲打噪音扰民", "noise", "d7"),
            ("有人私搭乱建占道", "illegal_build", "d15"),
            ("居住证需要什么材料，咨询一下", "document", "consult"),
            ("窗口服务态度敷衍推诿", "staff", "complaint"),
        ],
    )
    def test_words_decide_the_category_and_the_category_the_level(
        self, cast: Cast, text: str, category: str, level: str
    ) -> None:
        petition = make_petition(cast, text=text)
        assert petition.category is not None
        assert (petition.category.code, petition.level.code) == (category, level)

    def test_a_text_without_any_known_word_gets_the_ordinary_level(self, cast: Cast) -> None:
        petition = make_petition(cast, text="请来看一下")
        assert (petition.category, petition.level.code) == (None, "d7")

    def test_what_the_channel_says_goes_first(self, cast: Cast) -> None:
        known = catalogue()
        petition = make_petition(cast, category=known.category("环境卫生"), level=known.level("h2"))
        assert petition.category is not None
        assert (petition.category.code, petition.level.code) == ("sanitation", "h2")

    @pytest.mark.parametrize(
        ("level", "sign_in", "contact", "resolve"),
        [
            ("on_site", "2026-11-23T10:05", "2026-11-23T10:05", "2026-11-23T12:00"),
            ("h2", "2026-11-23T10:15", "2026-11-23T11:00", "2026-11-23T12:00"),
            ("h24", "2026-11-23T10:30", "2026-11-23T14:00", "2026-11-24T10:00"),
            ("consult", "2026-11-24T18:00", "2026-11-24T18:00", "2026-11-26T18:00"),
            ("d7", "2026-11-24T18:00", "2026-11-24T18:00", "2026-11-30T10:00"),
            ("complaint", "2026-11-24T18:00", "2026-11-24T18:00", "2026-12-10T18:00"),
            ("d15", "2026-11-24T18:00", "2026-11-25T18:00", "2026-12-08T10:00"),
        ],
    )
    def test_each_level_starts_its_three_clocks(
        self, cast: Cast, level: str, sign_in: str, contact: str, resolve: str
    ) -> None:
        petition = make_petition(cast, level=catalogue().level(level))
        due = dict(petition.clocks.values_list("kind", "due_at"))
        assert due == {"sign_in": at(sign_in), "contact": at(contact), "resolve": at(resolve)}
        assert petition.due_at == at(sign_in)
        assert all(clock.started_at == NOW for clock in petition.clocks.all())

    def test_clocks_keep_the_rule_they_started_with(self, cast: Cast) -> None:
        petition = make_petition(cast)
        petition.level.clock_rules.update(amount=1, unit="minute")
        clock = petition.clocks.get(kind="resolve")
        assert (clock.rule["amount"], clock.rule["unit"], len(clock.rule["ladder"])) == (7, "day", 5)


class TestRecord:
    def test_registering_and_routing_are_events_of_the_one_who_did_them(self, cast: Cast) -> None:
        petition = make_petition(cast, by=cast.community_worker)
        registered, routed = petition.events.all()
        assert (registered.verb, registered.by, registered.new_state) == (
            Verb.REGISTER,
            cast.community_worker,
            State.REGISTERED,
        )
        assert registered.text == "电话来单，7 天件"
        assert (routed.verb, routed.by, routed.actor) == (Verb.DISPATCH, None, "系统")
        assert (routed.old_state, routed.new_state) == (State.REGISTERED, State.DISPATCHED)
        assert "第一网格" in routed.text

    def test_the_worker_is_told_with_a_link(self, cast: Cast) -> None:
        petition = make_petition(cast)
        notice = Notice.objects.get()
        assert (notice.staff, notice.title) == (cast.worker, f"新工单：{petition.title}")
        assert petition.number in notice.path

    def test_nobody_is_told_of_their_own_doing(self, cast: Cast) -> None:
        make_petition(cast, by=cast.worker)
        assert not Notice.objects.exists()

    def test_number_code_and_title_are_made(self, cast: Cast) -> None:
        first, second = make_petition(cast), make_petition(cast)
        assert first.number.startswith("SQ20261123-")
        assert first.number != second.number
        assert len(first.query_code) == 6
        assert not set(first.query_code) & set("0O1IL")
        assert make_petition(cast, text="楼道灯坏了。晚上很黑！").title == "楼道灯坏了"
        assert make_petition(cast, text="长" * 300).title == "长" * 39 + "…"

    def test_personal_data_are_sealed_and_found_by_the_whole_number(self, cast: Cast) -> None:
        petition = make_petition(cast)
        with connection.cursor() as cursor:
            cursor.execute("SELECT t::text FROM petitions_petition t")
            row = cursor.fetchone()[0]
        assert "张三" not in row
        assert "13800000001" not in row
        assert Petition.objects.get(pk=petition.pk).caller_phone == "13800000001"

    @pytest.mark.parametrize("text", ["", " \n "])
    def test_an_empty_text_is_refused(self, cast: Cast, text: str) -> None:
        with pytest.raises(ActionRefused, match="请写明什么事"):
            make_petition(cast, text=text)
        assert not Petition.objects.exists()


def external(cast: Cast, **over: Any) -> Any:
    """An order of the hotline."""
    return intake(cast, source="hotline", external_system="12345", external_no="BJ-2026-1", **over)


def test_the_same_order_again_is_the_same_petition(cast: Cast) -> None:
    first, is_new = register(external(cast), by=None, at=NOW)
    second, is_new_again = register(external(cast, text="别的话"), by=None, at=NOW + timedelta(hours=1))
    assert (first, is_new, is_new_again) == (second, True, False)
    assert Petition.objects.count() == 1
    assert PetitionEvent.objects.count() == 2
    assert PetitionClock.objects.count() == 3
    assert Notice.objects.count() == 1


def test_another_system_may_use_the_same_number_and_no_number_never_matches(cast: Cast) -> None:
    register(external(cast), by=None, at=NOW)
    make_petition(cast, external_system="12319", external_no="BJ-2026-1")
    make_petition(cast)
    make_petition(cast)
    assert Petition.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_twenty_copies_at_once_make_one_petition(cast: Cast) -> None:
    results = at_once(*[lambda: register(external(cast), by=None, at=NOW)] * 20)
    assert sorted(is_new for _petition, is_new in results) == [False] * 19 + [True]
    assert {petition.number for petition, _is_new in results} == {Petition.objects.get().number}
    assert PetitionEvent.objects.count() == 2
    assert PetitionClock.objects.count() == 3
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("3号楼2单元302楼道的灯不亮", {}),
        ("3号楼2单元302楼下烧烤摊油烟很大", {"external_system": "12345", "external_no": "BJ-2"}),
        ("垃圾没有人收", {}),
        ("3号楼2单元302楼道的灯不亮", {"external_system": "12345", "external_no": "BJ-1"}),
    ],
)
def test_intake_takes_few_statements(cast: Cast, text: str, over: dict[str, Any]) -> None:
    make_petition(cast)
    home = Division.objects.get(pk=cast.street_division.pk)
    with CaptureQueriesContext(connection) as queries:
        make_petition(cast, home=home, address="双合家园", text=text, **over)
    assert len(queries) <= MOST_QUERIES, [query["sql"][:150] for query in queries]
