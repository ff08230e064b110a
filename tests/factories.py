"""The fixed cast that tests play with, and the few things they make on top of it.

Two communities of one street and one of another street; in the first one a person in every role:

朝阳区                      district
 ├ 垡头街道                 street; outer_worker (outer grid); other_member (the department)
 │  ├ 双合家园              community_worker, head; member (the property company);
 │  │                        worker and deputy (grid 1: buildings 1, 3), colleague (grid 2: 2)
 │  └ 翠城馨园              outsider (its head); one grid, building 1
 └ 首都机场街道             other_street
    └ 南路西里              one grid, building 1
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from community_portal.worktime.deadlines import ZONE
from grid.models import Appointment, Division, GridUnit, Organisation, Staff
from petitions.actions.register import Intake, register
from petitions.models import Petition
from residents.models import Building, ColourScheme, Community, Estate, Household, Resident, Stay

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
"""A Monday morning inside working hours; every day of the tests' near future is covered by the calendar."""

TODAY = NOW.date()
APPOINTED = date(2020, 1, 1)
PASSWORD = "portal-test-1"
PHONE = "13800000001"
TEXT = "3号楼2单元302楼道的灯不亮，晚上看不清台阶"

Role = Appointment.Role


@dataclass(frozen=True)
class Cast:
    """Everything that is there before a test begins."""

    province: Division
    city: Division
    district_division: Division
    street_division: Division
    far_street: Division
    community: Division
    next_community: Division
    far_community: Division

    grid: GridUnit
    second_grid: GridUnit
    outer_grid: GridUnit
    next_grid: GridUnit
    far_grid: GridUnit

    estate: Estate
    property_company: Organisation
    department: Organisation
    buildings: tuple[Building, Building, Building]
    next_building: Building
    far_building: Building
    household: Household
    resident: Resident

    worker: Staff
    deputy: Staff
    colleague: Staff
    community_worker: Staff
    head: Staff
    outsider: Staff
    outer_worker: Staff
    member: Staff
    other_member: Staff
    street: Staff
    other_street: Staff
    district: Staff
    nobody: Staff
    admin: Staff

    @property
    def building(self) -> Building:
        """3号楼, in the worker's grid; 302 of its second unit is the household with residents."""
        return self.buildings[2]

    def appointment(self, staff: Staff) -> Appointment:
        """The only appointment of a person."""
        return Appointment.objects.get(staff=staff)


def make_cast() -> Cast:
    """Save the cast; needs the default data (colour schemes)."""
    places = _divisions()
    grids = _grids(places)
    company = Organisation.objects.create(
        name="双合物业服务中心", kind="property", division=places["community"], phone="010-00000001"
    )
    department = Organisation.objects.create(
        name="城市管理办公室", kind="department", division=places["street_division"], phone="010-00000002"
    )
    estate = make_estate(places["community"], "双合家园", aliases=["双合小区"], property_company=company)
    buildings = tuple(make_building(estate, grids["grid"], number) for number in (1, 3))
    second = make_building(estate, grids["second_grid"], 2)
    next_estate = make_estate(places["next_community"], "翠城馨园")
    far_estate = make_estate(places["far_community"], "南路西里")
    household = Household.objects.get(building=buildings[1], unit=2, room="302")
    return Cast(
        **places,
        **grids,
        estate=estate,
        property_company=company,
        department=department,
        buildings=(buildings[0], second, buildings[1]),
        next_building=make_building(next_estate, grids["next_grid"], 1),
        far_building=make_building(far_estate, grids["far_grid"], 1),
        household=household,
        resident=_family(household),
        **_staff(places, grids, (company, department)),
    )


def make_division(parent: Division | None, level: int, code: str, name: str, short_name: str) -> Division:
    """Save a division."""
    return Division.objects.create(parent=parent, level=level, code=code, name=name, short_name=short_name)


def make_community(parent: Division, code: str, name: str, short_name: str) -> Division:
    """Save a community that the portal serves; returns its division."""
    division = make_division(parent, Division.Level.COMMUNITY, code, name, short_name)
    Community.objects.create(division=division, scheme=ColourScheme.objects.get(code="tianjin"))
    return division


def make_estate(community: Division, name: str, **over: Any) -> Estate:
    """Save an estate of a community."""
    return Estate.objects.create(community_id=community.pk, name=name, **over)


def make_building(
    estate: Estate, grid: GridUnit, number: int, *, units: int = 2, floors: int = 3, per_floor: int = 2
) -> Building:
    """Save a building with its households: rooms 101, 102, 201 … in each unit."""
    building = Building.objects.create(
        estate=estate,
        community_id=estate.community_id,
        grid=grid,
        name=f"{number}号楼",
        number=str(number),
        position=number,
    )
    Household.objects.bulk_create(
        Household(
            building=building,
            community_id=estate.community_id,
            grid=grid,
            unit=unit,
            floor=floor,
            room=f"{floor}{column:02}",
            column=column,
        )
        for unit in range(1, units + 1)
        for floor in range(1, floors + 1)
        for column in range(1, per_floor + 1)
    )
    return building


