"""Reads of staff and divisions that other apps need."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from community_portal.remembered import Remembered
from grid.access import Role, Scope, in_force
from grid.models import Appointment, GridUnit, Handover, Staff

_workers: Remembered[tuple[int, date], Staff | None] = Remembered()
_hands: "Remembered[tuple[tuple[int, ...], date], list[Hand]]" = Remembered()
_outer_grids: Remembered[int, GridUnit | None] = Remembered()
_members: Remembered[tuple[int, date], Staff | None] = Remembered()
_officers: Remembered[tuple[int, tuple[str, ...], date], Staff | None] = Remembered()
_names: Remembered[tuple[tuple[int, ...], date], dict[str, int]] = Remembered()

LADDER_ROLES = {
    "community_head": (Role.COMMUNITY_HEAD,),
    "street": (Role.STREET_OFFICER,),
    "district": (Role.DISTRICT_OFFICER,),
}


def grid_worker(grid_id: int, on: date) -> Staff | None:
    """The worker of a grid on a day (with the name alone): the one appointed last when there are several.

    Each process remembers the answer for a minute: an appointment made or ended by its date counts from that day on,
    one changed on the day itself a minute later.
    """
    return _workers.get((grid_id, on), lambda: _worker(grid_id, on))


def _worker(grid_id: int, on: date) -> Staff | None:
    return _latest(in_force(on).filter(grid_id=grid_id, role__in=(Role.GRID_WORKER, Role.STREET_OFFICER)))


def organisation_member(organisation_id: int, on: date) -> Staff | None:
    """Who takes an organisation's work on a day: its member appointed last; remembered like the workers."""
    return _members.get((organisation_id, on), lambda: _latest(in_force(on).filter(organisation=organisation_id)))


def officer_of(division_id: int, roles: tuple[str, ...], on: date) -> Staff | None:
    """The one appointed last in the first of these roles that anybody holds over a division; remembered too."""
    return _officers.get((division_id, roles, on), lambda: _officer(division_id, roles, on))


def _officer(division_id: int, roles: tuple[str, ...], on: date) -> Staff | None:
    found = (_latest(in_force(on).filter(division=division_id, role=role)) for role in roles)
    return next((staff for staff in found if staff), None)


def _latest(appointments: QuerySet[Appointment]) -> Staff | None:
    rows = appointments.select_related("staff").only("staff", "staff__name").order_by("-starts_on", "-id")
    appointment = rows.first()
    return appointment.staff if appointment else None


def names_in_service(division_ids: tuple[int, ...], on: date) -> dict[str, int]:
    """Staff ids by name of everybody who works in these divisions and their grids; remembered for a minute."""
    return _names.get((division_ids, on), lambda: _names_of(division_ids, on))


def _names_of(division_ids: tuple[int, ...], on: date) -> dict[str, int]:
    here = Q(division__in=division_ids) | Q(grid__division__in=division_ids)
    return dict(in_force(on).filter(here).values_list("staff__name", "staff_id"))


def forget_workers() -> None:
    """Make the next reader ask anew, for all that is remembered here."""
    for memory in (_workers, _hands, _outer_grids, _members, _officers, _names):
        memory.forget()


def members_of(organisation_ids: list[int], on: date) -> dict[int, list[int]]:
    """Staff ids of the members on a day, by organisation; one query for any number of them."""
    found: dict[int, list[int]] = {}
    rows = in_force(on).filter(organisation_id__in=organisation_ids).order_by("id")
    for organisation_id, staff_id in rows.values_list("organisation_id", "staff_id"):
        if organisation_id is not None:
            found.setdefault(organisation_id, []).append(staff_id)
    return found


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who works in some grids, by ids."""

    pk: int
    name: str
    grids: frozenset[int]


def workers_of(grid_ids: Iterable[int], on: date) -> list[Hand]:
    """The workers of these grids on a day, in the order of the grids' numbers; remembered for a minute."""
    ids = tuple(sorted(grid_ids))
    return _hands.get((ids, on), lambda: _workers_of(ids, on))


def _workers_of(grid_ids: tuple[int, ...], on: date) -> "list[Hand]":
    rows = in_force(on).filter(grid__in=grid_ids, role=Role.GRID_WORKER).order_by("grid__code", "-starts_on", "-id")
    found: dict[int, tuple[str, set[int]]] = {}
    for pk, name, grid in rows.values_list("staff_id", "staff__name", "grid_id"):
        if grid is not None:
            found.setdefault(pk, (name, set()))[1].add(grid)
    return [Hand(pk, name, frozenset(grids)) for pk, (name, grids) in found.items()]


def people_in_role(roles: tuple[str, ...], division_ids: list[int], on: date) -> dict[int, list[int]]:
    """Staff ids by division for a role on a day; one query for any number of divisions."""
    found: dict[int, list[int]] = {}
    rows = in_force(on).filter(role__in=roles, division_id__in=division_ids).order_by("id")
    for division_id, staff_id in rows.values_list("division_id", "staff_id"):
        if division_id is not None and staff_id not in found.setdefault(division_id, []):
            found[division_id].append(staff_id)
    return found


def grids_visible_to(scope: Scope) -> QuerySet[GridUnit]:
    """Grids inside the appointments' scope, by number."""
    inside = scope.matches(
        grid="pk", community="division_id", street="division__parent_id", district="division__parent__parent_id"
    ) | scope.matches(street="division_id", district="division__parent_id")
    return GridUnit.objects.filter(inside).select_related("division").order_by("code")


def handovers_visible_to(scope: Scope) -> QuerySet[Handover]:
    """Handovers inside the appointments' scope, also those that are done."""
    within = scope.matches(
        grid="grid_id", community="community_id", street="community__parent_id", district="community__parent__parent_id"
    )
    return Handover.objects.filter(within)


def outer_grid(street_id: int) -> GridUnit | None:
    """The street's outer grid (墙外) with the lowest number; remembered for a minute like the workers."""
    return _outer_grids.get(street_id, lambda: _first_outer(street_id))


def _first_outer(street_id: int) -> GridUnit | None:
    return GridUnit.objects.filter(division_id=street_id, kind=GridUnit.Kind.OUTER).order_by("code").first()
