"""What a visit finds a household to need, as a petition: found by us before anybody asked (未诉先办)."""

from datetime import datetime

from django.utils.translation import gettext as _

from grid.models import Staff
from petitions.actions.base import path_of
from petitions.actions.register import Intake, register
from petitions.callers import address_of
from petitions.models import Petition
from residents.models import Household
from residents.needs import Need


def register_need(household: Household, text: str, by: Staff, at: datetime) -> Need:
    """Register the need of a household; registered with residents.needs when the app starts."""
    division = household.community.division
    petition, _new = register(
        Intake(
            source=Petition.Source.PATROL,
            home=division,
            text=text,
            received_at=at,
            address=address_of(household),
        ),
        by=by,
        at=at,
    )
    return Need(_("已登记诉求 %s") % petition.number, path_of(petition))
