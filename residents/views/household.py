"""A household's file."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from community_portal.privacy.purposes import said_in
from grid.access import scope_of
from residents.actions.base import ids_of
from residents.actions.people import resident_reveal
from residents.eyes import QUICK, WHOLE, Eyes, offered
from residents.file_page import quick_look
from residents.files import chips, people, place_words
from residents.marks import sections_of
from residents.models import Resident
from residents.querysets import households_visible_to, palette_of
from residents.rights import tasks_for
from residents.sheets import sheet_of_building
from residents.views.common import PanelRequest, viewer
from residents.views.file import find_file, show_file

FILE_RELATED = ("building__estate", "building__grid", "building__community__division", "community__division__parent")


@login_required
@require_safe
def household_panel(request: PanelRequest, pk: int) -> HttpResponse:
    """A household's file: in place beside the wall, or as a page of its own with its building."""
    return _file(request, pk)


@login_required
def household_reveal(request: PanelRequest, pk: int, resident: int) -> HttpResponse:
    """The file again with one person open as far as the purpose lets it, once that is in the access log.

    Asked for without a purpose (signed in anew, or the address reloaded) it is the file as it was.
    """
    if request.method != "POST":
        return redirect("household-panel", pk)
    groups = WHOLE if request.POST.get("page") == "file" else QUICK
    try:
        purpose = said_in(request.POST)
        eyes = resident_reveal(pk, resident, by=viewer(request), at=timezone.now(), purpose=purpose, groups=groups)
    except Resident.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        return _again(request, pk, asked=resident, problem=error.messages[0], status=422)
    return _again(request, pk, revealed=eyes)


def _again(request: PanelRequest, pk: int, **said: Any) -> HttpResponse:
    """The panel, or the full file when that was where the purpose was asked."""
    if request.POST.get("page") == "file":
        return show_file(request, find_file(request, pk), **said)
    return _file(request, pk, **said)


def _file(
    request: PanelRequest,
    pk: int,
    *,
    revealed: Eyes | None = None,
    asked: int | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    scope = scope_of(viewer(request), today)
    household = get_object_or_404(households_visible_to(scope).select_related(*FILE_RELATED), pk=pk)
    palette = palette_of(household.building.community)
    roles = scope.roles_over(**ids_of(household))
    eyes = revealed or Eyes(roles)
    quick = quick_look(household, scope, today, eyes)
    context: dict[str, Any] = {
        "household": household,
        "place": place_words(household),
        "chips": chips(household, palette, scope),
        "people": people(quick.stays, today, eyes),
        "offered": offered(roles, QUICK),
        "reasons": quick.reasons,
        "contacts": quick.contacts,
        "may": {task.name.lower() for task in tasks_for(roles)},
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
