"""Celery tasks of the grid."""

from celery import shared_task
from django.utils import timezone

from grid import belongings
from grid.actions import calendar, handovers


@shared_task
def check_calendar() -> None:
    """Each morning: add newly announced days, and ring when days are missing soon."""
    calendar.check_calendar(at=timezone.now())


@shared_task
def open_handovers() -> None:
    """Each night: ending appointments are handed over, and nothing belongs to anybody who has left."""
    now = timezone.now()
    handovers.open_handovers(at=now)
    belongings.release_all(at=now)


@shared_task
def sweep_handovers() -> None:
    """Each minute: take every rung of a handover's ladder that has come due."""
    handovers.sweep(at=timezone.now())
