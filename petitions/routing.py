"""Where a petition goes: place, jurisdiction, grid and handler. Nothing found still has a queue: nobody's is lost."""

from dataclasses import dataclass, replace
from datetime import date

from grid.access import ancestors
from grid.models import Division, GridUnit, Organisation, Staff
from grid.querysets import grid_worker, outer_grid
from petitions.models import Category
from residents.candidates import Candidate
from residents.models import Building, Household
from residents.places import Located, locate


@dataclass(frozen=True)
class Route:
    """The outcome of routing. `reason` says in the users' words why it went there.

    `candidates` are the buildings and households that may be meant where the address is not certain.
    """

    district: Division | None
    street: Division | None
    community: Division | None
    grid: GridUnit | None
    building: Building | None
    household: Household | None
    jurisdiction: str
    handler: Staff | None
    organisation: Organisation | None
    reason: str
    candidates: tuple[Candidate, ...] = ()


def route(
    *, address: str, text: str, home: Division, category: Category | None, on: date, known: Building | None = None,
    jurisdiction: str = "",
) -> Route:  # fmt: skip
    """Address (or, when it names nothing, the text) → household → grid → worker.

    Inner matters go to the building's grid worker, outer ones (墙外) to the street's outer grid; without either the
    petition waits unassigned at the deepest division that is known. `jurisdiction` overrules the category's.
    """
    located = locate(address, home, known)
    if located.building is None and text:
        located = _better(located, locate(f"{address} {text}", home))
    above = ancestors(located.division)
    street = above.get(Division.Level.STREET)
    jurisdiction = jurisdiction or (category.jurisdiction if category else Category.Jurisdiction.INNER)
    grid = located.building.grid if located.building else None
    if jurisdiction == Category.Jurisdiction.OUTER and street:
        grid = outer_grid(street.pk)
    handler = grid_worker(grid.pk, on) if grid else None
    return Route(
        district=above.get(Division.Level.DISTRICT),
        street=street,
        community=above.get(Division.Level.COMMUNITY),
        grid=grid,
        building=located.building,
        household=located.household,
        jurisdiction=jurisdiction,
        handler=handler,
        organisation=_helper(category, located),
        reason=_reason(located, grid, handler, jurisdiction),
        candidates=located.candidates,
    )


def _better(first: Located, second: Located) -> Located:
    if second.building or second.division.level > first.division.level:
        return second
    return first if first.candidates else replace(first, candidates=second.candidates)


def _helper(category: Category | None, located: Located) -> Organisation | None:
    """The property company of the building's estate, when the category wants one beside the worker (首问责任)."""
    if category and category.helper == Organisation.Kind.PROPERTY and located.building:
        return located.building.estate.property_company
    return None


def _reason(located: Located, grid: GridUnit | None, handler: Staff | None, jurisdiction: str) -> str:
    place = f"{located.building.name}" if located.building else located.division.name
    if jurisdiction == Category.Jurisdiction.OUTER and grid:
        return f"墙外事项，归{grid.name}"
    if handler and grid:
        return f"按地址 {place} 到{grid.name}"
    if grid:
        return f"按地址 {place} 到{grid.name}，该网格暂无人任职，请派单"
    return f"认出 {place}，未认出楼栋，请派单"
