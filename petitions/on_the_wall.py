"""Petitions as the wall and a household's file show them; registered with residents.marks when the app starts."""

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from grid.access import Scope
from petitions.actions.base import page_of
from petitions.querysets import open_by_time, visible_to
from residents.marks import Kind, Mark, Marks, Section, gathered
from residents.timeline import MOST, Line

IN_A_FILE = 20
OPEN = Kind("petition", _("在办诉求"), _("%d 件在办"), "dot")


def open_marks(scope: Scope, community_id: int, at: datetime) -> Marks:
    """Each open petition of a community at its household, else at its building; one query."""
    households: list[tuple[int, Mark]] = []
    buildings: list[tuple[int, Mark]] = []
    grids: Counter[int | None] = Counter()
    in_time, late = Mark(OPEN), Mark(OPEN, late=True)
    rows = open_by_time(visible_to(scope).filter(community=community_id))
    for household, building, grid, due_at in rows.values_list("household_id", "building_id", "grid_id", "due_at"):
        grids[grid] += 1
        mark = late if due_at is not None and due_at <= at else in_time
        if household is not None:
            households.append((household, mark))
        elif building is not None:
            buildings.append((building, mark))
    return Marks(OPEN, gathered(households), gathered(buildings), grids)


def open_section(scope: Scope, household_id: int, at: datetime) -> Section | None:
    """The household's open petitions, the nearest deadline first, up to 20; one query."""
    rows = open_by_time(visible_to(scope).filter(household=household_id)).select_related("category")
    petitions = list(rows[:IN_A_FILE])
    return Section("petitions/household_section.html", {"petitions": petitions}) if petitions else None


def petition_lines(scope: Scope, household_id: int, until: datetime) -> list[Line]:
    """A household's requests in its timeline: when each came in, and when it was answered; one query."""
    rows = visible_to(scope).filter(household=household_id, registered_at__lt=until).select_related("category")
    found: list[Line] = []
    for row in rows.only("number", "title", "state", "registered_at", "resolved_at", "category__name").order_by("-id")[
        :MOST
    ]:
        url = page_of(row.number)
        kind = f"{row.category.name}：" if row.category else ""
        found.append(Line(row.registered_at, str(_("诉求")), f"{kind}{row.title}", url=url))
        if row.resolved_at and row.resolved_at < until:
            found.append(Line(row.resolved_at, str(_("答复")), row.title, url=url, tone="done"))
    return found
