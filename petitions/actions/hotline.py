"""Letting a hotline in."""

import secrets
from datetime import datetime

from grid.models import Division
from petitions.models import HotlineClient


def hotline_client_create(*, name: str, division: Division, at: datetime) -> tuple[HotlineClient, str]:
    """A new client and its secret, which nobody can read again. Raises IntegrityError for a name already taken."""
    secret = secrets.token_urlsafe(32)
    client = HotlineClient.objects.create(
        name=name, key=f"hl_{secrets.token_hex(10)}", secret=secret, division=division, created_at=at
    )
    return client, secret
