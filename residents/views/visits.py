"""The round, and writing down a visit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.worktime.words import moment
from grid.access import COMMUNITY, DISTRICT, GRID, STREET, scope_of
from residents.actions.checklists import own_lists
from residents.actions.decisions import DECIDERS, care_decide, visit_call
from residents.actions.visit_photos import photo_show
from residents.actions.visits import Entry, Made, visit_record, visits_record
from residents.forms.visits import CallForm, DecideForm, TogetherForm, VisitForm
from residents.models import CareClass, Household, Visit, VisitPhoto
from residents.overview import PERIODS, never_met_in, overview_of
from residents.querysets import households_visible_to
from residents.rounds import last_visits, next_due, round_of
from residents.sign_faces import waiting
from residents.sign_rules import MISSED_CLASS
from residents.views.common import viewer
from residents.visit_rules import WAY_WORDS


@login_required
@require_safe
def visit_round(request: HttpRequest) -> HttpResponse:
    """Today's round; `?building=` leaves one building."""
    now = timezone.now()
    building = request.GET.get("building", "")
    picked = int(building) if building.isdecimal() else None
    scope = scope_of(viewer(request), timezone.localdate(now))
    context = {
        "round": round_of(scope, now, building=picked),
        "building": picked,
        "signs": waiting(scope, now),
        "results": Visit.Result.choices,
        "now": now,
        "scope": scope,
    }
    return render(request, "residents/round.html", context)


@login_required
@require_safe
def visit_overview(request: HttpRequest) -> HttpResponse:
    """How the visits stand, worker by worker; `?days=` is one of PERIODS."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in PERIODS else PERIODS[1]
    context = {
        "overview": overview_of(scope, now, days),
        "never": never_met_in(scope),
        "periods": PERIODS,
        "whole": bool(scope.ids(STREET) | scope.ids(DISTRICT)),
        "now": now,
    }
    return render(request, "residents/overview.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a visit; what was typed stays when it could not be kept."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    visible = households_visible_to(scope).select_related("building__estate")
    household = get_object_or_404(visible, pk=pk)
    lists = list(own_lists(household.community_id))
    form = VisitForm(request.POST or None, request.FILES or None, checklists=lists)
    if request.method == "POST" and form.is_valid() and (made := _record(request, household, form)):
        messages.success(request, _said(made))
        return redirect("visit-round")
    context = {"household": household, "form": form, "due": next_due(pk), "visits": last_visits(pk), "now": now}
    return render(request, "residents/visit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def visit_together(request: HttpRequest) -> HttpResponse:
    """Write down one result for several doors, and go back to the round."""
    form, building = TogetherForm(request.POST), request.POST.get("building", "")
    if form.is_valid():
        entries = [Entry(pk, form.cleaned_data["result"]) for pk in sorted(set(form.cleaned_data["door"]))]
        try:
            made = visits_record(entries, by=viewer(request), at=timezone.now())
        except Household.DoesNotExist as error:
            raise Http404 from error
        words = _("%(count)d 户都记下了：%(result)s")
        messages.success(request, words % {"count": len(made), "result": made[0].visit.get_result_display()})
    else:
        messages.error(request, "；".join(str(text) for texts in form.errors.values() for text in texts))
    return redirect(reverse("visit-round") + (f"?building={building}" if building.isdecimal() else ""))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a visit for an occasion, or decide that a household is visited otherwise."""
    now = timezone.now()
    today = timezone.localdate(now)
    scope = scope_of(viewer(request), today)
    household = get_object_or_404(households_visible_to(scope).select_related("building__estate"), pk=pk)
    classes = list(CareClass.objects.filter(active=True).exclude(code=MISSED_CLASS))
    verb = request.POST.get("verb", "")
    call = CallForm(classes, request.POST if verb == "call" else None)
    decide = DecideForm(classes, today, request.POST if verb == "decide" else None)
    forms: dict[str, Form] = {"call": call, "decide": decide}
    form = forms.get(verb)
    if form is not None and form.is_valid() and _planned(request, pk, verb, form):
        return redirect("household-panel", pk)
    context = {
        "household": household,
        "call": call,
        "decide": decide,
        "decisions": household.decisions.filter(until__gte=today).select_related("care_class", "by"),
        "may_decide": bool(scope.roles_over(**{GRID: household.grid_id, COMMUNITY: household.community_id}) & DECIDERS),
    }
    return render(request, "residents/plan.html", context, status=422 if form is not None else 200)


def _planned(request: HttpRequest, pk: int, verb: str, form: Form) -> bool:
    by, at = viewer(request), timezone.now()
    try:
        if verb == "call":
            due = visit_call(pk, by=by, at=at, **form.cleaned_data)
            messages.success(request, _("%s 前要有人去") % moment(due.due_at or at, at))
        else:
            care_decide(pk, by=by, at=at, **form.cleaned_data)
            messages.success(request, _("走访已按决定安排"))
    except Household.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@login_required
@require_safe
def visit_photo(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    """A photo of a visit to this household."""
    try:
        picture = photo_show(pk, photo, by=viewer(request), at=timezone.now())
    except (VisitPhoto.DoesNotExist, FileNotFoundError) as error:
        raise Http404 from error
    response = HttpResponse(picture, content_type="image/jpeg")
    patch_cache_control(response, no_store=True, private=True)
    return response


def _record(request: HttpRequest, household: Household, form: VisitForm) -> Made | None:
    try:
        return visit_record(household.pk, by=viewer(request), at=timezone.now(), **form.cleaned_data)
    except Household.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        form.add_error(None, error)
    return None


def _said(made: Made) -> str:
    """What was kept, what comes next."""
    words = [
        _("%(place)s：%(result)s，已记下") % {"place": made.visit.household, "result": made.visit.get_result_display()}
    ]
    if made.way:
        words.append(str(WAY_WORDS[made.way]))
    elif made.next_due and made.next_due.due_at:
        words.append(_("下次 %s 前") % moment(made.next_due.due_at, made.visit.entered_at))
    if made.need:
        words.append(made.need.words)
    return "；".join(words)
