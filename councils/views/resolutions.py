"""Resolutions as staff see them: writing, one resolution with its tasks, its publications."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils.actions.files import file_keep
from councils.forms.base import ActForm
from councils.forms.meetings import FileForm
from councils.forms.publication import AnswerForm, PublishForm, WithdrawForm
from councils.forms.resolutions import RESOLUTION_FORMS, TASK_FORMS, DraftForm
from councils.models import (
    AgendaItem,
    Ballot,
    CouncilClock,
    CouncilFile,
    Objection,
    Publication,
    Resolution,
    ResolutionTask,
)
from councils.querysets import reach, resolutions_visible_to
from councils.rights import Task
from councils.topic_page import lines
from councils.views.common import attempt, find_council, form_of, tasks_at
from councils.workflow import ResolutionState
from petitions.views.common import scope_now, viewer

RELATED = ("council__community__division__parent", "meeting", "topic", "ballot", "convention")
UNPROCESSABLE = 422
FORMS: dict[str, type[ActForm]] = {**RESOLUTION_FORMS, "publish": PublishForm}
S = ResolutionState
POSSIBLE = {
    "write": (S.DRAFT,),
    "pass": (S.DRAFT,),
    "task": (S.DRAFT, S.PASSED),
    "publish": (S.PASSED, S.DONE),
    "finish": (S.PASSED,),
    "revoke": (S.DRAFT, S.PASSED, S.DONE),
}
MAIN = {S.DRAFT: "pass", S.PASSED: "publish"}
T = ResolutionTask.State
ON_TASK = {"report": (T.OPEN,), "accept": (T.REPORTED,), "drop": (T.OPEN, T.REPORTED)}
TASK_RIGHTS = {"report": Task.WORK, "accept": Task.RESOLVE, "drop": Task.RESOLVE}
EVENTS = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resolution_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a resolution of a council; `?item=` of a meeting or `?ballot=` names what it comes from."""
    council = find_council(request, pk)
    if Task.RESOLVE not in tasks_at(request, council):
        return redirect("council-detail", pk)
    asked = request.GET.get("item", "")
    items = AgendaItem.objects.filter(meeting__council=council)
    item = items.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None
    initial = {"item": item.pk, "headline": item.title, "text": item.record} if item else {}
    asked = request.GET.get("ballot", "")
    if asked.isdecimal() and len(asked) < 10 and (ballot := Ballot.objects.filter(council=council, pk=asked).first()):
        initial = {"ballot": ballot.pk, "headline": ballot.title, "text": ballot.text}
    form = form_of(request, DraftForm, council, initial=initial)
    if request.method == "POST" and form.is_valid() and (answer := attempt(request, form, "council-detail", pk)):
        latest = Resolution.objects.filter(council=council).latest("pk")
        return redirect("resolution-detail", latest.pk) if answer.status_code == 302 else answer
    context = {"council": council, "form": form}
    return render(request, "councils/resolution_new.html", context, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_safe
def resolution_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one resolution on one screen."""
    return _show(request, _find(request, pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resolution_act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One thing done to a resolution: change the draft, pass it, give a task, publish, finish, revoke."""
    resolution = _find(request, pk)
    if what not in FORMS:
        raise Http404
    if request.method != "POST" and what not in _verbs(resolution, tasks_at(request, resolution.council)):
        return redirect("resolution-detail", pk)
    form = form_of(request, FORMS[what], resolution)
    if request.method == "POST" and (answer := attempt(request, form, "resolution-detail", pk)):
        return answer
    return _show(request, resolution, form=form, action=request.path, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def task_act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Report, accept or drop a task."""
    rows = ResolutionTask.objects.filter(resolution__in=resolutions_visible_to(scope_now(request)))
    task = get_object_or_404(rows, pk=pk)
    resolution = _find(request, task.resolution_id)
    if what not in TASK_FORMS:
        raise Http404
    if request.method != "POST" and what not in _task_steps(resolution, task, tasks_at(request, resolution.council)):
        return redirect("resolution-detail", resolution.pk)
    form = form_of(request, TASK_FORMS[what], task)
    if request.method == "POST" and (answer := attempt(request, form, "resolution-detail", resolution.pk)):
        return answer
    return _show(request, resolution, form=form, action=request.path, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_POST
def task_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a proof of a task: a photograph or a PDF."""
    rows = ResolutionTask.objects.filter(resolution__in=resolutions_visible_to(scope_now(request)))
    task = get_object_or_404(rows.select_related("resolution"), pk=pk)
    resolution = _find(request, task.resolution_id)
    form = FileForm({**request.POST.dict(), "kind": CouncilFile.Kind.PROOF}, request.FILES, auto_id="proof_%s")
    if form.is_valid() and Task.ATTEND in tasks_at(request, resolution.council):
        file_keep(
            by=viewer(request), at=timezone.now(), sent=form.sent, kind=CouncilFile.Kind.PROOF,
            title=form.cleaned_data["title"] or task.text, task=task,
        )  # fmt: skip
        return redirect("resolution-detail", resolution.pk)
    return _show(request, resolution, upload=form, status=UNPROCESSABLE)


def _find(request: HttpRequest, pk: int) -> Resolution:
    """The resolution inside the viewer's scope; Http404 for any other."""
    return get_object_or_404(resolutions_visible_to(scope_now(request)).select_related(*RELATED), pk=pk)


def _verbs(resolution: Resolution, may: frozenset[Task]) -> list[str]:
    """What somebody with these tasks can do to a resolution as it stands."""
    return [
        what
        for what in FORMS
        if resolution.state in POSSIBLE[what] and (Task.PUBLISH if what == "publish" else Task.RESOLVE) in may
    ]


def _task_steps(resolution: Resolution, task: ResolutionTask, may: frozenset[Task]) -> list[str]:
    """The same of one of its tasks."""
    running = resolution.state == S.PASSED
    return [
        what
        for what, states in ON_TASK.items()
        if task.state in states and TASK_RIGHTS[what] in may and (running or what == "drop")
    ]


def _show(
    request: HttpRequest, resolution: Resolution, *, form: ActForm | None = None, action: str = "",
    upload: FileForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = timezone.now()
    tasks = list(resolution.tasks.select_related("staff", "organisation", "accepted_by").prefetch_related("files"))
    clocks = {row.task_id: row for row in CouncilClock.objects.filter(task__in=tasks, closed_at__isnull=True)}
    may = tasks_at(request, resolution.council)
    rows: list[dict[str, Any]] = [
        {
            "task": task,
            "clock": clocks.get(task.pk),
            "steps": [(what, TASK_FORMS[what].title) for what in _task_steps(resolution, task, may)],
        }
        for task in tasks
    ]
    publications = list(resolution.publications.order_by("-id"))
    main = None if publications else MAIN.get(S(resolution.state))
    verbs = sorted(_verbs(resolution, may), key=lambda what: what != main)
    context = {
        "resolution": resolution,
        "duties": list(resolution.duties.all()),
        "rows": rows,
        "verbs": [(what, FORMS[what].title, what == main) for what in verbs],
        "publications": publications,
        "trail": lines(resolution.events.select_related("by").order_by("-id")[:EVENTS]),
        "may_prove": Task.ATTEND in may,
        "form": form,
        "action": action,
        "upload": upload,
        "now": now,
    }
    return render(request, "councils/resolution.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publication_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A publication as staff see it and print it, with its objections; withdrawing it."""
    publication = _publication(request, pk)
    form = form_of(request, WithdrawForm, publication)
    if request.method == "POST" and (answer := attempt(request, form, "publication-detail", pk)):
        return answer
    return _show_publication(request, publication, form, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer an objection."""
    seen = Publication.objects.filter(reach(scope_now(request), "council__"))
    objection = get_object_or_404(Objection, pk=pk, publication__in=seen)
    publication = _publication(request, objection.publication_id)
    form = form_of(request, AnswerForm, objection)
    if request.method == "POST" and (answer := attempt(request, form, "publication-detail", publication.pk)):
        return answer
    withdraw = WithdrawForm(staff=viewer(request), now=timezone.now(), subject=publication)
    return _show_publication(request, publication, withdraw, answer=form, status=UNPROCESSABLE if form.errors else 200)


def _publication(request: HttpRequest, pk: int) -> Publication:
    seen = Publication.objects.filter(reach(scope_now(request), "council__"))
    return get_object_or_404(seen.select_related("council__community__division__parent", "resolution", "by"), pk=pk)


def _show_publication(
    request: HttpRequest, publication: Publication, form: ActForm, *, answer: ActForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "publication": publication,
        "objections": publication.objections.select_related("answered_by").prefetch_related("clocks"),
        "may": Task.PUBLISH in tasks_at(request, publication.council),
        "form": form,
        "answer": answer,
        "link": request.build_absolute_uri(reverse("publication-public", args=[publication.pk])),
        "now": timezone.now(),
    }
    return render(request, "councils/publication.html", context, status=status)
