"""One unit's part in a petition, and decisions about applications: pages of their own below the order."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from petitions.actions.applying import application_decide, may_decide
from petitions.actions.base import ActionRefused
from petitions.beside import PART_LABELS, line_of, part_lines
from petitions.forms.acts import PART_ACTIONS, DecideForm, PartForm
from petitions.models import Application
from petitions.views.common import find, viewer
from petitions.workflow import Verb


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def part_act(request: HttpRequest, number: str, pk: int, verb: str) -> HttpResponse:
    """Checking in, answering or releasing on one unit's part. What was typed stays when it could not be done."""
    petition, staff, now = find(request, number), viewer(request), timezone.now()
    line = next((each for each in part_lines(petition, [], staff, now) if each.part.pk == pk), None)
    if line is None or verb not in PART_ACTIONS:
        raise Http404
    if verb not in dict(line.may_do) and request.method != "POST":
        messages.warning(request, _("%s的联办已经结束，或不归您办") % line.part.organisation.name)
        return redirect("petition-detail", number)
    form = PartForm(request.POST or None, request.FILES or None, verb=Verb(verb))
    if request.method == "POST" and form.is_valid():
        try:
            PART_ACTIONS[Verb(verb)](pk, by=staff, at=now, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已记下：%s") % line.part.organisation.name)
            return redirect("petition-detail", number)
    context = {"petition": petition, "line": line, "form": form, "label": PART_LABELS[Verb(verb)], "now": now}
    return render(request, "petitions/part.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def decide(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Granting or denying an application, with what is asked and why before the eyes."""
    petition, staff, now = find(request, number), viewer(request), timezone.now()
    application = get_object_or_404(Application.objects.select_related("by", "decided_by"), pk=pk, petition=petition)
    application.petition = petition
    if not may_decide(application, staff, now):
        raise Http404
    form = DecideForm(request.POST or None, application=application)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            application_decide(pk, by=staff, at=now, granted=said["granted"] == "yes", text=said["text"])
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已决定，申请人马上收到"))
            return redirect("petition-detail", number)
    clocks = list(application.clocks.all())
    context = {"petition": petition, "line": line_of(application, clocks, staff, now), "form": form, "now": now}
    return render(request, "petitions/decide.html", context)
