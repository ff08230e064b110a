"""The models by subject: places (estates, buildings, households), people, care tags, the files' history, colours."""

from residents.models.colours import ColourRule, ColourScheme
from residents.models.history import FileEvent
from residents.models.people import Consent, EmergencyContact, Resident, Stay
from residents.models.places import Building, Community, Estate, Household
from residents.models.tags import CareTag, TagRule

__all__ = [
    "Building",
    "CareTag",
    "ColourRule",
    "ColourScheme",
    "Community",
    "Consent",
    "EmergencyContact",
    "Estate",
    "FileEvent",
    "Household",
    "Resident",
    "Stay",
    "TagRule",
]
