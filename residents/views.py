"""The wall, one building of it, and the file of a household beside it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from community_portal.ui.paging import CURSOR, KeysetPage
from grid.access import Scope, place_name, scope_of
from grid.models import Staff
from residents.actions.people import resident_reveal
from residents.files import chips, people, place_words
from residents.marks import sections_of
from residents.models import Community, Resident
from residents.querysets import (
    building_counts,
    buildings_visible_to,
    communities_visible_to,
    households_visible_to,
    palette_of,
)
from residents.sheets import sheet_of_building, sheet_of_community

COMMUNITIES_A_PAGE = 30
FILE_RELATED = ("building__estate", "building__grid", "building__community__division")


class PanelRequest(HttpRequest):
    """A request that may come from a cell of the wall."""

    htmx: HtmxDetails


def _viewer(request: HttpRequest) -> Staff:
    assert isinstance(request.user, Staff)
    return request.user


@login_required
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """All buildings of a community; with several in reach, first which one."""
    now = timezone.now()
    scope = scope_of(_viewer(request), timezone.localdate(now))
    reachable = communities_visible_to(scope)
    first = list(reachable[:2])
    code = request.GET.get("community", "")
    if not code and len(first) != 1:
        return _communities(request, scope, reachable)
    community = get_object_or_404(reachable, division__code=code) if code else first[0]
    sheet = sheet_of_community(
        scope, community, now, grid=request.GET.get("grid", ""), show=request.GET.get("show", "")
    )
    return render(request, "residents/wall.html", {"sheet": sheet, "several": len(first) > 1, "now": now})


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
    scope = scope_of(_viewer(request), timezone.localdate(now))
    building = get_object_or_404(
        buildings_visible_to(scope).select_related("estate", "grid", "community__division", "community__scheme"), pk=pk
    )
    sheet = sheet_of_building(scope, building, now, show=request.GET.get("show", ""))
    return render(request, "residents/building.html", {"sheet": sheet, "building": building, "now": now})


@login_required
@require_safe
def household_panel(request: PanelRequest, pk: int) -> HttpResponse:
    """A household's file: in place beside the wall, or as a page of its own with its building."""
    return _file(request, pk)


@login_required
def household_reveal(request: PanelRequest, pk: int, resident: int) -> HttpResponse:
    """The file again with one person's name and phone open, once the purpose is in the access log.

    Asked for without a purpose (signed in anew, or the address reloaded) it is the file as it was.
    """
    if request.method != "POST":
        return redirect("household-panel", pk)
    try:
        resident_reveal(pk, resident, by=_viewer(request), at=timezone.now(), purpose=request.POST.get("purpose", ""))
    except Resident.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        return _file(request, pk, asked=resident, problem=error.messages[0], status=422)
    return _file(request, pk, revealed=resident)


def _file(
    request: PanelRequest,
    pk: int,
    *,
    revealed: int | None = None,
    asked: int | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    scope = scope_of(_viewer(request), today)
    household = get_object_or_404(households_visible_to(scope).select_related(*FILE_RELATED), pk=pk)
    palette = palette_of(household.building.community)
    context: dict[str, Any] = {
        "household": household,
        "place": place_words(household),
        "chips": chips(household, palette, scope),
        "people": people(household, today, revealed),
        "sections": sections_of(scope, household.pk, now),
        "asked": asked,
        "problem": problem,
        "now": now,
    }
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "residents/panel.html", context, status=status)
    else:
        context["sheet"] = sheet_of_building(scope, household.building, now, palette=palette)
        response = render(request, "residents/household.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    patch_cache_control(response, no_store=True)
    return response
