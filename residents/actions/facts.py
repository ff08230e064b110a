"""Writes about a dwelling: its facts, its division and its union with another."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from grid.models import Staff
from residents.actions.base import (
    FileRefused,
    Turn,
    Verb,
    apply,
    check_version,
    close_file,
    open_file,
    stay_in,
    stays_of,
)
from residents.actions.moves import leave, settle
from residents.models import Building, CareTag, Household, Stay
from residents.rights import Task

FACTS = (
    "use", "area", "beds", "living", "owner_name", "owner_phone", "landlord_name", "landlord_phone", "lease_ends_on",
    "utilities_off", "pets", "vehicles", "note",
)  # fmt: skip
"""What the form of a dwelling's facts may change."""


@transaction.atomic
def household_edit(
    household_id: int, *, by: Staff, at: datetime, facts: Mapping[str, Any], version: int | None = None
) -> Household:
    """Change facts of a dwelling (names of FACTS). What is the same already changes nothing, and makes no event.

    Raises Household.DoesNotExist outside the scope, FileRefused, and FileChanged when the facts are no longer as seen.
    """
    turn, _rows = open_file(household_id, Task.FACTS, by=by, at=at)
    household = turn.household
    check_version(household, version)
    changes = apply(household, {name: facts[name] for name in FACTS if name in facts})
    if changes:
        household.version += 1
        household.save(update_fields=[*changes, "version"])
        turn.note(Verb.EDIT, changes=changes)
        close_file(turn)
    return household


@transaction.atomic
def household_split(
    household_id: int, *, by: Staff, at: datetime, room: str, people: Collection[int] = (), day: date | None = None
) -> Household:
    """Part a dwelling: a new file beside it on the same floor, and these people move into it, the first as its head.

    Raises FileRefused when the room's number is taken. Returns the new household.
    """
    turn, _rows = open_file(household_id, Task.SPLIT, by=by, at=at, day=day)
    old = turn.household
    Building.objects.select_for_update().get(pk=old.building_id)
    beside = Household.objects.filter(building=old.building_id, unit=old.unit, ended_on__isnull=True)
    if beside.filter(room=room).exists():
        raise FileRefused(_("这个单元已经有 %s 这个房号") % room)
    last = beside.filter(floor=old.floor).aggregate(last=Max("column"))["last"] or 0
    new = Household.objects.create(
        building=old.building, community=old.community, grid_id=old.grid_id, unit=old.unit, floor=old.floor, room=room,
        column=last + 1, use=old.use, living=old.living, statuses=[old.living],
    )  # fmt: skip
    turn.note(Verb.CREATE, household=new, text=_("从 %s 分出") % old.room)
    turn.note(Verb.SPLIT, text=_("分出 %s") % room)
    stays = [stay_in(old, pk) for pk in people]
    for place, stay in enumerate(stays):
        leave(turn, stay, Stay.Cause.SPLIT, _("分到 %s") % room)
        settle(turn, new, stay, Stay.Cause.SPLIT, relation=_kin(place, stay), registered=stay.registered_here)
    close_file(turn)
    return new


@transaction.atomic
def household_merge(household_id: int, *, by: Staff, at: datetime, other: int, day: date | None = None) -> Household:
    """Join another dwelling of the building to this one: its people come here and its file ends, with its history.

    Raises FileRefused for a dwelling of another building or the same one. Returns the household that stays.
    """
    if other == household_id:
        raise FileRefused(_("请选另一户"))
    turn, rows = open_file(household_id, Task.MERGE, by=by, at=at, day=day, others=[other])
    kept, ended = turn.household, rows[other]
    if kept.building_id != ended.building_id:
        raise FileRefused(_("只能并同一栋楼里的户"))
    crowded = Stay.objects.current().filter(household=kept).exists()
    here = set(Stay.objects.current().filter(household=kept).values_list("resident_id", flat=True))
    for stay in stays_of(ended):
        leave(turn, stay, Stay.Cause.MERGE, _("并入 %s") % kept.room)
        if stay.resident_id not in here:
            relation = _("同住") if crowded and stay.relation == Stay.HEAD else stay.relation
            settle(turn, kept, stay, Stay.Cause.MERGE, relation=relation, registered=stay.registered_here)
    _end(turn, kept, ended)
    close_file(turn)
    return kept


def _kin(place: int, stay: Stay) -> str:
    """The first of those who part is the head of the new file."""
    return stay.relation if place else Stay.HEAD


def _end(turn: Turn, kept: Household, ended: Household) -> None:
    """The dwelling's own tags go on at the one that stays, and its area is added."""
    for tag in CareTag.objects.filter(household=ended, resident__isnull=True, ended_at__isnull=True):
        said, runs = tag.said, {"holds": tag.holds, "since": turn.day, "until": tag.until}
        CareTag.objects.create(household=kept, said=said, given_at=turn.at, given_by=turn.by, **runs)
        tag.ended_at = turn.at
        tag.save(update_fields=["ended_at"])
    areas = [each.area for each in (kept, ended) if each.area is not None]
    changes = apply(kept, {"area": sum(areas, Decimal())} if len(areas) > 1 else {})
    kept.version += 1
    kept.save(update_fields=[*changes, "version"])
    turn.note(Verb.MERGE, text=_("并入 %s") % ended.room, changes=changes or None)
    ended.merged_into, ended.ended_on = kept, turn.day
    ended.version += 1
    ended.save(update_fields=["merged_into", "ended_on", "version"])
    turn.note(Verb.MERGE, household=ended, text=_("并到 %s") % kept.room, changes={"ended_on": [None, turn.day]})
