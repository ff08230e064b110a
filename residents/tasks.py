"""Celery tasks of residents."""

from celery import shared_task
from django.utils import timezone

from residents.actions.documents import documents_expire
from residents.actions.tags import recompute_all
from residents.catalogue import forget_tags

SUNDAY = 6


@shared_task
def recompute_tags() -> None:
    """Each night, and when a tag's rule was edited: every file's tags and faults; on Sundays the ID numbers too."""
    forget_tags()
    now = timezone.now()
    recompute_all(at=now, thorough=timezone.localdate(now).weekday() == SUNDAY)


@shared_task
def remove_expired_papers() -> None:
    """Each night: remove the photos of papers that have been kept long enough."""
    documents_expire(at=timezone.now())
