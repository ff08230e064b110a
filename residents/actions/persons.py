"""Writes about the people of a household: who they are, and how they came into the file."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.normal import ID_NUMBER
from community_portal.privacy.sealing import index_of
from grid.access import scope_of
from grid.models import Staff
from residents.actions.base import FileRefused, Turn, Verb, apply, check_version, close_file, open_file, stay_in
from residents.models import Household, Resident, Stay
from residents.querysets import known_to
from residents.rights import Task

PERSON = ("name", "sex", "birth_date", "id_number", "phone", "other_phone", "registered_at")
"""A person's own facts."""
HERE = ("relation", "registered_here", "moved_in")
"""What a person is in one household."""


@transaction.atomic
def resident_add(
    household_id: int, *, by: Staff, at: datetime, person: Mapping[str, Any], day: date | None = None
) -> Resident:
    """Enter somebody who lives in a household since `day`: the names of PERSON, `relation` and `registered_here`.

    Somebody with the same ID number whom `by` may know stays the same person.
    Raises Household.DoesNotExist, FileRefused.
    """
    turn, _rows = open_file(household_id, Task.ADD, by=by, at=at, day=day)
    resident = enter(turn, person, cause=Stay.Cause.FIRST, verb=Verb.CREATE)
    close_file(turn)
    return resident


@transaction.atomic
def resident_edit(
    household_id: int,
    resident_id: int,
    *,
    by: Staff,
    at: datetime,
    values: Mapping[str, Any],
    version: int | None = None,
) -> Resident:
    """Change facts of a person (names of PERSON) or what they are in this household (names of HERE).

    Raises Household.DoesNotExist, FileRefused when they have left, and FileChanged when they are not as seen any more.
    """
    turn, _rows = open_file(household_id, Task.PERSON, by=by, at=at)
    stay = stay_in(turn.household, resident_id)
    person = stay.resident
    check_version(person, version)
    own = apply(person, {name: values[name] for name in PERSON if name in values})
    here = apply(stay, {name: values[name] for name in HERE if name in values})
    if own or here:
        person.version += 1
        person.save(update_fields=[*own, *(["name_key"] if "name" in own else []), "version"])
        if here:
            stay.save(update_fields=list(here))
        turn.note(Verb.EDIT, resident=person, changes={**own, **here})
        touch_elsewhere(turn, person)
        close_file(turn)
    return person


def enter(turn: Turn, said: Mapping[str, Any], *, cause: str, verb: str) -> Resident:
    """A person into the turn's household: known by ID number, or new. FileRefused for one who is there already."""
    own = {name: said[name] for name in PERSON if name in said}
    resident, changes = _known(turn, own), None
    if resident is None:
        resident = Resident.objects.create(**own)
    else:
        changes = apply(resident, {name: value for name, value in own.items() if value}) or None
        resident.version += 1
        resident.save()
    if Stay.objects.current().filter(household=turn.household, resident=resident).exists():
        raise FileRefused(_("这个身份证号的人已经登记在这一户"))
    Stay.objects.create(
        household=turn.household,
        resident=resident,
        relation=said.get("relation") or Stay.HEAD,
        registered_here=said.get("registered_here", True),
        moved_in=turn.day,
        came_by=cause,
    )
    turn.note(verb, resident=resident, changes=changes)
    touch_elsewhere(turn, resident)
    return resident


def touch_elsewhere(turn: Turn, person: Resident) -> None:
    """A person in two households changes both."""
    others = Stay.objects.current().filter(resident=person).exclude(household=turn.household)
    visible = Household.objects.filter(pk__in=others.values("household"), ended_on__isnull=True)
    turn.touched |= set(visible.values_list("pk", flat=True))


def _known(turn: Turn, own: Mapping[str, Any]) -> Resident | None:
    index = index_of(ID_NUMBER, own.get("id_number", ""))
    if index is None:
        return None
    known = known_to(scope_of(turn.by, localtime(turn.at).date())).filter(id_number_index=index)
    return known.select_for_update(of=("self",)).order_by("pk").first()
