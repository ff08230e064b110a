"""Due visits as the wall and a household's file show them; registered with residents.marks when the app starts."""

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from grid.access import Scope
from residents.marks import Kind, Mark, Marks, Section, gathered
from residents.models import Visit
from residents.querysets import households_visible_to, signs_visible_to
from residents.rights import CLOSE
from residents.rounds import due_now, next_due
from residents.sign_faces import watch_of
from residents.timeline import MOST, Line

VISIT = Kind("visit", _("走访待办"), _("%d 次走访"), "diamond")
SIGN = Kind("sign", _("待看信号"), _("%d 个信号没看到"), "flag")


def visit_marks(scope: Scope, community_id: int, at: datetime) -> Marks:
    """Each household of a community that may be visited today or is late; one query."""
    households: dict[int, Mark] = {}
    in_time, late = Mark(VISIT), Mark(VISIT, late=True)
    grids: Counter[int | None] = Counter()
    rows = due_now(scope, at).filter(community=community_id).values_list("household_id", "grid_id", "due_at")
    for household, grid, due_at in rows:
        if household not in households:
            households[household] = late if due_at is not None and due_at <= at else in_time
            grids[grid] += 1
    return Marks(VISIT, households, grids=grids)


def sign_marks(scope: Scope, community_id: int, at: datetime) -> Marks:
    """Each household of a community whose curtain or light is still to be seen; one query."""
    rows = signs_visible_to(scope).filter(community=community_id, opens_at__lte=at)
    found = list(rows.values_list("household_id", "grid_id", "due_at"))
    households = gathered((pk, Mark(SIGN, late=due_at is not None and due_at <= at)) for pk, _grid, due_at in found)
    return Marks(SIGN, households, grids=Counter(grid for _pk, grid, _due in found))


def watch_section(scope: Scope, household_id: int, at: datetime) -> Section | None:
    """How a household is watched from outside; one query."""
    watch = watch_of(household_id)
    return Section("residents/watch_section.html", {"watch": watch}) if watch else None


def visit_section(scope: Scope, household_id: int, at: datetime) -> Section:
    """The household's coming visit, and the way to write one down; one query."""
    may_watch = bool(CLOSE & scope.roles)
    context = {"due": next_due(household_id), "household": household_id, "now": at, "may_watch": may_watch}
    return Section("residents/visits_section.html", context)


def visit_timeline(scope: Scope, household_id: int, until: datetime) -> list[Line]:
    """A household's visits in its timeline; one query."""
    visible = households_visible_to(scope).filter(pk=household_id)
    rows = Visit.objects.filter(household__in=visible, at__lt=until).select_related("by").order_by("-at")[:MOST]
    return [Line(row.at, row.get_result_display(), row.note, row.by.name) for row in rows]
