"""Communities beside the home one, for a demo as large as a district or a city."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from grid.access import Role
from grid.models import Appointment, Division, GridUnit, Staff
from petitions.demo import names
from petitions.demo.cast import GRID_NAMES, HOME_CODE, STAFF_PHONES, STARTS_ON, Home
from petitions.demo.houses import Built, build_houses
from petitions.demo.layout import House, communities_of
from residents.models import Community, Estate

NO_PASSWORD = "!"
MORE_STAFF = STAFF_PHONES + 1000


@dataclass(frozen=True)
class Worker:
    """Who handles a grid's petitions, with what an event says of them."""

    grid: int
    staff: int
    grid_name: str
    name: str


@dataclass(frozen=True)
class Served:
    """One community as petitions need it, in plain ids: its places, houses and workers by grid number (0: outer)."""

    community: int
    street: int
    district: int
    estates: tuple[str, str]
    property_company: int | None
    workers: dict[int, Worker]
    head: int
    built: Built


class Neighbourhood:
    """Builds further communities out of the sample districts, nearest first."""

    def __init__(self, home: Home, rng: Random, on: date) -> None:
        self.home, self.rng, self.on = home, rng, on
        self.outer: dict[int, Worker] = {}
        self.people = self.staff = 0

    def build(self, first: Built, households: int, report: Callable[[int], None]) -> Iterator[Served]:
        """The home community and so many more as the number of households asks for."""
        home = self.home
        workers = {number: worker_of(grid) for number, grid in home.grids.items()}
        self.outer[home.street.pk] = worker_of(GridUnit.objects.get(code=f"{home.street.code}001"))
        head = Staff.objects.get(appointments__division=home.community.division, appointments__role=Role.COMMUNITY_HEAD)
        self.people = first.residents
        yield self._served(home.community, (home.blocks, home.towers), workers, head, first)
        done = len(first.households)
        sizes = communities_of(households - done)
        for division, size in zip(_divisions(), sizes, strict=False):
            yield self._community(division, size)
            done += size
            report(done)

    def _community(self, division: Division, households: int) -> Served:
        community = Community.objects.create(division=division, scheme=self.home.community.scheme)
        names_of = (division.short_name, f"{division.short_name}雅苑")
        blocks, towers = Estate.objects.bulk_create(Estate(community=community, name=name) for name in names_of)
        grids = [
            GridUnit(code=f"{division.code}{number:03d}", name=name, division=division)
            for number, name in enumerate(GRID_NAMES, 1)
        ]
        by_number = dict(enumerate(GridUnit.objects.bulk_create(grids), 1))
        *workers, head = self._hire(division.code, len(grids) + 1)
        Appointment.objects.bulk_create(
            Appointment(staff=staff, role=Role.GRID_WORKER, grid=grid, starts_on=STARTS_ON)
            for staff, grid in zip(workers, grids, strict=True)
        )
        Appointment.objects.create(staff=head, role=Role.COMMUNITY_HEAD, division=division, starts_on=STARTS_ON)
        self._outer_worker(division)

        def estate_of(house: House) -> Estate:
            return towers if house.is_tower else blocks

        built = build_houses(
            community, by_number, estate_of,
            households=households, rng=self.rng, on=self.on, first_person=self.people,
        )  # fmt: skip
        self.people += built.residents
        crew = {
            number: Worker(grid.pk, staff.pk, grid.name, staff.name)
            for (number, grid), staff in zip(by_number.items(), workers, strict=True)
        }
        return self._served(community, (blocks, towers), crew, head, built)

    def _outer_worker(self, division: Division) -> None:
        """Each street has an outer grid with a worker, and an officer."""
        street = division.parent
        assert street is not None
        if street.pk in self.outer:
            return
        grid = GridUnit.objects.create(
            code=f"{street.code}001", name="外网一格", kind=GridUnit.Kind.OUTER, division=street
        )
        worker, officer = self._hire(street.code, 2)
        Appointment.objects.create(staff=worker, role=Role.GRID_WORKER, grid=grid, starts_on=STARTS_ON)
        Appointment.objects.create(staff=officer, role=Role.STREET_OFFICER, division=street, starts_on=STARTS_ON)
        self.outer[street.pk] = Worker(grid.pk, worker.pk, grid.name, worker.name)

    def _hire(self, code: str, number: int) -> list[Staff]:
        """Staff who cannot sign in."""
        hired = []
        for order in range(1, number + 1):
            self.staff += 1
            sex = self.rng.choice(("male", "female"))
            name = names.surname(self.rng) + names.given_name(self.rng, sex, 1985)
            phone = names.phone(MORE_STAFF + self.staff)
            hired.append(Staff(username=f"{code}-{order}", name=name, password=NO_PASSWORD, phone=phone, is_demo=True))
        return Staff.objects.bulk_create(hired)

    def _served(
        self,
        community: Community,
        estates: tuple[Estate, Estate],
        workers: dict[int, Worker],
        head: Staff,
        built: Built,
    ) -> Served:
        street = community.division.parent
        assert street is not None
        assert street.parent_id is not None
        return Served(
            community.pk,
            street.pk,
            street.parent_id,
            (estates[0].name, estates[1].name),
            estates[0].property_company_id,
            {**workers, 0: self.outer[street.pk]},
            head.pk,
            built,
        )


def worker_of(grid: GridUnit) -> Worker:
    """The first worker appointed to a grid."""
    staff = Staff.objects.get(appointments__grid=grid)
    return Worker(grid.pk, staff.pk, grid.name, staff.name)


def _divisions() -> Iterator[Division]:
    """Communities (no villages) of the sample districts: the home street first, then its district, then the others."""
    rows = Division.objects.filter(level=Division.Level.COMMUNITY, name__contains="社区").select_related("parent")
    yield from sorted(rows.exclude(code=HOME_CODE).order_by("code"), key=lambda row: _distance(row.code))


def _distance(code: str) -> int:
    """0 in the home street, 1 in its district, 2 elsewhere."""
    return 0 if code[:9] == HOME_CODE[:9] else 1 if code[:6] == HOME_CODE[:6] else 2
