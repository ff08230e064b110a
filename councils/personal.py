"""What councils hold of people, told to privacy when the app starts; columns with a blind index are known without."""

from community_portal.privacy import inventory
from community_portal.privacy.disclosure import CONTENT, NAME, SECRET
from councils.models import (
    Attendance,
    BallotBox,
    BoxCount,
    CouncilFile,
    Entitled,
    HouseholdCode,
    Objection,
    PaperEntry,
    Participation,
    Representative,
    ResidentsGroup,
    Topic,
    Voucher,
)


def register() -> None:
    """Tell privacy what is held here."""
    inventory.declare(Representative, name=NAME)
    inventory.declare(ResidentsGroup, leader_name=NAME)
    inventory.declare(Attendance, name=NAME)
    inventory.declare(Topic, proposer_name=NAME)
    inventory.declare(HouseholdCode, code=SECRET)
    inventory.declare(Objection, name=NAME)
    inventory.declare(CouncilFile, key=SECRET)
    inventory.declare(Entitled, name=NAME)
    inventory.declare(PaperEntry, proxy=NAME)
    inventory.declare(Participation, proxy=NAME, note=CONTENT, photo_key=SECRET)
    inventory.declare(BallotBox, figures=SECRET)
    inventory.declare(BoxCount, figures=SECRET)
    inventory.declare(Voucher, key=SECRET)
