"""Petitions, what decides how they are handled, and the channels that bring them in."""

from petitions.models.bulk import BulkRun
from petitions.models.channels import HotlineClient, ImportBatch, Open311Key, Original
from petitions.models.figures import MEASURES, Figure, FigureMark, Measures, PetitionFact
from petitions.models.files import PetitionFile
from petitions.models.grounds import Ground
from petitions.models.levels import HANDLER, HANDLING, Category, ClockRule, LevelVersion, ResponseLevel, Sourced
from petitions.models.monthly import MonthlyTopic, MonthlyTopicEvent
from petitions.models.morning import MorningSheet
from petitions.models.patrols import Patrol, PatrolFind, PatrolNorm
from petitions.models.petition import DESK_FORM, FORM_SYSTEMS, PASTED, WEB_FORM, Petition, PetitionClock, PetitionEvent
from petitions.models.routing import ReplyTemplate, RoutingRule
from petitions.models.same import SameEvent, SameMember
from petitions.models.together import Application, Part, Summons

__all__ = [
    "DESK_FORM",
    "FORM_SYSTEMS",
    "HANDLER",
    "HANDLING",
    "MEASURES",
    "PASTED",
    "WEB_FORM",
    "Application",
    "BulkRun",
    "Category",
    "ClockRule",
    "Figure",
    "FigureMark",
    "Ground",
    "HotlineClient",
    "ImportBatch",
    "LevelVersion",
    "Measures",
    "MonthlyTopic",
    "MonthlyTopicEvent",
    "MorningSheet",
    "Open311Key",
    "Original",
    "Part",
    "Patrol",
    "PatrolFind",
    "PatrolNorm",
    "Petition",
    "PetitionClock",
    "PetitionEvent",
    "PetitionFact",
    "PetitionFile",
    "ReplyTemplate",
    "ResponseLevel",
    "RoutingRule",
    "SameEvent",
    "SameMember",
    "Sourced",
    "Summons",
]
