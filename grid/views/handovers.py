"""Handovers: the list, and one item by item."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from grid.access import Scope, scope_of
from grid.actions.handovers import handover_say, handover_sign, may_sign
from grid.forms import SayForm
from grid.handover_page import groups_of, rows_of
from grid.models import Handover
from grid.querysets import handovers_visible_to
from grid.views.common import viewer


@login_required
@require_safe
def handover_list(request: HttpRequest) -> HttpResponse:
    """Every handover in scope."""
    now = timezone.now()
    rows = rows_of(_scope(request), now)
    return render(request, "grid/handovers.html", {"rows": rows, "now": now})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def handover_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One handover: reading, saying what only the leaver knows, signing."""
    scope = _scope(request)
    related = ("appointment__staff", "appointment__grid", "appointment__division")
    handover = get_object_or_404(handovers_visible_to(scope).select_related(*related), pk=pk)
    form = SayForm()
    if request.method == "POST":
        try:
            done, form = _act(request, handover)
        except Handover.DoesNotExist as error:
            raise Http404 from error
        if done:
            return redirect("handover-detail", pk)
    return _page(request, handover, scope, form)


def _act(request: HttpRequest, handover: Handover) -> tuple[bool, SayForm]:
    """Whether it was done, and the form with what was typed when it was not."""
    by, at, item = viewer(request), timezone.now(), request.POST.get("item", "")
    form = SayForm(request.POST)
    try:
        if request.POST.get("verb") == "sign" and item.isdecimal():
            handover_sign(handover.pk, int(item), by=by, at=at)
            messages.success(request, _("签收了"))
        elif item.isdecimal():
            handover_say(handover.pk, by=by, at=at, said=request.POST.get("said", ""), item_id=int(item))
        elif form.is_valid():
            handover_say(handover.pk, by=by, at=at, **form.cleaned_data)
        else:
            return False, form
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return True, form


def _page(request: HttpRequest, handover: Handover, scope: Scope, form: SayForm) -> HttpResponse:
    groups = groups_of(handover)
    items = [item for group in groups for item in group.items]
    context: dict[str, Any] = {
        "handover": handover,
        "groups": groups,
        "left": sum(item.signed_at is None for item in items),
        "form": form,
        "may_sign": handover.is_open and may_sign(handover, viewer(request), scope),
        "now": timezone.now(),
    }
    return render(request, "grid/handover.html", context, status=422 if form.errors else 200)


def _scope(request: HttpRequest) -> Scope:
    return scope_of(viewer(request), timezone.localdate())
