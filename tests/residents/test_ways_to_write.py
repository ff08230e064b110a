"""Every household of a community, written in every way: the right one is found, a wrong one never."""

from collections import Counter
from collections.abc import Mapping

import pytest

from residents.models import Household
from residents.places import Located, forget_names, locate
from tests.factories import TODAY, Cast
from tests.residents.ways import IN_FULL, IN_PART, SLIPS, WITHOUT_UNIT, Home, Way, homes, make_homes

RIGHT, OFFERED, NONE, WRONG = "right", "offered", "none", "wrong"


def verdict(found: Located, household: Household) -> str:
    if found.household is not None:
        return RIGHT if found.household == household else WRONG
    offered = {each.household.pk for each in found.candidates if each.household}
    return OFFERED if household.pk in offered else NONE


def judge(cast: Cast, ways: Mapping[str, Way]) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    missed: list[str] = []
    for household, home in list(homes()):
        if household.community_id != cast.community.pk:
            continue
        for write in ways.values():
            text = write(home)
            if not text:
                continue
            outcome = verdict(locate(text, cast.community), household)
            counts[outcome] += 1
            if outcome != RIGHT:
                missed.append(f"{outcome}: {text}")
    return counts, missed


@pytest.fixture(autouse=True)
def _homes(cast: Cast) -> None:
    make_homes(cast)
    forget_names()


def test_there_are_forty_ways_and_more() -> None:
    home = Home("双合家园", "3", 2, 5, "501")
    assert len({write(home) for write in (IN_FULL | SLIPS).values()}) >= 50


@pytest.mark.parametrize("ways", [IN_FULL, SLIPS], ids=["in full", "with a slip"])
def test_what_says_the_household_finds_it(cast: Cast, ways: dict[str, Way]) -> None:
    counts, missed = judge(cast, ways)
    assert counts[WRONG] == 0, missed[:20]
    assert counts[RIGHT] >= 0.995 * counts.total(), (counts, missed[:40])


def test_without_its_unit_it_is_found_where_it_is_the_only_one_and_offered_elsewhere(cast: Cast) -> None:
    for household, home in list(homes()):
        if household.community_id != cast.community.pk:
            continue
        alone = Household.objects.filter(building=household.building_id, room=household.room).count() == 1
        for write in WITHOUT_UNIT.values():
            assert verdict(locate(write(home), cast.community), household) == (RIGHT if alone else OFFERED), write(home)


def test_what_says_too_little_is_offered_and_never_taken_for_another(cast: Cast) -> None:
    counts: Counter[str] = Counter()
    for household, home in list(homes()):
        if household.community_id != cast.community.pk:
            continue
        for name, write in IN_PART.items():
            text = write(home)
            if text and not (name == "room doubled" and _is_there(household, f"{home.room[0]}{home.room}")):
                counts[verdict(locate(text, cast.community), household)] += 1
    assert counts[WRONG] == 0
    assert counts[RIGHT] + counts[OFFERED] == counts.total(), counts


def _is_there(household: Household, room: str) -> bool:
    return Household.objects.filter(building=household.building_id, unit=household.unit, room=room).exists()


def test_the_upper_floor_of_a_duplex_offers_it(cast: Cast) -> None:
    found = locate("安和庭院5号楼1单元402", cast.community)
    assert found.household is None
    assert {each.name for each in found.candidates} == {"5号楼1单元301", "5号楼1单元302"}


def test_a_file_that_ended_is_neither_found_nor_offered(cast: Cast) -> None:
    Household.objects.filter(building__number="5", room="301").update(ended_on=TODAY)
    found = locate("安和庭院5号楼1单元301", cast.community)
    assert found.household is None
    assert "5号楼1单元301" not in {each.name for each in found.candidates}


@pytest.mark.parametrize(
    "text",
    [
        "翠湖花园1号楼A单元101",
        "翠湖花园1号楼东单元101",
        "翠湖花园1号楼1、2单元101",
        "翠湖花园1、2号楼1单元101",
        "翠湖花园1号楼1单元101、102",
        "翠湖花园对面1号楼1单元101",
        "翠湖花园旁边的幸福里1号楼1单元101",
        "翠湖花园隔壁小区1号楼1单元101",
        "翠湖花苑二期1号楼1单元101",
        "翠湖花园1号楼，电话101",
        "11月1号1单元101停水",
        "翠湖花园1.1.2026",
        "翠湖花园1号楼1单元101元",
        "翠湖花园第1栋高楼开工，101户居民",
    ],
)
def test_what_is_not_certain_finds_no_household(cast: Cast, text: str) -> None:
    assert locate(text, cast.community).household is None
