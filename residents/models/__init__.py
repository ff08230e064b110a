"""The models by subject: places (estates, buildings, households), people, care tags, histories, colours."""

from residents.models.colours import ColourRule, ColourScheme
from residents.models.events import CommunityEvent
from residents.models.history import FileEvent
from residents.models.people import Consent, EmergencyContact, Resident, Stay
from residents.models.places import Building, CareClass, Community, Estate, Household
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
    "EmergencyContact",
    "Estate",
    "FileEvent",
    "Household",
    "Resident",
    "Stay",
    "TagRule",
    "Visit",
    "VisitDue",
    "VisitEvent",
]
