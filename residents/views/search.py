"""Finding people and dwellings."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from grid.access import scope_of
from residents.querysets import communities_visible_to
from residents.search import LONGEST, MOST, Found, Way, find
from residents.views.common import PanelRequest, viewer


@login_required
@require_safe
def resident_search(request: PanelRequest) -> HttpResponse:
    """People and dwellings by name, phone or room: a page, or a list beside the wall. `community` looks there alone."""
    now = timezone.now()
    today = timezone.localdate(now)
    scope = scope_of(viewer(request), today)
    words = request.GET.get("q", "").strip()[:LONGEST]
    code = request.GET.get("community", "")
    communities = communities_visible_to(scope)
    within = communities.filter(division__code=code).first() if code else None
    found = find(words, scope, today, within.pk if within else None) if words else Found(Way.NOTHING, [])
    context = {
        "words": words,
        "found": found,
        "way": found.way.value,
        "most": MOST,
        "within": within,
        "places": len({hit.household.community_id for hit in found.hits}),
    }
    panel = request.htmx and not request.htmx.history_restore_request
    response = render(request, "residents/hits.html" if panel else "residents/search.html", context)
    patch_vary_headers(response, ["HX-Request"])
    patch_cache_control(response, no_store=True)
    return response
