"""Files of a petition: shown to those who may see the petition, added and removed."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_portal.ui.uploads import go_on
from petitions.actions.base import ActionRefused, verbs_now
from petitions.actions.files import petition_attach, petition_detach
from petitions.files import ENDINGS
from petitions.files_shown import shown_files
from petitions.forms.files import AttachForm
from petitions.models import PetitionFile
from petitions.views.common import find, viewer
from petitions.views.track import own, private
from petitions.workflow import Verb
from residents import photos


@require_GET
@login_required
@never_cache
def petition_file(request: HttpRequest, number: str, name: UUID) -> HttpResponse:
    """One file, for whoever sees the petition."""
    return _sent(request, find(request, number).files.filter(name=name, removed_at__isnull=True).first())


@private
@require_GET
def track_file(request: HttpRequest, number: str, code: str, name: UUID) -> HttpResponse:
    """One file, for the petitioner: their own, and what they were meant to see."""
    files = own(request, number, code).files.filter(name=name, removed_at__isnull=True, shown=True)
    return _sent(request, files.first())


@require_http_methods(["GET", "POST"])
@login_required
def petition_files(request: HttpRequest, number: str) -> HttpResponse:
    """The form to add photos and papers; what they show becomes a note of the history."""
    petition = find(request, number)
    form = AttachForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = dict(form.cleaned_data)
            petition_attach(petition.pk, said.pop("attached"), by=viewer(request), at=timezone.now(), **said)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已保存 %d 个") % len(form.cleaned_data["attached"]))
            return go_on(request, "petition-detail", number)
    context = {
        "petition": petition,
        "form": form,
        "files": shown_files(petition),
        "may_attach": Verb.NOTE in verbs_now(petition, viewer(request), timezone.now()),
    }
    return render(request, "petitions/files.html", context)


@require_POST
@login_required
def petition_file_remove(request: HttpRequest, number: str, name: UUID) -> HttpResponse:
    """Remove one file for good, with a reason."""
    petition = find(request, number)
    try:
        petition_detach(petition.pk, name, by=viewer(request), at=timezone.now(), text=request.POST.get("text", ""))
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已删除"))
    return redirect("petition-detail", number)


def _sent(request: HttpRequest, row: PetitionFile | None) -> HttpResponse:
    """The file itself; a picture is shown in the page (`?small`: fit for a list), anything else is saved.

    The browser never guesses what it is.
    """
    if row is None:
        raise Http404
    try:
        content = photos.read(row.name, row.key)
    except FileNotFoundError as error:
        raise Http404 from error
    if row.kind == PetitionFile.Kind.PICTURE and "small" in request.GET:
        content = photos.shrink(content)
    response = HttpResponse(content, content_type=row.type)
    name = row.label if row.label.lower().endswith(ENDINGS[row.type]) else f"{row.label or row.name}{ENDINGS[row.type]}"
    inline = row.kind != PetitionFile.Kind.DOCUMENT
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
