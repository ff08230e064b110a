"""Households and people as ledgers, by the filters of the wall."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.disclosure import ID_NUMBER, NAME, PHONE
from community_portal.privacy.exports import HOUSEHOLDS, PEOPLE, ExportPermission
from community_portal.tables.writing import Column
from grid.access import Scope, in_force
from grid.models import GridUnit, Staff
from residents.asked import Asked, asked_of
from residents.catalogue import tags
from residents.exporting.kinds import Kind, Row, Selection
from residents.models import Household, Stay
from residents.querysets import households_visible_to

LIVING = dict(Household.Living.choices)
CHUNK = 1000
PLACE = (
    Column(_("小区"), 14),
    Column(_("楼栋"), 10),
    Column(_("单元"), 6),
    Column(_("房号"), 8),
    Column(_("网格"), 10),
)
HOUSEHOLD_COLUMNS = (
    *PLACE,
    Column(_("户主"), 10),
    Column(_("电话"), 14),
    Column(_("人数"), 6),
    Column(_("居住状况"), 10),
    Column(_("标签"), 18),
    Column(_("建筑面积"), 10),
    Column(_("产权人"), 10),
    Column(_("租期到"), 12),
    Column(_("备注"), 20),
)
PEOPLE_COLUMNS = (
    Column(_("姓名"), 10),
    Column(_("性别"), 6),
    Column(_("出生日期"), 12),
    Column(_("身份证号"), 22),
    Column(_("电话"), 14),
    Column(_("与户主关系"), 12),
    *PLACE,
    Column(_("户籍在本户"), 10),
    Column(_("户籍地"), 20),
    Column(_("入住日期"), 12),
    Column(_("备注"), 20),
)


def select_households(_staff: Staff, scope: Scope, query: QueryDict, at: datetime) -> Selection:
    """Dwellings by community, grid, worker, living status and tags; sealed tags only for those who may see them."""
    rows, words = _picked(scope, query, at)

    def read(permission: ExportPermission) -> Iterator[Row]:
        stays = Stay.objects.current().select_related("resident").order_by("resident__birth_date")
        ordered = _ordered(rows).prefetch_related(Prefetch("stays", stays, to_attr="people"))
        for row in ordered.iterator(CHUNK):
            yield _household(row, permission, scope)

    return Selection(words, rows.count(), read)


def select_people(_staff: Staff, scope: Scope, query: QueryDict, at: datetime) -> Selection:
    """The people who live in those dwellings now."""
    rows, words = _picked(scope, query, at)
    stays = Stay.objects.current().filter(household__in=rows)

    def read(permission: ExportPermission) -> Iterator[Row]:
        ordered = stays.select_related("resident", "household__building__estate", "household__grid").order_by(
            "household__building__estate__name", "household__building__position", "household__unit", "household__floor",
            "household__column", "pk",
        )  # fmt: skip
        for stay in ordered.iterator(CHUNK):
            yield _person(stay, permission)

    return Selection(words, stays.count(), read)


def _picked(scope: Scope, query: QueryDict, at: datetime) -> tuple[QuerySet[Household], str]:
    """The dwellings that the wall's filters pick, and the filters in words."""
    known = tags()
    seen = known.seen_by(scope) | (frozenset(known.rows) - known.sealed)
    asked = asked_of(query, LIVING, seen, ())
    rows, said = households_visible_to(scope), list[str]()
    if code := query.get("community", ""):
        rows = rows.filter(community__division__code=code)
    if asked.grid is not None:
        rows = rows.filter(grid=asked.grid)
        said += GridUnit.objects.filter(pk=asked.grid).values_list("name", flat=True)
    if asked.worker is not None:
        rows = rows.filter(grid__in=_grids_of(asked, localtime(at).date()))
        said += Staff.objects.filter(pk=asked.worker).values_list("name", flat=True)
    if asked.living:
        rows = rows.filter(living__in=asked.living)
    for tag in sorted(asked.tags - known.sealed):
        rows = rows.filter(statuses__contains=[tag])
    if hidden := asked.tags & known.sealed:
        rows = rows.filter(pk__in=_with_sealed(rows, hidden))
    said += [str(LIVING[each]) for each in sorted(asked.living)]
    said += [known.rows[tag].name for tag in sorted(asked.tags)]
    return rows, "、".join(said)


def _with_sealed(rows: QuerySet[Household], wanted: frozenset[str]) -> list[int]:
    """The dwellings with all of these sealed tags: no index knows them, so each that has any is opened."""
    found = rows.only("pk", "row_key", "care").iterator(CHUNK)
    return [row.pk for row in found if wanted.issubset(row.care.split())]


def _grids_of(asked: Asked, day: date) -> list[int]:
    grids = in_force(day).filter(staff=asked.worker, grid__isnull=False).values_list("grid_id", flat=True)
    return [pk for pk in grids if pk is not None]


def _ordered(rows: QuerySet[Household]) -> QuerySet[Household]:
    return rows.select_related("building__estate", "grid").order_by(
        "building__estate__name", "building__position", "unit", "floor", "column"
    )


def _place(row: Household) -> list[Any]:
    return [row.building.estate.name, row.building.name, row.unit or "", row.room, row.grid.name]


def _household(row: Household, permission: ExportPermission, scope: Scope) -> Row:
    people: list[Stay] = getattr(row, "people", [])
    head = next((stay for stay in people if stay.relation == Stay.HEAD), people[0] if people else None)
    known = tags()
    codes = [*row.statuses, *(code for code in row.care.split() if code in known.seen_by(scope))]
    return [
        *_place(row),
        permission.cell(NAME, head.resident.name) if head else "",
        permission.cell(PHONE, head.resident.phone) if head else "",
        len(people),
        str(LIVING.get(row.living, row.living)),
        "、".join(known.rows[code].name for code in codes if code in known.rows),
        row.area,
        permission.cell(NAME, row.owner_name),
        row.lease_ends_on,
        row.note,
    ]


def _person(stay: Stay, permission: ExportPermission) -> Row:
    person = stay.resident
    return [
        permission.cell(NAME, person.name),
        person.get_sex_display(),
        person.birth_date if permission.plain else str(person.birth_date.year),
        permission.cell(ID_NUMBER, person.id_number),
        permission.cell(PHONE, person.phone),
        stay.relation,
        *_place(stay.household),
        stay.registered_here,
        person.registered_at if permission.plain else "",
        stay.moved_in,
        "",
    ]


HOUSEHOLD_LIST = Kind(HOUSEHOLDS, _("住户台账"), HOUSEHOLD_COLUMNS, select_households)
PEOPLE_LIST = Kind(PEOPLE, _("居民台账"), PEOPLE_COLUMNS, select_people)
