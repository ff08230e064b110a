"""Importing files of orders: upload, progress, what did not go in."""

import csv
import logging
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from kombu.exceptions import OperationalError

from community_portal.privacy.actions import log_access
from community_portal.tables.cells import text_of
from community_portal.tables.errors import FileRefused
from community_portal.tables.writing import harmless
from grid.access import Scope
from petitions.actions.importing import bad_rows, import_create, summary
from petitions.forms.intake_forms import ImportForm
from petitions.homes import homes_of
from petitions.models import ImportBatch
from petitions.querysets import IMPORT_ROLES, imports_visible_to
from petitions.tasks import run_import
from petitions.views.common import scope_now, staff_page, viewer

logger = logging.getLogger(__name__)
RECENT = 20
SHOWN_PROBLEMS = 100
RUNNING = (ImportBatch.State.WAITING, ImportBatch.State.RUNNING)


@staff_page
@require_http_methods(["GET", "POST"])
def petition_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; the latest imports below."""
    scope = _importing_scope(request)
    form = ImportForm(request.POST or None, request.FILES or None, homes=homes_of(scope))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("import-detail", pk=_keep(request, form.cleaned_data).pk)
        except FileRefused as error:
            form.add_error("file", str(error))
    batches = imports_visible_to(viewer(request), scope).defer("content", "problems").select_related("by")
    return render(request, "intake/import.html", {"form": form, "batches": batches.order_by("-id")[:RECENT]})


def _keep(request: HttpRequest, said: dict[str, Any]) -> ImportBatch:
    file: UploadedFile = said["file"]
    batch = import_create(
        by=viewer(request),
        division=said["home"],
        file_name=file.name or "",
        content=file.read(),
        system=said["system"],
        at=timezone.now(),
    )
    try:
        run_import.apply_async([batch.pk], retry=False)
    except OperationalError:
        # The file is kept: the minute's sweep queues it as soon as the queue is back.
        logger.warning("import %s could not be queued", batch.pk, exc_info=True)
    return batch


@staff_page
@require_GET
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import has come; a page that asks by itself gets only the part that changes."""
    batch = _batch(request, pk)
    context = {
        "batch": batch,
        "running": batch.state in RUNNING,
        "percent": round(100 * batch.done / batch.total) if batch.total else 100,
        "counts": summary(batch),
        "problems": batch.problems[:SHOWN_PROBLEMS],
        "more": max(0, len(batch.problems) - SHOWN_PROBLEMS),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "intake/progress.html" if part else "intake/batch.html", context)


@staff_page
@require_POST
def import_bad_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that did not go in, as CSV with the reason; taking them out is logged."""
    batch = _batch(request, pk)
    headers, rows = bad_rows(batch)
    log_access(
        by=viewer(request),
        at=timezone.now(),
        action="export",
        subject=f"petitions.importbatch:{batch.pk}",
        field="rows",
        purpose=_("下载未导入的行，修改后重新导入"),
    )
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"{batch.file_name.rsplit('.', 1)[0]}-未导入.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    writer = csv.writer(response)
    writer.writerow([*headers, _("行号"), _("未导入的原因")])
    for row, reason in rows:
        writer.writerow([*(harmless(text_of(row.cells.get(header))) for header in headers), row.number, reason])
    return response


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    scope = _importing_scope(request)
    return get_object_or_404(imports_visible_to(viewer(request), scope).select_related("by", "division"), pk=pk)


def _importing_scope(request: HttpRequest) -> Scope:
    """The part of the viewer's scope that may import; PermissionDenied without any."""
    scope = scope_now(request)
    mine = replace(scope, posts=frozenset(post for post in scope.posts if post.role in IMPORT_ROLES))
    if not mine:
        raise PermissionDenied
    return mine
