"""The map of a community, and the page where its workers draw it."""

import json
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from grid.access import place_name, scope_of
from grid.models import GridUnit
from residents.actions.maps import building_place, building_regrid, grid_draw, grids_import, may_map
from residents.geo import MOST_TEXT
from residents.models import Building, Community, CommunityEvent
from residents.plan import HEIGHT, WIDTH, plan_of
from residents.querysets import communities_visible_to
from residents.views.common import viewer

EVENTS = 10


@login_required
@require_safe
def community_map(request: HttpRequest) -> HttpResponse:
    """Grids and buildings, coloured by what the reader asks; with several communities in reach, first which one."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    reachable = communities_visible_to(scope)
    code = request.GET.get("community", "")
    first = list(reachable[:2])
    if not code and len(first) != 1:
        return redirect("wall")
    community = get_object_or_404(reachable, division__code=code) if code else first[0]
    context = {
        "community": community,
        "name": place_name(community.division),
        "plan": plan_of(scope, community, now, request.GET.get("by", "")),
        "maps": may_map(scope, community.pk),
        "width": WIDTH,
        "height": HEIGHT,
    }
    return render(request, "residents/map.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def map_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Boundaries and points by drawing, by text, or from a GeoJSON file; each form of the page is one change."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    community = get_object_or_404(communities_visible_to(scope), division__code=code)
    if not may_map(scope, community.pk):
        raise PermissionDenied
    if request.method != "POST":
        return _edit_page(request, community)
    change = CHANGES.get(request.POST.get("change", ""))
    if change is None:
        raise Http404
    try:
        messages.success(request, change(request, community))
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        return _edit_page(request, community, problems=error.messages, status=422)
    if change is _regrid:
        return redirect(f"{reverse('map')}?community={community.division.code}")
    return redirect("map-edit", community.division.code)


def _import(request: HttpRequest, community: Community) -> str:
    text = request.POST.get("geojson", "")
    upload = request.FILES.get("file")
    if isinstance(upload, UploadedFile):
        text = _read(upload)
    grids = grids_import(community.pk, text, by=viewer(request), at=timezone.now())
    return _("已导入 %d 个网格的边界") % len(grids)


def _read(upload: UploadedFile) -> str:
    if (upload.size or 0) > MOST_TEXT:
        raise ValidationError(_("文件太大，最多 2 MB"))
    try:
        return upload.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("文件不是 UTF-8 编码的文字")) from error


def _draw(request: HttpRequest, community: Community) -> str:
    grid = grid_draw(
        community.pk, _id(request, "grid"), request.POST.get("geojson", ""), by=viewer(request), at=timezone.now()
    )
    return (_("已保存%s的边界") if grid.boundary else _("已去掉%s的边界")) % grid.name


def _point(request: HttpRequest, community: Community) -> str:
    lon, lat = (_degrees(request.POST.get(name, "")) for name in ("lon", "lat"))
    building = building_place(community.pk, _id(request, "building"), lon, lat, by=viewer(request), at=timezone.now())
    return (_("已去掉%s的位置") if lon is None else _("已标好%s的位置")) % building.name


def _regrid(request: HttpRequest, community: Community) -> str:
    building = building_regrid(
        community.pk, _id(request, "building"), _id(request, "grid"), by=viewer(request), at=timezone.now()
    )
    return _("%(building)s已改属%(grid)s") % {"building": building.name, "grid": building.grid.name}


CHANGES: dict[str, Callable[[HttpRequest, Community], str]] = {
    "import": _import,
    "draw": _draw,
    "point": _point,
    "regrid": _regrid,
}


def _id(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise Http404
    return int(value)


def _degrees(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError as error:
        raise ValidationError(_("经纬度应是数字，如 116.49")) from error


def _edit_page(
    request: HttpRequest, community: Community, *, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    grids = list(GridUnit.objects.filter(division=community.pk).order_by("code"))
    buildings = list(Building.objects.filter(community=community).select_related("estate").order_by("position"))
    events = CommunityEvent.objects.filter(community=community, subject=CommunityEvent.Subject.MAP)
    drawn = {
        "grids": [{"pk": grid.pk, "name": grid.name, "shape": grid.boundary} for grid in grids if grid.boundary],
        "buildings": [
            {"pk": row.pk, "name": row.name, "shape": [row.lat, row.lon]} for row in buildings if row.lat is not None
        ],
    }
    typed = request.POST.get("geojson", "")
    change, asked = request.POST.get("change", ""), request.POST.get("grid", "")
    context = {
        "community": community,
        "name": place_name(community.division),
        "grids": [(grid, _text(grid, typed if change == "draw" and asked == str(grid.pk) else "")) for grid in grids],
        "buildings": buildings,
        "typed": typed if change == "import" else "",
        "drawn": drawn,
        "problems": problems or [],
        "events": events.select_related("by")[:EVENTS],
    }
    return render(request, "residents/map_edit.html", context, status=status)


def _text(grid: GridUnit, typed: str) -> str:
    return typed or (json.dumps(grid.boundary, separators=(",", ":")) if grid.boundary else "")
