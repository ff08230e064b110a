"""Which household a text names, on a small community: the right one or none."""

import pytest

from grid.models import Division
from residents.places import forget_names, locate
from tests.factories import Cast, make_building, make_estate


@pytest.mark.parametrize(
    "text",
    [
        "双合家园3号楼2单元302漏水",
        "双合小区三号楼二单元302",
        "3#2单元302",
        "我们小区3号楼2单元302",
        "小区里3号楼2单元302",
        "社区的3-2-302",
        "垡头街道双合家园社区3号楼2单元302",
        "双合家园社区居民委员会 双合家园 3号楼 2单元 302",
    ],
)
def test_a_household_said_in_full_is_found(cast: Cast, text: str) -> None:
    found = locate(text, cast.community)
    assert found.household == cast.household
    assert found.building == cast.building
    assert found.division == cast.community


def test_at_the_street_a_place_needs_its_name(cast: Cast) -> None:
    named = locate("双合家园3号楼2单元302", cast.street_division)
    assert named.division == cast.community
    assert named.household == cast.household
    unnamed = locate("3号楼2单元302", cast.street_division)
    assert (unnamed.division, unnamed.building) == (cast.street_division, None)


def test_a_wrong_room_leaves_the_building(cast: Cast) -> None:
    found = locate("双合家园3号楼2单元901", cast.community)
    assert (found.building, found.household) == (cast.building, None)


def test_a_room_in_several_units_needs_its_unit(cast: Cast) -> None:
    found = locate("双合家园3号楼302", cast.community)
    assert (found.building, found.household) == (cast.building, None)


def test_a_building_number_in_two_estates_needs_the_estate(cast: Cast) -> None:
    other = make_estate(cast.community, "双合雅苑")
    tower = make_building(other, cast.grid, 3)
    forget_names()
    unnamed = locate("3号楼2单元302", cast.community)
    assert (unnamed.division, unnamed.building, unnamed.household) == (cast.community, None, None)
    assert locate("双合家园3号楼2单元302", cast.community).household == cast.household
    assert locate("双合雅苑3号楼2单元302", cast.community).building == tower
    assert locate("双合家园社区3号楼", cast.community).building is None
    both = locate("双合家园和双合雅苑的3号楼", cast.community)
    assert both.building is None


@pytest.mark.parametrize(
    "text",
    [
        "翠城馨园1号楼1单元101",
        "南路西里1号楼1单元101",
        "翠城馨园社区1号楼1单元101",
        "幸福里1号楼1单元101",
        "阳光花园1号楼1单元101",
        "化工路59号院1号楼1单元101",
        "双合家园二区1号楼1单元101",
        "双合家园B区1号楼1单元101",
    ],
)
def test_another_place_is_never_taken_for_one_of_ours(cast: Cast, text: str) -> None:
    found = locate(text, cast.community)
    assert (found.division, found.building, found.household) == (cast.community, None, None)


def test_two_communities_at_once_leave_the_street(cast: Cast) -> None:
    found = locate("双合家园和翠城馨园之间的1号楼", cast.street_division)
    assert (found.division, found.building) == (cast.street_division, None)


def test_the_community_named_picks_among_estates_of_one_name(cast: Cast) -> None:
    twin = make_estate(cast.next_community, "双合家园")
    twin_building = make_building(twin, cast.next_grid, 9)
    forget_names()
    assert locate("双合家园9号楼", cast.street_division).building is None
    assert locate("翠城馨园社区双合家园9号楼", cast.street_division).building == twin_building


@pytest.mark.parametrize("text", ["", "请打13812345678", "13路公交", "化工路59号院", "301元", "2026-11-23"])
def test_other_numbers_find_nothing(cast: Cast, text: str) -> None:
    found = locate(text, cast.community)
    assert (found.division, found.building, found.household) == (cast.community, None, None)


def test_the_building_of_a_door_code_needs_no_name(cast: Cast) -> None:
    found = locate("2单元302的灯坏了", cast.street_division, cast.building)
    assert found.household == cast.household
    assert found.division == cast.community
    assert locate("楼道灯坏了", cast.street_division, cast.building).household is None


def test_three_queries_at_most(cast: Cast, django_assert_max_num_queries: object) -> None:
    locate("双合家园", cast.community)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert locate("双合家园3号楼2单元302", Division.objects.get(pk=cast.community.pk)).household
