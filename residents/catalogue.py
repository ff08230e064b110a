"""The care tags as they are configured, remembered for a minute by each process."""

from dataclasses import dataclass
from functools import cached_property

from community_portal.remembered import Remembered
from grid.access import Scope
from residents.care import Limits
from residents.models import CareClass, TagRule
from residents.rules import Condition, condition_of


@dataclass(frozen=True)
class Tags:
    """All tags in use, by code in the order of rank; `conditions` of those that follow from facts."""

    rows: dict[str, TagRule]
    conditions: dict[str, Condition]

    @cached_property
    def limits(self) -> Limits:
        """The order of the tags, and the ages to which some go."""
        return Limits(tuple(self.rows), {code: row.below_age for code, row in self.rows.items() if row.below_age})

    @cached_property
    def sealed(self) -> frozenset[str]:
        """The tags that only some roles see."""
        return frozenset(code for code, row in self.rows.items() if row.roles)

    def seen_by(self, scope: Scope) -> frozenset[str]:
        """The sealed tags that a person with this scope may see."""
        return frozenset(code for code, row in self.rows.items() if scope.roles & set(row.roles))


_remembered: Remembered[None, Tags] = Remembered()


def tags() -> Tags:
    """The tags in use; one query a minute."""
    return _remembered.get(None, _read)


def forget_tags() -> None:
    """Ask anew from here on."""
    _remembered.forget()
    _classes.forget()


def _read() -> Tags:
    rows = {row.code: row for row in TagRule.objects.filter(active=True).order_by("rank", "code")}
    return Tags(rows, {code: condition_of(row.condition) for code, row in rows.items() if row.condition})


_classes: Remembered[None, list[tuple[int, frozenset[str]]]] = Remembered()


def care_classes() -> list[tuple[int, frozenset[str]]]:
    """The periodic care classes in use by rank: id and the statuses that they are for; one query a minute."""
    return _classes.get(None, _read_classes)


def _read_classes() -> list[tuple[int, frozenset[str]]]:
    rows = CareClass.objects.filter(active=True, every_days__isnull=False).order_by("rank")
    return [(pk, frozenset(statuses)) for pk, statuses in rows.values_list("pk", "statuses")]
