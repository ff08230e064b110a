"""Rows into a table by PostgreSQL's COPY, as a stream: memory stays the same for any number of rows."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from types import NoneType
from typing import Any
from uuid import UUID

from django.db import connection

CHUNK_ROWS = 2000
READ_BYTES = 1 << 18
NULL = r"\N"
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class Encoded(str):
    """Text that is in COPY's form already: worth it for a long value that comes again and again."""

    __slots__ = ()


class RowStream:
    """What psycopg2 reads from: rows of plain values as lines of COPY's text format."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._chunks = _chunks(iter(rows))
        self._held = b""
        self.rows = 0
        self.error: Exception | None = None

    def read(self, size: int = READ_BYTES) -> bytes:
        """At most `size` bytes; none at the end."""
        if not self._held:
            try:
                count, self._held = next(self._chunks, (0, b""))
            except Exception as error:
                self.error = error
                raise
            self.rows += count
        given, self._held = self._held[:size], self._held[size:]
        return given


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Append the rows to a table, in the caller's transaction; returns how many. Names are the caller's own.

    What the rows' own source raises comes through as it is.
    """
    stream = RowStream(rows)
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        try:
            cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', stream, READ_BYTES)
        except Exception:
            # The driver turns every error of its source into one of its own.
            if stream.error is not None:
                raise stream.error from None
            raise
    return stream.rows


def update_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Set these columns of the rows whose first column (the key) they name; returns how many rows were given.

    By COPY into a table of the transaction's own and one UPDATE. Names are the caller's own.
    """
    found = list(rows)
    if not found:
        return 0
    key, *others = columns
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f'"{name}" = given."{name}"' for name in others)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMP TABLE given ON COMMIT DROP AS SELECT {names} FROM "{table}" WITH NO DATA')
        copy_rows("given", columns, found)
        cursor.execute(f'UPDATE "{table}" AS kept SET {values} FROM given WHERE kept."{key}" = given."{key}"')
        cursor.execute("DROP TABLE given")
    return len(found)


def reserve_ids(table: str, number: int) -> list[int]:
    """So many ids off a table's sequence, also while others add rows."""
    if number <= 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, number])
        return [row[0] for row in cursor.fetchall()]


def without_time_limit() -> None:
    """Let the statements of this transaction run as long as they need."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


def _chunks(rows: Iterator[Sequence[Any]]) -> Iterator[tuple[int, bytes]]:
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield len(chunk), "".join([_line(row) for row in chunk]).encode()


def _line(row: Sequence[Any]) -> str:
    try:
        return "\t".join([_WRITERS[type(value)](value) for value in row]) + "\n"
    except KeyError:
        return "\t".join([encode(value) for value in row]) + "\n"


def encode(value: Any) -> str:
    """One value as COPY's text format writes it; lists become arrays, dicts JSON. TypeError for other types."""
    for kind in type(value).__mro__:
        if kind in _WRITERS:
            return _WRITERS[kind](value)
    raise TypeError(f"COPY has no form for {type(value).__name__}")


def encoded(value: Any) -> Encoded:
    """A value in COPY's form, to be used many times."""
    return Encoded(encode(value))


def _array(values: Sequence[str]) -> str:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return ("{" + ",".join(f'"{value}"' for value in quoted) + "}").translate(_ESCAPES)


def _text(value: str) -> str:
    return str(value).translate(_ESCAPES) if _SPECIAL.search(value) else str.__str__(value)


_WRITERS: dict[type, Callable[[Any], str]] = {
    NoneType: lambda value: NULL,
    Encoded: lambda value: value,
    str: _text,
    bool: lambda value: "t" if value else "f",
    int: int.__repr__,
    float: str,
    bytes: lambda value: r"\\x" + value.hex(),
    datetime: datetime.isoformat,
    date: date.isoformat,
    Decimal: str,
    UUID: str,
    dict: lambda value: json.dumps(value, ensure_ascii=False).translate(_ESCAPES),
    list: _array,
    tuple: _array,
}
