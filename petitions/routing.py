"""Where a petition goes: place, jurisdiction, grid and handler. Nothing found still has a queue: nobody's is lost."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.utils.timezone import localtime

from grid.access import Role, ancestors
from grid.models import Division, GridUnit, Organisation, Staff
from grid.querysets import grid_worker, names_in_service, officer_of, organisation_member, outer_grid
from petitions.catalogue import catalogue
from petitions.models import Category, Petition, RoutingRule
from petitions.rules import Facts, Rule, Tried, first_fit, tried
from residents.candidates import Candidate
from residents.models import Building, Household
from residents.places import Located, locate

Target = RoutingRule.Target
COMPANY = "物业"
COMMUNITY_ROLES = (Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD)
STREET_ROLES = (Role.STREET_OFFICER,)


@dataclass(frozen=True)
class Route:
    """The outcome of routing. `reason` says in the users' words why it went there, `rule` which rule decided.

    `candidates` are the buildings and households that may be meant where the address is not certain; `about_…` is whom
    a complaint is about, who is then passed over.
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
    rule: Rule | None = None
    about_staff: int | None = None
    about_organisation: int | None = None


@dataclass(frozen=True)
class _Case:
    """What a petition says, located."""

    located: Located
    category: Category | None
    facts: Facts
    on: date

    @cached_property
    def above(self) -> dict[int, Division]:
        return ancestors(self.located.division)

    @property
    def grid(self) -> GridUnit | None:
        return self.located.building.grid if self.located.building else None

    @property
    def company(self) -> Organisation | None:
        return self.located.building.estate.property_company if self.located.building else None


def route(
    *,
    address: str,
    text: str,
    home: Division,
    category: Category | None,
    at: datetime,
    known: Building | None = None,
    kind: str = Petition.Kind.HELP,
    source: str = "",
    jurisdiction: str = "",
) -> Route:
    """Address (or, when it names nothing, the text) → household → grid; then the first rule that fits says whose it is.

    Without a rule, or where nobody is there, the petition waits unassigned at the deepest division that is known.
    `jurisdiction` overrules the category's.
    """
    case = _case(address, text, home, category, at, known, kind, source, jurisdiction)
    rule = first_fit(catalogue().routing, case.facts)
    about_staff, about_unit = _about(case)
    grid, handler, unit, reason = _led(case, rule)
    if unit and unit.pk == about_unit:
        unit, handler = None, grid_worker(grid.pk, case.on) if grid else None
    if handler and handler.pk == about_staff:
        handler, reason = None, "投诉的是网格员本人，请派给别人"
    located, above = case.located, case.above
    return Route(
        district=above.get(Division.Level.DISTRICT),
        street=above.get(Division.Level.STREET),
        community=above.get(Division.Level.COMMUNITY),
        grid=grid,
        building=located.building,
        household=located.household,
        jurisdiction=case.facts.jurisdiction,
        handler=handler,
        organisation=unit,
        reason=reason,
        candidates=located.candidates,
        rule=rule,
        about_staff=about_staff,
        about_organisation=about_unit,
    )


def explain(
    *, address: str, text: str, home: Division, category: Category | None, at: datetime, kind: str, source: str
) -> list[Tried]:
    """Every rule in order, and what it asked for in vain: why did this go there, and not elsewhere?"""
    case = _case(address, text, home, category, at, None, kind, source)
    return tried(catalogue().routing, case.facts)


def _case(
    address: str,
    text: str,
    home: Division,
    category: Category | None,
    at: datetime,
    known: Building | None,
    kind: str,
    source: str,
    jurisdiction: str = "",
) -> _Case:
    located = locate(address, home, known)
    if located.building is None and text:
        located = _better(located, locate(f"{address} {text}", home))
    facts = Facts(
        category=category.code if category else "",
        kind=kind,
        source=source,
        jurisdiction=jurisdiction or (category.jurisdiction if category else Category.Jurisdiction.INNER),
        grid_kind=located.building.grid.kind if located.building else "",
        division=located.division.code,
        text=text,
        clock=localtime(at).time(),
    )
    return _Case(located, category, facts, localtime(at).date())


