"""Meetings and publications as residents see them: signing in, confirming the minutes, objecting."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community_portal.privacy.masking import mask_name
from councils.actions import seats
from councils.actions.base import CouncilRefused
from councils.actions.publishing import objection_raise
from councils.forms.meetings import ConfirmForm, SaidForm
from councils.forms.publication import ObjectForm
from councils.models import Attendance, Meeting, Publication
from councils.workflow import MeetingState
from grid.access import place_name
from petitions.limits import TEN_MINUTES, TOO_MANY, Limit, asking, client_address

SIGNING = Limit("meeting-sign-in", 30, TEN_MINUTES)
SHOWN = (MeetingState.CALLED, MeetingState.OPEN, MeetingState.HELD, MeetingState.CONFIRMED, MeetingState.CANCELLED)
UNPROCESSABLE = 422


@never_cache
@require_http_methods(["GET", "POST"])
def meeting_public(request: HttpRequest, pk: int) -> HttpResponse:
    """The door's page: sign in while it meets; afterwards read the minutes by one's code and confirm them."""
    rows = Meeting.objects.select_related("council__community__division", "kind")
    meeting = get_object_or_404(rows, pk=pk, state__in=SHOWN)
    now = timezone.now()
    confirming = meeting.state == MeetingState.HELD
    form: SaidForm | None = None
    if meeting.state == MeetingState.OPEN or (
        meeting.state == MeetingState.CALLED and now >= meeting.starts_at - seats.EARLY
    ):
        form = SaidForm(request.POST or None)
    elif confirming:
        form = ConfirmForm(request.POST or None)
    status, read = 200, False
    if form is not None and request.method == "POST" and form.is_valid():
        if wait := SIGNING.hit(client_address(request), now):
            form.add_error(None, _("试的次数太多了，请 %d 分钟后再试。") % wait)
            status = TOO_MANY
        elif confirming and request.POST.get("look"):
            status, read = _look(meeting, form)
        else:
            status = _take(request, meeting, form)
            if status == 200:
                return redirect("meeting-public", pk)
            read = confirming
    if confirming and form is not None and not read:
        form.fields.pop("objection", None)
    if form is not None:
        form.label_suffix = ""
    context = {
        "meeting": meeting,
        "council": meeting.council,
        "place": place_name(meeting.council.community.division),
        "items": meeting.agenda.order_by("position"),
        "form": form,
        "confirming": confirming,
        "minutes": read,
    }
    return render(request, "councils/public/meeting.html", context, status=status)


def _look(meeting: Meeting, form: SaidForm) -> tuple[int, bool]:
    """Whether somebody who was there asks for the minutes; the status, and whether they are shown."""
    seat = seats.known_seat(meeting, form.cleaned_data["said"])
    if seat is None or seat.state != Attendance.State.PRESENT:
        form.add_error("said", _("没有找到您的到会记录，请核对签到码或手机号"))
        return UNPROCESSABLE, False
    return 200, True


def _take(request: HttpRequest, meeting: Meeting, form: SaidForm) -> int:
    said: dict[str, Any] = form.cleaned_data
    now = timezone.now()
    try:
        if meeting.state == MeetingState.HELD:
            seats.minutes_confirm(meeting.pk, at=now, said=said["said"], objection=said.get("objection", ""))
            messages.success(request, _("已记下，谢谢。"))
        else:
            seat = seats.sign_in(meeting.pk, at=now, said=said["said"])
            name = seat.name if seat.household_id else mask_name(seat.name)
            messages.success(request, _("%s，签到好了。") % name)
    except CouncilRefused as refusal:
        form.add_error("said", str(refusal))
        return UNPROCESSABLE
    return 200


@never_cache
@require_http_methods(["GET", "POST"])
def publication_public(request: HttpRequest, pk: int) -> HttpResponse:
    """A publication, and objecting to it while it runs."""
    rows = Publication.objects.select_related("council__community__division", "resolution")
    publication = get_object_or_404(rows, pk=pk, withdrawn_at__isnull=True)
    now = timezone.now()
    running = now <= publication.ends_at
    form = ObjectForm(request.POST or None, at=now) if running else None
    status = 200
    if form is not None and request.method == "POST" and form.is_valid():
        if wait := asking().hit(client_address(request), now):
            form.add_error(None, _("这个网络一小时内提交得太多了，请 %d 分钟后再按“提交”。您写的都还在。") % wait)
            status = TOO_MANY
        else:
            said = form.cleaned_data
            assert form.shown is not None
            number = form.shown.order_no(said["text"], said["phone"])
            objection_raise(pk, at=now, text=said["text"], phone=said["phone"], form_no=number)
            messages.success(request, _("异议已收到，居委会会在时限内答复。"))
            return redirect("publication-public", pk)
    if form is not None:
        form.label_suffix = ""
    context = {
        "publication": publication,
        "council": publication.council,
        "place": place_name(publication.council.community.division),
        "answered": publication.objections.filter(answered_at__isnull=False),
        "form": form,
    }
    return render(request, "councils/public/publication.html", context, status=status)
