"""The models by subject: places (estates, buildings, households), people, papers, tags, history, faults, colours."""

from residents.models.colours import ColourRule, ColourScheme
from residents.models.documents import Document
from residents.models.history import FileEvent
from residents.models.people import Consent, EmergencyContact, Resident, Stay
from residents.models.places import Building, Community, Estate, Household
from residents.models.quality import Fault
from residents.models.tags import CareTag, TagRule

__all__ = [
    "Building",
    "CareTag",
    "ColourRule",
    "ColourScheme",
    "Community",
    "Consent",
    "Document",
    "EmergencyContact",
    "Estate",
    "Fault",
    "FileEvent",
    "Household",
    "Resident",
    "Stay",
    "TagRule",
]
