"""When a care tag follows from who lives in a household, and what is said of it."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from residents.defaults import TAGS
from residents.rules import age_on, condition_of, derived_tags

DAY = date(2026, 11, 23)
SHIPPED = {each["code"]: condition_of(each["condition"]) for each in TAGS if "condition" in each}


def born(age: int) -> date:
    return date(DAY.year - age, DAY.month, DAY.day)


@pytest.mark.parametrize(
    ("ages", "tags"),
    [
        ([], {}),
        ([59], {}),
        ([60], {"solitary_elder": "1 人，60 岁"}),
        ([83], {"solitary_elder": "1 人，83 岁", "senior": "1 人，83 岁"}),
        ([60, 60], {"empty_nest": "2 人，60、60 岁"}),
        ([60, 59], {}),
        ([85, 61, 62], {"empty_nest": "3 人，85、62、61 岁", "senior": "3 人，85 岁"}),
        ([85, 40], {"senior": "2 人，85 岁"}),
    ],
)
def test_the_tags_that_ship(ages: list[int], tags: dict[str, str]) -> None:
    assert derived_tags(SHIPPED, [born(age) for age in ages], "owner", DAY) == tags


def test_a_condition_may_ask_for_the_living_status_and_for_children() -> None:
    renting = condition_of({"any_age_below": 14, "living": ["rented"]})
    assert renting.reason([35, 8, 3], "rented") == "3 人，8、3 岁"
    assert renting.reason([35, 8], "owner") == ""
    assert renting.reason([35, 14], "rented") == ""


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"people": 1},
        {"people_from": "1"},
        {"people_from": True},
        {"all_age_from": -1},
        {"any_age_from": 151},
        {"living": "owner"},
        {"living": [1]},
    ],
)
def test_a_condition_that_says_nothing_or_nonsense_is_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        condition_of(stored)


def test_ages_are_full_years() -> None:
    assert age_on(date(1946, 11, 24), DAY) == 79
    assert age_on(date(1946, 11, 23), DAY) == 80
    assert age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17
    assert age_on(date(2004, 2, 29), date(2022, 3, 1)) == 18
