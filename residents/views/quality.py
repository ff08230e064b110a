"""What does not fit in the files: the list, and putting things right; and what is coming in the next days."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community_portal.ui.paging import CURSOR, KeysetPage
from grid.access import scope_of
from residents.actions.base import FileRefused
from residents.actions.mending import fault_accept, fault_mend
from residents.coming import coming_up
from residents.fault_rows import rows_of
from residents.models import Fault, Household
from residents.querysets import faults_visible_to
from residents.views.common import viewer

FAULTS_A_PAGE = 30


@login_required
@require_safe
def data_quality(request: HttpRequest) -> HttpResponse:
    """Every fault in scope, of one kind when it is named, the oldest first."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    kind = request.GET.get("kind", "")
    faults = faults_visible_to(scope)
    if kind in Fault.Kind.values:
        faults = faults.filter(kind=kind)
    page = KeysetPage(faults, ("found_on", "id"), request.GET.get(CURSOR), size=FAULTS_A_PAGE)
    context = {"page": page, "rows": rows_of(page.rows, scope), "kinds": Fault.Kind.choices, "kind": kind}
    return render(request, "residents/quality.html", context)


@require_POST
@login_required
def fault_mended(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a fault right by `choice`, or (`true`) say that it is so; back to where the button was."""
    by, at = viewer(request), timezone.now()
    choice = request.POST.get("choice", "")
    try:
        if request.POST.get("true"):
            household = fault_accept(pk, by=by, at=at)
            said = _("已记为属实，不再提醒")
        else:
            number = int(choice) if choice.isascii() and choice.isdigit() and len(choice) < 18 else 0
            household = fault_mend(pk, by=by, at=at, choice=number)
            said = _("已更正")
    except (Fault.DoesNotExist, Household.DoesNotExist) as error:
        raise Http404 from error
    except FileRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("data-quality")
    messages.success(request, said)
    return redirect("household-file", household.pk) if request.POST.get("back") == "file" else redirect("data-quality")


@login_required
@require_safe
def coming(request: HttpRequest) -> HttpResponse:
    """Birthdays of the elders and leases that end soon: a part of the workbench, or a page of its own."""
    now = timezone.now()
    today = timezone.localdate(now)
    days = coming_up(scope_of(viewer(request), today), today)
    part = bool(request.htmx)  # type: ignore[attr-defined]
    template = "residents/coming_list.html" if part else "residents/coming.html"
    return render(request, template, {"days": days, "now": now})
