"""What councils hold of people, told to privacy when the app starts; columns with a blind index are known without."""

from community_portal.privacy import inventory
from community_portal.privacy.disclosure import NAME
from councils.models import Representative, ResidentsGroup


def register() -> None:
    """Tell privacy what is held here."""
    inventory.declare(Representative, name=NAME)
    inventory.declare(ResidentsGroup, leader_name=NAME)
