"""Households as the rules read them: in batches, as plain values, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q

from community_portal.privacy.fields import Sealed
from community_portal.privacy.sealing import open_sealed
from residents import checks
from residents.care import Given, Standing, said_of, standing
from residents.catalogue import Tags
from residents.models import CareTag, Household, Resident, Stay

_DOUBLES = """
SELECT here.household_id, here.resident_id, there.household_id, there.resident_id
FROM residents_stay here
JOIN residents_stay there ON there.resident_id = here.resident_id AND there.moved_out IS NULL
    AND there.household_id <> here.household_id
WHERE here.household_id = ANY(%(ids)s) AND here.moved_out IS NULL
UNION ALL
SELECT here.household_id, here.resident_id, there.household_id, there.resident_id
FROM residents_stay here
JOIN residents_resident person ON person.id = here.resident_id
JOIN residents_resident twin ON twin.id_number_index = person.id_number_index AND twin.id <> person.id
JOIN residents_stay there ON there.resident_id = twin.id AND there.moved_out IS NULL
WHERE here.household_id = ANY(%(ids)s) AND here.moved_out IS NULL
"""
_OF_PERSON = ("resident__birth_date", "resident__sex", "resident__row_key", "resident__id_number")
FaultKey = tuple[str, int, int | None, int | None]
"""Kind, household, person, other household."""


_NO_KEY, _NO_NUMBER = UUID(int=0), Sealed(b"")


class Member(NamedTuple):
    """One person who belongs to a household now."""

    household: int
    pk: int
    relation: str
    birth_date: date
    sex: str
    row_key: UUID = _NO_KEY
    id_number: Sealed = _NO_NUMBER


@dataclass(slots=True)
class Home:
    """One open file: its living status, bed space, tags as stored, people, and the tags given by hand."""

    pk: int
    living: str
    beds: int | None
    statuses: list[str]
    row_key: UUID
    care: Sealed
    people: list[Member] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)

    def standing(self, known: Tags, day: date) -> Standing:
        """The tags that stand on a day."""
        births = [person.birth_date for person in self.people]
        return standing(known.conditions, known.limits, births, self.living, self.given, day)

    def stored(self) -> set[str]:
        """The tags that the file shows now, the living status among them."""
        return {*self.statuses, *open_sealed(Household, "care", self.row_key, self.care.blob).split()}

    def faults(self, *, of_people: bool = True) -> set[FaultKey]:
        """What does not fit together here, but for people in two households; `of_people`: their ID numbers too."""
        found: set[FaultKey] = {
            (kind, self.pk, None, None)
            for kind in checks.household_problems([person.relation for person in self.people], self.beds)
        }
        for person in self.people if of_people else ():
            number = open_sealed(Resident, "id_number", person.row_key, person.id_number.blob)
            kinds = checks.person_problems(number, person.birth_date, person.sex) if number else ()
            found |= {(kind, self.pk, person.pk, None) for kind in kinds}
        return found


def read_homes(ids: Collection[int], day: date, *, lock: bool = False, numbers: bool = True) -> dict[int, Home]:
    """The open files among these households; three queries. `lock` keeps their rows until the transaction ends.

    Without `numbers` the people's ID numbers are left out, which most of the time goes into.
    """
    rows: Any = Household.objects.filter(pk__in=ids, ended_on__isnull=True).order_by("pk")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    homes = {row[0]: Home(*row) for row in rows.values_list("pk", "living", "beds", "statuses", "row_key", "care")}
    where: dict[int, list[Home]] = defaultdict(list)
    births: dict[int, date] = {}
    for person in _members(ids, numbers):
        if home := homes.get(person.household):
            home.people.append(person)
            where[person.pk].append(home)
            births[person.pk] = person.birth_date
    for household, resident, given in _given(ids, births, day):
        at = where[resident] if resident else [homes[household]] if household in homes else []
        for home in at:
            home.given.append(given)
    return homes


def doubles_of(ids: Collection[int]) -> set[FaultKey]:
    """Everybody of these households who belongs to another one too, named at both; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_DOUBLES, {"ids": list(ids)})
        return {(checks.DOUBLE, *each) for each in checks.twice(cursor.fetchall())}


def _members(ids: Collection[int], numbers: bool) -> Iterable[Member]:
    rows: Any = Stay.objects.current().filter(household__in=ids).order_by("id")
    columns = _OF_PERSON if numbers else _OF_PERSON[:2]
    return (Member(*row) for row in rows.values_list("household_id", "resident_id", "relation", *columns))


def _given(ids: Collection[int], births: dict[int, date], day: date) -> Iterable[tuple[int, int | None, Given]]:
    """Tags that may count on a day: those of the households, and those of their people wherever they were given."""
    rows = CareTag.objects.filter(
        Q(household__in=ids, resident__isnull=True) | Q(resident__in=list(births)),
        Q(until__isnull=True) | Q(until__gte=day),
        ended_at__isnull=True,
    )
    for row in rows.order_by("id"):
        birth = births.get(row.resident_id) if row.resident_id else None
        said = said_of(row.said)
        yield row.household_id, row.resident_id, Given(said, row.holds, row.since, row.until, None, birth)
