"""Who is calling: the household and the earlier requests of a phone number, within what a person may see."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from community_portal.privacy.normal import PHONE, normalise
from community_portal.privacy.sealing import blind_index
from grid.access import Scope
from petitions.models import Petition
from petitions.querysets import visible_to
from residents.models import Household, Stay
from residents.querysets import households_visible_to

EARLIER, OFTEN, MOST = 3, 3, 50
MIN_DIGITS = 7


@dataclass(frozen=True)
class Caller:
    """A resident with this number: the name masked, the address as it goes into the form."""

    name: str
    address: str
    household: Household


@dataclass(frozen=True)
class Known:
    """What is known of a number."""

    callers: list[Caller]
    earlier: list[Petition]
    total: int

    @property
    def how_often(self) -> str:
        """How many requests came from it before, in words."""
        return _("%d 件以上") % MOST if self.total >= MOST else _("%d 件") % self.total

    @property
    def is_repeat(self) -> bool:
        """Whether this is somebody who asks again and again."""
        return self.total >= OFTEN

    def __bool__(self) -> bool:
        return bool(self.callers or self.earlier)


def known_caller(phone: str, scope: Scope) -> Known | None:
    """None while the number is too short to be one. Two queries."""
    if len(normalise(PHONE, phone)) < MIN_DIGITS:
        return None
    index = blind_index(PHONE, phone)
    people = Stay.objects.current().filter(
        Q(resident__phone_index=index) | Q(resident__other_phone_index=index),
        household__in=households_visible_to(scope),
    )
    earlier = (
        visible_to(scope).filter(caller_phone_index=index, anonymous=False).select_related("level").order_by("-id")
    )
    before = list(earlier.defer("search", "text", "answer", "caller_name", "caller_phone")[:MOST])
    return Known(
        [
            Caller(mask_name(row.resident.name), address_of(row.household), row.household)
            for row in people.select_related("resident", "household__building__estate")[:EARLIER]
        ],
        before[:EARLIER],
        len(before),
    )


def address_of(household: Household) -> str:
    """A household's address as routing reads it."""
    return f"{household.building.estate.name}{household}"
