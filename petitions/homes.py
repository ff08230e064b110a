"""The division that serves whoever asks: the last resort of routing, for each way in."""

from django.utils.translation import gettext as _

from grid.access import COMMUNITY, DISTRICT, GRID, STREET, Scope
from grid.models import Division
from residents.models import Community

FROM_STREET = (Division.Level.COMMUNITY, Division.Level.STREET, Division.Level.DISTRICT)


class HomeUnclear(Exception):
    """There is no such division, or more than one could be meant; the text says what to write."""


def find_division(code: str) -> Division:
    """The community, street or district with this code (trailing zeros may be left out). Raises HomeUnclear."""
    padded = code.strip().ljust(12, "0")
    found = Division.objects.filter(code=padded, level__in=FROM_STREET).order_by("-level")
    division = found.select_related("parent__parent__parent__parent").first()
    if division is None:
        raise HomeUnclear(_("没有代码为 %s 的社区、街道或区县，请先 load_divisions，或检查代码") % code)
    return division


def only_street() -> Division:
    """The street above all communities that the portal serves. Raises HomeUnclear when there is none, or several."""
    served = Division.objects.filter(children__community__isnull=False).distinct()
    streets = list(served.select_related("parent__parent__parent")[:2])
    if not streets:
        raise HomeUnclear(_("还没有社区，请用 --division 写明服务范围的区划代码"))
    if len(streets) > 1:
        raise HomeUnclear(_("有不止一个街道，请用 --division 写明服务范围的区划代码"))
    return streets[0]


def only_community() -> Division:
    """The only community that the portal serves. Raises HomeUnclear."""
    rows = list(Community.objects.select_related("division__parent__parent__parent__parent")[:2])
    if len(rows) != 1:
        raise HomeUnclear(_("请用 --division 写明归属的区划代码（社区、街道或区县）"))
    return rows[0].division


def homes_of(scope: Scope) -> list[Division]:
    """The divisions of a person's appointments (a grid counts as its division), the highest first."""
    places = scope.ids(COMMUNITY) | scope.ids(STREET) | scope.ids(DISTRICT)
    grids = scope.ids(GRID)
    found = Division.objects.filter(pk__in=places) | Division.objects.filter(grids__in=grids)
    return list(found.select_related("parent__parent__parent__parent").distinct().order_by("level", "code"))
