"""Where a petition may be about when its address is not certain, for whoever reads it, within their scope."""

from collections.abc import Iterable, Sequence
from typing import Any

from grid.access import Scope
from petitions.models import Petition, PetitionEvent
from petitions.workflow import OPEN, Verb
from residents.candidates import Candidate, named
from residents.querysets import buildings_visible_to, households_visible_to

KEPT = "candidates"
Kept = Sequence[tuple[int, int | None]]


def kept(candidates: Iterable[Candidate]) -> dict[str, Any]:
    """What the event of registering keeps of them: ids of building and household alone, since names change."""
    ids = [(each.building.pk, each.household.pk if each.household else None) for each in candidates]
    return {KEPT: ids} if ids else {}


def places_meant(petition: Petition, events: Iterable[PetitionEvent], scope: Scope) -> list[Candidate]:
    """The places that an open petition without a household may be about; one query when there are any, else none."""
    if petition.household_id or petition.state not in OPEN:
        return []
    found: Kept = next((event.data.get(KEPT, []) for event in events if event.verb == Verb.REGISTER), [])
    if petition.building_id and not any(household for _building, household in found):
        return []
    return visible_places(found, scope)


def visible_places(found: Kept, scope: Scope) -> list[Candidate]:
    """Those of these places that a scope reaches, in the order of the buildings; one query."""
    homes = [household for _building, household in found if household]
    if homes:
        rows = households_visible_to(scope).filter(pk__in=homes).select_related("building__estate")
        return named([(row.building, row) for row in rows.order_by("building__position", "unit", "room")])
    ids = [building for building, _household in found]
    if not ids:
        return []
    buildings = buildings_visible_to(scope).filter(pk__in=ids).select_related("estate")
    return named([(row, None) for row in buildings.order_by("position")])
