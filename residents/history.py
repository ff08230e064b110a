"""A file's history: how changes are stored, and how a row looked on a past day when later ones are undone."""

import json
from collections.abc import Iterable
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field

from residents.models import FileEvent, Household, Resident, Stay

Changes = dict[str, list[Any]]
"""What changed: {"field": [before, after]}."""
Row = TypeVar("Row", Household, Resident, Stay)


def as_json(changes: Changes) -> str:
    """Changes as they are stored (sealed): dates and amounts as text."""
    return json.dumps(changes, ensure_ascii=False, default=_plain)


def changes_of(event: FileEvent) -> Changes:
    """What an event changed, the values as they were stored."""
    return json.loads(event.changes) if event.changes else {}


def as_it_was(row: Row, later: Iterable[FileEvent]) -> Row:
    """A copy of a row with the changes of these events undone; they come newest first. Other rows' fields pass by."""
    past = copy(row)
    past.__dict__ = dict(row.__dict__)
    for event in later:
        for name, (before, _after) in changes_of(event).items():
            try:
                field = row._meta.get_field(name)
            except FieldDoesNotExist:
                continue
            if isinstance(field, Field):
                setattr(past, field.attname, field.to_python(before))
    return past


def later_than(events: Iterable[FileEvent], day: date) -> list[FileEvent]:
    """Those that happened after a day, in the order given."""
    return [event for event in events if event.day > day]


def _plain(value: Any) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a file's history")
