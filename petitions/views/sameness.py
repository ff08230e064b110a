"""Petitions about one event: what the list proposes to put together, and one answer for all of a group."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from petitions import same
from petitions.actions.base import ActionRefused
from petitions.actions.same import petition_merge, same_answer
from petitions.forms.same_form import SameAnswerForm
from petitions.querysets import visible_to
from petitions.views.common import find, scope_now, staff_page, viewer
from petitions.workflow import ROLES, Verb

PICK, LEAD = "pick", "lead"


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def same_events(request: HttpRequest) -> HttpResponse:
    """What is probably one event; ticked ones are put to the first by one press."""
    scope = scope_now(request)
    may = bool(scope.roles & ROLES[Verb.MERGE])
    if request.method == "POST":
        _merge(request)
        return redirect("same-events")
    context = {"proposals": same.proposals(scope, timezone.now()), "may": may, "now": timezone.now()}
    return render(request, "petitions/same_events.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def same_answer_all(request: HttpRequest, number: str) -> HttpResponse:
    """One answer for those of a group who wait for theirs. What was typed stays while any of it was refused."""
    petition, now = find(request, number), timezone.now()
    group = same.group_of(petition, viewer(request), now)
    if group is None or not group.waiting or not group.may_answer:
        messages.info(request, _("这件事没有等着一起答复的工单了"))
        return redirect("petition-detail", number)
    form = SameAnswerForm(request.POST or None, group=group)
    if request.method == "POST" and form.is_valid():
        answered = same_answer(group.event_id, by=viewer(request), at=now, **form.cleaned_data)
        if answered.done:
            messages.success(request, _("已答复 %d 件，各自回访") % len(answered.done))
        for each, reason in answered.refused:
            messages.warning(request, f"{each.number}：{reason}")
        if answered.done or not answered.refused:
            return redirect("petition-detail", number)
    return render(
        request, "petitions/same_answer.html", {"petition": petition, "group": group, "form": form, "now": now}
    )


def _merge(request: HttpRequest) -> None:
    """Put the ticked ones to the first; each says for itself whether it could be."""
    wanted = [int(pk) for pk in request.POST.getlist(PICK) if pk.isascii() and pk.isdigit() and len(pk) < 18]
    lead = request.POST.get(LEAD, "")
    rows = visible_to(scope_now(request)).filter(pk__in=wanted).order_by("pk")
    first = visible_to(scope_now(request)).filter(number=lead).values_list("pk", flat=True).first()
    done = 0
    for petition in rows.only("pk", "number"):
        try:
            petition_merge(petition.pk, by=viewer(request), at=timezone.now(), into=first or 0)
        except ActionRefused as refusal:
            messages.warning(request, f"{petition.number}：{refusal}")
        else:
            done += 1
    if done:
        messages.success(request, _("已并成一件：%(lead)s，共 %(count)d 件") % {"lead": lead, "count": done + 1})
    elif not rows:
        messages.warning(request, _("请勾选要并的工单"))
