"""The routing rules in order, tried on a text: why did this go there?"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from petitions.catalogue import catalogue
from petitions.escalations import is_superior
from petitions.forms.routing_form import RoutingForm
from petitions.homes import homes_of
from petitions.models import RoutingRule
from petitions.routing import explain, route
from petitions.views.common import scope_now, staff_page


@require_safe
@staff_page
def routing(request: HttpRequest) -> HttpResponse:
    """Every rule in its order; with a text, which one decides and what the others asked for in vain."""
    scope, now = scope_now(request), timezone.now()
    if not is_superior(scope):
        raise PermissionDenied
    form = RoutingForm(request.GET if "text" in request.GET else None, homes=homes_of(scope), now=now)
    context = {"form": form, "rules": _rules(), "targets": dict(RoutingRule.Target.choices)}
    if form.is_bound and form.is_valid():
        said = form.said()
        context |= {"way": route(**said), "tried": explain(**said), "category": said["category"]}
    return render(request, "petitions/routing.html", context)


def _rules() -> list[tuple[str, str]]:
    """Each rule in use, and where it leads."""
    names = {pk: unit.name for pk, unit in catalogue().organisations.items()}
    return [
        (rule.name, names.get(rule.organisation or 0, "") or str(RoutingRule.Target(rule.target).label))
        for rule in catalogue().routing
    ]
