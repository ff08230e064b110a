"""Putting right what does not fit in a file, by one press; or saying that it is true to life."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.id_number import birth_date_of, sex_of
from grid.access import scope_of
from grid.models import Staff
from residents.actions.base import FileRefused, Turn, Verb, apply, close_file, open_file, stay_in, stays_of
from residents.actions.persons import touch_elsewhere
from residents.models import Fault, Household, Resident, Stay
from residents.querysets import faults_visible_to
from residents.rights import Task

Kind = Fault.Kind


@transaction.atomic
def fault_mend(fault_id: int, *, by: Staff, at: datetime, choice: int = 0) -> Household:
    """Put one fault right; `choice` is the household that is true (DOUBLE) or the person who is head (HEADS, HEADLESS).

    Raises Fault.DoesNotExist outside the scope or when it is gone, FileRefused for a kind that only people can mend.
    """
    fault = _visible(by, at).get(pk=fault_id)
    others = [fault.other_id] if fault.other_id and fault.other_id != fault.household_id else []
    turn, rows = open_file(fault.household_id, Task.MEND, by=by, at=at, others=others)
    mend = _WAYS.get(Kind(fault.kind))
    if mend is None:
        raise FileRefused(_("请对着身份证改"))
    mend(turn, fault, rows, choice)
    close_file(turn)
    return turn.household


@transaction.atomic
def fault_accept(fault_id: int, *, by: Staff, at: datetime) -> Household:
    """Say that it is so in life; it is not listed any more while the facts stay. Raises Fault.DoesNotExist."""
    fault = _visible(by, at).get(pk=fault_id)
    turn, _rows = open_file(fault.household_id, Task.MEND, by=by, at=at)
    fault.accepted_at, fault.accepted_by = at, by
    fault.save(update_fields=["accepted_at", "accepted_by"])
    return turn.household


def _visible(by: Staff, at: datetime) -> QuerySet[Fault]:
    return faults_visible_to(scope_of(by, localtime(at).date()))


def _one_household(turn: Turn, fault: Fault, rows: dict[int, Household], choice: int) -> None:
    """The stay in the household that is not true was a mistake."""
    assert fault.resident_id is not None
    assert fault.other_id is not None
    if choice not in (fault.household_id, fault.other_id):
        raise FileRefused(_("请选哪一户是对的"))
    person = Resident.objects.get(pk=fault.resident_id)
    wrong = rows[fault.other_id if choice == fault.household_id else fault.household_id]
    if fault.household_id == fault.other_id:
        stays = [stay for stay in stays_of(wrong) if _same(stay.resident, person)][1:]
    else:
        stays = [stay for stay in stays_of(wrong) if _same(stay.resident, person)]
    for stay in stays:
        stay.moved_out, stay.left_by = max(turn.day, stay.moved_in or turn.day), Stay.Cause.MISTAKE
        stay.save(update_fields=["moved_out", "left_by"])
        turn.note(Verb.MOVE_OUT, household=wrong, resident=stay.resident, text=_("登记有误，以另一户为准"))


def _same(one: Resident, other: Resident) -> bool:
    return one.pk == other.pk or (one.id_number_index is not None and one.id_number_index == other.id_number_index)


def _by_id(turn: Turn, fault: Fault, rows: dict[int, Household], choice: int) -> None:
    """What the ID number says is taken over."""
    assert fault.resident_id is not None
    person = stay_in(turn.household, fault.resident_id).resident
    birth, sex = birth_date_of(person.id_number), sex_of(person.id_number)
    if birth is None or sex is None:
        raise FileRefused(_("身份证号已经改过，请重新打开看看"))
    changes = apply(person, {"birth_date": birth, "sex": sex})
    person.version += 1
    person.save(update_fields=[*changes, "version"])
    turn.note(Verb.EDIT, resident=person, text=_("按身份证更正"), changes=changes)
    touch_elsewhere(turn, person)


def _one_head(turn: Turn, fault: Fault, rows: dict[int, Household], choice: int) -> None:
    """One is the head; whoever else was called so shares the home."""
    stays = stays_of(turn.household)
    if choice not in {stay.resident_id for stay in stays}:
        raise FileRefused(_("请选谁是户主"))
    for stay in stays:
        relation = Stay.HEAD if stay.resident_id == choice else _not_head(stay.relation)
        changes = apply(stay, {"relation": relation})
        if changes:
            stay.save(update_fields=["relation"])
            turn.note(Verb.EDIT, resident=stay.resident, changes=changes)


def _not_head(relation: str) -> str:
    return _("同住") if relation == Stay.HEAD else relation


def _more_beds(turn: Turn, fault: Fault, rows: dict[int, Household], choice: int) -> None:
    household = turn.household
    changes = apply(household, {"beds": len(stays_of(household))})
    household.version += 1
    household.save(update_fields=[*changes, "version"])
    turn.note(Verb.EDIT, changes=changes)


_WAYS: dict[str, Callable[[Turn, Fault, dict[int, Household], int], None]] = {
    Kind.DOUBLE: _one_household,
    Kind.BIRTH: _by_id,
    Kind.SEX: _by_id,
    Kind.HEADS: _one_head,
    Kind.HEADLESS: _one_head,
    Kind.BEDS: _more_beds,
}
