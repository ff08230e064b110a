"""From an address to the portal's own places: estate, building, household. In doubt it names none."""

import time as monotonic
from dataclasses import dataclass, field

from grid.models import Division
from residents.addresses import Place, parse_place
from residents.models import Building, Community, Estate, Household

CACHE_SECONDS = 60
MAX_NAME = 16
_cached: tuple[float, "Names"] | None = None


@dataclass(frozen=True)
class Names:
    """Names as people write them, each with what it can mean: estates as (estate, community), divisions as ids."""

    estates: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    divisions: dict[str, list[int]] = field(default_factory=dict)
    rows: dict[int, Division] = field(default_factory=dict)


@dataclass(frozen=True)
class Located:
    """What an address names: the division (community or street), and the building and household when certain."""

    division: Division
    building: Building | None = None
    household: Household | None = None


def names() -> Names:
    """Estates, communities and streets that the portal serves, read at most once a minute by each process."""
    global _cached
    now = monotonic.monotonic()
    if _cached is None or now - _cached[0] > CACHE_SECONDS:
        _cached = (now, _read_names())
    return _cached[1]


def forget_names() -> None:
    """Make the next reader load the names anew."""
    global _cached
    _cached = None


def _read_names() -> Names:
    found = Names()
    streets = Community.objects.values("division__parent_id")
    divisions = Division.objects.select_related("parent__parent")
    for row in [*divisions.filter(pk__in=streets), *divisions.filter(parent__in=streets)]:
        found.rows[row.pk] = row
        for name in {row.name, row.short_name}:
            found.divisions.setdefault(name, []).append(row.pk)
    for pk, community, name, aliases in Estate.objects.values_list("pk", "community_id", "name", "aliases"):
        for each in {name, *aliases}:
            found.estates.setdefault(each, []).append((pk, community))
    return found


def locate(text: str, home: Division, known: Building | None = None) -> Located:
    """Where a text points to below `home`, the division that serves whoever wrote it.

    `known` is a building given by other means (the code at its door). At most three queries.
    """
    place = parse_place(text)
    home = _row(home.pk) or home
    if known is not None:
        return Located(_row(known.community_id) or home, known, _household(known, place))
    estate, division = _named(text, home)
    division = division or home
    building = _building(place, division, estate)
    return Located(division, building, _household(building, place) if building else None)


def _row(division_id: int) -> Division | None:
    return names().rows.get(division_id)


def _named(text: str, home: Division) -> tuple[int | None, Division | None]:
    """The estate and division named in the text; the longest name wins, one with two meanings counts for none."""
    known = names()
    said = _substrings(text)
    for name in sorted(said & known.estates.keys(), key=len, reverse=True):
        inside = [
            (estate, row) for estate, community in known.estates[name] if (row := _row(community)) and _below(row, home)
        ]
        if len(inside) == 1:
            return inside[0]
        if inside:
            return None, None
    rows = [known.rows[pk] for name in said & known.divisions.keys() for pk in known.divisions[name]]
    inside_rows = {row.pk: row for row in rows if _below(row, home)}
    deepest = max((row.level for row in inside_rows.values()), default=0)
    best = [row for row in inside_rows.values() if row.level == deepest]
    return None, best[0] if len(best) == 1 else None


def _substrings(text: str) -> set[str]:
    return {text[a:b] for a in range(len(text)) for b in range(a + 2, min(a + MAX_NAME, len(text)) + 1)}


def _below(row: Division, home: Division) -> bool:
    return row.code.startswith(home.prefix)


def _building(place: Place, division: Division, estate: int | None) -> Building | None:
    if not place.building or division.level != Division.Level.COMMUNITY:
        return None
    found = Building.objects.filter(community=division.pk, number=place.building).select_related(
        "grid", "estate__property_company"
    )
    if estate is not None:
        found = found.filter(estate=estate)
    rows = list(found[:2])
    return rows[0] if len(rows) == 1 else None


def _household(building: Building, place: Place) -> Household | None:
    if not place.room:
        return None
    found = Household.objects.filter(building=building, room=place.room)
    if place.unit is not None:
        found = found.filter(unit=place.unit)
    rows = list(found[:2])
    return rows[0] if len(rows) == 1 else None
