"""Bodies of self-government, what they deal with, decide and carry out."""

from councils.models.bodies import Council, Party, Representative, ResidentsGroup
from councils.models.clocks import ClockKind, CouncilClock, TimeRule
from councils.models.events import CouncilEvent
from councils.models.meetings import AgendaItem, Attendance, Meeting, MeetingKind, Opinion
from councils.models.resolutions import Convention, Duty, Resolution, ResolutionTask
from councils.models.topics import HouseholdCode, Topic, TopicSupport

__all__ = [
    "AgendaItem", "Attendance", "ClockKind", "Convention", "Council", "CouncilClock", "CouncilEvent", "Duty",
    "HouseholdCode", "Meeting", "MeetingKind", "Opinion", "Party", "Representative", "ResidentsGroup", "Resolution",
    "ResolutionTask", "TimeRule", "Topic", "TopicSupport",
]  # fmt: skip
