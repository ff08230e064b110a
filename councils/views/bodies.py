"""Councils: what waits by time, one council, founding one, and who sits on it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from community_portal.ui.paging import CURSOR, KeysetPage
from councils import boards
from councils.forms.base import ActForm
from councils.forms.bodies import FoundForm, GroupForm, LeaveForm, PartyForm, SeatForm
from councils.models import Council, Representative, Topic
from councils.querysets import councils_visible_to, topics_by_time, topics_visible_to
from councils.rights import COMMUNITY, Task
from councils.views.common import attempt, find_council, form_of, tasks_at
from councils.workflow import OPEN_TOPICS, TopicState
from grid.access import COMMUNITY as COMMUNITY_PLACE
from petitions.views.common import scope_now, staff_page
from residents.models import Community

WAITING = "waiting"
TABS = {
    WAITING: (_("待办"), list(OPEN_TOPICS)),
    "new": (_("待分类"), [TopicState.PROPOSED]),
    "listed": (_("待议"), [TopicState.LISTED]),
    "decided": (_("落实中"), [TopicState.DECIDED]),
    "ended": (_("已办结"), [TopicState.SETTLED, TopicState.RAISED, TopicState.DECLINED, TopicState.MERGED]),
}
MOST_COUNCILS, BY_TIME = 60, 60
SEAT_FORMS: dict[str, type[ActForm]] = {"party": PartyForm, "seat": SeatForm, "group": GroupForm}


@staff_page
@require_safe
def council_list(request: HttpRequest) -> HttpResponse:
    """Topics of every council in reach, by time; the councils beside them."""
    scope, now = scope_now(request), timezone.now()
    tab = request.GET.get("tab", WAITING)
    tab = tab if tab in TABS else WAITING
    topics = topics_visible_to(scope).select_related("council", "building", "handler")
    rows: Any
    page = None
    if tab == WAITING:
        rows = list(topics_by_time(topics)[:BY_TIME])
    else:
        page = KeysetPage(topics.filter(state__in=TABS[tab][1]), ("-id",), request.GET.get(CURSOR))
        rows = page.rows
    councils = _councils(councils_visible_to(scope))
    context = {
        "rows": rows,
        "page": page,
        "tab": tab,
        "tabs": [(name, title, name == tab) for name, (title, _states) in TABS.items()],
        "councils": councils,
        "may_found": bool(scope.roles & COMMUNITY),
        "now": now,
    }
    return render(request, "councils/list.html", context)


def _councils(visible: QuerySet[Council]) -> list[Council]:
    """Councils with how many topics are open and when they meet next; one query."""
    coming = Q(meetings__state__in=boards.COMING)
    return list(
        visible.filter(ended_on__isnull=True)
        .select_related("community__division", "estate")
        .annotate(
            open_topics=Count("topics", filter=Q(topics__state__in=OPEN_TOPICS), distinct=True),
            coming=Count("meetings", filter=coming, distinct=True),
        )
        .order_by("community__division__code", "kind", "level", "name")[:MOST_COUNCILS]
    )


@login_required
@require_safe
def council_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One council: what waits, what is coming, who sits."""
    return _show(request, find_council(request, pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def council_seats(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Register a party, a representative or a group."""
    council = find_council(request, pk)
    if what not in SEAT_FORMS:
        raise Http404
    if Task.SEATS not in tasks_at(request, council):
        return redirect("council-detail", pk)
    form = form_of(request, SEAT_FORMS[what], council)
    if request.method == "POST" and (answer := attempt(request, form, "council-detail", pk)):
        return answer
    return _show(request, council, form=form, what=what, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def representative_end(request: HttpRequest, pk: int) -> HttpResponse:
    """A term ends before its time."""
    councils = councils_visible_to(scope_now(request))
    seat = get_object_or_404(Representative.objects.select_related("council"), pk=pk, council__in=councils)
    council = find_council(request, seat.council_id)
    if Task.SEATS not in tasks_at(request, council):
        return redirect("council-detail", council.pk)
    form = form_of(request, LeaveForm, seat)
    form.title = _("登记离任")
    if request.method == "POST" and (answer := attempt(request, form, "council-detail", council.pk)):
        return answer
    return _show(request, council, form=form, what="leave", status=422 if form.errors else 200)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def council_new(request: HttpRequest) -> HttpResponse:
    """Found a council in the viewer's own community."""
    scope = scope_now(request)
    own = Community.objects.filter(pk__in=scope.ids(COMMUNITY_PLACE)).select_related("division").first()
    if own is None or not scope.roles_over(community=own.pk) & COMMUNITY:
        return redirect("council-list")
    form = form_of(request, FoundForm, own)
    if request.method == "POST" and (answer := attempt(request, form, "council-list")):
        return answer
    return render(request, "councils/new.html", {"form": form, "community": own}, status=422 if form.errors else 200)


def _show(
    request: HttpRequest, council: Council, *, form: ActForm | None = None, what: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    topics = Topic.objects.filter(council=council).select_related("building", "handler")
    context = {
        "council": council,
        "topics": list(topics_by_time(topics)[:BY_TIME]),
        "meetings": boards.latest_meetings(council),
        "resolutions": boards.latest_resolutions(council, localtime(now).date()),
        "sides": boards.sides_of(council, localtime(now).date()),
        "groups": boards.groups_of(council, now),
        "tasks": {str(task) for task in tasks_at(request, council)},
        "form": form,
        "what": what,
        "now": now,
    }
    return render(request, "councils/council.html", context, status=status)
