"""Calling a visit for an occasion, and deciding otherwise than the tags say."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import COMMUNITY, GRID, Role, scope_of
from grid.models import Staff
from residents.actions.schedule import new_due, schedule
from residents.actions.visits import households_locked
from residents.models import CareClass, CareDecision, Household, VisitDue, VisitEvent
from residents.visit_rules import Span

LONGEST_DECISION = timedelta(days=366)
DECIDERS = frozenset({Role.COMMUNITY_HEAD, Role.COMMUNITY_WORKER})


def visit_call(household_id: int, *, by: Staff, at: datetime, care_class: CareClass, occasion: str) -> VisitDue:
    """Have a household visited for an occasion (出院, 丧亲), within the hours of a class that is called by events.

    The same occasion again, while it is open, is the same visit. Raises ValidationError, Household.DoesNotExist.
    """
    occasion = occasion.strip()
    if care_class.within_hours is None:
        raise ValidationError({"care_class": _("这一类是定期走访，不能按事由安排")})
    if not occasion or len(occasion) > 60:
        raise ValidationError({"occasion": _("请用 60 个字以内写明事由")})
    with transaction.atomic():
        household = households_locked([household_id], by, at)[household_id]
        known = household.visits_due.filter(closed_at__isnull=True, occasion=occasion).first()
        if known is not None:
            return known
        due = new_due(
            household.pk,
            household.community_id,
            household.grid_id,
            care_class,
            started_at=at,
            span=Span(at, at + timedelta(hours=care_class.within_hours)),
            occasion=occasion,
        )
        due.save()
        VisitEvent.objects.create(due=due, at=at, verb=VisitEvent.Verb.CALL, by=by, text=occasion)
    return due


def care_decide(
    household_id: int,
    *,
    by: Staff,
    at: datetime,
    care_class: CareClass | None,
    reason: str,
    until: date,
) -> CareDecision:
    """Visit a household by this class (None: not at all) whatever its tags say, up to a day; the community's decision.

    Raises ValidationError by field, Household.DoesNotExist outside the scope or without a deciding role.
    """
    today = localtime(at).date()
    if len(reason.strip()) < 2:
        raise ValidationError({"reason": _("请写明理由")})
    if not today <= until <= today + LONGEST_DECISION:
        raise ValidationError({"until": _("止日应在今天以后、一年以内")})
    with transaction.atomic():
        household = households_locked([household_id], by, at)[household_id]
        roles = scope_of(by, today).roles_over(**{GRID: household.grid_id, COMMUNITY: household.community_id})
        if not roles & DECIDERS:
            raise Household.DoesNotExist
        household.decisions.filter(until__gte=today).update(until=today - timedelta(days=1))
        decision = CareDecision.objects.create(
            household=household, care_class=care_class, reason=reason.strip()[:200], since=today, until=until, by=by
        )
        schedule(at=at, household_ids=[household.pk])
    return decision