def _better(first: Located, second: Located) -> Located:
    if second.building or second.division.level > first.division.level:
        return second
    return first if first.candidates else replace(first, candidates=second.candidates)


def _led(case: _Case, rule: Rule | None) -> tuple[GridUnit | None, Staff | None, Organisation | None, str]:
    """Grid, handler, the unit that answers for it, and why. A unit without members has the grid's worker beside it."""
    if rule is None:
        return case.grid, None, _helper(case), "没有适用的分派规则，请派单"
    street, community = case.above.get(Division.Level.STREET), case.above.get(Division.Level.COMMUNITY)
    match Target(rule.target):
        case Target.GRID:
            return _to_grid(case, case.grid, outer=False)
        case Target.OUTER:
            return _to_grid(case, outer_grid(street.pk) if street else case.grid, outer=street is not None)
        case Target.COMMUNITY:
            return _to_officer(case, rule, community, COMMUNITY_ROLES)
        case Target.STREET:
            return _to_officer(case, rule, street, STREET_ROLES)
        case Target.PROPERTY | Target.ORGANISATION:
            return _to_unit(case, rule)
        case _:
            return case.grid, None, _helper(case), f"按规则“{rule.name}”等人来派"


def _to_grid(
    case: _Case, grid: GridUnit | None, *, outer: bool
) -> tuple[GridUnit | None, Staff | None, Organisation | None, str]:
    handler = grid_worker(grid.pk, case.on) if grid else None
    return grid, handler, _helper(case), _reason(case.located, grid, handler, outer=outer)


def _to_officer(
    case: _Case, rule: Rule, division: Division | None, roles: tuple[str, ...]
) -> tuple[GridUnit | None, Staff | None, Organisation | None, str]:
    handler = officer_of(division.pk, roles, case.on) if division else None
    missing = "" if handler else "，那里暂无人任职，请派单"
    return case.grid, handler, _helper(case), f"按规则“{rule.name}”到{division.name if division else '上级'}{missing}"


def _to_unit(case: _Case, rule: Rule) -> tuple[GridUnit | None, Staff | None, Organisation | None, str]:
    unit = catalogue().organisations.get(rule.organisation or 0) or case.company
    if unit is None:
        return _to_grid(case, case.grid, outer=False)
    member = organisation_member(unit.pk, case.on)
    if member:
        return case.grid, member, unit, f"按规则“{rule.name}”到{unit.name}"
    grid, handler, _unit, _words = _to_grid(case, case.grid, outer=False)
    return grid, handler, unit, f"按规则“{rule.name}”到{unit.name}，没有账号，由网格员联系"


def _helper(case: _Case) -> Organisation | None:
    """The property company of the building's estate, when the category wants one beside the worker (首问责任)."""
    wanted = case.category is not None and case.category.helper == Organisation.Kind.PROPERTY
    return case.company if wanted else None


def _about(case: _Case) -> tuple[int | None, int | None]:
    """Whom a complaint names: somebody in service there, or the estate's property company."""
    if case.facts.kind != Petition.Kind.COMPLAINT:
        return None, None
    divisions = tuple(sorted(division.pk for division in case.above.values()))
    names = names_in_service(divisions, case.on)
    staff = next((pk for name, pk in names.items() if name in case.facts.text), None)
    company = case.company
    named = company is not None and (company.name in case.facts.text or COMPANY in case.facts.text)
    return staff, company.pk if company and named else None


def _reason(located: Located, grid: GridUnit | None, handler: Staff | None, *, outer: bool) -> str:
    place = f"{located.building.name}" if located.building else located.division.name
    if outer and grid:
        return f"墙外事项，归{grid.name}"
    if handler and grid:
        return f"按地址 {place} 到{grid.name}"
    if grid:
        return f"按地址 {place} 到{grid.name}，该网格暂无人任职，请派单"
    return f"认出 {place}，未认出楼栋，请派单"
