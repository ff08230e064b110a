"""What the tests of the household file share: who lives where, and looking at what was written."""

from datetime import date, timedelta
from typing import Any

from community_portal.privacy.id_number import check_digit
from residents.history import changes_of
from residents.models import FileEvent, Household, Resident, Stay
from tests.factories import NOW, TODAY, Cast

LATER = NOW + timedelta(minutes=5)
YEAR_AGO = TODAY - timedelta(days=365)


def with_check_digit(first17: str) -> str:
    """A number whose check digit passes; with a county that does not exist nobody was ever given it."""
    return first17 + check_digit(first17)


WOMAN_1950 = with_check_digit("99000119500615002")


def room(cast: Cast, name: str, unit: int = 2) -> Household:
    """A dwelling of 3号楼."""
    return Household.objects.get(building=cast.building, unit=unit, room=name)


def names_in(household: Household, day: date | None = None) -> list[str]:
    """Who belongs to a household now, or did on a day."""
    stays = Stay.objects.filter(household=household)
    found = stays.on(day) if day else stays.current()
    return sorted(found.values_list("resident__name", flat=True))


def tags_of(household: Household) -> set[str]:
    """All tags that a file shows, sealed ones too, without the living status."""
    row = Household.objects.get(pk=household.pk)
    return {*row.statuses, *row.care.split()} - {row.living}


def history(household: Household, *verbs: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(verb, words, changes) of a file, the oldest first; only these verbs when some are named."""
    rows = FileEvent.objects.filter(household=household).order_by("id")
    return [(row.verb, row.text, changes_of(row)) for row in rows if not verbs or row.verb in verbs]


def person(**over: Any) -> dict[str, Any]:
    """What the form of a person hands to the action."""
    return {
        "name": "李秀兰",
        "sex": Resident.Sex.FEMALE,
        "birth_date": date(1950, 6, 15),
        "id_number": "",
        "phone": "",
        "relation": Stay.HEAD,
        "registered_here": True,
        **over,
    }
