"""The wall of a community, and one building of it."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from community_portal.ui.paging import CURSOR, KeysetPage
from grid.access import Scope, place_name, scope_of
from residents.asked import ZOOMS
from residents.models import Community
from residents.querysets import building_counts, buildings_visible_to, communities_visible_to
from residents.sheets import sheet_of_building, sheet_of_community
from residents.views.common import roles_in, viewer

COMMUNITIES_A_PAGE = 30
ZOOM_WORDS = tuple(zip(ZOOMS, (_("全墙"), _("楼栋"), _("单元")), strict=True))


@login_required
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """All buildings of a community; with several in reach, first which one."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    reachable = communities_visible_to(scope)
    first = list(reachable[:2])
    code = request.GET.get("community", "")
    if not code and len(first) != 1:
        return _communities(request, scope, reachable)
    community = get_object_or_404(reachable, division__code=code) if code else first[0]
    context = {
        "sheet": sheet_of_community(scope, community, now, request.GET),
        "zooms": ZOOM_WORDS,
        "several": len(first) > 1,
        "roles": roles_in(scope, community),
        "now": now,
    }
    return render(request, "residents/wall.html", context)


def _communities(request: HttpRequest, scope: Scope, reachable: QuerySet[Community]) -> HttpResponse:
    """Which community; or, with none in reach, why there is no wall to see."""
    page = KeysetPage(reachable, ("division__code",), request.GET.get(CURSOR), size=COMMUNITIES_A_PAGE)
    counts = building_counts(scope, page.rows)
    rows = [(row, place_name(row.division), *counts.get(row.pk, (0, 0))) for row in page]
    return render(request, "residents/communities.html", {"page": page, "rows": rows, "scope": scope})


@login_required
@require_safe
def wall_building(request: HttpRequest, pk: int) -> HttpResponse:
    """One building, large; printed it is a wall sheet."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    building = get_object_or_404(
        buildings_visible_to(scope).select_related("estate", "grid", "community__division", "community__scheme"), pk=pk
    )
    sheet = sheet_of_building(scope, building, now, show=request.GET.get("show", ""))
    return render(request, "residents/building.html", {"sheet": sheet, "building": building, "now": now})
