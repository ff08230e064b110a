"""Bodies of self-government, what they deal with, decide and carry out."""

from councils.models.ballots import Ballot, BallotBox, BoxCount, PaperEntry, Participation, Vote
from councils.models.bodies import Council, Party, Representative, ResidentsGroup
from councils.models.clocks import ClockKind, CouncilClock, TimeRule
from councils.models.events import CouncilEvent
from councils.models.files import CouncilFile
from councils.models.fund import Fund, FundItem, FundKind, FundUse
from councils.models.ledger import Account, Entry, Journal, MonthClose
from councils.models.levies import Bill, Levy, LevyLine
from councils.models.meetings import AgendaItem, Attendance, Meeting, MeetingKind, Opinion
from councils.models.payments import Payment, SignOff, Spending, Voucher, Waiver
from councils.models.publication import Agreement, JointActivity, Objection, Publication
from councils.models.resolutions import Convention, Duty, Resolution, ResolutionTask
from councils.models.rolls import Entitled, EntitledDwelling
from councils.models.rules import VoteRule
from councils.models.topics import HouseholdCode, Topic, TopicSupport

__all__ = [
    "AgendaItem", "Agreement", "Attendance", "Ballot", "BallotBox", "BoxCount", "ClockKind", "Convention", "Council",
    "CouncilClock", "CouncilEvent", "CouncilFile", "Duty", "Entitled", "EntitledDwelling", "HouseholdCode",
    "JointActivity", "Meeting", "MeetingKind", "Objection", "Opinion", "PaperEntry", "Participation", "Party",
    "Publication", "Representative", "ResidentsGroup", "Resolution", "ResolutionTask", "TimeRule", "Topic",
    "TopicSupport", "Vote", "VoteRule",
]  # fmt: skip
__all__ += [
    "Account", "Bill", "Entry", "Fund", "FundItem", "FundKind", "FundUse", "Journal", "Levy", "LevyLine", "MonthClose",
    "Payment", "SignOff", "Spending", "Voucher", "Waiver",
]  # fmt: skip
