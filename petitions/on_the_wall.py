"""Open petitions as the wall and a household's file show them; registered with residents.marks when the app starts."""

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from grid.access import Scope
from petitions.querysets import open_by_time, visible_to
from residents.marks import Kind, Mark, Marks, Section, gathered

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
