"""Celery tasks of the outbox."""

from celery import shared_task
from django.utils import timezone

from community_portal.notices import actions


@shared_task
def send_due() -> None:
    """Each minute: send what is due."""
    actions.send_due(at=timezone.now())
