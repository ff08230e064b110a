"""Bodies of self-government, what they deal with, decide and carry out."""

from councils.models.ballots import Ballot, BallotBox, BoxCount, PaperEntry, Participation, Vote
from councils.models.bodies import Council, Party, Representative, ResidentsGroup
from councils.models.clocks import ClockKind, CouncilClock, TimeRule
from councils.models.events import CouncilEvent
from councils.models.meetings import AgendaItem, Attendance, Meeting, MeetingKind, Opinion
from councils.models.resolutions import Convention, Duty, Resolution, ResolutionTask
from councils.models.rolls import Entitled, EntitledDwelling
from councils.models.rules import VoteRule
from councils.models.topics import HouseholdCode, Topic, TopicSupport

__all__ = [
    "AgendaItem", "Attendance", "Ballot", "BallotBox", "BoxCount", "ClockKind", "Convention", "Council", "CouncilClock",
    "CouncilEvent", "Duty", "Entitled", "EntitledDwelling", "HouseholdCode", "Meeting", "MeetingKind", "Opinion",
    "PaperEntry", "Participation", "Party", "Representative", "ResidentsGroup", "Resolution", "ResolutionTask",
    "TimeRule", "Topic", "TopicSupport", "Vote", "VoteRule",
]  # fmt: skip
