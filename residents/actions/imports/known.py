"""What the portal has for the dwellings of one step: buildings, rooms, files, the people in them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from grid.models import GridUnit
from residents.importing.dwellings import Dwelling
from residents.importing.lines import Person
from residents.importing.spots import Spot
from residents.models import Building, Community, Estate, Household, Stay

TO_BE_ADDED = 0
HIGHEST_COLUMN = 50


class Unplaced(Exception):
    """A dwelling has no place here; the text says why and what to do."""


@dataclass(frozen=True)
class Room:
    """A household's place."""

    pk: int
    unit: int
    room: str
    floor: int
    column: int


@dataclass
class Places:
    """A community's estates, grids and buildings by number, and the rooms of the buildings that are asked about."""

    community: Community
    estates: list[Estate]
    grids: list[GridUnit]
    buildings: dict[str, list[Building]] = field(default_factory=lambda: defaultdict(list))
    rooms: dict[int, dict[str, list[Room]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    new_buildings: list[Building] = field(default_factory=list)

    def building(self, spot: Spot, grid: str, *, may_build: bool) -> Building:
        """The building of a spot, put up (unsaved) when that is allowed and it is missing. Raises Unplaced."""
        rows = [row for row in self.buildings[spot.building] if spot.estate in ("", *_names(row.estate))]
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise Unplaced(
                _("%(number)s 号楼在几个小区都有（%(names)s），请加一列小区")
                % {"number": spot.building, "names": "、".join(row.estate.name for row in rows)}
            )
        if not may_build:
            raise Unplaced(_("没有 %s 号楼；要补建，请社区书记在导入时勾选") % spot.building)
        return self._build(spot, grid)

    def _build(self, spot: Spot, grid: str) -> Building:
        estates = [row for row in self.estates if spot.estate in ("", *_names(row))]
        if len(estates) != 1:
            raise Unplaced(_("补建 %s 号楼要写明小区（系统里已有的）") % spot.building)
        grids = [row for row in self.grids if grid in ("", row.name, row.code)]
        if len(grids) != 1:
            raise Unplaced(_("补建 %s 号楼要写明网格") % spot.building)
        row = Building(
            estate=estates[0], community=self.community, grid=grids[0], name=_("%s号楼") % spot.building,
            number=spot.building, position=self._next_position(spot.building),
        )  # fmt: skip
        self.buildings[spot.building].append(row)
        self.new_buildings.append(row)
        return row

    def _next_position(self, number: str) -> int:
        if number.isdecimal():
            return int(number)
        return max((row.position for rows in self.buildings.values() for row in rows), default=0) + 1

    def room(self, building: Building, spot: Spot) -> Room | None:
        """The room of a spot in its building, None when there is none. Raises Unplaced when several could be meant."""
        rows = [row for row in self._rooms_of(building)[spot.room] if spot.unit in (None, row.unit)]
        if len(rows) > 1:
            units = "、".join(str(row.unit) for row in rows)
            raise Unplaced(_("没写单元：%(units)s 单元都有 %(room)s") % {"units": units, "room": spot.room})
        if rows and rows[0].pk == TO_BE_ADDED:
            raise Unplaced(_("前面的行已经补建了 %s，请把同一户的单元写成一样") % spot.room)
        return rows[0] if rows else None

    def unit_for(self, building: Building, spot: Spot) -> int:
        """The unit of a room to be added: as said, or the only one the building has. Raises Unplaced."""
        if spot.unit is not None:
            return spot.unit
        units = {row.unit for rows in self._rooms_of(building).values() for row in rows} or {0}
        if len(units) > 1:
            raise Unplaced(_("没写单元，不知道 %s 补建在哪里") % spot.room)
        return units.pop()

    def _rooms_of(self, building: Building) -> dict[str, list[Room]]:
        """The rooms of a building by their numbers, also of one that is not saved yet."""
        return self.rooms[-id(building) if building.pk is None else building.pk]

    def add_room(self, building: Building, unit: int, floor: int, room: str) -> int:
        """Take a place on the floor for a new room; returns its column."""
        column = self._free_column(building, unit, floor, room)
        self._rooms_of(building)[room].append(Room(TO_BE_ADDED, unit, room, floor, column))
        return column

    def _free_column(self, building: Building, unit: int, floor: int, room: str) -> int:
        """By the room's last two digits (301 is first) when that place is free, else the next one."""
        rooms = (row for rows in self._rooms_of(building).values() for row in rows)
        taken = {row.column for row in rooms if (row.unit, row.floor) == (unit, floor)}
        digits = "".join(char for char in room if char.isdecimal())[-2:]
        wanted = int(digits) if digits and 0 < int(digits) < HIGHEST_COLUMN else 0
        return wanted if wanted and wanted not in taken else max(taken, default=0) + 1


@dataclass
class Known:
    """The files of one step. `stays` are the open stays by household."""

    households: dict[int, Household]
    stays: dict[int, list[Stay]]


@dataclass
class Elsewhere:
    """People of the community, present or gone, by ID number, and by name and phone. Open stays go first."""

    by_id: dict[bytes, Stay] = field(default_factory=dict)
    by_phone: dict[tuple[str, bytes], Stay] = field(default_factory=dict)


def read_places(community: Community, dwellings: Iterable[Dwelling]) -> Places:
    """Four queries at most."""
    numbers = {dwelling.spot.building for dwelling in dwellings}
    places = Places(
        community,
        list(Estate.objects.filter(community=community)),
        list(GridUnit.objects.filter(division=community.division_id).order_by("code")),
    )
    for row in Building.objects.filter(community=community, number__any_of=sorted(numbers)).select_related(
        "estate", "grid"
    ):
        places.buildings[row.number].append(row)
    found = [row.pk for rows in places.buildings.values() for row in rows]
    rooms = Household.objects.filter(building__any_of=found, ended_on__isnull=True)
    for building, pk, unit, room, floor, column in rooms.values_list(
        "building_id", "pk", "unit", "room", "floor", "column"
    ):
        places.rooms[building][room].append(Room(pk, unit, room, floor, column))
    return places


def read_known(ids: Collection[int], *, lock: bool) -> Known:
    """These households, and the people in them now; two queries."""
    households = Household.objects.filter(pk__any_of=list(ids)).order_by("pk")
    stays = Stay.objects.current().filter(household__any_of=list(ids)).select_related("resident").order_by("pk")
    if lock:
        households = households.select_for_update(of=("self",), no_key=True)
        stays = stays.select_for_update(of=("self", "resident"), no_key=True)
    known = Known({row.pk: row for row in households}, defaultdict(list))
    for stay in stays:
        known.stays[stay.household_id].append(stay)
    return known


def read_elsewhere(community: Community, people: Sequence[Person], *, lock: bool) -> Elsewhere:
    """Who of these people is in the portal outside the household that the file names; two queries.

    Nobody outside the community is looked for: an import must not tell who lives elsewhere.
    """
    ids = {index for person in people for index in person.indexes("id_number")}
    phones = {index for person in people if not person.id_number for index in person.indexes("phone")}
    found = Elsewhere()
    for stay in _stays(community, Q(resident__id_number_index__any_of=list(ids)), lock=lock) if ids else ():
        found.by_id.setdefault(stay.resident.id_number_index or b"", stay)
    for stay in _stays(community, Q(resident__phone_index__any_of=list(phones)), lock=lock) if phones else ():
        found.by_phone.setdefault((stay.resident.name, stay.resident.phone_index or b""), stay)
    return found


def _stays(community: Community, condition: Q, *, lock: bool) -> QuerySet[Stay]:
    rows = Stay.objects.filter(condition, household__community=community)
    if lock:
        rows = rows.select_for_update(of=("self", "resident"), no_key=True)
    return rows.select_related("resident", "household__building").order_by(F("moved_out").desc(nulls_first=True), "-pk")


def _names(estate: Estate) -> tuple[str, ...]:
    return (estate.name, *estate.aliases)
