"""Writes about people."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from community_portal.privacy.actions import log_access
from grid.access import scope_of
from grid.models import Staff
from residents.models import Resident, Stay
from residents.querysets import households_visible_to


@transaction.atomic
def resident_reveal(household_id: int, resident_id: int, *, by: Staff, at: datetime, purpose: str) -> Resident:
    """Let someone see a resident's full name and phone, with an entry in the access log.

    Raises Resident.DoesNotExist outside `by`'s scope, and ValidationError (on "purpose") when it says too little.
    """
    visible = households_visible_to(scope_of(by, localtime(at).date()))
    here = Stay.objects.current().filter(household=household_id, household__in=visible)
    resident = Resident.objects.get(pk=resident_id, pk__in=here.values("resident"))
    log_access(
        by=by,
        at=at,
        action="reveal",
        subject=f"residents.Resident:{resident.pk}",
        field="name,phone",
        purpose=purpose,
    )
    return resident


@transaction.atomic
def dwelling_reveal(household_id: int, *, by: Staff, at: datetime, purpose: str) -> None:
    """Let someone see the names and phones of a dwelling's owner and landlord, with an entry in the access log.

    Raises Household.DoesNotExist outside `by`'s scope, and ValidationError (on "purpose") when it says too little.
    """
    household = households_visible_to(scope_of(by, localtime(at).date())).get(pk=household_id)
    subject = f"residents.Household:{household.pk}"
    log_access(by=by, at=at, action="reveal", subject=subject, field="owner,landlord", purpose=purpose)
