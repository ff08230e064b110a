"""The figures of a place and month, the orders behind each number, the ladder's reasons, the monthly bulletin."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from community_portal.tables.writing import XLSX
from community_portal.ui.paging import CURSOR, KeysetPage
from community_portal.ui.paper import PDF, PaperUnavailable
from grid.access import RANK, Role
from petitions.figures.bulletin import as_pdf, as_workbook, bulletin
from petitions.figures.drill import Asked, asked_of, facts_behind
from petitions.figures.ladder import climbs, rung_counts
from petitions.figures.page import figures_page
from petitions.figures.places import View, view_of
from petitions.figures.rates import EXCLUSIONS
from petitions.figures.reads import by_month
from petitions.models import Petition, PetitionFact
from petitions.rows import for_rows, rows_of
from petitions.views.common import View as PageView
from petitions.views.common import scope_now, staff_page, viewer

NEWEST = ("-day", "-petition_id")


def figures_for_clerks(view: PageView) -> PageView:
    """Grid workers have no place of their own to compare: they read whom the page is for."""

    @staff_page
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if scope_now(request).rank < RANK[Role.COMMUNITY_WORKER]:
            return render(request, "figures/not_for_you.html")
        return view(request, *args, **kwargs)

    return guarded


def asked_view(request: HttpRequest) -> View:
    """The place and month of the address; Http404 outside the scope."""
    found = view_of(scope_now(request), request.GET, timezone.localdate())
    if found is None:
        raise Http404
    return found


@require_safe
@figures_for_clerks
def figures(request: HttpRequest) -> HttpResponse:
    """The page."""
    page = figures_page(asked_view(request), request.GET.get("by", ""), timezone.localdate())
    return render(
        request,
        "figures/page.html",
        {"page": page, "exclusions": EXCLUSIONS, "weights": settings.RATE_WEIGHTS, "now": timezone.now()},
    )


@require_safe
@figures_for_clerks
def figure_orders(request: HttpRequest) -> HttpResponse:
    """The orders behind one number, the newest first."""
    view, scope, asked, now = asked_view(request), scope_now(request), asked_of(request.GET), timezone.now()
    page: KeysetPage[PetitionFact] = KeysetPage(
        facts_behind(view, asked, scope).only("petition_id", "day"), NEWEST, request.GET.get(CURSOR)
    )
    found = {row.id: row for row in for_rows(Petition.objects.filter(pk__in=[fact.pk for fact in page]))}
    seen = [found[fact.pk] for fact in page if fact.pk in found]
    rows = rows_of(seen, viewer(request), scope, now)
    return render(request, "figures/orders.html", {"page": page, "rows": rows, "view": view, "asked": asked})


@require_safe
@figures_for_clerks
def figure_ladder(request: HttpRequest) -> HttpResponse:
    """Which orders of the month were escalated, and why."""
    view, scope = asked_view(request), scope_now(request)
    facts = facts_behind(view, Asked("escalated"), scope).only("petition_id", "day")
    page: KeysetPage[PetitionFact] = KeysetPage(facts, NEWEST, request.GET.get(CURSOR))
    context = {
        "now": timezone.now(),
        "view": view,
        "page": page,
        "climbs": climbs([fact.pk for fact in page]),
        "counts": rung_counts(view, by_month(view)[view.month]),
    }
    return render(request, "figures/ladder.html", context)


@require_safe
@figures_for_clerks
def figure_bulletin(request: HttpRequest, form: str) -> HttpResponse:
    """The bulletin of the month as a file; `form` is pdf or xlsx."""
    issue = bulletin(asked_view(request), at=timezone.now(), today=timezone.localdate())
    try:
        content, kind = (as_pdf(issue), PDF) if form == "pdf" else (as_workbook(issue), XLSX)
    except PaperUnavailable as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('figures')}?{request.GET.urlencode()}")
    headers = {"Content-Disposition": content_disposition_header(True, f"{issue.title}.{form}") or ""}
    return HttpResponse(content, content_type=kind, headers=headers)
