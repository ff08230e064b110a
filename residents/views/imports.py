"""Importing files of households: upload, say what the columns are, look, import, take back."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from kombu.exceptions import OperationalError

from community_portal.privacy.actions import log_access
from community_portal.tables.errors import FileRefused
from community_portal.tables.writing import XLSX
from grid.access import COMMUNITY, Scope, place_name, scope_of
from residents import import_forms as forms
from residents.actions.imports import batches
from residents.actions.imports.batches import ImportRefused
from residents.importing.book import samples
from residents.importing.fields import label_of
from residents.models import Community, HouseholdImport, ImportNote
from residents.returned import bad_rows
from residents.tasks import run_import
from residents.told import MASKS
from residents.views.common import viewer

logger = logging.getLogger(__name__)
RECENT, SHOWN = 20, 100
State, Kind = HouseholdImport.State, ImportNote.Kind
FIGURES = (
    (("rows",), gettext_lazy("行")),
    (("person.new",), gettext_lazy("人新增")),
    (("person.changed",), gettext_lazy("人补充")),
    (("dwelling.new",), gettext_lazy("户补建")),
    (("dwelling.changed",), gettext_lazy("户补充")),
    (("person.conflict", "dwelling.conflict"), gettext_lazy("处不一致")),
    (("person.same",), gettext_lazy("人没有变化")),
    (("error",), gettext_lazy("行不能导入")),
    (("warning",), gettext_lazy("行有提示")),
)
LISTS = (
    (Kind.CONFLICT, gettext_lazy("与现在登记的不一致")),
    (Kind.ERROR, gettext_lazy("不能导入的行")),
    (Kind.WARNING, gettext_lazy("要看一眼的行")),
    (Kind.HELD, gettext_lazy("没有撤销的")),
    (Kind.CHANGED, gettext_lazy("补充的，前几条")),
    (Kind.NEW, gettext_lazy("新增的，前几条")),
)


@login_required
@require_http_methods(["GET", "POST"])
def household_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; the latest imports below."""
    communities = _communities(_scope(request))
    form = forms.UploadForm(request.POST or None, request.FILES or None, communities=communities)
    if request.method == "POST" and form.is_valid():
        file: UploadedFile = form.cleaned_data["file"]
        try:
            batch = batches.import_create(
                by=viewer(request),
                community=form.cleaned_data["community"],
                file_name=file.name or "",
                content=file.read(),
                at=timezone.now(),
            )
            return redirect("household-import-columns", pk=batch.pk)
        except (FileRefused, ImportRefused) as error:
            form.add_error("file", str(error))
    rows = _visible(request).defer("content").select_related("by", "community__division").order_by("-id")[:RECENT]
    recent = [(row, place_name(row.community.division)) for row in rows]
    return render(request, "residents/import/upload.html", {"form": form, "batches": recent})


@login_required
@require_http_methods(["GET", "POST"])
def household_import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column holds: as it was matched, to be put right; saying so begins the check."""
    batch = _batch(request, pk)
    if batch.state not in (State.MATCHING, State.READY):
        return redirect("household-import-detail", pk=pk)
    try:
        book = batches.book_of(batch, request.GET.get("sheet", ""))
    except FileRefused as error:
        messages.error(request, str(error))
        return redirect("household-import")
    columns = batch.columns if batch.state == State.READY and book.sheet == batch.sheet else book.columns
    form = forms.ColumnsForm(
        request.POST or None, headers=book.headers, columns=columns, samples=samples(book), tags=batches.tag_words()
    )
    if request.method == "POST" and form.is_valid():
        try:
            batches.import_match(pk, by=viewer(request), at=timezone.now(), columns=form.columns, sheet=book.sheet)
        except ImportRefused as error:
            form.add_error(None, str(error))
        else:
            _queue(pk)
            return redirect("household-import-detail", pk=pk)
    context = {"batch": batch, "place": place_name(batch.community.division), "form": form, "book": book}
    return render(request, "residents/import/columns.html", context)


@login_required
@require_GET
def household_import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import has come and what came of it; a page that asks by itself gets only the part that changes."""
    batch = _batch(request, pk)
    if batch.state == State.MATCHING:
        return redirect("household-import-columns", pk=pk)
    moving = batch.state in batches.MOVING
    context = {
        "batch": batch,
        "place": place_name(batch.community.division),
        "moving": moving,
        "percent": round(100 * batch.done / batch.total) if batch.total else 0,
        "figures": _figures(batch),
        "lists": [] if moving else _lists(batch),
        "errors": batch.counts.get("error", 0),
        "may_build": batches.may_build(_scope(request), batch.community_id),
        "conflicts": HouseholdImport.Conflicts,
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, f"residents/import/{'progress' if part else 'detail'}.html", context)


