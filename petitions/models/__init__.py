"""Petitions, what decides how they are handled, and the channels that bring them in."""

from petitions.models.bulk import BulkRun
from petitions.models.channels import HotlineClient, ImportBatch
from petitions.models.levels import HANDLER, HANDLING, Category, ClockRule, LevelVersion, ResponseLevel, Sourced
from petitions.models.petition import DESK_FORM, FORM_SYSTEMS, WEB_FORM, Petition, PetitionClock, PetitionEvent
from petitions.models.routing import ReplyTemplate, RoutingRule
from petitions.models.together import Application, Part, Summons

__all__ = [
    "DESK_FORM",
    "FORM_SYSTEMS",
    "HANDLER",
    "HANDLING",
    "WEB_FORM",
    "Application",
    "BulkRun",
    "Category",
    "ClockRule",
    "HotlineClient",
    "ImportBatch",
    "LevelVersion",
    "Part",
    "Petition",
    "PetitionClock",
    "PetitionEvent",
    "ReplyTemplate",
    "ResponseLevel",
    "RoutingRule",
    "Sourced",
    "Summons",
]
