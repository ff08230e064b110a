"""Reads of petitions, each through the one access rule."""

from datetime import date, datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from community_portal.privacy.sealing import blind_index
from grid.access import DISTRICT, STREET, Scope, in_force, scope_of
from grid.models import Appointment, Staff
from petitions import search, workflow
from petitions.models import ImportBatch, Petition

Role = Appointment.Role
IMPORT_ROLES = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD, Role.STREET_OFFICER, Role.DISTRICT_OFFICER})


def visible_to(scope: Scope) -> QuerySet[Petition]:
    """Petitions inside the appointments' scope; everything else does not exist for them."""
    return Petition.objects.filter(
        scope.matches(grid="grid_id", community="community_id", street="street_id", district="district_id")
    )


def visible_at(staff: Staff, at: datetime) -> QuerySet[Petition]:
    """Petitions that a staff member sees at an instant."""
    return visible_to(scope_of(staff, localtime(at).date()))


def open_by_time(petitions: QuerySet[Petition]) -> QuerySet[Petition]:
    """Those with a running deadline, the nearest first."""
    return petitions.filter(due_at__isnull=False, state__in=workflow.OPEN).order_by("due_at", "id")


def undated(petitions: QuerySet[Petition]) -> QuerySet[Petition]:
    """Open ones whose deadlines nobody could work out yet (the working calendar does not reach them)."""
    return petitions.filter(due_at__isnull=True, state__in=workflow.OPEN)


def matching(petitions: QuerySet[Petition], text: str) -> QuerySet[Petition]:
    """Those whose number, external number, phone, title or address is what was typed."""
    text = text.strip()
    wanted = search.query(text)
    condition = Q(number=text.upper()) | Q(external_no=text) | Q(caller_phone_index=blind_index("phone", text))
    if wanted:
        condition |= Q(search=SearchQuery(wanted, search_type="raw", config="simple"))
    return petitions.filter(condition)


def own_rung(scope: Scope) -> Petition.Step:
    """The rung of the ladder that this scope answers for; a street's wins over a district's, since it sees more."""
    if scope.ids(STREET):
        return Petition.Step.STREET
    return Petition.Step.DISTRICT if scope.ids(DISTRICT) else Petition.Step.COMMUNITY


def escalated_to(petitions: QuerySet[Petition], scope: Scope) -> QuerySet[Petition]:
    """Open petitions whose ladder has reached the rung that this scope answers for."""
    return open_by_time(petitions.filter(escalated_to__gte=own_rung(scope)))


def handlers_for(staff: Staff, on: date) -> QuerySet[Appointment]:
    """Appointments that a person may dispatch to: all those inside their own scope, on a day."""
    scope = scope_of(staff, on)
    inside = scope.matches(grid="grid_id", community="division_id", street="division_id")
    below = scope.matches(
        community="grid__division_id", street="grid__division_id", district="division__parent_id"
    ) | scope.matches(street="grid__division__parent_id", district="grid__division__parent_id")
    deeper = scope.matches(street="division__parent_id", district="division__parent__parent_id") | scope.matches(
        district="grid__division__parent__parent_id"
    )
    return (
        in_force(on)
        .filter(inside | below | deeper)
        .exclude(role=Appointment.Role.DISTRICT_OFFICER)
        .select_related("staff", "grid__division__parent__parent", "division__parent__parent")
        .order_by("role", "grid__code", "id")
    )


def imports_visible_to(staff: Staff, scope: Scope) -> QuerySet[ImportBatch]:
    """One's own imports, and those of divisions inside a scope (of people who may import)."""
    inside = (
        scope.matches(community="division_id", street="division_id", district="division_id")
        | scope.matches(street="division__parent_id", district="division__parent_id")
        | scope.matches(district="division__parent__parent_id")
    )
    return ImportBatch.objects.filter(inside | Q(by=staff))
