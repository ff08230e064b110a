"""Writing the duty rota: taking turns, going on leave, coming back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.deadlines import ONE_DAY
from grid.access import COMMUNITY, Role, scope_of
from grid.duties import colleagues, forget_duties, on_rota
from grid.duty_rules import in_turns
from grid.models import Appointment, Division, Duty, Leave, Staff
from grid.querysets import forget_workers

PLANNERS = frozenset({Role.COMMUNITY_HEAD, Role.COMMUNITY_WORKER})
LONGEST = timedelta(days=366)


def rota_fill(
    community_id: int,
    *,
    by: Staff,
    at: datetime,
    kind: str,
    staff_ids: Sequence[int],
    first: date,
    last: date,
    days_each: int = 1,
) -> int:
    """Have these people take turns of `days_each` days; turns that were set before are replaced. Returns the days.

    Raises Division.DoesNotExist without a planner's post there, ValidationError by field.
    """
    _may_plan(community_id, by, at)
    if kind not in Duty.Kind.values:
        raise ValidationError({"kind": _("请选班次")})
    if not staff_ids or not set(staff_ids) <= {each.pk for each in on_rota(community_id, first)}:
        raise ValidationError({"staff": _("请选本社区在岗的社工或书记")})
    if not localtime(at).date() <= first <= last or last - first > LONGEST:
        raise ValidationError({"last": _("从今天起，最多排一年")})
    if days_each < 1:
        raise ValidationError({"days_each": _("至少一天")})
    turns = in_turns(list(staff_ids), first, last, days_each)
    Duty.objects.bulk_create(
        [
            Duty(community_id=community_id, day=day, kind=kind, staff_id=staff, by=by, at=at)
            for day, staff in turns.items()
        ],
        update_conflicts=True,
        unique_fields=["community", "day", "kind"],
        update_fields=["staff", "by", "at"],
    )
    forget_duties()
    return len(turns)


@transaction.atomic
def leave_take(
    community_id: int,
    *,
    by: Staff,
    at: datetime,
    staff_id: int,
    first: date,
    last: date,
    substitute_id: int | None = None,
) -> Leave:
    """Somebody is away; what would come to them goes to the substitute. For oneself, or for others as a planner.

    Raises Division.DoesNotExist without a post there, ValidationError by field.
    """
    people = {each.pk: each for each in colleagues(community_id, first)}
    if by.pk not in people or by.pk != staff_id:
        _may_plan(community_id, by, at)
    if staff_id not in people:
        raise ValidationError({"staff": _("请选本社区在岗的人")})
    if substitute_id is not None and (substitute_id not in people or substitute_id == staff_id):
        raise ValidationError({"substitute": _("请选本社区另一位在岗的人")})
    if not first <= last or last < localtime(at).date() or last - first > LONGEST:
        raise ValidationError({"last": _("止日不能早于起日，也不能是过去")})
    Staff.objects.select_for_update().get(pk=staff_id)
    taken = Leave.objects.filter(staff=staff_id, withdrawn_at__isnull=True, first_day__lte=last, last_day__gte=first)
    if taken.exists():
        raise ValidationError({"first": _("这几天已经登记过请假")})
    leave = Leave.objects.create(
        staff_id=staff_id, first_day=first, last_day=last, substitute_id=substitute_id, by=by, at=at
    )
    _stand_in(leave)
    _forget()
    return leave


def _stand_in(leave: Leave) -> None:
    """Appoint the substitute over the grids of whoever is away, for these days."""
    if leave.substitute_id is None:
        return
    over = Q(ends_on__isnull=True) | Q(ends_on__gte=leave.first_day)
    held = Appointment.objects.filter(over, staff=leave.staff_id, role=Role.GRID_WORKER, starts_on__lte=leave.last_day)
    Appointment.objects.bulk_create(
        Appointment(
            staff_id=leave.substitute_id,
            role=Role.GRID_WORKER,
            grid_id=post.grid_id,
            starts_on=leave.first_day,
            ends_on=min(leave.last_day, post.ends_on or leave.last_day),
            stands_in_for=leave,
        )
        for post in held.filter(grid__isnull=False, stands_in_for__isnull=True)
    )


@transaction.atomic
def leave_withdraw(community_id: int, leave_id: int, *, by: Staff, at: datetime) -> None:
    """Somebody is back, or not going: for oneself, or for others as a planner.

    Raises Division.DoesNotExist, Leave.DoesNotExist for one that is withdrawn already.
    """
    leave = Leave.objects.select_for_update().get(pk=leave_id, withdrawn_at__isnull=True)
    if leave.staff_id != by.pk:
        _may_plan(community_id, by, at)
        if leave.staff_id not in {each.pk for each in colleagues(community_id, localtime(at).date())}:
            raise Leave.DoesNotExist
    leave.withdrawn_at = at
    leave.save(update_fields=["withdrawn_at"])
    today = localtime(at).date()
    leave.posts.filter(starts_on__gte=today).delete()
    leave.posts.filter(ends_on__gte=today).update(ends_on=today - ONE_DAY)
    _forget()


def may_plan(community_id: int, staff: Staff, at: datetime) -> bool:
    """Whether somebody may write the community's rota."""
    return bool(scope_of(staff, localtime(at).date()).roles_over(**{COMMUNITY: community_id}) & PLANNERS)


def _may_plan(community_id: int, by: Staff, at: datetime) -> None:
    if not may_plan(community_id, by, at):
        raise Division.DoesNotExist


def _forget() -> None:
    forget_duties()
    forget_workers()
