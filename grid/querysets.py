"""Reads of staff and divisions that other apps need."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from community_portal.remembered import Remembered
from grid.access import Role, Scope, in_force
from grid.models import GridUnit, Staff

_workers: Remembered[tuple[int, date], Staff | None] = Remembered()
_hands: "Remembered[tuple[tuple[int, ...], date], list[Hand]]" = Remembered()
_outer_grids: Remembered[int, GridUnit | None] = Remembered()

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
    appointment = (
        in_force(on)
        .filter(grid_id=grid_id, role__in=(Role.GRID_WORKER, Role.STREET_OFFICER))
        .select_related("staff")
        .only("staff", "staff__name")
        .order_by("-starts_on", "-id")
        .first()
    )
    return appointment.staff if appointment else None


def forget_workers() -> None:
    """Make the next reader ask anew, for workers and outer grids."""
    _workers.forget()
    _hands.forget()
    _outer_grids.forget()


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


def outer_grid(street_id: int) -> GridUnit | None:
    """The street's outer grid (墙外) with the lowest number; remembered for a minute like the workers."""
    return _outer_grids.get(street_id, lambda: _first_outer(street_id))


def _first_outer(street_id: int) -> GridUnit | None:
    return GridUnit.objects.filter(division_id=street_id, kind=GridUnit.Kind.OUTER).order_by("code").first()
