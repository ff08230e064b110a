"""The people who sign in to the demo, and where they work."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from grid.access import Role, ancestors
from grid.models import Appointment, Division, GridUnit, Organisation, Staff
from petitions.demo import names
from residents.models import ColourScheme, Community, Estate

PASSWORD = "shuanghe123"
HOME_CODE = "110105019029"
NEIGHBOUR_CODE = "110105019031"
STARTS_ON = date(2024, 1, 1)
GRID_NAMES = ("第一网格", "第二网格", "第三网格", "第四网格", "第五网格")
STAFF_PHONES = 90_000_000
OUTER, COMPANY, DEPARTMENT = "outer", "安居物业", "城管执法队"
HOTLINE_NAME = "北京12345（演示）"


@dataclass(frozen=True)
class Account:
    """One demo account. `place` is a grid's number, "outer", an organisation, or a level of the home's divisions."""

    username: str
    name: str
    role: str
    place: str
    sees: str
    is_admin: bool = False


ACCOUNTS = (
    Account("maxue", "马雪", Role.GRID_WORKER, "1", "第一网格：双合家园 1–8 号楼"),
    Account("zhouping", "周平", Role.GRID_WORKER, "2", "第二网格：双合家园 9–16 号楼"),
    Account("sunli", "孙丽", Role.GRID_WORKER, "3", "第三网格：双合家园 17–24 号楼"),
    Account("hanbing", "韩冰", Role.GRID_WORKER, "4", "第四网格：双合家园 25–31 号楼"),
    Account("tianye", "田野", Role.GRID_WORKER, "5", "第五网格：双合雅苑 32–36 号楼"),
    Account("wangfang", "王芳", Role.COMMUNITY_WORKER, "community", "双合家园社区，可派单、回访、归档"),
    Account("luyao", "陆瑶", Role.COMMUNITY_WORKER, "community", "双合家园社区，可派单、回访、归档"),
    Account("linwei", "林伟", Role.COMMUNITY_HEAD, "community", "双合家园社区，另可督办、知悉升级"),
    Account("gaoyuan", "高远", Role.STREET_OFFICER, "street", "垡头街道全部社区和升级到街道的"),
    Account("dongmei", "董梅", Role.STREET_OFFICER, "street", "垡头街道全部社区和升级到街道的"),
    Account("xujing", "许静", Role.DISTRICT_OFFICER, "district", "朝阳区全部街道和升级到区级的"),
    Account("shiqiang", "石强", Role.GRID_WORKER, OUTER, "垡头街道外网格：墙外的街面、道路"),
    Account("pengcheng", "彭程", Role.ORGANISATION_MEMBER, COMPANY, "安居物业：派给物业和请物业联办的工单"),
    Account("qinfeng", "秦峰", Role.ORGANISATION_MEMBER, DEPARTMENT, "城管执法队：派给本队和街道吹哨的工单"),
    Account("fenglan", "冯岚", Role.COMMUNITY_HEAD, "neighbour", "邻社区：看不到双合家园社区"),
    Account("admin", "系统管理员", "", "", "配置后台；没有任职，看不到工单", is_admin=True),
)


@dataclass(frozen=True)
class Home:
    """The demo community's rows that the rest of the demo is built on."""

    community: Community
    street: Division
    district: Division
    grids: dict[int, GridUnit]
    blocks: Estate
    towers: Estate


def build_home(scheme: ColourScheme) -> Home:
    """The home community with its estates, organisations, grids and everybody who signs in."""
    division = Division.objects.select_related("parent__parent").get(code=HOME_CODE, level=Division.Level.COMMUNITY)
    above = ancestors(division)
    street, district = above[Division.Level.STREET], above[Division.Level.DISTRICT]
    community = Community.objects.create(
        division=division, scheme=scheme, phone="010-0000-5029", address="双合家园 7 号楼南侧社区服务站"
    )
    company = _organisations(division, street)
    home = Home(
        community,
        street,
        district,
        {number: grid_of(division, number, name) for number, name in enumerate(GRID_NAMES, 1)},
        Estate.objects.create(
            community=community, name="双合家园", aliases=["双合家园小区", "双合小区"], property_company=company
        ),
        Estate.objects.create(
            community=community, name="双合雅苑", aliases=["雅苑", "双合公寓"], property_company=company
        ),
    )
    outer = [grid_of(street, number, name, GridUnit.Kind.OUTER) for number, name in ((1, "外网一格"), (2, "外网二格"))]
    _appoint(home, division, outer)
    return home


def grid_of(division: Division, number: int, name: str, kind: str = GridUnit.Kind.INNER) -> GridUnit:
    """A new grid: the division's code and a three-digit number."""
    return GridUnit.objects.create(code=f"{division.code}{number:03d}", name=name, kind=kind, division=division)


def _organisations(division: Division, street: Division) -> Organisation:
    kind = Organisation.Kind
    company = Organisation.objects.create(name=COMPANY, kind=kind.PROPERTY, division=division, phone="010-0000-8866")
    for name, of, where in (
        (DEPARTMENT, kind.DEPARTMENT, street),
        ("市政养护所", kind.DEPARTMENT, street),
        ("双合邻里志愿队", kind.VOLUNTEERS, division),
    ):
        Organisation.objects.create(name=name, kind=of, division=where)
    return company


def _appoint(home: Home, division: Division, outer: list[GridUnit]) -> None:
    neighbour = Division.objects.get(code=NEIGHBOUR_CODE, level=Division.Level.COMMUNITY)
    places = {"community": division, "street": home.street, "district": home.district, "neighbour": neighbour}
    hashed = make_password(PASSWORD)
    for order, account in enumerate(ACCOUNTS):
        staff = Staff.objects.create(
            username=account.username,
            name=account.name,
            password=hashed,
            phone=names.phone(STAFF_PHONES + order),
            is_demo=True,
            is_staff=account.is_admin,
            is_superuser=account.is_admin,
        )
        scopes: list[dict[str, Any]] = [{"division": places[account.place]}] if account.place in places else []
        if account.place == OUTER:
            scopes = [{"grid": grid} for grid in outer]
        elif account.place.isdigit():
            scopes = [{"grid": home.grids[int(account.place)]}]
        elif account.role == Role.ORGANISATION_MEMBER:
            scopes = [{"organisation": Organisation.objects.get(name=account.place)}]
        for scope in scopes:
            Appointment.objects.create(staff=staff, role=account.role, starts_on=STARTS_ON, **scope)
