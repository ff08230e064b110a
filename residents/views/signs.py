"""Looking at curtains and lights: the worker's page, a household's watch, and a watcher's own page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grid.access import scope_of
from residents.actions.base import FileRefused, ids_of
from residents.actions.signs import sign_by_watcher, signs_record, watcher_of
from residents.actions.watches import watch_end, watch_start, watcher_give, watcher_revoke
from residents.forms.signs import LendForm, WatchForm
from residents.models import Consent, Household, Resident, Stay, Watcher
from residents.querysets import households_visible_to
from residents.rights import Task, tasks_for
from residents.sign_faces import asked_of, faces_of, watch_of, watchers_of
from residents.sign_rules import hours
from residents.views.common import viewer

MOST_AT_ONCE = 300


@login_required
@require_safe
def sign_round(request: HttpRequest) -> HttpResponse:
    """The signs to look at now."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    faces = faces_of(scope, now)
    count = sum(len(face.windows) for face in faces)
    context = {"faces": faces, "count": count, "now": now, "scope": scope, "hours": hours()}
    return render(request, "residents/signs.html", context)


@login_required
@require_POST
def sign_record(request: HttpRequest) -> HttpResponse:
    """Write down what was seen of one window or of a whole face."""
    ids = [int(text) for text in request.POST.get("signs", "").split(",") if text.isdecimal() and len(text) < 18]
    fine = request.POST.get("fine") == "1"
    count = signs_record(ids[:MOST_AT_ONCE], fine=fine, by=viewer(request), at=timezone.now())
    if not count:
        messages.info(request, _("已经有人记过了"))
    elif fine:
        messages.success(request, _("%d 户平安，已记下") % count)
    else:
        messages.warning(request, _("已安排今天上门，请先打电话"))
    return redirect("sign-round")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def household_watch(request: HttpRequest, pk: int) -> HttpResponse:
    """A household's watch: begin it, end it, lend a link, take one back."""
    household = _household(request, pk)
    if request.method != "POST":
        return _watch_page(request, household)
    verb = request.POST.get("verb", "")
    if verb == "start":
        return _start(request, household)
    if verb == "lend":
        return _lend(request, household)
    by, at = viewer(request), timezone.now()
    try:
        if verb == "end":
            watch_end(pk, by=by, at=at)
        elif verb == "revoke" and request.POST.get("watcher", "").isdecimal():
            watcher_revoke(pk, int(request.POST["watcher"]), by=by, at=at)
        else:
            raise Http404
    except FileRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect("household-watch", pk)


def _household(request: HttpRequest, pk: int) -> Household:
    scope = scope_of(viewer(request), timezone.localdate())
    visible = households_visible_to(scope).select_related("building__estate", "community__division__parent")
    household = get_object_or_404(visible, pk=pk)
    if Task.CONSENT not in tasks_for(scope.roles_over(**ids_of(household))):
        raise Http404
    return household


def _agreed(household: Household) -> list[Resident]:
    """Those who live there and agreed to be watched."""
    agreed = Consent.objects.filter(purpose=Consent.Purpose.WATCH, withdrawn_on__isnull=True).values("resident")
    here = Stay.objects.current().filter(household=household).values("resident")
    return list(Resident.objects.filter(pk__in=agreed).filter(pk__in=here).order_by("birth_date"))


def _watch_page(
    request: HttpRequest,
    household: Household,
    *,
    start: WatchForm | None = None,
    lend: LendForm | None = None,
    link: str = "",
) -> HttpResponse:
    watch = watch_of(household.pk)
    people = [] if watch else _agreed(household)
    context = {
        "household": household,
        "watch": watch,
        "watchers": watchers_of(watch) if watch else [],
        "people": people,
        "start": start or WatchForm(people),
        "lend": lend or LendForm(),
        "link": link,
    }
    wrong = (start and start.errors) or (lend and lend.errors)
    return render(request, "residents/watch.html", context, status=422 if wrong else 200)


def _start(request: HttpRequest, household: Household) -> HttpResponse:
    form = WatchForm(_agreed(household), request.POST)
    if form.is_valid():
        said = dict(form.cleaned_data)
        try:
            watch_start(household.pk, said.pop("resident"), by=viewer(request), at=timezone.now(), **said)
        except FileRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("从现在起，每天早晚会提醒看一眼"))
            return redirect("household-watch", household.pk)
    return _watch_page(request, household, start=form)


def _lend(request: HttpRequest, household: Household) -> HttpResponse:
    """The answer shows the link this one time: only its hash is kept."""
    form = LendForm(request.POST)
    if form.is_valid():
        try:
            _watcher, key = watcher_give(
                household.pk, by=viewer(request), at=timezone.now(), name=form.cleaned_data["name"]
            )
        except FileRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            link = request.build_absolute_uri(reverse("watcher", args=[key]))
            return never_cache(_watch_page)(request, household, link=link)
    return _watch_page(request, household, lend=form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def watcher(request: HttpRequest, key: str) -> HttpResponse:
    """What somebody with a link sees: a name, and whether the sign was there."""
    now = timezone.now()
    try:
        held = watcher_of(key)
        if request.method == "POST":
            return _seen_by(request, key)
    except Watcher.DoesNotExist as error:
        raise Http404 from error
    context = {"name": held.watch.resident.name, "due": asked_of(held.watch, now), "hours": hours()}
    response = render(request, "public/watcher.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _seen_by(request: HttpRequest, key: str) -> HttpResponse:
    fine = request.POST.get("fine") == "1"
    with transaction.atomic():
        sign_by_watcher(key, fine=fine, at=timezone.now())
    messages.success(request, _("谢谢您，记下了") if fine else _("谢谢您，已经告诉网格员，今天就上门看"))
    return redirect("watcher", key)
