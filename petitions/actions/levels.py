"""What a response level was: kept with each edit, so that a deadline of the past can be explained."""

from datetime import datetime
from typing import Any

from django.db import transaction

from petitions.models import LevelVersion, ResponseLevel

FIELDS = ("name", "rank", "return_amount", "return_unit", "most_assignments", "most_extensions", "source", "certainty")


@transaction.atomic
def level_remember(level: ResponseLevel, *, by: Any, at: datetime) -> LevelVersion:
    """Keep the level and its rules as the database has them now; the same as last time is kept once."""
    now = ResponseLevel.objects.get(pk=level.pk)
    rules = {rule.kind: rule.snapshot() for rule in now.clock_rules.all()}
    data = {**{name: getattr(now, name) for name in FIELDS}, "rules": rules}
    last = now.versions.first()
    if last is not None and last.data == data:
        return last
    return LevelVersion.objects.create(level=now, at=at, by=by, data=data)
