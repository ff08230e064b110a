"""Celery tasks of petitions."""

from celery import shared_task
from django.utils import timezone

from petitions.actions import bulk, clocks, counting, importing, morning, patrols, rerouting


@shared_task
def sweep_clocks() -> None:
    """Each minute: take every ladder rung that has come due."""
    clocks.sweep(at=timezone.now())


@shared_task
def reroute_ownerless() -> None:
    """Each hour: hand over what people without a post still have."""
    rerouting.reroute_ownerless(at=timezone.now())


@shared_task
def run_bulk(run_id: int) -> None:
    """Do what is left of one action on many petitions; run twice or again after a kill, it goes on where it stood."""
    bulk.bulk_run(run_id)


@shared_task
def run_import(batch_id: int) -> None:
    """Import an uploaded file; run twice or again after a kill, it goes on where it stood."""
    importing.import_run(batch_id)


@shared_task
def resume_imports() -> None:
    """Each minute: queue the imports and bulk runs that nobody has moved for a while."""
    for run_id in bulk.stalled(timezone.now()):
        run_bulk.delay(run_id)
    for batch_id in importing.stalled(timezone.now()):
        run_import.delay(batch_id)


@shared_task
def end_forgotten_patrols() -> None:
    """After midnight: end the rounds that nobody ended."""
    patrols.patrols_end_forgotten(at=timezone.now())


@shared_task
def count_figures() -> None:
    """Each minute: bring the figures up to what has happened."""
    counting.count_up(at=timezone.now())


@shared_task
def make_morning_sheets() -> None:
    """Each working morning: the sheet of every community's meeting."""
    morning.make_sheets(at=timezone.now())
