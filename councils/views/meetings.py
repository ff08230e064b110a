"""Meetings as staff see them: planning, one meeting, its papers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.privacy.actions import log_access
from community_portal.privacy.models import AccessLog
from community_portal.ui.paper import PaperUnavailable
from councils import minutes_paper
from councils.actions import files, minutes, seats
from councils.actions.base import CouncilRefused
from councils.forms.base import ActForm
from councils.forms.meetings import FORMS, FileForm, PlanForm, SeatAddForm
from councils.meeting_page import ItemRow, MeetingPage, meeting_page
from councils.meeting_rules import quorum_words
from councils.models import AgendaItem, Attendance, CouncilFile, Meeting
from councils.querysets import meetings_visible_to
from councils.rights import Task
from councils.views.common import attempt, find_council, form_of, tasks_at
from councils.workflow import MEETING_TRANSITIONS, MeetingState, Verb
from petitions.views.common import scope_now, viewer

RELATED = ("council__community__division__parent", "kind", "recorder")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNPROCESSABLE = 422


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a meeting of a council."""
    council = find_council(request, pk)
    if Task.PLAN not in tasks_at(request, council):
        return redirect("council-detail", pk)
    form = form_of(request, PlanForm, council)
    if request.method == "POST" and (answer := attempt(request, form, "council-detail", pk)):
        return answer
    kinds = [
        (kind, quorum_words(kind.quorum_of, kind.quorum_in, over=kind.quorum_over))
        for kind in form.fields["kind"].queryset
    ]
    context = {"council": council, "form": form, "kinds": kinds}
    return render(request, "councils/meeting_new.html", context, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_safe
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one meeting on one screen."""
    return _show(request, _find(request, pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Call, open, close or cancel a meeting."""
    meeting = _find(request, pk)
    if verb not in FORMS:
        raise Http404
    possible = (Verb(verb), MeetingState(meeting.state)) in MEETING_TRANSITIONS
    if request.method != "POST" and not (possible and Task.PLAN in tasks_at(request, meeting.council)):
        messages.warning(request, _("这个会现在不能“%s”") % Verb(verb).label)
        return redirect("meeting-detail", pk)
    form = form_of(request, FORMS[Verb(verb)], meeting)
    if request.method == "POST" and (answer := attempt(request, form, "meeting-detail", pk)):
        return answer
    return _show(request, meeting, form=form, action=request.path, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_seat_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody more."""
    meeting = _find(request, pk)
    if Task.ATTEND not in tasks_at(request, meeting.council):
        return redirect("meeting-detail", pk)
    form = form_of(request, SeatAddForm, meeting)
    if request.method == "POST" and (answer := attempt(request, form, "meeting-detail", pk)):
        return answer
    return _show(request, meeting, form=form, action=request.path, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_POST
def meeting_seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one seat: present, excused, absent; or who signed the sheet that confirms the minutes."""
    meeting, now = _find(request, pk), timezone.now()
    said = request.POST
    try:
        if "signed" in said:
            chosen = [int(each) for each in said.getlist("seat") if each.isdecimal()]
            seats.minutes_signed(pk, by=viewer(request), at=now, seats=chosen)
        else:
            seat = get_object_or_404(meeting.attendance, pk=_number(said.get("seat")))
            state = said.get("state", "")
            if state not in Attendance.State.values:
                raise CouncilRefused(_("请选到会情况"))
            how = Attendance.How.PAPER if said.get("how") == Attendance.How.PAPER else Attendance.How.LIST
            seats.seat_mark(
                seat.pk, by=viewer(request), at=now, state=state, how=how, proxy=said.get("proxy", "")[:40],
                reason=said.get("reason", "")[:80],
            )  # fmt: skip
    except CouncilRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('meeting-detail', args=[pk])}#seats")


@login_required
@require_POST
def item_write(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what is being written on an item, or one party's opinion; by itself while typing, or by the button."""
    item = get_object_or_404(AgendaItem.objects.filter(meeting__in=meetings_visible_to(scope_now(request))), pk=pk)
    said, by, now = request.POST, viewer(request), timezone.now()
    version, text = _number(said.get("version")), said.get("text", "")[:20000]
    htmx = bool(request.htmx)  # type: ignore[attr-defined]
    context: dict[str, Any] = {"saved_at": now, "item": item, "party": said.get("party", "")}
    try:
        if context["party"]:
            kept = minutes.opinion_write(item.pk, _number(said["party"]), by=by, at=now, version=version, text=text)
            context["version"] = kept.version if kept else 0
        else:
            outcome = said.get("outcome")
            outcome = outcome if outcome in AgendaItem.Outcome.values else None
            context["version"] = minutes.item_write(
                item.pk, by=by, at=now, version=version, text=text, outcome=outcome
            ).version
    except minutes.MinutesClash as clash:
        context |= {"clash": clash, "version": version}
        if not htmx:
            return _clashed(request, item, clash, text)
    except CouncilRefused as refusal:
        context |= {"problem": str(refusal), "version": version}
        if not htmx:
            messages.error(request, str(refusal))
    if htmx:
        return render(request, "councils/item_state.html", context)
    return redirect(f"{reverse('meeting-detail', args=[item.meeting_id])}#item{item.pk}")


def _number(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdecimal() and len(said) < 10 else 0


def _clashed(request: HttpRequest, item: AgendaItem, clash: minutes.MinutesClash, text: str) -> HttpResponse:
    """Without script: the whole page, with what was typed in the field and the other's words under it."""
    meeting = _find(request, item.meeting_id)
    page = meeting_page(meeting, viewer(request), timezone.now())
    for row in page.items:
        if row.item.pk == item.pk:
            _put(row, clash, text)
    return _show(request, meeting, page=page, status=409)


def _put(row: ItemRow, clash: minutes.MinutesClash, text: str) -> None:
    row.clash, row.clash_version, row.typed = clash.theirs, clash.version, text


@login_required
@require_POST
def meeting_closing(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what belongs to no item."""
    meeting, said = _find(request, pk), request.POST
    try:
        minutes.closing_write(
            meeting.pk, by=viewer(request), at=timezone.now(), version=_number(said.get("version")),
            text=said.get("text", "")[:20000],
        )  # fmt: skip
        messages.success(request, _("已保存"))
    except minutes.MinutesClash as clash:
        messages.error(request, f"{clash}：{clash.theirs}")
    except CouncilRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("meeting-detail", pk)


@login_required
@require_safe
def meeting_paper(request: HttpRequest, pk: int, paper: str) -> HttpResponse:
    """What is printed: the notice for the board with its code, and the sheet to sign."""
    if paper not in ("notice", "sheet"):
        raise Http404
    meeting = _find(request, pk)
    context = {
        "meeting": meeting,
        "items": meeting.agenda.order_by("position"),
        "seats": meeting.attendance.select_related("party").order_by("role", "party__kind", "id"),
        "link": request.build_absolute_uri(reverse("meeting-public", args=[pk])),
        "paper": paper,
    }
    return render(request, "councils/meeting_paper.html", context)


@login_required
@require_safe
@never_cache
def meeting_minutes(request: HttpRequest, pk: int, fmt: str) -> HttpResponse:
    """The minutes as .docx or PDF, with full names: noted in the access log."""
    if fmt not in ("docx", "pdf"):
        raise Http404
    meeting, now = _find(request, pk), timezone.now()
    if Task.MINUTES not in tasks_at(request, meeting.council):
        return redirect("meeting-detail", pk)
    paper = minutes_paper.minutes_of(meeting)
    try:
        content = minutes_paper.as_docx(paper) if fmt == "docx" else minutes_paper.as_pdf(paper)
    except PaperUnavailable as problem:
        messages.error(request, str(problem))
        return redirect("meeting-detail", pk)
    log_access(
        by=viewer(request), at=now, action=AccessLog.Action.EXPORT, subject=f"councils.meeting:{pk}", field="name",
        purpose=_("会议纪要"),
    )  # fmt: skip
    response = HttpResponse(content, content_type=DOCX if fmt == "docx" else "application/pdf")
    name = f"{meeting.title}会议纪要.{fmt}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@login_required
@require_POST
def meeting_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a photograph, a document or a signed sheet."""
    meeting = _find(request, pk)
    form = FileForm(request.POST, request.FILES, auto_id="file_%s")
    form.label_suffix = ""
    if form.is_valid():
        said = form.cleaned_data
        try:
            files.file_keep(
                by=viewer(request), at=timezone.now(), sent=form.sent, kind=said["kind"], title=said["title"],
                meeting=meeting,
            )  # fmt: skip
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已上传"))
            return redirect("meeting-detail", pk)
    return _show(request, meeting, upload=form, status=UNPROCESSABLE)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def council_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out a file, or take it away with a reason."""
    rows = CouncilFile.objects.select_related("council__community__division__parent", "task")
    row = get_object_or_404(rows, pk=pk)
    find_council(request, row.council_id)
    back = ("meeting-detail", row.meeting_id) if row.meeting_id else ("resolution-detail", row.task.resolution_id)  # type: ignore[union-attr]
    if request.method == "POST":
        try:
            files.file_remove(pk, by=viewer(request), at=timezone.now(), reason=request.POST.get("reason", ""))
            messages.success(request, _("已删除，理由留在记录里"))
        except CouncilRefused as refusal:
            messages.error(request, str(refusal))
        return redirect(*back)
    try:
        content = files.read_file(row)
    except FileNotFoundError:
        messages.warning(request, _("这个文件已经删除了"))
        return redirect(*back)
    response = HttpResponse(content, content_type=row.media_type)
    ending = "pdf" if row.media_type == files.PDF else "jpg"
    response["Content-Disposition"] = content_disposition_header(False, f"{row.title}.{ending}") or "inline"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _find(request: HttpRequest, pk: int) -> Meeting:
    """The meeting inside the viewer's scope; Http404 for any other."""
    return get_object_or_404(meetings_visible_to(scope_now(request)).select_related(*RELATED), pk=pk)


def _show(
    request: HttpRequest, meeting: Meeting, *, form: ActForm | None = None, action: str = "",
    upload: FileForm | None = None, page: MeetingPage | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = timezone.now()
    if upload is None:
        upload = FileForm(auto_id="file_%s")
        upload.label_suffix = ""
    context = {
        "meeting": meeting,
        "page": page or meeting_page(meeting, viewer(request), now),
        "outcomes": AgendaItem.Outcome.choices,
        "form": form,
        "action": action,
        "upload": upload,
        "now": now,
    }
    return render(request, "councils/meeting.html", context, status=status)
