"""Taking a list out: permission and purpose, an entry in the access log, then the sheet, at once or by a worker."""

import base64
from datetime import datetime, timedelta

from django.db import transaction
from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.exports import ExportPermission, log_export, watermark
from community_portal.privacy.masking import mask_people_in
from community_portal.tables.writing import Column, Layout, write_csv, write_xlsx
from grid.access import Scope, scope_of
from grid.models import Staff
from residents.exporting.kinds import Kind, Selection, kind_of
from residents.exporting.reach import reach_of
from residents.models import Export

AT_ONCE = 1000
"""Rows that a page may wait for; longer lists are written by a worker."""
STALLED = timedelta(minutes=2)
XLSX, CSV = FORMS = ("xlsx", "csv")
MAX_QUERY = 500
State = Export.State


class ExportRefused(Exception):
    """The list cannot go out; the text says why."""


def offered(by: Staff, kind_name: str, query: str, at: datetime) -> tuple[Kind, ExportPermission, Selection]:
    """What somebody would take out of a list, as the page says it before. Raises ExportRefused."""
    kind, scope = kind_of(kind_name), scope_of(by, localtime(at).date())
    reach, permission = reach_of(scope, kind_name) if kind else (scope, None)
    if kind is None or permission is None:
        raise ExportRefused(_("您的岗位不能导出这张表"))
    return kind, permission, _selected(kind, by, reach, query, at)


@transaction.atomic
def export_create(*, by: Staff, at: datetime, kind: str, form: str, query: str, purpose: str) -> Export:
    """Note who takes what out for what, and have it written: a short list at once, a long one by a worker.

    Raises ExportRefused, and ValidationError (on "purpose") when it says too little.
    """
    _kind, permission, selection = offered(by, kind, query, at)
    if form not in FORMS:
        raise ExportRefused(_("只能导出 Excel 或 CSV"))
    log_export(
        permission, by=by, at=at, purpose=purpose, rows=selection.total, condition=mask_people_in(selection.words)
    )
    export = Export.objects.create(
        by=by,
        kind=kind,
        form=form,
        query=query[:MAX_QUERY],
        purpose=purpose.strip(),
        created_at=at,
        moved_at=at,
        total=selection.total,
    )
    return export_write(export.pk, at=at) if selection.total <= AT_ONCE else export


def export_write(export_id: int, *, at: datetime) -> Export:
    """Write the sheet of an export that waits. Safe to run twice: it begins anew."""
    export = Export.objects.select_related("by").get(pk=export_id)
    if export.state not in (State.WAITING, State.RUNNING):
        return export
    try:
        kind, permission, selection = offered(export.by, export.kind, export.query, export.created_at)
    except ExportRefused:
        export.state = State.FAILED
        export.save(update_fields=["state"])
        return export
    export.state = State.RUNNING
    export.save(update_fields=["state"])
    content = _content(export, kind, permission, selection, at)
    export.content = base64.b64encode(content).decode()
    export.state, export.done, export.moved_at = State.DONE, export.total, at
    export.save(update_fields=["content", "state", "done", "moved_at"])
    return export


def content_of(export: Export) -> bytes:
    """The sheet itself; empty when it has been forgotten."""
    return base64.b64decode(export.content)


def stalled(at: datetime) -> list[int]:
    """Exports that nobody has moved for a while."""
    waiting = Export.objects.filter(state__in=(State.WAITING, State.RUNNING), moved_at__lt=at - STALLED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _content(export: Export, kind: Kind, permission: ExportPermission, selection: Selection, at: datetime) -> bytes:
    def told(done: int) -> None:
        Export.objects.filter(pk=export.pk).update(done=done, moved_at=at)

    columns = (Column(_("序号"), 6), *kind.columns)
    rows = ((number, *row) for number, row in enumerate(selection.rows(permission), 1))
    if export.form == CSV:
        return write_csv(columns, rows, told)
    when = localtime(export.created_at)
    source = _("%(day)s，%(place)s，%(words)s，%(total)d 行") % {
        "day": f"{when:%Y-%m-%d}",
        "place": scope_of(export.by, when.date()).name,
        "words": mask_people_in(selection.words) or _("全部"),
        "total": selection.total,
    }
    said = watermark(export.by.name, export.created_at, export.purpose)
    return write_xlsx(columns, rows, Layout(str(kind.title), [source], said), told)


def _selected(kind: Kind, by: Staff, scope: Scope, query: str, at: datetime) -> Selection:
    return kind.select(by, scope, QueryDict(query[:MAX_QUERY]), at)
