"""Care tags that stand on a day: those that follow from the facts, those given by hand, those overridden. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from residents.rules import Condition, age_on, derived_tags


class Said(NamedTuple):
    """What a CareTag's sealed JSON says."""

    code: str
    kind: str = ""
    grade: int = 0
    reason: str = ""

    def as_json(self) -> str:
        """The text to be sealed."""
        return json.dumps(self._asdict(), ensure_ascii=False)


def said_of(text: str) -> Said:
    """The content of a CareTag."""
    stored = json.loads(text)
    return Said(**{name: stored[name] for name in Said._fields if name in stored})


@dataclass(frozen=True, slots=True)
class Given:
    """A tag that somebody gave to the household or to a person born on `birth_date`, or (`holds` false) switched off.

    `until` and `ended_on` are its last day and the day on which it was taken back, None while it runs.
    """

    said: Said
    holds: bool
    since: date
    until: date | None = None
    ended_on: date | None = None
    birth_date: date | None = None

    def in_force(self, day: date, below_age: int | None = None) -> bool:
        """Whether it counts at the end of a day; a tag for children ends by itself when they reach `below_age`."""
        if day < self.since or (self.until and day > self.until) or (self.ended_on and day >= self.ended_on):
            return False
        return below_age is None or self.birth_date is None or age_on(self.birth_date, day) < below_age


class Limits(NamedTuple):
    """What the rules say besides the conditions: codes in order of rank, and to what age some go."""

    codes: Sequence[str]
    below: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """The tags of a household on a day, in order of rank, and those that an override switches off, with reasons."""

    tags: dict[str, str]
    off: dict[str, str]


def standing(
    conditions: Mapping[str, Condition],
    limits: Limits,
    birth_dates: Sequence[date],
    living: str,
    given: Iterable[Given],
    day: date,
) -> Standing:
    """Every tag that stands on a day with its reason: "1 人，83 岁", or what was said when it was given."""
    derived = derived_tags(conditions, birth_dates, living, day)
    running = [each for each in given if each.in_force(day, limits.below.get(each.said.code))]
    off = {each.said.code: each.said.reason for each in running if not each.holds and each.said.code in derived}
    by_hand = {each.said.code: words(each.said) for each in running if each.holds}
    found = {code: reason for code, reason in {**by_hand, **derived}.items() if code not in off}
    return Standing({code: found[code] for code in limits.codes if code in found}, off)


def words(said: Said) -> str:
    """肢体 2 级，腿脚不便: the kind, the grade and the reason."""
    grade = _("%d 级") % said.grade if said.grade else ""
    return "，".join(part for part in (" ".join(part for part in (said.kind, grade) if part), said.reason) if part)
