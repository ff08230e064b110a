"""From an address to the portal's own places: estate, building, household. In doubt it names what may be meant."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from community_portal.prepared import Prepared
from community_portal.remembered import Remembered
from grid.models import Division
from residents import candidates
from residents.addresses import Place, parse_places
from residents.candidates import Candidate, Room
from residents.models import Building, Community, Estate, Household

_rooms = Prepared(
    lambda buildings: (
        Household.objects.filter(building__any_of=buildings, ended_on__isnull=True)
        .order_by("unit", "room")
        .values_list("building_id", *Room._fields)
    ),
    buildings=[-1],
)

# What stands before a building: a part of an estate with numbers of its own, or a place with a name.
PART = re.compile(r"(?:[一二三四五六七八九十东西南北中新老甲乙丙丁]|[0-9A-Za-z]{1,2})(?:区|期|里|院|苑)\s*$")
PLACE = re.compile(
    r"(\S)(?:小区|社区|家园|花园|公寓|大厦|新村|号院|大院|[园苑庭府城湾郡寓坊墅厦里村院区期])(?:里面|里|的|内|第|\s|，|,)*$"
)
ALIKE = 3
"""Characters from which on a name with one mistaken is still known."""
AWAY = re.compile("隔壁|旁边|对面|附近|周边|那边|前面|后面")
OURS = frozenset("们我本咱该个住在家这那哪屋店全各小社大楼院")


@dataclass(frozen=True)
class Names:
    """Names as people write them, each with what it can mean: estates as (estate, community), divisions as ids.

    `starts` has every name by its first two characters, the longest first. `buildings` (of one number in a community),
    `rooms` (of one building) and `communities` (of a division) fill while they are asked for and live as long as these
    names do.
    """

    estates: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    divisions: dict[str, list[int]] = field(default_factory=dict)
    rows: dict[int, Division] = field(default_factory=dict)
    starts: dict[str, list[str]] = field(default_factory=dict)
    buildings: dict[tuple[int, str], list[Building]] = field(default_factory=dict)
    rooms: dict[int, list[Room]] = field(default_factory=dict)
    communities: dict[int, frozenset[int]] = field(default_factory=dict)

    def numbered(self, community: int, number: str) -> list[Building]:
        """The buildings with this number in a community, with grid, estate and property company; asked for once."""
        if (community, number) not in self.buildings:
            rows = Building.objects.filter(community=community, number=number)
            self.buildings[community, number] = list(rows.select_related("grid", "estate__property_company"))
        return self.buildings[community, number]

    def communities_of(self, division: Division) -> frozenset[int]:
        """The communities below a division, itself among them; looked through once."""
        if division.pk not in self.communities:
            level = Division.Level.COMMUNITY
            inside = (pk for pk, row in self.rows.items() if row.level == level and _below(row, division))
            self.communities[division.pk] = frozenset(inside)
        return self.communities[division.pk]

    def rooms_of(self, buildings: Iterable[int]) -> dict[int, list[Room]]:
        """The open files of these buildings, by unit and room; those not asked for before in one query."""
        buildings = list(buildings)
        if missing := [pk for pk in buildings if pk not in self.rooms]:
            found: dict[int, list[Room]] = {pk: [] for pk in missing}
            for building, *columns in _rooms(buildings=missing):
                found[building].append(Room(*columns))
            self.rooms.update(found)
        return {pk: self.rooms[pk] for pk in buildings}

    def said_in(self, text: str) -> list[str]:
        """The names that a text says, in its order; a name inside a longer one does not count."""
        found, at = [], 0
        while at < len(text) - 1:
            name = next((each for each in self.starts.get(text[at : at + 2], ()) if text.startswith(each, at)), "")
            if name:
                found.append(name)
            at += len(name) or 1
        return found


@dataclass(frozen=True)
class Said:
    """What the names in a text leave: a division, and the estates to look in (None: any, empty: none is certain)."""

    division: Division
    estates: frozenset[int] | None = None


@dataclass(frozen=True)
class Located:
    """What an address names: the division (community or street), and the building and household when certain.

    `candidates` are what it may mean where the household, or the building that was said, is not certain.
    """

    division: Division
    building: Building | None = None
    household: Household | None = None
    candidates: tuple[Candidate, ...] = ()


_remembered: Remembered[None, Names] = Remembered()


def names() -> Names:
    """Estates, communities and streets that the portal serves, read at most once a minute by each process."""
    return _remembered.get(None, _read_names)


def forget_names() -> None:
    """Make the next reader load the names anew."""
    _remembered.forget()


def _read_names() -> Names:
    found = Names()
    streets = Community.objects.values("division__parent_id")
    divisions = Division.objects.select_related("parent__parent")
    for row in [*divisions.filter(pk__in=streets), *divisions.filter(parent__in=streets)]:
        found.rows[row.pk] = row
        for name in _called(row):
            found.divisions.setdefault(name, []).append(row.pk)
    for pk, community, name, aliases in Estate.objects.values_list("pk", "community_id", "name", "aliases"):
        for each in {name, *aliases}:
            found.estates.setdefault(each, []).append((pk, community))
    for name in sorted(found.estates.keys() | found.divisions.keys(), key=len, reverse=True):
        if len(name) > 1:
            found.starts.setdefault(name[:2], []).append(name)
    return found


def _called(row: Division) -> set[str]:
    """What people call a division; with 社区 behind it a name means the community, without it perhaps an estate."""
    called = {row.name, row.short_name} - {""}
    return called | {f"{row.short_name}社区"} if row.level == Division.Level.COMMUNITY and row.short_name else called


def locate(text: str, home: Division, known: Building | None = None) -> Located:
    """Where a text points to below `home`, the division that serves whoever wrote it.

    `known` is a building given by other means (the code at its door). At most three queries.
    """
    place, likely = parse_places(text)
    home = _row(home.pk) or home
    if known is not None:
        return _inside(_row(known.community_id) or home, known, place, likely)
    names_said = names().said_in(text)
    said = _meant(names_said, home)
    elsewhere = _elsewhere(likely.before, names_said)
    building = None if elsewhere or place.building != likely.building else _building(place, said)
    if building is not None:
        return _inside(said.division, building, place, likely)
    return Located(said.division, candidates=tuple(_possible(likely, said, elsewhere)))


def _inside(division: Division, building: Building, place: Place, likely: Place) -> Located:
    """The household of a certain building, or those that the rest of what was said fits."""
    household = _household(building, place)
    possible = [] if household else _fitting([building], likely if likely.room else place)
    return Located(division, building, household, tuple(possible))


def _possible(place: Place, said: Said, elsewhere: bool) -> list[Candidate]:
    """What may be meant where no building is certain: like numbers, like names, or the room wherever it is."""
    if said.division.level != Division.Level.COMMUNITY:
        return []
    community, known = said.division.pk, names()
    estates = _alike(place.before, community) if elsewhere else said.estates
    if elsewhere and not estates:
        return []
    if not place.building:
        return candidates.in_community(community, estates, place)
    for number in (place.building, *candidates.near_numbers(place.building)):
        rows = known.numbered(community, number)
        fitting = [row for row in rows if not estates or row.estate_id in estates]
        if fitting:
            return _of_buildings(fitting, place)
    return []


def _alike(before: str, community: int) -> frozenset[int]:
    """The estates of a community whose name stands before the building with one character mistaken: 双合佳园."""
    before = before.rstrip(" ,，的")
    return frozenset(
        pk
        for name, meant in names().estates.items()
        if len(name) >= ALIKE and len(before) >= len(name)
        if sum(one != other for one, other in zip(name, before[-len(name) :], strict=True)) == 1
        for pk, where in meant
        if where == community
    )


def _row(division_id: int) -> Division | None:
    return names().rows.get(division_id)


def _meant(names_said: list[str], home: Division) -> Said:
    """The division and estates below `home` that fit all of these names; names of other places leave no estate."""
    if not names_said:
        return Said(home)
    known = names()
    fitting = _communities(home).intersection(*(_meanings(name) for name in names_said))
    if len(fitting) != 1:
        return Said(_street(names_said, home) if fitting else home, frozenset())
    (community,) = fitting
    estates = {estate for name in names_said for estate, pk in known.estates.get(name, ()) if pk == community}
    return Said(known.rows[community], frozenset(estates) or None)


def _meanings(name: str) -> set[int]:
    """The communities that a name can point to: an estate's, itself, or all of a street."""
    known = names()
    found = {community for _estate, community in known.estates.get(name, ())}
    return found.union(*(_communities(known.rows[pk]) for pk in known.divisions.get(name, ())))


