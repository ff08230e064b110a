"""Doing something to a petition: one form a verb, in place by htmx or as the whole order page without it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community_portal.worktime.words import moment
from petitions.actions.base import ActionRefused, verbs_now
from petitions.forms.acts import FORMS, ActForm, PlaceForm
from petitions.models import Petition
from petitions.querysets import visible_at
from petitions.views.common import find, viewer
from petitions.views.order import show_order
from petitions.workflow import Verb

WAYS_BACK = {"escalations": "escalations"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def petition_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """The form of one verb, and doing it. What was typed stays whenever it could not be done."""
    if verb not in FORMS:
        raise Http404
    petition, wanted = find(request, number), Verb(verb)
    if request.method == "POST":
        return _do(request, petition, wanted)
    if wanted not in verbs_now(petition, viewer(request), timezone.now()):
        messages.warning(request, _not_now(petition, wanted))
        return redirect("petition-detail", number)
    form = _form(request, petition, wanted)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "petitions/act_form.html", {"petition": petition, "form": form, "verb": verb})
    return show_order(request, petition, form=form, verb=verb)


@require_POST
@login_required
def petition_place(request: HttpRequest, number: str) -> HttpResponse:
    """Settle where an order is, by one press on a place that may be meant."""
    petition = find(request, number)
    form = PlaceForm(request.POST, staff=viewer(request), now=timezone.now(), petition=petition)
    if not form.is_valid():
        messages.error(request, _("请选择本辖区的楼栋或户"))
        return redirect("petition-detail", number)
    try:
        form.act()
    except ActionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(form.done))
    here = visible_at(viewer(request), timezone.now()).filter(pk=petition.pk).exists()
    return redirect("petition-detail", number) if here else redirect("workbench")


def _do(request: HttpRequest, petition: Petition, verb: Verb) -> HttpResponse:
    form = _form(request, petition, verb)
    if not form.is_valid():
        return show_order(request, petition, form=form, verb=verb)
    try:
        changed = form.act()
    except ActionRefused as refusal:
        if _done_already(petition, form, verb):
            return _leave(request, petition, form)
        return _again(request, petition.number, form, verb, str(refusal))
    messages.success(request, _said(changed, form, verb))
    return _leave(request, petition, form)


def _form(request: HttpRequest, petition: Petition, verb: Verb) -> ActForm:
    return FORMS[verb](
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"version": petition.version},
        staff=viewer(request),
        now=timezone.now(),
        petition=petition,
        template=request.GET.get("template", ""),
    )


def _again(request: HttpRequest, number: str, form: ActForm, verb: Verb, refusal: str) -> HttpResponse:
    """The order as it is now, the reason on top, and the words still in the form; sending it once more takes it up."""
    petition = find(request, number)
    form.data = {**request.POST.dict(), "version": str(petition.version)}
    form.add_error(None, refusal)
    if request.FILES:
        form.add_error(None, _("照片、文件要重新选一次"))
    possible = verb in verbs_now(petition, viewer(request), timezone.now())
    return show_order(request, petition, form=form, verb=verb, kept="" if possible else form.data.get("text", ""))


def _done_already(petition: Petition, form: ActForm, verb: Verb) -> bool:
    """Whether this very submission has been done before: a button pressed twice is no conflict."""
    if petition.version != (form.cleaned_data["version"] or 0) + 1:
        return False
    last = petition.events.order_by("-id").filter(by__isnull=False).first()
    text = form.cleaned_data.get("text", "").strip()
    return last is not None and (last.by_id, last.verb) == (form.staff.pk, verb) and last.text.endswith(text)


def _said(petition: Petition, form: ActForm, verb: Verb) -> str:
    done = str(form.done)
    if verb == Verb.ACCEPT and petition.due_at:
        return _("%(done)s，下一步请在%(when)s前办") % {"done": done, "when": moment(petition.due_at, form.now)}
    return done


def _leave(request: HttpRequest, petition: Petition, form: ActForm) -> HttpResponse:
    back = WAYS_BACK.get(form.cleaned_data["back"])
    return redirect(back) if back else redirect("petition-detail", petition.number)


def _not_now(petition: Petition, verb: Verb) -> str:
    return _("这件工单现在是“%(state)s”，您不能做“%(verb)s”") % {
        "state": petition.get_state_display(),
        "verb": verb.label,
    }
