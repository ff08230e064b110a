"""One's own tokens, and the description of the interface as a page."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.interfaces.actions.tokens import token_make, token_revoke
from community_portal.interfaces.forms.tokens import TokenForm
from community_portal.interfaces.kinds import Kind
from community_portal.interfaces.models import ApiToken
from community_portal.interfaces.rest.page import chapters
from petitions.views.common import staff_page, viewer

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens; a new one is shown this once."""
    form, made = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, made = token_make(by=viewer(request), at=timezone.now(), **form.cleaned_data)
            form = TokenForm()
        except ValidationError as error:
            form.add_error(None, error)
    rows = list(ApiToken.objects.filter(staff=viewer(request)).order_by("-id")[:SHOWN])
    for row in rows:
        row.words = _granted(row)  # type: ignore[attr-defined]
    context = {"form": form, "made": made, "tokens": rows, "now": timezone.now()}
    response = render(request, "interfaces/tokens.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@staff_page
def token_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a token of one's own void."""
    if token_revoke(pk, by=viewer(request), at=timezone.now()):
        messages.success(request, _("令牌已作废，用它的程序马上就连不上了"))
    return redirect("interfaces")


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """What the interface offers, for whoever writes a program; anybody may read it."""
    return render(request, "interfaces/docs.html", {"chapters": chapters()})


def _granted(token: ApiToken) -> str:
    """What it may do, in words."""
    labels = dict(Kind.choices)
    reads = "、".join(str(labels[kind]) for kind in token.reads if kind in labels)
    acts = "、".join(str(labels[kind]) for kind in token.acts if kind in labels)
    said = [_("读：%s") % reads if reads else "", _("办：%s") % acts if acts else ""]
    return "；".join(part for part in said if part)
