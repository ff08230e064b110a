"""The patrol on the phone, and the log of patrols."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.ui.uploads import go_on
from petitions import patrols
from petitions.actions.base import ActionRefused
from petitions.actions.patrols import patrol_end, patrol_find, patrol_start
from petitions.forms.patrols import FindForm, StartForm
from petitions.models import Patrol
from petitions.views.common import scope_now, staff_page, viewer

WEEK, LONGEST = timedelta(days=6), timedelta(days=92)


@require_safe
@staff_page
def patrol(request: HttpRequest) -> HttpResponse:
    """The round that runs, or the way to begin one, and the day so far."""
    now, scope, staff = timezone.now(), scope_now(request), viewer(request)
    running = patrols.open_patrol(staff)
    today = timezone.localdate(now)
    context = {
        "now": now,
        "running": running,
        "finds": patrols.finds_of(running) if running else [],
        "form": None if running else StartForm(scope=scope),
        "day": next((each for each in patrols.days(scope, staff, today, today, now) if each.name == staff.name), None),
    }
    return render(request, "petitions/patrol.html", context)


@require_POST
@staff_page
def patrol_begin(request: HttpRequest) -> HttpResponse:
    """Begin a round."""
    form = StartForm(request.POST, scope=scope_now(request))
    if not form.is_valid():
        messages.error(request, _("请选一个网格"))
        return redirect("patrol")
    try:
        said = form.cleaned_data
        patrol_start(by=viewer(request), at=timezone.now(), grid_id=said["grid"], key=said["key"])
    except ActionRefused as refused:
        messages.error(request, str(refused))
    return redirect("patrol")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def patrol_add(request: HttpRequest) -> HttpResponse:
    """Write down something that was found."""
    running = patrols.open_patrol(viewer(request))
    if running is None:
        messages.info(request, _("还没有开始巡查"))
        return redirect("patrol")
    form = FindForm(request.POST or None, request.FILES or None, patrol=running)
    if request.method == "POST" and form.is_valid():
        try:
            row = patrol_find(running.pk, form.found(), by=viewer(request), at=timezone.now())
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            words = _("已记下，当场办结") if row.fixed else _("已记下，交给%s") % _handler(row.petition)
            messages.success(request, words)
            return go_on(request, "patrol")
    return render(request, "petitions/patrol_find.html", {"form": form, "running": running})


@require_POST
@staff_page
def patrol_over(request: HttpRequest) -> HttpResponse:
    """End the round that runs."""
    running: Patrol | None = patrols.open_patrol(viewer(request))
    if running is not None:
        patrol_end(running.pk, by=viewer(request), at=timezone.now(), note=request.POST.get("note", "")[:500])
        messages.success(request, _("这一趟巡查结束了"))
    return redirect("patrol")


@require_safe
@staff_page
def patrol_log(request: HttpRequest) -> HttpResponse:
    """Days against the norm and what was found; a week unless another stretch is asked for."""
    now = timezone.now()
    last = _date(request, "to") or timezone.localdate(now)
    first = _date(request, "from") or last - WEEK
    first = max(min(first, last), last - LONGEST)
    scope, staff = scope_now(request), viewer(request)
    context = {
        "now": now,
        "first": first,
        "last": last,
        "days": patrols.days(scope, staff, first, last, now),
        "entries": patrols.log(scope, staff, first, last),
        "most": patrols.MOST,
    }
    return render(request, "petitions/patrol_log.html", context)


def _date(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None


def _handler(petition: object) -> str:
    handler = getattr(petition, "handler", None)
    return str(handler.name) if handler else _("待派单队列")
