"""The models by subject: places, people, papers, care tags, visits, histories, faults, colours, files in and out."""

from residents.models.checklists import Checklist, VisitCheck
from residents.models.colours import ColourRule, ColourScheme
from residents.models.documents import Document
from residents.models.events import CommunityEvent
from residents.models.history import FileEvent
from residents.models.imports import Export, HouseholdImport, ImportNote, RememberedColumn
from residents.models.people import Consent, EmergencyContact, Resident, Stay
from residents.models.places import Building, CareClass, Community, Estate, Household
from residents.models.quality import Fault
from residents.models.signs import Sign, SignDue, Watch, Watcher
from residents.models.tags import CareTag, TagRule
from residents.models.visit_photos import VisitPhoto
from residents.models.visits import CareDecision, Visit, VisitDue, VisitEvent

__all__ = [
    "Building",
    "CareClass",
    "CareDecision",
    "CareTag",
    "Checklist",
    "ColourRule",
    "ColourScheme",
    "Community",
    "CommunityEvent",
    "Consent",
    "Document",
    "EmergencyContact",
    "Estate",
    "Export",
    "Fault",
    "FileEvent",
    "Household",
    "HouseholdImport",
    "ImportNote",
    "RememberedColumn",
    "Resident",
    "Sign",
    "SignDue",
    "Stay",
    "TagRule",
    "Visit",
    "VisitCheck",
    "VisitDue",
    "VisitEvent",
    "VisitPhoto",
    "Watch",
    "Watcher",
]
