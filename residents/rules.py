"""Care tags that follow from who lives in a household. Pure; ages in full years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PEOPLE_FROM, PEOPLE_TO = "people_from", "people_to"
ALL_FROM, ANY_FROM, ANY_BELOW = "all_age_from", "any_age_from", "any_age_below"
LIVING = "living"
NUMBERS = (PEOPLE_FROM, PEOPLE_TO, ALL_FROM, ANY_FROM, ANY_BELOW)
OLDEST = 150
AWAY = ("vacant", "registered_only")
"""Whoever is on the file of such a dwelling does not live in it."""


@dataclass(frozen=True)
class Condition:
    """When a tag holds for a household; what is None asks nothing. All that is asked must be so.

    Stored as JSON with these names: {"people_from": 1, "people_to": 1, "all_age_from": 60} is an elder living alone.
    """

    people_from: int | None = None
    people_to: int | None = None
    all_age_from: int | None = None
    any_age_from: int | None = None
    any_age_below: int | None = None
    living: tuple[str, ...] = ()

    def reason(self, ages: Sequence[int], living: str) -> str:
        """Why the tag holds, in words ("1 人，83 岁"); "" when it does not. Nobody at home: no tag."""
        home = living in self.living if self.living else living not in AWAY
        if not (ages and home):
            return ""
        if not (self.people_from or 0) <= len(ages) <= (self.people_to or len(ages)):
            return ""
        if self.all_age_from is not None and min(ages) < self.all_age_from:
            return ""
        telling = self._telling(ages)
        if not telling:
            return ""
        return _("%(people)d 人，%(ages)s 岁") % {
            "people": len(ages),
            "ages": "、".join(map(str, sorted(telling, reverse=True))),
        }

    def _telling(self, ages: Sequence[int]) -> list[int]:
        """The ages that make it hold: those of whom the condition speaks, or everybody's."""
        if self.any_age_from is not None:
            return [age for age in ages if age >= self.any_age_from]
        if self.any_age_below is not None:
            return [age for age in ages if age < self.any_age_below]
        return list(ages)


def condition_of(stored: Mapping[str, Any]) -> Condition:
    """A stored condition. Raises ValidationError for a name or value that none has, or for one that asks nothing."""
    unknown = stored.keys() - {*NUMBERS, LIVING}
    if unknown:
        raise ValidationError(_("条件里没有 %s 这一项") % "、".join(sorted(unknown)))
    numbers = {name: stored[name] for name in NUMBERS if name in stored}
    if any(type(value) is not int or not 0 <= value <= OLDEST for value in numbers.values()):
        raise ValidationError(_("人数和年龄应为 0 到 %d 的整数") % OLDEST)
    living = stored.get(LIVING, [])
    if not isinstance(living, list) or not all(isinstance(each, str) for each in living):
        raise ValidationError(_("living 应为居住状况代码的列表"))
    if not numbers and not living:
        raise ValidationError(_("条件不能为空"))
    return Condition(**numbers, living=tuple(living))


def derived_tags(
    conditions: Mapping[str, Condition], birth_dates: Sequence[date], living: str, day: date
) -> dict[str, str]:
    """The tags that hold for a household on a day, each with its reason, in the order of `conditions`."""
    ages = [age_on(birth, day) for birth in birth_dates]
    reasons = {code: condition.reason(ages, living) for code, condition in conditions.items()}
    return {code: reason for code, reason in reasons.items() if reason}


def age_on(birth_date: date, day: date) -> int:
    """Full years on a day; someone born on 29 February turns a year older on 1 March in common years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
