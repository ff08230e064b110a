"""Who is entitled: owners by dwelling and by person, residents by age, households; fixed, and compared later."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from councils.actions.ballots import ballot_announce, entry_leave_out, owners_join, owners_part
from councils.actions.base import CouncilRefused
from councils.ballot_rules import Amount
from councils.models import Council, EntitledDwelling
from councils.rolls import Entry, changes, differences, draw, ground, whole
from residents.models import Household, Stay
from tests.councils.ballots import announced, assembly, draft, owners_assembly, roll
from tests.factories import NOW, TODAY, Cast, make_resident


def own(household: Household, name: str, phone: str = "", area: str | None = None) -> Household:
    household.owner_name, household.owner_phone = name, phone
    household.area = Decimal(area) if area else household.area
    household.save()
    return household


def homes(cast: Cast) -> list[Household]:
    return list(
        Household.objects.filter(community=cast.community.pk).order_by("building__position", "unit", "floor", "column")
    )


def test_every_dwelling_has_one_vote_however_many_own_it(cast: Cast) -> None:
    council = owners_assembly(cast)
    own(homes(cast)[0], "张三、李四")
    drawn = draw(draft(cast, council), TODAY)
    assert whole(drawn.entries) == Amount(36, 36 * 8000)
    assert drawn.entries[0].name == "张三、李四"


def test_one_owner_of_many_flats_is_one_with_all_the_area(cast: Cast) -> None:
    council = owners_assembly(cast)
    for home, area in zip(homes(cast)[:3], ("87.53", "60.01", "12.46"), strict=True):
        own(home, "王五", "138 0000 0009", area)
    own(homes(cast)[3], "王五", "13800000008")
    drawn = draw(draft(cast, council), TODAY)
    assert len(drawn.entries) == 34
    assert (drawn.entries[0].area, drawn.entries[0].place) == (16000, "1号楼1单元101 等 3 处")
    assert drawn.alike == ((drawn.entries[0].key, drawn.entries[1].key),), "another telephone: perhaps somebody else"


def test_the_community_says_who_is_one_owner(cast: Cast) -> None:
    ballot = draft(cast, owners_assembly(cast))
    one, two, *_rest = homes(cast)
    own(one, "赵六")
    own(two, "赵六")
    keys = [f"o{one.pk}", f"o{two.pk}"]
    ballot = owners_join(ballot.pk, keys, by=cast.head, at=NOW)
    assert whole(draw(ballot, TODAY).entries) == Amount(35, 36 * 8000)
    ballot = owners_part(ballot.pk, keys[0], by=cast.head, at=NOW)
    assert len(draw(ballot, TODAY).entries) == 36
    with pytest.raises(CouncilRefused, match="不是在这里合并的"):
        owners_part(ballot.pk, keys[0], by=cast.head, at=NOW)


def test_who_is_left_out_is_left_out_with_a_reason(cast: Cast) -> None:
    ballot = draft(cast, owners_assembly(cast))
    key = f"o{homes(cast)[0].pk}"
    ballot = entry_leave_out(ballot.pk, key, by=cast.head, at=NOW, reason="还没有交房")
    drawn = draw(ballot, TODAY)
    assert (len(drawn.entries), drawn.left_out[0].key) == (35, key)
    ballot = entry_leave_out(ballot.pk, key, by=cast.head, at=NOW, reason="")
    assert len(draw(ballot, TODAY).entries) == 36


def test_without_an_area_nothing_is_announced(cast: Cast) -> None:
    ballot = draft(cast, owners_assembly(cast))
    Household.objects.filter(pk=homes(cast)[0].pk).update(area=None)
    with pytest.raises(CouncilRefused, match="1 处没有登记建筑面积（1号楼1单元101…）"):
        ballot_announce(ballot.pk, by=cast.head, at=NOW)


def test_grown_ups_vote_once_each_and_a_household_once(cast: Cast) -> None:
    council = assembly(cast)
    other = homes(cast)[0]
    Stay.objects.create(household=other, resident=cast.resident)
    make_resident(other, "满十八", birth_date=TODAY.replace(year=TODAY.year - 18), relation="子")
    make_resident(other, "差一天", birth_date=TODAY.replace(year=TODAY.year - 18) + timedelta(days=1), relation="女")
    make_resident(other, "去世", died_on=date(2026, 1, 1), relation="父")
    people = draw(draft(cast, council, "assembly", unit="person"), TODAY)
    assert sorted(entry.name for entry in people.entries) == ["张三", "满十八"]
    households = draw(draft(cast, council, "assembly", unit="household"), TODAY)
    assert [(entry.name, entry.place) for entry in households.entries] == [
        ("张三", "1号楼1单元101"), ("张三", "3号楼2单元302"),
    ]  # fmt: skip


def test_the_ground_of_a_courtyard_is_its_buildings(cast: Cast) -> None:
    council = Council.objects.create(
        kind="council", level="courtyard", name="3号楼楼院", community_id=cast.community.pk, founded_on=TODAY
    )
    council.buildings.add(cast.building)
    assert {home.building_id for home in ground(council)} == {cast.building.pk}


def test_the_roll_holds_and_what_changed_is_shown(cast: Cast) -> None:
    council = owners_assembly(cast)
    one, two, three, *_rest = homes(cast)
    own(one, "张三")
    ballot = announced(cast, council)
    before = [(row.name, row.area) for row in roll(ballot)]
    assert changes(ballot, TODAY) == []
    own(Household.objects.get(pk=one.pk), "新业主")
    own(Household.objects.get(pk=two.pk), "", area="81.00")
    Household.objects.filter(pk=three.pk).update(ended_on=TODAY, merged_into=two)
    assert [(each.place, each.words) for each in changes(ballot, TODAY)] == [
        (str(one), "姓名有变化"), (str(two), "房屋或面积有变化"), (str(three), "不再列入"),
    ]  # fmt: skip
    assert [(row.name, row.area) for row in roll(ballot)] == before
    assert EntitledDwelling.objects.filter(ballot=ballot).count() == 36


flats = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 50_000)), max_size=30)


@settings(deadline=None)
@given(flats)
def test_joining_flats_of_one_owner_keeps_the_area_to_the_square_decimetre(owned: list[tuple[int, int]]) -> None:
    apart = [Entry(f"o{n}", "", "", None, ((n, area),)) for n, (_owner, area) in enumerate(owned)]
    owners = {owner for owner, _area in owned}
    joined = [
        Entry(f"x{who}", "", "", None, tuple((n, area) for n, (owner, area) in enumerate(owned) if owner == who))
        for who in owners
    ]
    assert whole(joined) == Amount(len(owners), whole(apart).area)
    assert list(differences(apart, apart)) == []
