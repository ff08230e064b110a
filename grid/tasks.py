"""Celery tasks of the grid."""

from celery import shared_task
from django.utils import timezone

from grid import actions


@shared_task
def check_calendar() -> None:
    """Each morning: add newly announced days, and ring when days are missing soon."""
    actions.check_calendar(at=timezone.now())
