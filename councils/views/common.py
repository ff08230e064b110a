"""What the pages of councils share."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from councils.actions.base import CouncilRefused
from councils.forms.base import ActForm
from councils.models import Council
from councils.querysets import councils_visible_to, roles_over
from councils.rights import Task, tasks_for
from petitions.views.common import scope_now, viewer

COUNCIL_RELATED = ("community__division__parent", "estate")


def find_council(request: HttpRequest, pk: int) -> Council:
    """The council inside the viewer's scope; Http404 for any other."""
    return get_object_or_404(councils_visible_to(scope_now(request)).select_related(*COUNCIL_RELATED), pk=pk)


def tasks_at(request: HttpRequest, council: Council) -> frozenset[Task]:
    """What the viewer may do at a council."""
    return tasks_for(roles_over(scope_now(request), council))


def form_of(request: HttpRequest, form_class: type[ActForm], subject: Any, **kwargs: Any) -> Any:
    """The form of something done to a subject, filled in when it was sent."""
    data = request.POST if request.method == "POST" else None
    return form_class(data, staff=viewer(request), now=timezone.now(), subject=subject, **kwargs)


def attempt(request: HttpRequest, form: ActForm, address: str, *args: Any) -> HttpResponse | None:
    """Do what a sent form says and go on to an address; None, with the reason in the form, when it can't be done."""
    if not form.is_valid():
        return None
    try:
        form.act()
    except CouncilRefused as refusal:
        form.subject.refresh_from_db()
        form.keep(str(refusal))
        return None
    messages.success(request, str(form.done))
    return redirect(address, *args)
