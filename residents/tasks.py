"""Celery tasks of residents."""

from celery import shared_task
from django.utils import timezone

from residents.actions import schedule, visit_clocks


@shared_task
def sweep_visits() -> None:
    """Each minute: take every rung of a visit's ladder that has come due."""
    visit_clocks.sweep(at=timezone.now())


@shared_task
def keep_schedule() -> None:
    """Each night: the next visit of every household is there, and of the right class and grid."""
    schedule.keep_schedule(at=timezone.now())
