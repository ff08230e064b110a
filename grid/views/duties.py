"""The duty rota: who is in charge now, the coming fortnight, who is away, one's own calendar."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from grid.access import scope_of
from grid.actions.duties import leave_take, leave_withdraw, may_plan, rota_fill
from grid.duties import (
    colleagues,
    communities_of,
    days_of,
    feed_key,
    feed_of,
    leaves_of,
    on_duty,
    on_rota,
    staff_of_feed,
)
from grid.forms import LeaveForm, RotaForm
from grid.models import Division, Leave
from grid.views.common import viewer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rota(request: HttpRequest) -> HttpResponse:
    """A community's rota; `?community=` picks one of several."""
    now = timezone.now()
    places = communities_of(scope_of(viewer(request), timezone.localdate(now)))
    if not places:
        return render(request, "grid/rota.html", {"community": None})
    asked = request.GET.get("community", places[0].code)
    community = next((place for place in places if place.code == asked), None)
    if community is None:
        raise Http404
    people = colleagues(community.pk, timezone.localdate(now))
    forms = _forms(request, community, people)
    if request.method == "POST":
        try:
            done = _act(request, community, forms)
        except (Division.DoesNotExist, Leave.DoesNotExist) as error:
            raise Http404 from error
        if done:
            return redirect(f"{reverse('rota')}?community={community.code}")
    return _page(request, places, community, people, forms)


def _forms(request: HttpRequest, community: Division, people: list[Any]) -> dict[str, Form]:
    today, verb = timezone.localdate(), request.POST.get("verb", "")
    takers = on_rota(community.pk, today)
    return {
        "rota": RotaForm(takers, today, request.POST if verb == "fill" else None),
        "leave": LeaveForm(people, today, viewer(request).pk, request.POST if verb == "leave" else None),
    }


def _act(request: HttpRequest, community: Division, forms: dict[str, Form]) -> bool:
    """Whether it was done; a form that could not be kept says why at its fields."""
    by, at, verb = viewer(request), timezone.now(), request.POST.get("verb", "")
    if verb == "back" and request.POST.get("leave", "").isdecimal():
        leave_withdraw(community.pk, int(request.POST["leave"]), by=by, at=at)
        messages.success(request, _("已销假"))
        return True
    form = forms["rota" if verb == "fill" else "leave"]
    if not form.is_valid():
        return False
    said = dict(form.cleaned_data)
    try:
        if verb == "fill":
            count = rota_fill(community.pk, by=by, at=at, staff_ids=said.pop("staff"), **said)
            messages.success(request, _("排好了 %d 天") % count)
        else:
            leave_take(
                community.pk, by=by, at=at, staff_id=said.pop("staff"), substitute_id=said.pop("substitute"), **said
            )
            messages.success(request, _("已登记请假"))
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def _page(
    request: HttpRequest, places: list[Division], community: Division, people: list[Any], forms: dict[str, Form]
) -> HttpResponse:
    now, me = timezone.now(), viewer(request)
    today = timezone.localdate(now)
    feed = request.build_absolute_uri(reverse("duty-feed", args=[feed_key(me)]))
    context = {
        "places": places,
        "community": community,
        "now_on": on_duty(community.pk, now),
        "days": days_of(community.pk, today),
        "leaves": leaves_of(people, today),
        "forms": forms,
        "may_plan": may_plan(community.pk, me, now),
        "mine": me in people,
        "today": today,
        "feed": feed,
        "now": now,
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "grid/rota.html", context, status=422 if wrong else 200)


@never_cache
@require_safe
def duty_feed(request: HttpRequest, key: str) -> HttpResponse:
    """A person's turns for the calendar on their phone; whoever holds the address reads days and places alone."""
    staff = staff_of_feed(key)
    if staff is None:
        raise Http404
    response = HttpResponse(feed_of(staff, timezone.now()), content_type="text/calendar; charset=utf-8")
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
