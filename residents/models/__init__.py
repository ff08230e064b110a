"""The models by subject: places, people, papers, care tags, visits, histories, faults, colours."""

from residents.models.colours import ColourRule, ColourScheme
from residents.models.documents import Document
from residents.models.events import CommunityEvent
from residents.models.history import FileEvent
from residents.models.people import Consent, EmergencyContact, Resident, Stay
from residents.models.places import Building, CareClass, Community, Estate, Household
from residents.models.quality import Fault
from residents.models.tags import CareTag, TagRule
from residents.models.visits import CareDecision, Visit, VisitDue, VisitEvent

__all__ = [
    "Building",
    "CareClass",
    "CareDecision",
    "CareTag",
    "ColourRule",
    "ColourScheme",
    "Community",
    "CommunityEvent",
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
    "Visit",
    "VisitDue",
    "VisitEvent",
]
