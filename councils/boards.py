"""What stands on the councils' own pages: what waits by time, who sits, what is coming."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils.timezone import localtime

from community_portal.privacy.masking import mask_name
from councils.models import Attendance, Council, Meeting, Party, Representative, ResidentsGroup, Topic
from councils.workflow import MeetingState

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


def coming_meetings(council: Council) -> list[Meeting]:
    """Meetings that are planned, called, open, or wait for their minutes."""
    return list(
        Meeting.objects.filter(council=council, state__in=COMING).select_related("kind").order_by("starts_at")[:10]
    )


def open_count(council: Council) -> int:
    """How many topics are not ended."""
    return Topic.objects.filter(council=council, ended_at__isnull=True).count()
