"""Taking lists out: what it is for, then the sheet, or how far it is."""

import logging

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from kombu.exceptions import OperationalError

from community_portal.tables import writing
from residents.actions.exporting import CSV, XLSX, ExportRefused, content_of, export_create, offered
from residents.export_forms import PurposeForm
from residents.exporting.kinds import kind_of
from residents.models import Export
from residents.tasks import write_export
from residents.views.common import viewer

logger = logging.getLogger(__name__)
TYPES = {XLSX: writing.XLSX, CSV: writing.CSV}
RUNNING = (Export.State.WAITING, Export.State.RUNNING)


@login_required
@require_http_methods(["GET", "POST"])
def export_new(request: HttpRequest, kind: str) -> HttpResponse:
    """What would go out and how, and for what; the address carries the list's filters."""
    if kind_of(kind) is None:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    try:
        its_kind, permission, selection = offered(viewer(request), kind, query, timezone.now())
    except ExportRefused as error:
        raise PermissionDenied from error
    form = PurposeForm(request.POST or None, initial={"form": XLSX})
    if request.method == "POST" and form.is_valid():
        try:
            return _taken(request, kind, query, form)
        except ValidationError as error:
            form.add_error("purpose", error)
    context = {"form": form, "kind": its_kind, "permission": permission, "selection": selection}
    return render(request, "residents/export/new.html", context)


@login_required
@require_GET
def export_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a sheet is, or the way to it."""
    export = _export(request, pk)
    kind = kind_of(export.kind)
    context = {
        "export": export,
        "title": kind.title if kind else export.kind,
        "running": export.state in RUNNING,
        "percent": round(100 * export.done / export.total) if export.total else 100,
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, f"residents/export/{'progress' if part else 'detail'}.html", context)


@login_required
@require_POST
def export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet, for whoever asked for it."""
    export = _export(request, pk)
    if export.state != Export.State.DONE:
        return redirect("export-detail", pk=pk)
    kind = kind_of(export.kind)
    name = f"{kind.title if kind else export.kind}-{localtime(export.created_at):%Y%m%d-%H%M}.{export.form}"
    disposition = content_disposition_header(True, name) or "attachment"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(content_of(export), content_type=TYPES[export.form], headers=headers)


def _taken(request: HttpRequest, kind: str, query: str, form: PurposeForm) -> HttpResponse:
    said = form.cleaned_data
    export = export_create(
        by=viewer(request), at=timezone.now(), kind=kind, form=said["form"], query=query, purpose=said["said"]
    )
    if export.state in RUNNING:
        try:
            write_export.apply_async([export.pk], retry=False)
        except OperationalError:
            # The minute's sweep queues it as soon as the queue is back.
            logger.warning("export %s could not be queued", export.pk, exc_info=True)
    return redirect("export-detail", pk=export.pk)


def _export(request: HttpRequest, pk: int) -> Export:
    return get_object_or_404(Export.objects.defer("content"), pk=pk, by=viewer(request))
