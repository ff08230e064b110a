"""Celery tasks of privacy."""

from celery import shared_task
from django.utils import timezone

from community_portal.privacy import anchors, retention


@shared_task
def anchor_access_log() -> None:
    """Each night: write the end of the access log down outside the database."""
    anchors.write_anchor(at=timezone.now())


@shared_task
def apply_retention() -> None:
    """Each night, where settings ask for it: let every retention rule do its work."""
    for rule in retention.rules():
        retention.apply_rule(rule, at=timezone.now())
