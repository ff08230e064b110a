"""What every staff page does first: who asks, what they may see, and the quiet page without an appointment."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from grid.access import Scope, scope_of
from grid.models import Staff
from petitions.models import Petition
from petitions.querysets import company_of, visible_at

PAGE_RELATED = (
    "level",
    "category",
    "handler",
    "organisation",
    "grid",
    "building__estate__property_company",
    "household",
    "original",
)
View = Callable[..., HttpResponse]


def staff_page(view: View) -> View:
    """Signed-in people with an appointment get the page; the others sign in, or are told that they have none yet."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not scope_now(request):
            return render(request, "petitions/no_post.html")
        return view(request, *args, **kwargs)

    return guarded


def desk_page(view: View) -> View:
    """A staff page for those who work for a place; whoever sees one organisation's work alone may not enter."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if scope_now(request).is_member:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return staff_page(guarded)


def viewer(request: HttpRequest) -> Staff:
    """The signed-in person."""
    assert isinstance(request.user, Staff)
    return request.user


def scope_now(request: HttpRequest) -> Scope:
    """What the signed-in person reaches today."""
    return scope_of(viewer(request), timezone.localdate())


def find(request: HttpRequest, number: str) -> Petition:
    """The petition with this number inside the viewer's scope; Http404 for any other, absent or not."""
    visible = company_of(visible_at(viewer(request), timezone.now())).select_related(*PAGE_RELATED)
    found: Any = get_object_or_404(visible.defer("search", "original__text"), number=number)
    petition: Petition = found
    petition.has_parts, petition.has_pending, petition.has_same = found.units, found.waits, found.grouped
    return petition
