"""Writing the minutes during the meeting: two writers at once, saved as they type; nobody's words are lost."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from councils.actions.base import CouncilRefused, lock_council, record
from councils.models import AgendaItem, Attendance, Meeting, Opinion, Party
from councils.rights import Task
from councils.workflow import MeetingState, Verb
from grid.models import Staff

WRITABLE = (MeetingState.CALLED, MeetingState.OPEN, MeetingState.HELD)


class MinutesClash(CouncilRefused):
    """Somebody else wrote there meanwhile: `theirs` is what stands there now, under `version`."""

    def __init__(self, theirs: str, version: int) -> None:
        super().__init__(_("您写的时候，别人也改了这一段。两边的文字都在，请合在一起再保存"))
        self.theirs, self.version = theirs, version


def _writable(meeting_id: int, *, by: Staff, at: datetime) -> Meeting:
    """The meeting whose minutes may be written now, locked. Raises Council.DoesNotExist, CouncilRefused."""
    council_id = Meeting.objects.values_list("council_id", flat=True).get(pk=meeting_id)
    turn = lock_council(council_id, Task.MINUTES, by=by, at=at)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    if meeting.state not in WRITABLE:
        raise CouncilRefused(_("这个会现在是“%s”，纪要不能改") % meeting.get_state_display())
    confirmed = meeting.attendance.exclude(confirmed=Attendance.Confirmed.NOT_YET)
    if meeting.state == MeetingState.HELD and confirmed.exists():
        # What was confirmed was another text.
        confirmed.update(confirmed=Attendance.Confirmed.NOT_YET, confirmed_at=None, objection="")
        record(turn, Verb.NOTE, _("纪要改动，已有的确认作废"), meeting=meeting)
    return meeting


@transaction.atomic
def item_write(
    item_id: int, *, by: Staff, at: datetime, version: int, text: str, outcome: str | None = None
) -> AgendaItem:
    """Save what was said on an item, and its outcome when it is given.

    Raises MinutesClash when somebody else saved it since `version` with other words; the same words are no clash.
    """
    meeting_id = AgendaItem.objects.values_list("meeting_id", flat=True).get(pk=item_id)
    meeting = _writable(meeting_id, by=by, at=at)
    item = AgendaItem.objects.select_for_update().get(pk=item_id)
    if item.version != version and item.record != text:
        raise MinutesClash(item.record, item.version)
    if outcome is not None and outcome != item.outcome:
        if meeting.state == MeetingState.HELD:
            raise CouncilRefused(_("会已经散了，结果不能再改"))
        item.outcome = outcome
    if item.record != text or outcome is not None:
        item.record = text
        item.version += 1
        item.save()
    return item


@transaction.atomic
def opinion_write(item_id: int, party_id: int, *, by: Staff, at: datetime, version: int, text: str) -> Opinion | None:
    """Save what one party said on an item; empty words take it away. `version` is 0 where nothing stood.

    Raises MinutesClash, CouncilRefused.
    """
    meeting_id = AgendaItem.objects.values_list("meeting_id", flat=True).get(pk=item_id)
    meeting = _writable(meeting_id, by=by, at=at)
    party = Party.objects.filter(pk=party_id, council=meeting.council_id).first()
    if party is None:
        raise CouncilRefused(_("请选本议事组织的一方"))
    found = Opinion.objects.select_for_update().filter(item=item_id, party=party).first()
    theirs, now = (found.text, found.version) if found else ("", 0)
    if now != version and theirs != text:
        raise MinutesClash(theirs, now)
    if not text.strip():
        if found:
            found.delete()
        return None
    if found is None:
        return Opinion.objects.create(item_id=item_id, party=party, text=text, at=at, by=by)
    if found.text != text:
        found.text, found.at, found.by = text, at, by
        found.version += 1
        found.save()
    return found


@transaction.atomic
def closing_write(meeting_id: int, *, by: Staff, at: datetime, version: int, text: str) -> Meeting:
    """Save what belongs to no item. Raises MinutesClash."""
    meeting = _writable(meeting_id, by=by, at=at)
    if meeting.minutes_version != version and meeting.closing != text:
        raise MinutesClash(meeting.closing, meeting.minutes_version)
    if meeting.closing != text:
        meeting.closing = text
        meeting.minutes_version += 1
        meeting.save(update_fields=["closing", "minutes_version"])
    return meeting
