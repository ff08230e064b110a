"""Saying for a petition where it is, when its address left that open."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import ancestors, scope_of
from grid.models import Division, Staff
from grid.querysets import grid_worker
from petitions.actions.base import SYSTEM, ActionRefused, Turn, begin, finish, tell_staff
from petitions.actions.timing import CANCELLED, Kind, close_clocks, new_clocks
from petitions.models import Category, Petition, PetitionClock
from petitions.workflow import State, Verb
from residents.models import Building, Household
from residents.querysets import buildings_visible_to, households_visible_to


@transaction.atomic
def petition_place(
    petition_id: int,
    *,
    by: Staff,
    at: datetime,
    building_id: int,
    household_id: int | None = None,
    version: int | None = None,
) -> Petition:
    """Put the petition at a building or household inside the actor's scope.

    One that nobody had yet goes to its grid's worker; one that was dispatched before keeps grid and handler.
    Raises ActionRefused or Changed.
    """
    building, household = _place(by, at, building_id, household_id)
    name = str(household or building)
    turn = begin(petition_id, Verb.SUPPLEMENT, by=by, at=at, text=name, version=version)
    petition = turn.petition
    petition.building, petition.household = building, household
    turn.text = ""
    tell_staff(turn, petition.handler_id, _("地址已确定：%s") % petition.title, name)
    finish(turn, data={"place": name})
    if petition.state == State.REGISTERED and not petition.events.filter(verb=Verb.DISPATCH).exists():
        _send_on(petition, building, at)
    return petition


def _place(by: Staff, at: datetime, building_id: int, household_id: int | None) -> tuple[Building, Household | None]:
    scope = scope_of(by, localtime(at).date())
    if household_id is None:
        building = (
            buildings_visible_to(scope).select_related("grid__division__parent__parent").filter(pk=building_id).first()
        )
        household = None
    else:
        visible = households_visible_to(scope).select_related("building__grid__division__parent__parent")
        household = visible.filter(pk=household_id, building=building_id).first()
        building = household.building if household else None
    if building is None:
        raise ActionRefused(_("请选择本辖区的楼栋或户"))
    return building, household


def _send_on(petition: Petition, building: Building, at: datetime) -> None:
    """As routing would have: an inner matter to the worker of the building's grid."""
    if petition.jurisdiction != Category.Jurisdiction.INNER:
        return
    above = ancestors(building.grid.division)
    petition.grid = building.grid
    petition.community = above.get(Division.Level.COMMUNITY, petition.community)
    petition.street = above.get(Division.Level.STREET, petition.street)
    petition.district = above.get(Division.Level.DISTRICT, petition.district)
    petition.handler = grid_worker(building.grid_id, localtime(at).date())
    if petition.handler is None or petition.handler.pk == petition.about_staff_id:
        petition.handler = None
        petition.save()
        return
    turn = Turn(petition, Verb.DISPATCH, None, at, petition.state, _("按地址 %s 派单") % building.name, SYSTEM)
    close_clocks(petition, at, CANCELLED, [Kind.SIGN_IN])
    PetitionClock.objects.bulk_create(new_clocks(petition, at, [Kind.SIGN_IN]))
    tell_staff(turn, petition.handler.pk, _("派给您：%s") % petition.title, turn.text)
    finish(turn, data={"handler": petition.handler.name})
