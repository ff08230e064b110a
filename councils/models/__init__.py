"""Bodies of self-government, what they deal with, decide and carry out."""

from councils.models.bodies import Council, Party, Representative, ResidentsGroup
from councils.models.events import CouncilEvent

__all__ = ["Council", "CouncilEvent", "Party", "Representative", "ResidentsGroup"]
