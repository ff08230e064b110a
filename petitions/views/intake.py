"""Registering at the desk or on the phone."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community_portal.privacy.masking import mask_phones_in
from grid.access import Scope
from petitions.actions.base import ActionRefused
from petitions.actions.pasting import petition_paste
from petitions.actions.register import Intake
from petitions.callers import address_of, known_caller
from petitions.forms.intake_forms import DeskForm
from petitions.forms.pasting import Paste, fill, order_shown, wants_filling
from petitions.homes import homes_of
from petitions.models import DESK_FORM, PASTED, Petition
from petitions.promises import preview_for
from petitions.querysets import visible_to
from petitions.views.common import desk_page, scope_now, viewer
from residents.querysets import buildings_visible_to, households_visible_to

MAX_BUILDINGS = 500
Filling = tuple[Paste, DeskForm]
"""A paste, and the form as if what it gives had been sent."""


@desk_page
@require_http_methods(["GET", "POST"])
def petition_new(request: HttpRequest) -> HttpResponse:
    """The form; `?household=` fills in a household of the wall, a paste whatever it says."""
    scope, now = scope_now(request), timezone.now()
    homes = homes_of(scope)
    if request.method != "POST":
        return _show(request, DeskForm(at=now, homes=homes, initial=_initial(request, scope)), scope)
    if wants_filling(request.POST):
        return _show(request, *_filled(request.POST, scope, now))
    form = DeskForm(request.POST, at=now, homes=homes)
    if form.is_valid():
        original, following = order_shown(request.POST, now)
        try:
            petition, is_new = _register(request, form, original)
        except ActionRefused as refusal:
            form.add_error("order_no", str(refusal))
        else:
            return _next(request, petition, following) if following else _saved(request, petition, is_new)
    return _show(request, form, scope)


@desk_page
@require_POST
def petition_fill(request: HttpRequest) -> HttpResponse:
    """The fields of the form with a paste filled in; a part of the page."""
    return render(request, "intake/filled.html", _context(*_filled(request.POST, scope_now(request), timezone.now())))


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


def _filled(data: QueryDict, scope: Scope, at: datetime) -> tuple[DeskForm, Scope, Filling]:
    """The form with a paste in it, shown as if it had been typed: nothing is wrong before it is sent."""
    paste, homes = fill(data, at), homes_of(scope)
    sent = DeskForm(paste.data, at=at, homes=homes)
    shown = DeskForm(at=at, homes=homes, initial=paste.data.dict())
    del shown.fields["caller_phone"].widget.attrs["autofocus"]  # the hands are at the paste
    return shown, scope, (paste, sent)


def _show(request: HttpRequest, form: DeskForm, scope: Scope, filled: Filling | None = None) -> HttpResponse:
    return render(request, "intake/new.html", _context(form, scope, filled))


def _context(form: DeskForm, scope: Scope, filled: Filling | None = None) -> dict[str, Any]:
    """The form, the buildings that it offers, and what stands beside it."""
    buildings = buildings_visible_to(scope).select_related("estate").order_by("community", "position")
    paste, sent = filled or (None, form)
    return {"form": form, "paste": paste, "buildings": buildings[:MAX_BUILDINGS], **_panels(sent, scope)}


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


def _register(request: HttpRequest, form: DeskForm, original: str) -> tuple[Petition, bool]:
    said = form.cleaned_data
    assert form.shown is not None
    numbered = bool(said["order_no"])
    intake = Intake(
        source=said["source"],
        home=said["home"],
        text=said["text"],
        received_at=said["received"] or form.at,
        title=said["title"],
        kind=said["kind"],
        category=said["category"],
        level=said["level"],
        anonymous=said["anonymous"],
        caller_name=said["caller_name"],
        caller_phone=said["caller_phone"],
        address=said["where"],
        external_system=PASTED if numbered else DESK_FORM,
        external_no=said["order_no"] or form.shown.order_no(said["text"], said["where"], said["caller_phone"]),
        data={"remarks": mask_phones_in(said["remarks"])} if said["remarks"] else {},
    )
    return petition_paste(intake, original=original, by=viewer(request), at=form.at)


def _next(request: HttpRequest, petition: Petition, following: QueryDict) -> HttpResponse:
    """The same paste with its next order filled in; the number of the one just registered is said above."""
    told = _("已登记：工单号 {number}，查询码 {code}。下面是这段文字里的下一件。")
    messages.success(request, format_html(told, number=petition.number, code=petition.query_code))
    return _show(request, *_filled(following, scope_now(request), timezone.now()))


def _saved(request: HttpRequest, petition: Petition, is_new: bool) -> HttpResponse:
    """On to the order; or, when it went to somebody else's grid, back to an empty form. Both say the number."""
    here = visible_to(scope_now(request)).filter(pk=petition.pk).exists()
    if not is_new and petition.external_system == PASTED:
        messages.warning(request, _("这个编号的来单登记过，就是这一件；不同的内容已补充在“经过”里。"))
        return redirect("petition-detail", petition.number)
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
