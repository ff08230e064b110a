"""The order page, and showing who asked to those who say why."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from community_portal.privacy.purposes import said_in
from petitions.asker import asker_of, asker_reveal
from petitions.forms.acts import ActForm
from petitions.models import Petition
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
    now, seen = timezone.now(), {}
    try:
        seen = asker_reveal(petition, by=viewer(request), at=now, purpose=said_in(request.POST))
    except ValidationError as error:
        seen = {"problem": error.messages[0]}
    if request.htmx:  # type: ignore[attr-defined]
        asker = asker_of(petition, viewer(request), now)
        return render(request, "petitions/who.html", {"petition": petition, "seen": seen, "asker": asker})
    return show_order(request, petition, seen=seen)


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
        "asker": asker_of(petition, viewer(request), now),
    }
    return render(request, "petitions/detail.html", context)