def make_staff(
    username: str,
    name: str,
    role: str = "",
    *,
    grid: GridUnit | None = None,
    division: Division | None = None,
    organisation: Organisation | None = None,
    starts_on: date = APPOINTED,
    ends_on: date | None = None,
    **over: Any,
) -> Staff:
    """Save an account with PASSWORD and, when a role is named, its appointment over a grid or a division."""
    staff = Staff.objects.create_user(username, PASSWORD, name=name, **over)
    if role:
        Appointment.objects.create(
            staff=staff,
            role=role,
            grid=grid,
            division=division,
            organisation=organisation,
            starts_on=starts_on,
            ends_on=ends_on,
        )
    return staff


def intake(cast: Cast, **over: Any) -> Intake:
    """What a resident of 3号楼2单元302 asks by telephone; change any part by name."""
    values: dict[str, Any] = {
        "source": Petition.Source.PHONE,
        "home": cast.community,
        "text": TEXT,
        "received_at": over.get("received_at", NOW),
        "caller_name": "张三",
        "caller_phone": PHONE,
    }
    return Intake(**{**values, **over})


def make_petition(cast: Cast, *, by: Staff | None = None, at: datetime = NOW, **over: Any) -> Petition:
    """Register a petition through the real action; without anything said it waits for the worker of grid 1."""
    petition, _new = register(intake(cast, **{"received_at": at, **over}), by=by, at=at)
    return petition


def _divisions() -> dict[str, Division]:
    province = make_division(None, 1, "110000000000", "北京市", "北京")
    city = make_division(province, 2, "110100000000", "市辖区", "")
    district = make_division(city, 3, "110105000000", "朝阳区", "朝阳")
    street = make_division(district, 4, "110105019000", "垡头街道", "垡头")
    far_street = make_division(district, 4, "110105020000", "首都机场街道", "首都机场")
    return {
        "province": province,
        "city": city,
        "district_division": district,
        "street_division": street,
        "far_street": far_street,
        "community": make_community(street, "110105019029", "双合家园社区居民委员会", "双合家园"),
        "next_community": make_community(street, "110105019024", "翠城馨园社区居委会", "翠城馨园"),
        "far_community": make_community(far_street, "110105020001", "南路西里社区居委会", "南路西里"),
    }


def _grids(places: dict[str, Division]) -> dict[str, GridUnit]:
    def grid(place: str, number: int, name: str, kind: str = "inner") -> GridUnit:
        division = places[place]
        return GridUnit.objects.create(code=f"{division.code}{number:03}", name=name, kind=kind, division=division)

    return {
        "grid": grid("community", 1, "第一网格"),
        "second_grid": grid("community", 2, "第二网格"),
        "outer_grid": grid("street_division", 1, "外网一格", "outer"),
        "next_grid": grid("next_community", 1, "第一网格"),
        "far_grid": grid("far_community", 1, "第一网格"),
    }


def make_resident(household: Household, name: str, **over: Any) -> Resident:
    """Save a person who lives in a household: its head unless `relation` says otherwise."""
    stay = {name: over.pop(name) for name in ("relation", "registered_here", "moved_in", "moved_out") if name in over}
    resident = Resident.objects.create(name=name, **{"sex": "male", "birth_date": date(1980, 5, 1), **over})
    Stay.objects.create(household=household, resident=resident, **stay)
    return resident


def _family(household: Household) -> Resident:
    make_resident(household, "张小明", relation="子", birth_date=date(2012, 9, 1))
    return make_resident(household, "张三", phone=PHONE)


def _staff(
    places: dict[str, Division], grids: dict[str, GridUnit], units: tuple[Organisation, Organisation]
) -> dict[str, Staff]:
    return {
        "worker": make_staff("worker", "马雪", Role.GRID_WORKER, grid=grids["grid"], phone="13800000011"),
        # Appointed first, so that work goes to the worker: the one appointed last.
        "deputy": make_staff("deputy", "周敏", Role.GRID_WORKER, grid=grids["grid"], starts_on=date(2019, 1, 1)),
        "colleague": make_staff("colleague", "赵强", Role.GRID_WORKER, grid=grids["second_grid"]),
        "community_worker": make_staff("community_worker", "孙丽", Role.COMMUNITY_WORKER, division=places["community"]),
        "head": make_staff("head", "林书记", Role.COMMUNITY_HEAD, division=places["community"]),
        "outsider": make_staff("outsider", "钱书记", Role.COMMUNITY_HEAD, division=places["next_community"]),
        "outer_worker": make_staff("outer_worker", "吴刚", Role.GRID_WORKER, grid=grids["outer_grid"]),
        "member": make_staff("member", "彭工", Role.ORGANISATION_MEMBER, organisation=units[0]),
        "other_member": make_staff("other_member", "秦队", Role.ORGANISATION_MEMBER, organisation=units[1]),
        "street": make_staff("street", "郑科长", Role.STREET_OFFICER, division=places["street_division"]),
        "other_street": make_staff("other_street", "冯科长", Role.STREET_OFFICER, division=places["far_street"]),
        "district": make_staff("district", "陈主任", Role.DISTRICT_OFFICER, division=places["district_division"]),
        "nobody": make_staff("nobody", "何新"),
        "admin": make_staff("admin", "管理员", is_staff=True, is_superuser=True),
    }
