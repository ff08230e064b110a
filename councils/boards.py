"""What stands on the councils' own pages: what waits by time, who sits, what is coming."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils.timezone import localtime

from community_portal.privacy.masking import mask_name
from councils.models import (
    Attendance,
    Council,
    Meeting,
    Party,
    Representative,
    ResidentsGroup,
    Resolution,
    ResolutionTask,
)
from councils.workflow import MeetingState, ResolutionState

LATEST = 12
COMING = (MeetingState.PLANNED, MeetingState.CALLED, MeetingState.OPEN, MeetingState.HELD)


@dataclass(frozen=True)
class Seat:
    """A representative as shown: masked, with how often they came in the last year."""

    row: Representative
    name: str
    came: int
    missed: int


@dataclass(frozen=True)
class Side:
    """One party with its representatives; `party` is None for one of the five that is missing."""

    kind: str
    party: Party | None
    seats: list[Seat]


@dataclass(frozen=True)
class GroupRow:
    """A group and whether its leader has brought a topic this month."""

    row: ResidentsGroup
    leader: str
    this_month: int


def sides_of(council: Council, on: date) -> list[Side]:
    """The parties of a council, the missing ones of the five named too; three queries."""
    parties = list(council.parties.filter(left_on__isnull=True))
    seats = Representative.objects.filter(council=council).on(on).select_related("party").order_by("-leads", "id")
    came = _attendance(council, on)
    by_party: dict[int, list[Seat]] = {}
    for row in seats:
        by_party.setdefault(row.party_id, []).append(Seat(row, mask_name(row.name), *came.get(row.pk, (0, 0))))
    sides = [Side(str(each.get_kind_display()), each, by_party.get(each.pk, [])) for each in parties]
    if council.kind == Council.Kind.COUNCIL:
        held = {each.kind for each in parties}
        sides += [Side(str(kind.label), None, []) for kind in Party.FIVE if kind not in held]
    return sides


def _attendance(council: Council, on: date) -> dict[int, tuple[int, int]]:
    """(came, missed without excuse) of each representative at the meetings held in the last year."""
    held = Q(meeting__state__in=[MeetingState.HELD, MeetingState.CONFIRMED])
    rows = (
        Attendance.objects.filter(held, meeting__council=council, representative__isnull=False)
        .filter(meeting__starts_at__year__gte=on.year - 1)
        .values_list("representative_id")
        .annotate(
            came=Count("pk", filter=Q(state=Attendance.State.PRESENT)),
            missed=Count("pk", filter=Q(state=Attendance.State.ABSENT)),
        )
        .order_by()
    )
    return {pk: (came, missed) for pk, came, missed in rows if pk is not None}


def groups_of(council: Council, now: datetime) -> list[GroupRow]:
    """The groups that bring topics here; one query. A self-management group's leader collects topics monthly [V]."""
    first = localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = council.groups.filter(ended_on__isnull=True).annotate(
        brought=Count("topics", filter=Q(topics__proposed_at__gte=first))
    )
    return [GroupRow(row, mask_name(row.leader_name), row.brought) for row in rows]


def latest_meetings(council: Council) -> list[Meeting]:
    """The newest meetings, those to come first."""
    return list(Meeting.objects.filter(council=council).order_by("-starts_at")[:LATEST])


def latest_resolutions(council: Council, on: date) -> list[Resolution]:
    """The newest resolutions with how many of their tasks are late; one query."""
    late = Q(tasks__state=ResolutionTask.State.OPEN, tasks__due_on__lt=on, state=ResolutionState.PASSED)
    rows = Resolution.objects.filter(council=council).select_related("convention")
    return list(rows.annotate(late=Count("tasks", filter=late)).order_by("-year", "-serial")[:LATEST])


def in_force(council: Council, on: date) -> list[Resolution]:
    """The version of each convention that is in force on a day, by name; one query."""
    versions = Resolution.objects.filter(
        council=council, convention__isnull=False, in_force_on__lte=on,
        state__in=[ResolutionState.PASSED, ResolutionState.DONE],
    )  # fmt: skip
    return list(
        versions.select_related("convention")
        .order_by("convention__name", "-in_force_on", "-id")
        .distinct("convention__name")
    )
