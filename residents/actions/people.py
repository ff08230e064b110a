"""Seeing people of a file in plain: for a purpose, with an entry in the access log."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from community_portal.privacy.actions import log_access
from community_portal.privacy.models import AccessLog
from grid.access import scope_of
from grid.models import Staff
from residents.actions.base import ids_of
from residents.eyes import OWNER, QUICK, Eyes, opened
from residents.models import Household, Resident, Stay
from residents.querysets import households_visible_to


@transaction.atomic
def resident_reveal(
    household_id: int,
    resident_id: int,
    *,
    by: Staff,
    at: datetime,
    purpose: str,
    groups: Collection[str] = QUICK,
) -> Eyes:
    """Let someone see these field groups of a resident as far as their roles get them for the purpose.

    `purpose` as purposes.said_in says it. Raises Resident.DoesNotExist outside `by`'s scope, and ValidationError (on
    "purpose") when it says too little, opens nothing for these roles, or when they reveal too much within an hour.
    """
    scope = scope_of(by, localtime(at).date())
    here = Stay.objects.current().filter(household=household_id, household__in=households_visible_to(scope))
    stay = here.filter(resident=resident_id).select_related("household__community__division__parent").first()
    if stay is None:
        raise Resident.DoesNotExist
    roles = scope.roles_over(**ids_of(stay.household))
    seen = opened(roles, groups, purpose)
    _log(by, at, f"residents.Resident:{resident_id}", seen, purpose)
    return Eyes(roles, resident_id, frozenset(seen))


@transaction.atomic
def dwelling_reveal(household_id: int, *, by: Staff, at: datetime, purpose: str) -> None:
    """Let someone see the names and phones of a dwelling's owner and landlord.

    Raises Household.DoesNotExist outside `by`'s scope, and ValidationError (on "purpose") as `resident_reveal`.
    """
    scope = scope_of(by, localtime(at).date())
    visible = households_visible_to(scope).select_related("community__division__parent")
    household: Household = visible.get(pk=household_id)
    seen = opened(scope.roles_over(**ids_of(household)), OWNER, purpose)
    _log(by, at, f"residents.Household:{household.pk}", [f"owner {group}" for group in seen], purpose)


def _log(by: Staff, at: datetime, subject: str, seen: Collection[str], purpose: str) -> None:
    log_access(by=by, at=at, action=AccessLog.Action.REVEAL, subject=subject, field=",".join(seen), purpose=purpose)
