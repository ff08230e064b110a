"""Letting a client of Open311 report."""

import secrets
from datetime import datetime

from grid.models import Division
from petitions.models import Open311Key
from petitions.open311.keys import fingerprint


def open311_key_create(*, name: str, division: Division, at: datetime) -> tuple[Open311Key, str]:
    """A new client and its key, which nobody can read again. Raises IntegrityError for a name already taken."""
    key = secrets.token_urlsafe(32)
    row = Open311Key.objects.create(name=name, fingerprint=fingerprint(key), division=division, created_at=at)
    return row, key
