"""Registering at the desk or on the phone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grid.access import Scope
from petitions.actions.register import Intake, register
from petitions.callers import address_of, known_caller
from petitions.forms.intake_forms import DeskForm
from petitions.homes import homes_of
from petitions.models import DESK_FORM, Petition
from petitions.promises import preview_for
from petitions.querysets import visible_to
from petitions.views.common import desk_page, scope_now, viewer
from residents.querysets import buildings_visible_to, households_visible_to

MAX_BUILDINGS = 500


@desk_page
@require_http_methods(["GET", "POST"])
def petition_new(request: HttpRequest) -> HttpResponse:
    """The form; `?household=` fills in a household of the wall."""
    scope, now = scope_now(request), timezone.now()
    homes = homes_of(scope)
    if request.method == "POST":
        form = DeskForm(request.POST, at=now, homes=homes)
        if form.is_valid():
            return _saved(request, _register(request, form))
    else:
        form = DeskForm(at=now, homes=homes, initial=_initial(request, scope))
    buildings = buildings_visible_to(scope).select_related("estate").order_by("community", "position")
    context = {"form": form, "buildings": buildings[:MAX_BUILDINGS], **_panels(form, scope)}
    return render(request, "intake/new.html", context)


@desk_page
@require_POST
def petition_caller(request: HttpRequest) -> HttpResponse:
    """Who has this number; a part of the page."""
    known = known_caller(request.POST.get("caller_phone", "")[:30], scope_now(request))
    return render(request, "intake/caller.html", {"known": known})


@desk_page
@require_POST
def petition_preview(request: HttpRequest) -> HttpResponse:
    """Where the request would go, and by when; a part of the page."""
    scope = scope_now(request)
    form = DeskForm(request.POST, at=timezone.now(), homes=homes_of(scope))
    return render(request, "intake/preview_answer.html", _panels(form, scope))


def _initial(request: HttpRequest, scope: Scope) -> dict[str, str]:
    pk = request.GET.get("household", "")
    if not pk:
        return {}
    visible = households_visible_to(scope).select_related("building__estate")
    household = get_object_or_404(visible, pk=int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 18 else 0)
    return {"where": address_of(household)}


def _panels(form: DeskForm, scope: Scope) -> dict[str, Any]:
    """What stands beside the form: the caller, and where it goes."""
    form.is_valid()
    said = form.cleaned_data if form.is_bound else {}
    home = said.get("home") or homes_of(scope)[0]
    where = said.get("where") if form.is_bound else form.initial.get("where", "")
    preview = preview_for(
        text=said.get("text", ""),
        address=where or "",
        home=home,
        category=said.get("category"),
        level=said.get("level"),
        by_phone=bool(said.get("caller_phone")),
        at=form.at,
        scope=scope,
    )
    return {"preview": preview, "known": known_caller(said.get("caller_phone", ""), scope)}


def _register(request: HttpRequest, form: DeskForm) -> Petition:
    said = form.cleaned_data
    assert form.shown is not None
    petition, _new = register(
        Intake(
            source=said["source"],
            home=said["home"],
            text=said["text"],
            received_at=form.at,
            kind=said["kind"],
            category=said["category"],
            level=said["level"],
            anonymous=said["anonymous"],
            caller_name=said["caller_name"],
            caller_phone=said["caller_phone"],
            address=said["where"],
            external_system=DESK_FORM,
            external_no=form.shown.order_no(said["text"], said["where"], said["caller_phone"]),
        ),
        by=viewer(request),
        at=form.at,
    )
    return petition


def _saved(request: HttpRequest, petition: Petition) -> HttpResponse:
    """On to the order; or, when it went to somebody else's grid, back to an empty form. Both say the number."""
    here = visible_to(scope_now(request)).filter(pk=petition.pk).exists()
    words = (
        _("已登记。请告诉来人：工单号 {number}，查询码 {code}。")
        if here
        else _("已登记，按地址派到了别的网格。请告诉来人：工单号 {number}，查询码 {code}。")
    )
    again = format_html('<a class="link" href="{}">{}</a>', reverse("petition-new"), _("再登一件")) if here else ""
    messages.success(
        request, format_html(words + "{again}", number=petition.number, code=petition.query_code, again=again)
    )
    return redirect("petition-detail", petition.number) if here else redirect("petition-new")
