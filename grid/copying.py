"""Rows into a table by PostgreSQL's COPY, as a stream: memory stays the same for any number of rows."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection

CHUNK_ROWS = 2000
READ_BYTES = 1 << 18
NULL = r"\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class RowStream:
    """What psycopg2 reads from: rows of plain values as lines of COPY's text format."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._chunks = _chunks(iter(rows))
        self._held = b""
        self.rows = 0

    def read(self, size: int = READ_BYTES) -> bytes:
        """At most `size` bytes; none at the end."""
        if not self._held:
            count, self._held = next(self._chunks, (0, b""))
            self.rows += count
        given, self._held = self._held[:size], self._held[size:]
        return given


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Append the rows to a table, in the caller's transaction; returns how many. Names are the caller's own."""
    stream = RowStream(rows)
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', stream, READ_BYTES)
    return stream.rows


def without_time_limit() -> None:
    """Let the statements of this transaction run as long as they need."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


def _chunks(rows: Iterator[Sequence[Any]]) -> Iterator[tuple[int, bytes]]:
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield len(chunk), "".join(["\t".join([encode(value) for value in row]) + "\n" for row in chunk]).encode()


def encode(value: Any) -> str:
    """One value as COPY's text format writes it; lists become arrays, dicts JSON. TypeError for other types."""
    match value:
        case None:
            return NULL
        case str():
            return value.translate(_ESCAPES)
        case bool():
            return "t" if value else "f"
        case int() | float():
            return str(value)
        case bytes():
            return r"\\x" + value.hex()
        case datetime() | date():
            return value.isoformat()
        case dict():
            return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
        case list() | tuple():
            return _array(value)
        case _:
            return _other(value)


def _array(values: Sequence[str]) -> str:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return ("{" + ",".join(f'"{value}"' for value in quoted) + "}").translate(_ESCAPES)


def _other(value: Any) -> str:
    """Values whose own text is what the database reads: decimals and UUIDs."""
    if type(value).__name__ not in ("Decimal", "UUID"):
        raise TypeError(f"COPY has no form for {type(value).__name__}")
    return str(value)
