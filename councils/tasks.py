"""Celery tasks of councils."""

from celery import shared_task
from django.utils import timezone

from councils.actions import clocks


@shared_task
def sweep_clocks() -> None:
    """Each minute: take every ladder rung that has come due."""
    clocks.sweep(at=timezone.now())
