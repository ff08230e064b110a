"""Due visits as the wall and a household's file show them; registered with residents.marks when the app starts."""

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from grid.access import Scope
from residents.marks import Kind, MarkSource, Rows, Section
from residents.models import Visit
from residents.querysets import households_visible_to, signs_visible_to
from residents.rights import CLOSE
from residents.rounds import due_now, next_due
from residents.sign_faces import watch_of
from residents.timeline import MOST, Line

VISIT = Kind("visit", _("走访待办"), _("%d 次走访"), "diamond")
SIGN = Kind("sign", _("待看信号"), _("%d 个信号没看到"), "flag")


def visit_rows(scope: Scope, community_id: int, at: datetime) -> Rows:
    """The visits of a community that may be made today or are late."""
    return _places(due_now(scope, at).filter(community=community_id))


def sign_rows(scope: Scope, community_id: int, at: datetime) -> Rows:
    """The curtains and lights of a community that are still to be seen."""
    return _places(signs_visible_to(scope).filter(community=community_id, opens_at__lte=at))


def _places(rows: QuerySet[Any]) -> Rows:
    """Where each is due: at its household, so at no building beside it."""
    nowhere = rows.order_by().annotate(building=Value(None, BigIntegerField()))
    return nowhere.values_list("household_id", "building", "grid_id", "due_at")


VISITS = MarkSource(VISIT, visit_rows, once=True)
SIGNS = MarkSource(SIGN, sign_rows)


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
