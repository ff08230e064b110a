"""The portal's roof and ground floor. Importing it makes the Celery application the current one."""

from community_portal.celery import app as celery_app

__all__ = ["celery_app"]
