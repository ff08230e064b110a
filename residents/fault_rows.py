"""Faults as lines of a list, each with the presses that put it right."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from grid.access import Scope
from residents.actions.base import ids_of
from residents.checks import household_problems, person_problems
from residents.models import Fault, Household, Resident, Stay
from residents.rights import Task, tasks_for

Kind = Fault.Kind


@dataclass(frozen=True, slots=True)
class Way:
    """One press: what it says, and the household or person that it chooses (0 when there is nothing to choose)."""

    label: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One line: what is wrong, where, about whom, and the ways to put it right. `edit` leads to a form instead."""

    pk: int
    title: str
    household: Household
    about: str
    ways: list[Way]
    edit: int | None
    may: bool


def rows_of(faults: Iterable[Fault], scope: Scope) -> list[FaultRow]:
    """The lines of some faults, in their order; two queries for all of them."""
    listed = list(faults)
    ids = {pk for fault in listed for pk in (fault.household_id, fault.other_id) if pk}
    homes = Household.objects.select_related("building", "community__division__parent").in_bulk(ids)
    people: dict[int, list[Stay]] = defaultdict(list)
    for stay in Stay.objects.current().filter(household__in=ids).select_related("resident").order_by("id"):
        people[stay.household_id].append(stay)
    return [_row(fault, homes, people, scope) for fault in listed]


def _row(fault: Fault, homes: dict[int, Household], people: dict[int, list[Stay]], scope: Scope) -> FaultRow:
    home = homes[fault.household_id]
    stays = people[home.pk]
    person = next((stay.resident for stay in stays if stay.resident_id == fault.resident_id), None)
    may = Task.MEND in tasks_for(scope.roles_over(**ids_of(home)))
    return FaultRow(
        pk=fault.pk,
        title=fault.get_kind_display(),
        household=home,
        about=_about(fault, homes, stays, person) if may else mask_name(person.name) if person else "",
        ways=_ways(fault, homes, stays),
        edit=fault.resident_id if fault.kind == Kind.ID_NUMBER else None,
        may=may,
    )


def _about(fault: Fault, homes: dict[int, Household], stays: Sequence[Stay], person: Resident | None) -> str:
    """Who it is about and what does not fit, in the words that were said when it was entered."""
    if person is None:
        found = household_problems([stay.relation for stay in stays], homes[fault.household_id].beds)
        return found.get(fault.kind) or _("%d 人") % len(stays)
    if fault.kind == Kind.DOUBLE and fault.other_id and fault.other_id != fault.household_id:
        return _("%(name)s 也登记在 %(home)s") % {"name": mask_name(person.name), "home": homes[fault.other_id]}
    found = person_problems(person.id_number, person.birth_date, person.sex)
    return f"{mask_name(person.name)} {found.get(fault.kind, '')}".strip()


def _ways(fault: Fault, homes: dict[int, Household], stays: Sequence[Stay]) -> list[Way]:
    if fault.kind == Kind.DOUBLE and fault.other_id:
        if fault.other_id == fault.household_id:
            return [Way(_("去掉重复的一条"), fault.household_id)]
        return [Way(_("住在 %s") % homes[pk], pk) for pk in (fault.household_id, fault.other_id)]
    if fault.kind in (Kind.BIRTH, Kind.SEX):
        return [Way(_("按身份证更正"))]
    if fault.kind == Kind.HEADS:
        heads = [stay for stay in stays if stay.relation == Stay.HEAD]
        return [Way(_("户主是%s") % mask_name(stay.resident.name), stay.resident_id) for stay in heads]
    if fault.kind == Kind.HEADLESS:
        eldest = sorted(stays, key=lambda stay: stay.resident.birth_date)[:2]
        return [Way(_("户主是%s") % mask_name(stay.resident.name), stay.resident_id) for stay in eldest]
    if fault.kind == Kind.BEDS:
        return [Way(_("可住人数改为 %d") % len(stays))]
    return []
