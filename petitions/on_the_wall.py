"""Petitions as the wall and a household's file show them; registered with residents.marks when the app starts."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from grid.access import Scope
from petitions.actions.base import page_of
from petitions.querysets import open_by_time, visible_to
from residents.marks import Kind, MarkSource, Rows, Section
from residents.timeline import MOST, Line

IN_A_FILE = 20
OPEN = Kind("petition", _("在办诉求"), _("%d 件在办"), "dot")


def open_rows(scope: Scope, community_id: int, at: datetime) -> Rows:
    """The open petitions of a community, each at its household, else at its building."""
    rows = open_by_time(visible_to(scope).filter(community=community_id)).order_by()
    return rows.values_list("household_id", "building_id", "grid_id", "due_at")


PETITIONS = MarkSource(OPEN, open_rows)


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
