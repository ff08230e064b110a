"""Celery tasks of petitions."""

from celery import shared_task
from django.utils import timezone

from petitions.actions import clocks, counting, importing


@shared_task
def sweep_clocks() -> None:
    """Each minute: take every ladder rung that has come due."""
    clocks.sweep(at=timezone.now())


@shared_task
def run_import(batch_id: int) -> None:
    """Import an uploaded file; run twice or again after a kill, it goes on where it stood."""
    importing.import_run(batch_id)


@shared_task
def resume_imports() -> None:
    """Each minute: queue the imports that nobody has moved for a while."""
    for batch_id in importing.stalled(timezone.now()):
        run_import.delay(batch_id)


@shared_task
def count_figures() -> None:
    """Each minute: bring the figures up to what has happened."""
    counting.count_up(at=timezone.now())
