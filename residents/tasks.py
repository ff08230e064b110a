"""Celery tasks of residents."""

from celery import shared_task
from django.utils import timezone

from community_portal.privacy.retention import apply_rule
from residents import retention
from residents.actions import exporting, schedule, sign_days, signs, visit_clocks, watches
from residents.actions.imports import batches, steps
from residents.actions.tags import recompute_all
from residents.catalogue import forget_tags

SUNDAY = 6


@shared_task
def sweep_visits() -> None:
    """Each minute: take every rung of a visit's ladder that has come due."""
    visit_clocks.sweep(at=timezone.now())


@shared_task
def keep_schedule() -> None:
    """Each night: the next visit of every household is there, and of the right class and grid."""
    schedule.keep_schedule(at=timezone.now())


@shared_task
def sweep_signs() -> None:
    """Each minute: raise the alarm for every sign that was missed by its hour."""
    signs.sweep(at=timezone.now())


@shared_task
def keep_signs() -> None:
    """Each hour: the signs of today and tomorrow are there; nobody who moved away or died is watched."""
    now = timezone.now()
    watches.end_moved(at=now)
    sign_days.make_signs(at=now)


@shared_task
def recompute_tags() -> None:
    """Each night, and when a tag's rule was edited: every file's tags and faults; on Sundays the ID numbers too."""
    forget_tags()
    now = timezone.now()
    recompute_all(at=now, thorough=timezone.localdate(now).weekday() == SUNDAY)


@shared_task
def remove_expired_papers() -> None:
    """Each night: remove the photos of papers that have been kept long enough."""
    apply_rule(retention.PAPERS, at=timezone.now())


@shared_task
def run_import(batch_id: int) -> None:
    """Check, write or undo an uploaded file; run twice or again after a kill, it goes on where it stood."""
    steps.import_run(batch_id)


@shared_task
def write_export(export_id: int) -> None:
    """Write a long list; run twice it begins anew."""
    exporting.export_write(export_id, at=timezone.now())


@shared_task
def resume_imports() -> None:
    """Each minute: queue the imports and exports that nobody has moved for a while."""
    for batch_id in batches.stalled(timezone.now()):
        run_import.delay(batch_id)
    for export_id in exporting.stalled(timezone.now()):
        write_export.delay(export_id)


@shared_task
def forget_files() -> None:
    """Each night: empty the files that were imported long ago, and the sheets that were taken out."""
    for rule in (retention.IMPORT_FILE, retention.SHEETS):
        apply_rule(rule, at=timezone.now())
