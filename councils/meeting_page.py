"""Everything about one meeting for one person: what the meeting's page shows."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.masking import mask_name
from councils.actions.seats import present_at
from councils.meeting_rules import Quorum, quorum_of
from councils.models import AgendaItem, Attendance, CouncilFile, Meeting, Opinion, Party, Resolution
from councils.querysets import roles_over
from councils.rights import Task, tasks_for
from councils.topic_page import Line, Step, lines
from councils.workflow import MEETING_TRANSITIONS, MeetingState, Verb
from grid.access import scope_of
from grid.models import Staff

LABELS = {Verb.CALL: _("发出通知"), Verb.OPEN: _("开会"), Verb.CLOSE: _("散会"), Verb.CANCEL: _("取消会议")}
MOST_SEATS, EVENTS = 200, 60
WRITTEN = (MeetingState.CALLED, MeetingState.OPEN, MeetingState.HELD)


@dataclass
class Voice:
    """One party and what it said on an item; version 0 where it has said nothing."""

    party: Party
    text: str = ""
    version: int = 0


@dataclass
class ItemRow:
    """One item of the agenda, its voices, and its resolution; `clash` is what somebody else wrote meanwhile."""

    item: AgendaItem
    voices: list[Voice]
    resolution: Resolution | None
    clash: str = ""
    clash_version: int = 0
    typed: str | None = None

    @property
    def record(self) -> str:
        """What stands in the field: what was typed and not kept, or what is kept."""
        return self.item.record if self.typed is None else self.typed


@dataclass(frozen=True)
class SeatRow:
    """A seat with its name masked."""

    seat: Attendance
    name: str


@dataclass(frozen=True)
class MeetingPage:
    """What the page shows; ten queries at most."""

    items: list[ItemRow]
    seats: list[SeatRow]
    quorum: Quorum
    main: Step | None
    others: list[Step]
    trail: list[Line]
    files: list[CouncilFile]
    tasks: set[str] = field(default_factory=set)
    writable: bool = False
    unconfirmed: int = 0


def meeting_page(meeting: Meeting, staff: Staff, now: datetime) -> MeetingPage:
    """The page of a meeting that the person sees, its council loaded with community and division."""
    tasks = tasks_for(roles_over(scope_of(staff, localtime(now).date()), meeting.council))
    seats = list(meeting.attendance.select_related("party").order_by("role", "party__kind", "id")[:MOST_SEATS])
    verbs = [v for v in LABELS if (v, MeetingState(meeting.state)) in MEETING_TRANSITIONS and Task.PLAN in tasks]
    main = next((verb for verb in verbs if verb != Verb.CANCEL), None)
    there = [seat for seat in seats if seat.role == Attendance.Role.MEMBER and seat.state == Attendance.State.PRESENT]
    return MeetingPage(
        items=item_rows(meeting),
        seats=[SeatRow(seat, mask_name(seat.name) if not seat.household_id else seat.name) for seat in seats],
        quorum=quorum_of(meeting.rule, meeting.entitled, present_at(meeting)),
        main=Step(main, str(LABELS[main])) if main else None,
        others=[Step(verb, str(LABELS[verb])) for verb in verbs if verb != main],
        trail=lines(meeting.events.select_related("by").order_by("-id")[:EVENTS]),
        files=list(meeting.files.select_related("by", "removed_by")),
        tasks={str(task) for task in tasks},
        writable=Task.MINUTES in tasks and meeting.state in WRITTEN,
        unconfirmed=sum(1 for seat in there if not seat.confirmed),
    )


def item_rows(meeting: Meeting) -> list[ItemRow]:
    """The agenda with each party's voice and the resolutions; four queries."""
    items = list(meeting.agenda.select_related("topic").order_by("position"))
    parties = list(Party.objects.filter(council=meeting.council_id, left_on__isnull=True).order_by("kind", "id"))
    said = {(row.item_id, row.party_id): row for row in Opinion.objects.filter(item__in=items)}
    passed = {row.item_id: row for row in Resolution.objects.filter(item__in=items)}
    return [ItemRow(item, [_voice(said.get((item.pk, each.pk)), each) for each in parties], passed.get(item.pk))
            for item in items]  # fmt: skip


def _voice(opinion: Opinion | None, party: Party) -> Voice:
    return Voice(party, opinion.text, opinion.version) if opinion else Voice(party)
