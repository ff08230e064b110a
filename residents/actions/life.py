"""Births, deaths and marriages."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import scope_of
from grid.models import Staff
from residents.actions.base import FileRefused, Turn, Verb, apply, close_file, open_file, stay_in
from residents.actions.moves import leave, settle
from residents.actions.persons import enter
from residents.models import Household, Resident, Stay
from residents.querysets import households_visible_to
from residents.rights import Task
from residents.rules import age_on

SPOUSE, CHILD = "配偶", "子女"
MARRIAGE_AGE = {Resident.Sex.MALE: 22, Resident.Sex.FEMALE: 20}


@transaction.atomic
def birth_record(household_id: int, *, by: Staff, at: datetime, child: Mapping[str, Any]) -> Resident:
    """Enter a child on the day of its birth (`birth_date` of `child`). Raises FileRefused for a day to come."""
    turn, _rows = open_file(household_id, Task.BIRTH, by=by, at=at, day=child["birth_date"])
    resident = enter(turn, {"relation": CHILD, **child}, cause=Stay.Cause.BIRTH, verb=Verb.BIRTH)
    close_file(turn)
    return resident


@transaction.atomic
def death_record(
    household_id: int, resident_id: int, *, by: Staff, at: datetime, day: date | None = None, head: int | None = None
) -> Resident:
    """Somebody has died: they leave every household that `by` may see on that day; `head` follows as head of this one.

    Raises FileRefused for a day before their birth or a `head` who does not live here.
    """
    elsewhere = Stay.objects.current().filter(
        resident=resident_id, household__in=households_visible_to(scope_of(by, localtime(at).date()))
    )
    others = set(elsewhere.exclude(household=household_id).values_list("household_id", flat=True))
    turn, rows = open_file(household_id, Task.DEATH, by=by, at=at, day=day, others=others)
    stay = stay_in(turn.household, resident_id)
    person = stay.resident
    if turn.day < person.birth_date:
        raise FileRefused(_("去世日期不能早于出生日期"))
    changes = apply(person, {"died_on": turn.day})
    person.version += 1
    person.save(update_fields=["died_on", "version"])
    turn.note(Verb.DEATH, resident=person, changes=changes)
    for each in (stay, *(stay_in(rows[pk], resident_id) for pk in sorted(others))):
        leave(turn, each, Stay.Cause.DEATH, _("因去世离开"))
    if head is not None:
        _succeed(turn, head)
    close_file(turn)
    return person


@transaction.atomic
def marriage_record(
    household_id: int,
    resident_id: int,
    *,
    by: Staff,
    at: datetime,
    spouse: int | None = None,
    spouse_from: int | None = None,
    newcomer: Mapping[str, Any] | None = None,
    day: date | None = None,
) -> tuple[Resident, Resident]:
    """Two people marry and live in this household: `spouse` lives here already or moves from `spouse_from`, or comes
    as a `newcomer` (as in resident_add). Raises FileRefused for somebody under age or with themselves.

    The ages are those of 民法典 1047: 22 for men, 20 for women.
    """
    turn, rows = open_file(
        household_id, Task.MARRIAGE, by=by, at=at, day=day, others=[spouse_from] if spouse_from else []
    )
    one = stay_in(turn.household, resident_id)
    relation = SPOUSE if one.relation == Stay.HEAD else _("%s的配偶") % one.relation
    if newcomer is not None:
        other = enter(turn, {**newcomer, "relation": relation}, cause=Stay.Cause.MARRIAGE, verb=Verb.MOVE_IN)
    elif spouse is None or spouse == resident_id:
        raise FileRefused(_("请选和谁结婚"))
    else:
        other = _joined(turn, rows, spouse, spouse_from, relation, one)
    for person in (one.resident, other):
        _check_age(person, turn.day)
    for person, mate in ((one.resident, other), (other, one.resident)):
        turn.note(Verb.MARRIAGE, resident=person, changes={"spouse": [None, mate.pk]})
    close_file(turn)
    return one.resident, other


def _joined(
    turn: Turn, rows: Mapping[int, Household], spouse: int, spouse_from: int | None, relation: str, one: Stay
) -> Resident:
    """Somebody who lives here becomes husband or wife of the other; somebody from elsewhere moves in first."""
    if spouse_from:
        stay = stay_in(rows[spouse_from], spouse)
        leave(turn, stay, Stay.Cause.MARRIAGE, _("迁往 %s") % turn.household)
        settle(turn, turn.household, stay, Stay.Cause.MARRIAGE, relation=relation, registered=False)
        return stay.resident
    stay = stay_in(turn.household, spouse)
    if stay.relation == Stay.HEAD:
        stay, relation = one, SPOUSE
    changes = apply(stay, {"relation": relation})
    if changes:
        stay.save(update_fields=["relation"])
        turn.note(Verb.EDIT, resident=stay.resident, changes=changes)
    return stay_in(turn.household, spouse).resident


def _check_age(person: Resident, day: date) -> None:
    least = MARRIAGE_AGE[Resident.Sex(person.sex)]
    if age_on(person.birth_date, day) < least:
        raise FileRefused(_("%(name)s 不满 %(age)d 周岁，不能登记结婚") % {"name": person.name, "age": least})


def _succeed(turn: Turn, head: int) -> None:
    stay = stay_in(turn.household, head)
    changes = apply(stay, {"relation": Stay.HEAD})
    stay.save(update_fields=["relation"])
    turn.note(Verb.EDIT, resident=stay.resident, changes=changes)
