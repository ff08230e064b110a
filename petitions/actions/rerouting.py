"""Petitions whose handler holds no post any more: somebody else gets them, or they wait in the queue."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import Role, in_force
from grid.models import Appointment, Staff
from petitions.actions.base import SYSTEM, begin, finish, tell_staff
from petitions.actions.handling import hand_over
from petitions.models import Petition
from petitions.workflow import OPEN, Verb

AT_ONCE = 500


def reroute_ownerless(*, at: datetime, limit: int = AT_ONCE) -> int:
    """Hand over what people without a post still have, at most so many at once; returns how many."""
    on = localtime(at).date()
    gone = Staff.objects.exclude(pk__in=in_force(on).values("staff")).values("pk")
    left = Petition.objects.filter(handler__in=gone, state__in=OPEN).order_by("id").values_list("pk", flat=True)
    return sum(_reroute(petition_id, at, on) for petition_id in list(left[:limit]))


@transaction.atomic
def _reroute(petition_id: int, at: datetime, on: date) -> bool:
    turn = begin(petition_id, Verb.DISPATCH, by=None, at=at, actor=SYSTEM, text=_("原办理人已不在岗"))
    petition = turn.petition
    if petition.handler_id is None or in_force(on).filter(staff=petition.handler_id).exists():
        return False
    if successor := _successor(petition, on):
        hand_over(turn, successor)
        return True
    petition.handler = None
    heads = in_force(on).filter(role__in=(Role.COMMUNITY_HEAD,), division=petition.community_id)
    for staff_id in heads.values_list("staff_id", flat=True):
        tell_staff(turn, staff_id, _("没有人办了，请派单：%s") % petition.title)
    finish(turn, data={"handler": ""})
    return True


def _successor(petition: Petition, on: date) -> Appointment | None:
    """Another member of the organisation whose member left it behind, else the grid's worker; never whom it complains
    about.
    """
    posts = in_force(on).select_related(
        "staff", "organisation", "grid__division__parent__parent", "division__parent__parent"
    )
    unit = petition.organisation_id
    found = None
    if unit and Appointment.objects.filter(staff=petition.handler_id, organisation=unit).exists():
        found = posts.filter(organisation=unit)
    elif petition.grid_id:
        found = posts.filter(grid=petition.grid_id, role=Role.GRID_WORKER)
    latest = found.order_by("-starts_on", "-id") if found is not None else []
    return next((post for post in latest if post.staff_id != petition.about_staff_id), None)
