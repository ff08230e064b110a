"""Ballots for staff: setting one up, announcing, its turnout, its result."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community_portal.ui.paging import CURSOR, KeysetPage
from councils import ballot_page
from councils.actions.ballots import obstacles
from councils.actions.base import CouncilRefused
from councils.ballot_querysets import ballots_visible_to
from councils.ballot_words import vote_words
from councils.forms.ballots import ACT_FORMS, BallotForm
from councils.models import Ballot, CouncilEvent
from councils.querysets import councils_visible_to
from councils.rights import Task
from councils.rolls import draw, whole
from councils.views.common import attempt, find_council, form_of, tasks_at
from petitions.views.common import scope_now, staff_page

RELATED = ("council__community__division__parent", "council__estate", "rule", "topic", "created_by")
EVENTS = 12


def find_ballot(request: HttpRequest, pk: int) -> Ballot:
    """The ballot inside the viewer's scope; Http404 for any other."""
    return get_object_or_404(ballots_visible_to(scope_now(request)).select_related(*RELATED), pk=pk)


@staff_page
@require_safe
def ballot_list(request: HttpRequest) -> HttpResponse:
    """Ballots in reach, the newest first, and the bodies that may hold one."""
    scope = scope_now(request)
    rows = ballots_visible_to(scope).select_related("council", "rule")
    page: KeysetPage[Ballot] = KeysetPage(rows, ("-id",), request.GET.get(CURSOR))
    now = timezone.now()
    context = {
        "page": page,
        "rows": [(row, ballot_page.moment_words(row, now)) for row in page],
        "councils": councils_visible_to(scope).filter(ended_on__isnull=True).order_by("community", "kind", "name")[:60],
        "now": now,
    }
    return render(request, "councils/ballots/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Set up a ballot of a council, the rule in plain words beside each choice."""
    council = find_council(request, pk)
    if Task.BALLOT not in tasks_at(request, council):
        return redirect("ballot-list")
    form = form_of(request, BallotForm, council)
    if request.method == "POST" and (ballot := _saved(form)):
        return redirect("ballot-detail", ballot.pk)
    context = {"council": council, "form": form}
    return render(request, "councils/ballots/new.html", context, status=422 if form.errors else 200)


def _saved(form: BallotForm) -> Ballot | None:
    if not form.is_valid():
        return None
    try:
        return form.act()
    except ValidationError as error:
        form.tell(error)
    except CouncilRefused as refusal:
        form.subject.refresh_from_db()
        form.keep(str(refusal))
    return None


@staff_page
@require_safe
def ballot_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A ballot: what it needs, and by its state the roll and obstacles, the turnout, or the result."""
    return _detail(request, find_ballot(request, pk))


def _detail(request: HttpRequest, ballot: Ballot, form: Any = None, status: int = 200) -> HttpResponse:
    now, tasks = timezone.now(), tasks_at(request, ballot.council)
    context: dict[str, Any] = {
        "ballot": ballot,
        "tasks": tasks,
        "needs": ballot_page.needs_of(ballot),
        "one_vote": vote_words(ballot.unit),
        "when": ballot_page.moment_words(ballot, now),
        "voting": ballot_page.is_voting(ballot, now),
        "over": now >= ballot.closes_at,
        "events": _events(ballot),
        "form": form,
        "now": now,
    }
    if ballot.state == Ballot.State.DRAFT:
        drawn = draw(ballot, timezone.localdate(now))
        context |= {"drawn": drawn, "whole": whole(drawn.entries), "obstacles": obstacles(ballot, drawn, now)}
    elif ballot.state == Ballot.State.OPEN:
        waiting, differing = ballot_page.papers_waiting(ballot, request.user)  # type: ignore[arg-type]
        context |= {"stand": ballot_page.stand_of(ballot), "waiting": len(waiting), "differing": differing}
    elif ballot.state == Ballot.State.CLOSED:
        context["result"] = ballot_page.result_page(ballot)
    return render(request, "councils/ballots/detail.html", context, status=status)


def _events(ballot: Ballot) -> QuerySet[CouncilEvent]:
    rows = CouncilEvent.objects.filter(council=ballot.council_id, data__ballot=ballot.pk)
    return rows.select_related("by").order_by("-id")[:EVENTS]


@staff_page
@require_safe
def ballot_turnout(request: HttpRequest, pk: int) -> HttpResponse:
    """The turnout alone, for a page that stays open while votes come in."""
    ballot = find_ballot(request, pk)
    if ballot.state != Ballot.State.OPEN:
        raise Http404
    context = {"ballot": ballot, "stand": ballot_page.stand_of(ballot), "now": timezone.now()}
    return render(request, "councils/ballots/turnout.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Change, announce, count or annul: the form, and doing it."""
    ballot = find_ballot(request, pk)
    form_class = ACT_FORMS.get(verb)
    if form_class is None:
        raise Http404
    if Task.BALLOT not in tasks_at(request, ballot.council):
        messages.error(request, _("您的岗位可以看这次表决，不能做“%s”") % Task.BALLOT.label)
        return redirect("ballot-detail", pk)
    form = form_of(request, form_class, ballot)
    if isinstance(form, BallotForm):
        return _edit(request, ballot, form)
    try:
        if request.method == "POST" and (answer := attempt(request, form, "ballot-detail", pk)):
            return answer
    except ValidationError as error:
        form.add_error(None, error)
    return _detail(request, ballot, form, status=422 if form.errors else 200)


def _edit(request: HttpRequest, ballot: Ballot, form: BallotForm) -> HttpResponse:
    if ballot.state != Ballot.State.DRAFT:
        messages.error(request, _("公告以后不能改，只能作废后重新发起"))
        return redirect("ballot-detail", ballot.pk)
    if request.method == "POST" and _saved(form):
        return redirect("ballot-detail", ballot.pk)
    context = {"council": ballot.council, "ballot": ballot, "form": form}
    return render(request, "councils/ballots/new.html", context, status=422 if form.errors else 200)
