"""The sheet of the morning meeting."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from grid.access import COMMUNITY, DISTRICT, GRID, STREET, Scope, scope_of
from grid.duties import communities_of
from grid.models import Division
from petitions.models import MorningSheet
from petitions.views.common import viewer

LISTS = ("came", "due", "stuck", "visits")


@login_required
@require_safe
def morning(request: HttpRequest) -> HttpResponse:
    """The newest sheet of a community, or that of `?day=`; a grid's worker reads the own grid's rows."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    places = communities_of(scope)
    asked = request.GET.get("community") or (places[0].code if places else "")
    community = next((place for place in places if place.code == asked), None)
    if places and community is None:
        raise Http404
    sheet = _sheet(request, community)
    context = {
        "places": places,
        "community": community,
        "sheet": sheet,
        "content": _readable(sheet, scope, community) if sheet and community else {},
        "now": now,
    }
    return render(request, "petitions/morning.html", context)


def _sheet(request: HttpRequest, community: Division | None) -> MorningSheet | None:
    if community is None:
        return None
    rows = MorningSheet.objects.filter(community=community)
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    return (rows.filter(day=day) if day else rows.order_by("-day")).first()


def _readable(sheet: MorningSheet, scope: Scope, community: Division) -> dict[str, Any]:
    """The content, without the rows of grids that the reader does not see."""
    ids = {COMMUNITY: community.pk, STREET: community.parent_id}
    content: dict[str, Any] = dict(sheet.content)
    if scope.roles_over(**ids) or scope.ids(DISTRICT):
        return content
    grids = scope.ids(GRID)
    for name in LISTS:
        content[name] = [row for row in content[name] if row["grid"] in grids]
    content["hands"] = [row for row in content["hands"] if grids & set(row["grids"])]
    return content
