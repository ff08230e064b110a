"""The order page, and showing who asked to those who say why."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from community_portal.privacy.actions import log_access
from petitions.forms.acts import ActForm
from petitions.models import Original, Petition
from petitions.order_page import order_page
from petitions.views.common import find, viewer

ONLY_ANSWERS = "answers"


@require_safe
@login_required
def petition_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one order on one screen."""
    return show_order(request, find(request, number))


@require_POST
@login_required
@never_cache
def petition_reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the petitioner's name and phone once, for a purpose that goes into the access log."""
    petition = find(request, number)
    if petition.anonymous:
        messages.error(request, _("匿名诉求不提供诉求人信息"))
        return redirect("petition-detail", number)
    seen: dict[str, str] = {}
    try:
        seen = _reveal(request, petition)
    except ValidationError as error:
        seen["problem"] = error.messages[0]
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "petitions/who.html", {"petition": petition, "seen": seen})
    return show_order(request, petition, seen=seen)


@transaction.atomic
def _reveal(request: HttpRequest, petition: Petition) -> dict[str, str]:
    original = Original.objects.filter(petition=petition).first()
    seen = {"name": petition.caller_name, "phone": petition.caller_phone, "original": original.text if original else ""}
    log_access(
        by=viewer(request),
        at=timezone.now(),
        action="reveal",
        subject=f"petitions.petition:{petition.pk}",
        field="caller_name,caller_phone,original" if original else "caller_name,caller_phone",
        purpose=request.POST.get("purpose", ""),
    )
    return seen


def show_order(
    request: HttpRequest,
    petition: Petition,
    *,
    form: ActForm | None = None,
    verb: str = "",
    kept: str = "",
    seen: dict[str, str] | None = None,
) -> HttpResponse:
    """The order page, with a form in the place of the buttons when there is one.

    `kept` are words that can no longer be sent, to be copied; `seen` is what was just revealed of the petitioner.
    """
    now, only = timezone.now(), request.GET.get("only") == ONLY_ANSWERS
    context = {
        "now": now,
        "petition": petition,
        "page": order_page(petition, viewer(request), now, only_answers=only),
        "only_answers": only,
        "form": form,
        "verb": verb,
        "kept": kept,
        "seen": seen,
    }
    return render(request, "petitions/detail.html", context)
