"""What a token may reach, as data; no ORM. Reading and acting are granted apart; no grant goes beyond its owner."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """One kind of things that staff see."""

    PETITIONS = "petitions", _("诉求工单和时限")
    HOUSEHOLDS = "households", _("户和居民（脱敏）")
    VISITS = "visits", _("走访")
    PLACES = "places", _("区划、网格、楼栋、单位")
    COUNCILS = "councils", _("议事：议题、会议、决议、公示")


ACTING = (Kind.PETITIONS,)
"""What can be acted on through the interface; the rest is read."""

LONGEST_DAYS = 366
"""A token ends after a year at the latest: whoever still needs it makes a new one."""
