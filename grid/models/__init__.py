"""The models by subject: divisions, grids, organisations, staff and their appointments; duties; handovers."""

from grid.models.basics import (
    PREFIX_LENGTH,
    Appointment,
    Division,
    GridUnit,
    Organisation,
    Staff,
    StaffManager,
)
from grid.models.duties import Duty, Leave
from grid.models.handovers import Handover, HandoverEvent, HandoverItem

__all__ = [
    "PREFIX_LENGTH",
    "Appointment",
    "Division",
    "Duty",
    "GridUnit",
    "Handover",
    "HandoverEvent",
    "HandoverItem",
    "Leave",
    "Organisation",
    "Staff",
    "StaffManager",
]
