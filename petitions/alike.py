"""Petitions that are probably about the same thing: the same place, near in words, near in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from grid.models import GridUnit
from petitions import search
from petitions.models import Petition
from petitions.workflow import State
from residents.models import Building, Household

DAYS = timedelta(days=30)
LOOKED_AT = 60
MOST = 3
NEAR = {"household": 0.12, "building": 0.22, "grid": 0.34}
"""How much of the words two petitions must share (0 to 1): the less, the closer their places are."""

COLUMNS = ("id", "number", "title", "text", "state", "registered_at", "household_id", "building_id")


@dataclass(frozen=True)
class Alike:
    """One of them, how near its place and words are, in words and as a share."""

    petition: Petition
    place: str
    share: float

    @property
    def where(self) -> str:
        """同一户, 同一栋楼, 同一网格."""
        return {"household": _("同一户"), "building": _("同一栋楼"), "grid": _("同一网格")}[self.place]


def likely_same(
    visible: QuerySet[Petition],
    said: str,
    at: datetime,
    *,
    grid: GridUnit | None,
    building: Building | None,
    household: Household | None,
) -> list[Alike]:
    """The likeliest ones among the newest of the place, the best first; one query along an index, none without a place.

    `visible` is what the asking person may see.
    """
    if not (grid or building) or not said.strip():
        return []
    place = Q(building=building) if building else Q(grid=grid)
    newest = visible.filter(place).exclude(state=State.REFUSED).order_by("-id").only(*COLUMNS)[:LOOKED_AT]
    recent = [each for each in newest if at - DAYS <= each.registered_at <= at]
    words = frozenset(search.tokens(said))
    found = [
        Alike(each, where, share)
        for each in recent
        for where in (_nearness(each, building, household),)
        if (share := shared(words, search.tokens(f"{each.title} {each.text}"))) >= NEAR[where]
    ]
    return sorted(found, key=lambda each: -each.share)[:MOST]


def shared(words: frozenset[str], others: Iterable[str]) -> float:
    """The share of two texts' words that both have (Jaccard), 0 for two empty ones."""
    other = frozenset(others)
    either = len(words | other)
    return len(words & other) / either if either else 0.0


def _nearness(petition: Petition, building: Building | None, household: Household | None) -> str:
    if household and petition.household_id == household.pk:
        return "household"
    return "building" if building and petition.building_id == building.pk else "grid"
