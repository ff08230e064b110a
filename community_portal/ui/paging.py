"""Keyset pages: found by the last row of the page before: page 40,000 costs what page 1 costs; nothing is counted."""

import base64
import binascii
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.utils import timezone

Row = TypeVar("Row")
CURSOR = "cursor"
SIZE = 25
AFTER, BEFORE = "a", "b"
MAX_CURSOR = 2000


class BadCursor(ValueError):
    """A cursor that this list did not give out."""


class KeysetPage(Generic[Row]):
    """One page of a queryset: iterate over it; `next` and `previous` are cursors, or None at the ends.

    `fields` are the order, each never NULL and together unique ("-registered_at", "-id"); relations by `__`.
    An unreadable cursor, or one that leads past the end, gives the first page. One query; two when it led past the end.
    """

    def __init__(
        self, queryset: QuerySet[Any, Row], fields: tuple[str, ...], cursor: str | None = None, size: int = SIZE
    ) -> None:
        self._queryset, self._fields, self._size = queryset, fields, size
        self._load(cursor)

    @classmethod
    def first(cls, rows: list[Row], fields: tuple[str, ...], size: int = SIZE) -> "KeysetPage[Row]":
        """The first page out of rows that were asked for otherwise, in this order, one more than the page holds."""
        page = cls.__new__(cls)
        page._fields, page._size = fields, size
        page._hold(rows, AFTER, from_start=True)
        return page

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)

    def _load(self, cursor: str | None) -> None:
        try:
            direction, values = read_cursor(self._queryset.model, self._fields, cursor) if cursor else (AFTER, None)
        except BadCursor:
            direction, values = AFTER, None
        rows = self._fetch(direction, values)
        if not rows and values is not None:
            direction, values, rows = AFTER, None, self._fetch(AFTER, None)
        self._hold(rows, direction, from_start=values is None)

    def _hold(self, rows: list[Row], direction: str, *, from_start: bool) -> None:
        """Keep a page of the rows found, and make the cursors of its neighbours."""
        more, self.rows = len(rows) > self._size, rows[: self._size]
        if direction == BEFORE:
            self.rows.reverse()
        has_next = more if direction == AFTER else True
        has_previous = not from_start if direction == AFTER else more
        self.next = self._cursor(AFTER, self.rows[-1]) if has_next and self.rows else None
        self.previous = self._cursor(BEFORE, self.rows[0]) if has_previous and self.rows else None

    def _fetch(self, direction: str, values: list[Any] | None) -> list[Row]:
        fields = self._fields if direction == AFTER else tuple(_turned(field) for field in self._fields)
        found = self._queryset.order_by(*fields)
        if values is not None:
            found = found.filter(beyond(fields, values))
        return list(found[: self._size + 1])

    def _cursor(self, direction: str, row: Row) -> str:
        values = [_plain(_value(row, field)) for field in self._fields]
        packed = json.dumps([direction, *values], ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def beyond(fields: tuple[str, ...], values: list[Any]) -> Q:
    """The rows after these values in this order.

    The first field's bound stands alone beside the alternatives, so that an index on the order is entered at the right
    place instead of being read from its start.
    """
    name, word = _name(fields[0]), _word(fields[0])
    if len(fields) == 1:
        return Q(**{f"{name}__{word}": values[0]})
    further = Q(**{f"{name}__{word}": values[0]}) | Q(**{name: values[0]}) & beyond(fields[1:], values[1:])
    return Q(**{f"{name}__{word}e": values[0]}) & further


def read_cursor(model: type[Model], fields: tuple[str, ...], cursor: str) -> tuple[str, list[Any]]:
    """The direction and the values in a cursor; BadCursor when it is not one of this order."""
    try:
        if len(cursor) > MAX_CURSOR:
            raise BadCursor
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        direction, *raw = json.loads(packed)
        if direction not in (AFTER, BEFORE) or len(raw) != len(fields):
            raise BadCursor
        return direction, [_parse(_field(model, field), each) for field, each in zip(fields, raw, strict=True)]
    except (ValueError, TypeError, RecursionError, binascii.Error, ValidationError, OverflowError) as error:
        raise BadCursor from error


def _parse(field: "Field[Any, Any]", raw: object) -> object:
    if not isinstance(raw, str) or "\x00" in raw:
        raise BadCursor
    raw.encode()
    value = field.to_python(raw)
    if value is None or (isinstance(value, datetime) and timezone.is_naive(value)):
        raise BadCursor
    return value


def _field(model: type[Model], path: str) -> "Field[Any, Any]":
    *relations, last = _name(path).split("__")
    for relation in relations:
        related = model._meta.get_field(relation).related_model
        assert isinstance(related, type)
        model = related
    field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    assert isinstance(field, Field)
    return field


def _value(row: Any, path: str) -> object:
    value: object = row
    for part in _name(path).split("__"):
        value = getattr(value, part)
    if value is None:
        raise ValueError(f"{path} is NULL: a keyset order needs columns that are never NULL")
    return value


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _name(field: str) -> str:
    return field.removeprefix("-")


def _word(field: str) -> str:
    return "lt" if field.startswith("-") else "gt"


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"
