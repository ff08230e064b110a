"""Reads of petitions, each through the one access rule."""

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from community_portal.privacy.sealing import blind_index
from grid.access import DISTRICT, ORGANISATION, STREET, Scope, in_force, scope_of
from grid.models import Appointment, Organisation, Staff
from petitions import search, workflow
from petitions.models import Application, ImportBatch, Part, Petition, SameMember

Role = Appointment.Role
IMPORT_ROLES = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD, Role.STREET_OFFICER, Role.DISTRICT_OFFICER})


def visible_to(scope: Scope) -> QuerySet[Petition]:
    """Petitions inside the appointments' scope; everything else does not exist for them.

    Members see what their organisation answers for or was asked to help with. Nobody sees a complaint about themselves
    or about the organisation that they work for.
    """
    found = scope.matches(grid="grid_id", community="community_id", street="street_id", district="district_id")
    if units := scope.ids(ORGANISATION):
        found |= Q(pk__in=_of_units(units))
    if not scope:
        return Petition.objects.filter(found)
    about_them = Q(about_staff=scope.staff_id)
    if units:
        about_them |= Q(about_organisation__in=units)
    return Petition.objects.filter(found).exclude(about_them)


def _of_units(units: frozenset[int]) -> QuerySet[Any, Any]:
    own = Petition.objects.filter(organisation__in=units).values("pk")
    return own.union(Part.objects.filter(organisation__in=units).values("petition_id"))


def company_of(petitions: QuerySet[Petition]) -> QuerySet[Petition]:
    """The same, each knowing whether units act on it, whether anything waits for a decision, and whether others are
    about the same event (`units`, `waits`, `grouped`): most have none, and are not asked again.
    """
    pending = Application.objects.filter(petition=OuterRef("pk"), state=Application.State.PENDING)
    together = SameMember.objects.filter(petition=OuterRef("pk"), left_at__isnull=True)
    return petitions.annotate(
        units=Exists(Part.objects.filter(petition=OuterRef("pk"))), waits=Exists(pending), grouped=Exists(together)
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
    by_phone = Q(caller_phone_index=blind_index("phone", text), anonymous=False)
    condition = Q(number=text.upper()) | Q(external_no=text) | by_phone
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
    units = Q(organisation__in=organisations_for(scope))
    return (
        in_force(on)
        .filter(inside | below | deeper | units)
        .exclude(role=Appointment.Role.DISTRICT_OFFICER)
        .select_related("staff", "organisation", "grid__division__parent__parent", "division__parent__parent")
        .order_by("role", "grid__code", "id")
    )


def organisations_for(scope: Scope, *, wide: bool = False) -> QuerySet[Organisation]:
    """Units that serve a person's community, street or district, or a place inside it; `wide`: those above too."""
    inside = (
        scope.matches(community="division_id", street="division_id", district="division_id")
        | scope.matches(street="division__parent_id", district="division__parent_id")
        | scope.matches(district="division__parent__parent_id")
    )
    if wide:
        inside |= scope.matches(community="division__children", street="division__children")
    return Organisation.objects.filter(inside).distinct().order_by("kind", "name")


def to_decide(scope: Scope) -> QuerySet[Application]:
    """Pending applications that this person may decide, the oldest first."""
    pending = Application.objects.filter(state=Application.State.PENDING, petition__in=visible_to(scope))
    rung = Q(rung=Petition.Step.STREET) & scope.matches(street="petition__street_id", district="petition__district_id")
    rung |= Q(rung=Petition.Step.DISTRICT) & scope.matches(district="petition__district_id")
    return pending.filter(rung).exclude(by=scope.staff_id).order_by("id")


def parts_owed(scope: Scope) -> QuerySet[Part]:
    """What the organisations that a person works for still owe, the oldest first."""
    mine = scope.matches(organisation="organisation_id")
    seen = Part.objects.filter(mine, petition__in=visible_to(scope))
    return seen.filter(answered_at__isnull=True, released_at__isnull=True).order_by("id")


def imports_visible_to(staff: Staff, scope: Scope) -> QuerySet[ImportBatch]:
    """One's own imports, and those of divisions inside a scope (of people who may import)."""
    inside = (
        scope.matches(community="division_id", street="division_id", district="division_id")
        | scope.matches(street="division__parent_id", district="division__parent_id")
        | scope.matches(district="division__parent__parent_id")
    )
    return ImportBatch.objects.filter(inside | Q(by=staff))
