"""The households that a grid's worker hands over: those visited weekly, called for, or watched from outside."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from community_portal.worktime.words import moment
from grid.belongings import Belonging
from grid.models import Appointment, HandoverItem
from residents.models import Household, Stay, VisitDue, Watch
from residents.paths import path_of

OFTEN = 7
"""Households visited at least once in so many days are of concern."""


def held(appointment: Appointment, at: datetime) -> Iterator[Belonging]:
    """Every household of concern in the grid, with its note for visitors and its coming visit; three queries."""
    if appointment.grid_id is None:
        return
    called = VisitDue.objects.filter(household=OuterRef("pk"), closed_at__isnull=True).exclude(occasion="")
    watched = Watch.objects.filter(household=OuterRef("pk"), ended_on__isnull=True)
    concern = Q(care_class__every_days__lte=OFTEN) | Exists(called) | Exists(watched)
    rows = Household.objects.filter(concern, grid=appointment.grid_id, ended_on__isnull=True)
    coming = VisitDue.objects.filter(closed_at__isnull=True).order_by("due_at")
    people = Stay.objects.current().select_related("resident").order_by("id")
    rows = rows.select_related("building").prefetch_related(
        Prefetch("visits_due", coming, to_attr="coming"), Prefetch("stays", people, to_attr="present")
    )
    for row in rows.order_by("building__position", "unit", "floor", "column"):
        yield Belonging(
            kind=HandoverItem.Kind.HOUSEHOLD,
            subject=f"household:{row.pk}",
            title=_title(row),
            path=path_of(row.pk),
            said=_said(row, at),
        )


def _title(row: Household) -> str:
    names = "、".join(mask_name(stay.resident.name) for stay in row.present)  # type: ignore[attr-defined]
    return f"{row} {names}".strip()


def _said(row: Household, at: datetime) -> str:
    due = next(iter(row.coming), None)  # type: ignore[attr-defined]
    coming = _("下次走访 %s 前") % moment(due.due_at, at) if due and due.due_at else ""
    return "；".join(text for text in (row.note, coming) if text)
