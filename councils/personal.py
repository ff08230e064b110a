"""What councils hold of people, told to privacy when the app starts; columns with a blind index are known without."""

from community_portal.privacy import inventory
from community_portal.privacy.disclosure import NAME, SECRET
from councils.models import Attendance, HouseholdCode, Representative, ResidentsGroup, Topic


def register() -> None:
    """Tell privacy what is held here."""
    inventory.declare(Representative, name=NAME)
    inventory.declare(ResidentsGroup, leader_name=NAME)
    inventory.declare(Attendance, name=NAME)
    inventory.declare(Topic, proposer_name=NAME)
    inventory.declare(HouseholdCode, code=SECRET)
