"""One action for many petitions: choose them, say it once, watch it being done."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from kombu.exceptions import OperationalError

from petitions.actions.base import ActionRefused
from petitions.actions.bulk import BULK, MOST, bulk_create
from petitions.forms.acts import FORMS, ActForm
from petitions.models import BulkRun, Petition
from petitions.next_steps import LABELS
from petitions.querysets import visible_to
from petitions.rows import UNSEEN
from petitions.tasks import run_bulk
from petitions.views.common import scope_now, staff_page, viewer
from petitions.views.orders import chosen_orders
from petitions.workflow import ROLES, Verb

logger = logging.getLogger(__name__)
PICK = "pick"


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def petition_bulk(request: HttpRequest) -> HttpResponse:
    """The orders that the list's filters give, each with a tick; then the form of the verb, then the run."""
    said = request.POST if request.method == "POST" else request.GET
    picked, verb = _picked(request, said.getlist(PICK)), said.get("verb", "")
    if not picked or verb not in BULK:
        if PICK in said:
            messages.warning(request, _("请选择工单和要做的事"))
        return render(request, "petitions/bulk.html", _choice(request))
    form = _form(request, picked[0], Verb(verb))
    if request.method == "POST" and form.is_valid():
        try:
            run = bulk_create(
                by=viewer(request),
                verb=Verb(verb),
                petitions=[row.pk for row in picked],
                values=form.values(),
                at=timezone.now(),
            )
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            _start(run)
            return redirect("bulk-detail", pk=run.pk)
    return render(request, "petitions/bulk_form.html", {"form": form, "picked": picked, "verb": verb})


@require_safe
@staff_page
def bulk_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far one's own run has come; a page that asks by itself gets only the part that changes."""
    run = get_object_or_404(BulkRun, pk=pk, by=viewer(request))
    context = {
        "run": run,
        "running": run.state != BulkRun.State.DONE,
        "percent": round(100 * run.done / len(run.petitions)),
        "total": len(run.petitions),
        "good": run.done - len(run.refused),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "petitions/bulk_progress.html" if part else "petitions/bulk_run.html", context)


def _picked(request: HttpRequest, ids: list[str]) -> list[Petition]:
    wanted = [int(each) for each in ids[:MOST] if each.isascii() and each.isdigit() and len(each) < 19]
    if not wanted:
        return []
    found = visible_to(scope_now(request)).filter(pk__in=wanted).select_related("level", "category")
    return list(found.defer(*UNSEEN).order_by("id"))


def _choice(request: HttpRequest) -> dict[str, object]:
    roles = scope_now(request).roles
    verbs = [(verb.value, LABELS[verb]) for verb in BULK if roles & ROLES[verb]]
    return {"rows": list(chosen_orders(request)[:MOST]), "verbs": verbs, "most": MOST}


def _form(request: HttpRequest, petition: Petition, verb: Verb) -> ActForm:
    data = request.POST if request.method == "POST" else None
    form = FORMS[verb](data, staff=viewer(request), now=timezone.now(), petition=petition)
    form.fields.pop("attached", None)  # A picture shows one matter.
    return form


def _start(run: BulkRun) -> None:
    try:
        run_bulk.apply_async([run.pk], retry=False)
    except OperationalError:
        # It is kept: the minute's task queues it as soon as the queue is back.
        logger.warning("bulk run %s could not be queued", run.pk, exc_info=True)
