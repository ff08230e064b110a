"""Rows by COPY: every value arrives as it was, and rows of many tables' sizes need no more memory."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from grid.bare import bare_tables
from grid.copying import RowStream, copy_rows, encoded
from grid.models import Division

COLUMNS = {
    "text": "text", "number": "bigint", "yes": "boolean", "raw": "bytea", "at": "timestamptz", "day": "date",
    "money": "numeric(9,2)", "key": "uuid", "words": "text[]", "data": "jsonb", "nothing": "text",
}  # fmt: skip


def test_every_kind_of_value_arrives_unchanged(db: None) -> None:
    key, at = uuid.uuid4(), datetime(2026, 11, 23, 1, 2, 3, 456, tzinfo=UTC)
    tricky = 'tab\t newline\n back\\slash \\N "quote" 漏水'
    row = (
        tricky, -7, True, bytes(range(256)), at, date(2026, 11, 23), Decimal("959.75"), key,
        ["solitary_elder", 'a"b\\c,d'], {"说": tricky}, None,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE kinds ({', '.join(f'{n} {t}' for n, t in COLUMNS.items())})")
        assert copy_rows("kinds", list(COLUMNS), [row, (encoded("a\tb"), *[None] * 10)]) == 2
        cursor.execute("SELECT * FROM kinds")
        text, number, yes, raw, *rest = cursor.fetchone()
        assert (text, number, yes, bytes(raw)) == row[:4]
        assert rest[:-2] == list(row[4:-2])
        assert cursor.fetchone()[0] == "a\tb"
        cursor.execute("SELECT data->>'说', nothing FROM kinds WHERE number = -7")
        assert cursor.fetchone() == (tricky, None)


def test_a_value_without_a_form_is_refused() -> None:
    with pytest.raises(TypeError, match="COPY has no form for object"):
        RowStream([(object(),)]).read()


def test_rows_are_taken_as_they_are_needed() -> None:
    taken = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield (number, "x" * 100)

    stream = RowStream(rows())
    assert len(stream.read(4096)) == 4096
    assert taken < 10_000


def test_a_bare_table_gets_its_indexes_and_keys_back_and_they_are_checked(db: None) -> None:
    def shape() -> list[tuple[str, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 'i', indexname, indexdef FROM pg_indexes WHERE tablename = 'grid_division' UNION ALL"
                " SELECT 'k', conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = 'grid_division'::regclass ORDER BY 1, 2"
            )
            return list(cursor.fetchall())

    before = shape()
    with bare_tables(["grid_division"]):
        assert len(shape()) < len(before)
        Division.objects.create(code="110000000000", level=1, name="北京市", short_name="北京")
    assert shape() == before
    with pytest.raises(IntegrityError), transaction.atomic(), bare_tables(["grid_division"]):
        Division.objects.create(code="110100000000", level=2, name="市辖区", short_name="市辖区", parent_id=10**9)
