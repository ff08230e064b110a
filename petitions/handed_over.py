"""Open petitions change hands with an appointment: listed, taken by whoever signs, and never left with nobody there."""

import logging
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import in_force
from grid.belongings import Belonging
from grid.models import Appointment, HandoverItem, Staff
from grid.querysets import grid_worker
from petitions.actions.base import ActionRefused, path_of
from petitions.actions.handing_over import petition_hand_over
from petitions.actions.handling import petition_accept
from petitions.models import Part, Petition
from petitions.workflow import OPEN

logger = logging.getLogger(__name__)


def held(appointment: Appointment, at: datetime) -> Iterator[Belonging]:
    """The open petitions of the appointment's holder inside its place; one query."""
    here = Q(grid=appointment.grid_id) if appointment.grid_id else Q(community=appointment.division_id)
    # A complaint about a colleague is nothing to be listed: when its handler has left, the night gives it on.
    rows = Petition.objects.filter(here, handler=appointment.staff_id, state__in=OPEN, about_staff__isnull=True)
    for row in rows.order_by("due_at", "pk"):
        yield Belonging(
            kind=HandoverItem.Kind.PETITION, subject=f"petition:{row.pk}", title=row.title, path=path_of(row)
        )


def take(subject: str, by: Staff, at: datetime) -> None:
    """The signer becomes the handler and has signed in; one that is answered, or in other hands already, stays."""
    petition = Petition.objects.get(pk=int(subject.partition(":")[2]))
    if petition.state not in OPEN or by.pk in (petition.handler_id, petition.about_staff_id):
        return
    petition_hand_over(petition.pk, to=by, at=at, text=_("交接，%s 签收") % by.name)
    petition_accept(petition.pk, by=by, at=at)


def left_behind(at: datetime) -> QuerySet[Petition]:
    """Open petitions whose handler has no appointment in force any more that reaches them."""
    reach = Q(grid=OuterRef("grid"))
    for place in ("community", "street", "district"):
        reach |= Q(division=OuterRef(place))
    units = Part.objects.filter(petition=OuterRef(OuterRef("pk"))).values("organisation")
    reach |= Q(organisation=OuterRef("organisation")) | Q(organisation__in=units)
    there = in_force(localtime(at).date()).filter(reach, staff=OuterRef("handler"))
    return Petition.objects.filter(~Exists(there), handler__isnull=False, state__in=OPEN)


def release(at: datetime) -> int:
    """Give what is left behind to the grid's worker, or back to the queue; returns how many petitions that were."""
    found = list(left_behind(at).order_by("pk").values_list("pk", "grid", "handler__name"))
    for pk, grid, former in found:
        worker = grid_worker(grid, localtime(at).date()) if grid else None
        text = _("%(who)s 已离任，转给%(to)s") % {"who": former, "to": worker.name if worker else _("待派单")}
        try:
            petition_hand_over(pk, to=worker, at=at, text=text)
        except ActionRefused:
            logger.info("petition %s was answered meanwhile", pk)
    return len(found)
