"""Who is entitled to vote: drawn from the files by a ballot's unit, and compared with a roll that was fixed before.

An entry's key says where it comes from: r12 a resident, h12 a household, o12 an owner (by the first dwelling's id),
p12 a representative, m:姓名 a party member.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from community_portal.privacy.normal import PHONE, normalise
from councils.ballot_rules import Amount, Unit
from councils.models import Ballot, Council, Entitled, EntitledDwelling
from residents.models import Household, Stay
from residents.rules import age_on

ADULT = 18
DM2_IN_M2 = 100
EXCLUSIVE = (Household.Use.DWELLING, Household.Use.SHOP, Household.Use.BASEMENT)
IN_ORDER = ("building__community_id", "building__position", "building_id", "unit", "floor", "column", "pk")


@dataclass(frozen=True)
class Entry:
    """One vote as drawn: `dwellings` are (household id, square decimetres; None when the file has no area)."""

    key: str
    name: str
    place: str
    building_id: int | None = None
    dwellings: tuple[tuple[int, int | None], ...] = ()

    @property
    def area(self) -> int:
        """Square decimetres of all its dwellings, as far as they are known."""
        return sum(area or 0 for _pk, area in self.dwellings)


@dataclass(frozen=True)
class Drawn:
    """A roll as the files have it; `alike` are the keys of owners with the same name that may be one."""

    entries: tuple[Entry, ...]
    alike: tuple[tuple[str, ...], ...] = ()
    left_out: tuple[Entry, ...] = ()

    @property
    def without_area(self) -> list[Entry]:
        """Entries with a dwelling whose area nobody has registered."""
        return [entry for entry in self.entries if any(not area for _pk, area in entry.dwellings)]


@dataclass(frozen=True)
class Change:
    """One difference between a fixed roll and the files now."""

    place: str
    words: str


def draw(ballot: Ballot, day: date) -> Drawn:
    """The roll of a ballot as of a day; two queries at most."""
    entries, alike = SOURCES[Unit(ballot.unit)](ballot, day)
    kept = tuple(entry for entry in entries if entry.key not in ballot.left_out)
    return Drawn(kept, alike, tuple(entry for entry in entries if entry.key in ballot.left_out))


Found = tuple[list[Entry], tuple[tuple[str, ...], ...]]


def ground(council: Council) -> QuerySet[Household]:
    """The open files that a council decides for."""
    homes = Household.objects.filter(community=council.community_id, ended_on__isnull=True)
    if council.level == Council.Level.COURTYARD:
        return homes.filter(building__in=council.buildings.all())
    return homes if council.estate_id is None else homes.filter(building__estate=council.estate_id)


def _adults(council: Council, day: date) -> list[Stay]:
    """Stays of people of 18 and more, in the order of the houses."""
    here = Stay.objects.current().filter(household__in=ground(council), resident__died_on__isnull=True)
    rows = here.select_related("resident", "household__building")
    ordered = rows.order_by(*(f"household__{name}" for name in IN_ORDER), "resident_id")
    return [stay for stay in ordered if age_on(stay.resident.birth_date, day) >= ADULT]


def _people(ballot: Ballot, day: date) -> Found:
    """Everybody of 18 and more who lives there; who has two homes there counts once."""
    found: dict[int, Entry] = {}
    for stay in _adults(ballot.council, day):
        home = stay.household
        entry = Entry(f"r{stay.resident_id}", stay.resident.name, str(home), home.building_id)
        found.setdefault(stay.resident_id, entry)
    return list(found.values()), ()


def _households(ballot: Ballot, day: date) -> Found:
    """Every dwelling in which an adult lives, named by its head."""
    found: dict[int, Entry] = {}
    for stay in _adults(ballot.council, day):
        home = stay.household
        if home.pk not in found or stay.relation == Stay.HEAD:
            found[home.pk] = Entry(f"h{home.pk}", stay.resident.name, str(home), home.building_id, ((home.pk, 0),))
    return list(found.values()), ()


def _owners(ballot: Ballot, day: date) -> Found:
    """Every owner of an exclusive part; several owners of one dwelling are one, and so is one of several dwellings.

    Two dwellings have one owner when name and telephone agree, or when the community says so (`ballot.joined`).
    """
    homes = list(ground(ballot.council).filter(use__in=EXCLUSIVE).select_related("building").order_by(*IN_ORDER))
    said = {pk: min(group) for group in ballot.joined for pk in group}
    groups: dict[str, list[Household]] = {}
    for home in homes:
        groups.setdefault(_owner_key(home, said), []).append(home)
    entries = [_owner(each) for each in groups.values()]
    return entries, _alike(entries)


def _owner_key(home: Household, said: Mapping[int, int]) -> str:
    if home.pk in said:
        return f"said {said[home.pk]}"
    phone = normalise(PHONE, home.owner_phone)
    return f"{home.owner_name} {phone}" if home.owner_name and phone else f"alone {home.pk}"


def _owner(homes: Sequence[Household]) -> Entry:
    first = homes[0]
    place = _("%(first)s 等 %(count)d 处") % {"first": first, "count": len(homes)} if homes[1:] else str(first)
    areas = tuple((home.pk, int(home.area * DM2_IN_M2) if home.area else None) for home in homes)
    return Entry(f"o{min(home.pk for home in homes)}", first.owner_name, place, first.building_id, areas)


def _alike(entries: Iterable[Entry]) -> tuple[tuple[str, ...], ...]:
    by_name: dict[str, list[str]] = {}
    for entry in entries:
        if entry.name:
            by_name.setdefault(entry.name, []).append(entry.key)
    return tuple(tuple(keys) for keys in by_name.values() if len(keys) > 1)


def _representatives(ballot: Ballot, day: date) -> Found:
    rows = ballot.council.representatives.on(day).select_related("party").order_by("party__kind", "id")
    return [Entry(f"p{row.pk}", row.name, row.party.name) for row in rows], ()


def _members(ballot: Ballot, day: date) -> Found:
    """The names that were typed, each once."""
    names = dict.fromkeys(line.strip() for line in ballot.names.splitlines() if line.strip())
    return [Entry(f"m:{name[:36]}", name[:40], "") for name in names], ()


SOURCES = {
    Unit.PERSON: _people,
    Unit.HOUSEHOLD: _households,
    Unit.OWNER: _owners,
    Unit.REPRESENTATIVE: _representatives,
    Unit.MEMBER: _members,
}


def fixed(ballot: Ballot) -> list[Entry]:
    """The roll that was fixed at the opening; two queries."""
    homes: dict[int, list[tuple[int, int | None]]] = {}
    rows = EntitledDwelling.objects.filter(ballot=ballot).order_by("id")
    for entitled, household, area in rows.values_list("entitled_id", "household_id", "area"):
        homes.setdefault(entitled, []).append((household, area))
    return [
        Entry(row.key, row.name, row.place, row.building_id, tuple(homes.get(row.pk, ())))
        for row in Entitled.objects.filter(ballot=ballot).defer("code").order_by("number")
    ]


def changes(ballot: Ballot, day: date) -> list[Change]:
    """What the files say otherwise since the roll was fixed; none of it touches the ballot."""
    return list(differences(fixed(ballot), draw(ballot, day).entries))


def differences(before: Iterable[Entry], after: Iterable[Entry]) -> Iterator[Change]:
    """Entries that came, went, or have another owner or area."""
    old, new = {entry.key: entry for entry in before}, {entry.key: entry for entry in after}
    for key, entry in old.items():
        now = new.get(key)
        if now is None:
            yield Change(entry.place or entry.name, _("不再列入"))
        elif now.name != entry.name:
            yield Change(entry.place, _("姓名有变化"))
        elif set(now.dwellings) != set(entry.dwellings):
            yield Change(entry.place, _("房屋或面积有变化"))
    for key, entry in new.items():
        if key not in old:
            yield Change(entry.place or entry.name, _("新列入"))


def whole(entries: Iterable[Entry]) -> Amount:
    """How many votes there are, with their area."""
    return sum((Amount(1, entry.area) for entry in entries), Amount())
