"""Every household of a community, written in every way: the right one is found, a wrong one never."""

from collections import Counter
from collections.abc import Mapping

import pytest

from residents.models import Household
from residents.places import Located, forget_names, locate
from tests.factories import Cast
from tests.residents.ways import IN_FULL, SLIPS, Home, Way, homes, make_homes

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