def _communities(division: Division) -> frozenset[int]:
    return names().communities_of(division)


def _street(names_said: list[str], home: Division) -> Division:
    """The one street below `home` that is named; `home` without one."""
    known = names()
    rows = {pk: known.rows[pk] for name in names_said for pk in known.divisions.get(name, ())}
    streets = [row for row in rows.values() if row.level == Division.Level.STREET and _below(row, home)]
    return streets[0] if len(streets) == 1 else home


def _elsewhere(before: str, names_said: list[str]) -> bool:
    """Whether the words before a building name a place unknown to the portal: 幸福里3号楼, 双合家园二区3号楼."""
    end = max((before.rfind(name) + len(name) for name in names_said if name in before), default=0)
    if end and (PART.search(before, end) or AWAY.search(before, end)):
        return True
    place = PLACE.search(before, end)
    return place is not None and place[1] not in OURS and not (end and place[1].isdecimal())


def _below(row: Division, home: Division) -> bool:
    return row.code.startswith(home.prefix)


def _building(place: Place, said: Said) -> Building | None:
    if not place.building or said.division.level != Division.Level.COMMUNITY:
        return None
    rows = names().numbered(said.division.pk, place.building)
    fitting = [row for row in rows if said.estates is None or row.estate_id in said.estates]
    return fitting[0] if len(fitting) == 1 else None


def _household(building: Building, place: Place) -> Household | None:
    """The one household of that room, with its key and place alone; None when several units have such a room."""
    if not place.room:
        return None
    rows = names().rooms_of([building.pk])[building.pk]
    fitting = [row for row in rows if row.room == place.room and candidates.unit_fits(place.unit, row.unit)]
    return candidates.household(building, fitting[0]) if len(fitting) == 1 else None


def _of_buildings(buildings: list[Building], place: Place) -> list[Candidate]:
    """Households of these buildings that fit what was said, else the buildings themselves, when they are few."""
    if len(buildings) > candidates.MOST:
        return []
    return _fitting(buildings, place) or candidates.named([(building, None) for building in buildings])


def _fitting(buildings: list[Building], place: Place) -> list[Candidate]:
    """The households of these buildings that fit room or floor."""
    if not place.room and place.floor is None:
        return []
    rooms = names().rooms_of(building.pk for building in buildings)
    return candidates.fitting([(building, room) for building in buildings for room in rooms[building.pk]], place)
