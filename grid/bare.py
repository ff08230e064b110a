"""Tables without their indexes and foreign keys while very many rows go in; both are rebuilt, and so checked, after."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

BUILD_MEMORY = "256MB"


@contextmanager
def bare_tables(tables: Sequence[str]) -> Iterator[None]:
    """Inside, the tables have only their keys. Call inside a transaction that no other one is waiting for."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        keys, indexes = _foreign_keys(cursor, tables), _indexes(cursor, tables)
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{BUILD_MEMORY}'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _foreign_keys(cursor: CursorWrapper, tables: Sequence[str]) -> list[tuple[str, str, str]]:
    """Those that the tables have, and those of other tables that point at them stay: their rows do not change."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conrelid, conname",
        [list(tables)],
    )
    return list(cursor.fetchall())


def _indexes(cursor: CursorWrapper, tables: Sequence[str]) -> list[tuple[str, str]]:
    """Every index that no key or unique constraint stands on."""
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = ANY(%s::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY c.relname",
        [list(tables)],
    )
    return list(cursor.fetchall())
