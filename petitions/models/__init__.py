"""Petitions, what decides how they are handled, and the channels that bring them in."""

from petitions.models.channels import HotlineClient, ImportBatch, Open311Key, Original
from petitions.models.figures import MEASURES, Figure, FigureMark, Measures, PetitionFact
from petitions.models.files import PetitionFile
from petitions.models.levels import HANDLER, Category, ClockRule, ResponseLevel, Sourced
from petitions.models.petition import DESK_FORM, FORM_SYSTEMS, PASTED, WEB_FORM, Petition, PetitionClock, PetitionEvent

__all__ = [
    "DESK_FORM",
    "FORM_SYSTEMS",
    "HANDLER",
    "MEASURES",
    "PASTED",
    "WEB_FORM",
    "Category",
    "ClockRule",
    "Figure",
    "FigureMark",
    "HotlineClient",
    "ImportBatch",
    "Measures",
    "Open311Key",
    "Original",
    "Petition",
    "PetitionClock",
    "PetitionEvent",
    "PetitionFact",
    "PetitionFile",
    "ResponseLevel",
    "Sourced",
]