@login_required
@require_POST
def household_import_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Check again, import, decide about conflicts, take back."""
    batch = _batch(request, pk)
    if verb not in ACTS:
        raise Http404
    try:
        ACTS[verb](request, batch)
    except ImportRefused as error:
        messages.error(request, str(error))
    return redirect("household-import-detail", pk=pk)


@login_required
@require_POST
def household_import_bad_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that did not go in, as a workbook with the reasons; taking them out is logged."""
    batch = _batch(request, pk)
    try:
        content = bad_rows(batch)
    except FileRefused as error:
        messages.error(request, str(error))
        return redirect("household-import-detail", pk=pk)
    log_access(
        by=viewer(request),
        at=timezone.now(),
        action="export",
        subject=f"residents.householdimport:{batch.pk}",
        field="rows",
        purpose=_("下载没有导入的行，修改后重新导入"),
    )
    name = f"{batch.file_name.rsplit('.', 1)[0]}-{_('未导入')}.xlsx"
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


def _check(request: HttpRequest, batch: HouseholdImport) -> None:
    may_build = request.POST.get("may_build") == "on"
    batches.import_check_again(batch.pk, by=viewer(request), at=timezone.now(), may_build=may_build)
    _queue(batch.pk)


def _run(request: HttpRequest, batch: HouseholdImport) -> None:
    conflicts = request.POST.get("conflicts", "")
    if conflicts not in HouseholdImport.Conflicts.values:
        conflicts = HouseholdImport.Conflicts.KEEP
    _choose(request, batch)
    batches.import_start(
        batch.pk, by=viewer(request), at=timezone.now(), may_build=batch.may_build, conflicts=conflicts
    )
    _queue(batch.pk)


def _choose(request: HttpRequest, batch: HouseholdImport) -> None:
    said = {name.removeprefix("note-"): str(value) for name, value in request.POST.items() if name.startswith("note-")}
    choices = {int(pk): value for pk, value in said.items() if pk.isascii() and pk.isdigit() and len(pk) < 18}
    batches.import_choose(batch.pk, by=viewer(request), at=timezone.now(), choices=choices)


def _undo(request: HttpRequest, batch: HouseholdImport) -> None:
    batches.import_undo(batch.pk, by=viewer(request), at=timezone.now())
    _queue(batch.pk)


ACTS: dict[str, Callable[[HttpRequest, HouseholdImport], None]] = {"check": _check, "run": _run, "undo": _undo}


def _queue(pk: int) -> None:
    try:
        run_import.apply_async([pk], retry=False)
    except OperationalError:
        # The file is kept: the minute's sweep queues it as soon as the queue is back.
        logger.warning("import %s could not be queued", pk, exc_info=True)


def _figures(batch: HouseholdImport) -> list[tuple[int, str]]:
    counts = batch.counts
    return [(sum(counts.get(name, 0) for name in names), str(words)) for names, words in FIGURES]


def _lists(batch: HouseholdImport) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    words = batches.tag_words()
    for kind, title in LISTS:
        notes = list(batch.notes.filter(kind=kind).order_by("row", "id")[: SHOWN + 1])
        if notes:
            rows = [(note, _said(note, words)) for note in notes[:SHOWN]]
            found.append({"kind": kind, "title": title, "rows": rows, "more": len(notes) > SHOWN})
    return found


def _said(note: ImportNote, words: list[Any]) -> dict[str, Any]:
    """A note in words; what the portal holds of a person is masked, what the reader's own file says is not."""
    said = batches.said_of(note)
    said["fields"] = [
        (_label(name, words), MASKS[name](now) if name in MASKS else now, file)
        for name, (now, file) in said.get("fields", {}).items()
    ]
    return said


def _label(name: str, words: list[Any]) -> str:
    return _("住处") if name == "household" else label_of(name, words)


def _scope(request: HttpRequest) -> Scope:
    """The viewer's scope; PermissionDenied when no community lets them import."""
    scope = scope_of(viewer(request), timezone.localdate())
    if not any(batches.may_import(scope, pk) for pk in scope.ids(COMMUNITY)):
        raise PermissionDenied
    return scope


def _communities(scope: Scope) -> QuerySet[Community]:
    ids = [pk for pk in scope.ids(COMMUNITY) if batches.may_import(scope, pk)]
    return Community.objects.filter(pk__in=ids).select_related("division").order_by("division__code")


def _visible(request: HttpRequest) -> QuerySet[HouseholdImport]:
    return HouseholdImport.objects.filter(community__in=_communities(_scope(request)))


def _batch(request: HttpRequest, pk: int) -> HouseholdImport:
    return get_object_or_404(_visible(request).select_related("by", "community__division"), pk=pk)
