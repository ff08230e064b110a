"""Rows of several models into the database in one round trip, for the paths where each statement counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

if TYPE_CHECKING:
    Columns = tuple[tuple[models.Field[Any, Any], str, type | None], ...]

# The fields that store a value of this very type, or None, as it is: nine of ten values, which need no preparing.
PLAIN: dict[type, type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BigAutoField: int,
    models.ForeignKey: int,
}


@dataclass(frozen=True)
class Insert:
    """Unsaved rows of one model; with `skip_known` a row that breaks a unique constraint is left out in silence."""

    rows: Sequence[models.Model]
    skip_known: bool = False


def insert(*parts: Insert) -> None:
    """Insert all rows, part by part, as one message to PostgreSQL.

    PostgreSQL takes a message of several statements as one transaction: all rows are there afterwards or none, also
    where no transaction was begun. As bulk_create does, but without asking for the new ids: only rows that bring their
    primary key know it afterwards. Raises IntegrityError like any insert.
    """
    statements, values = [], []
    for part in parts:
        if part.rows:
            statement, its_values = _statement(part)
            statements.append(statement)
            values += its_values
    if not statements:
        return
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements), values)
    for part in parts:
        for row in part.rows:
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _statement(part: Insert) -> tuple[str, list[Any]]:
    model = type(part.rows[0])
    with_key = part.rows[0].pk is not None
    head, one, columns = _shape(model, with_key)
    tail = " ON CONFLICT DO NOTHING" if part.skip_known else ""
    return f"{head} {', '.join([one] * len(part.rows))}{tail}", list(_values(part.rows, columns))


def _values(rows: Iterable[models.Model], columns: "Columns") -> Iterable[Any]:
    database = connections[DEFAULT_DB_ALIAS]  # the proxy looks it up anew for every value
    for row in rows:
        held = row.__dict__
        for field, name, plain in columns:
            value = held.get(name, models.DEFERRED)
            if type(value) is plain or (value is None and plain):
                yield value
            else:
                yield field.get_db_prep_save(field.pre_save(row, add=True), database)


@cache
def _shape(model: type[models.Model], with_key: bool) -> "tuple[str, str, Columns]":
    """The statement's head, one row of placeholders, and the columns behind them."""
    fields = [field for field in model._meta.concrete_fields if with_key or not field.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    head = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES"
    columns = tuple((field, str(field.attname), PLAIN.get(type(field))) for field in fields)
    return head, f"({', '.join(['%s'] * len(fields))})", columns


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these fields of saved rows of one model, in one statement however many there are.

    As bulk_update does, but with the values as a table, where that writes a case for each row and field.
    """
    if not rows:
        return
    meta, quote = type(rows[0])._meta, connection.ops.quote_name
    database = connections[DEFAULT_DB_ALIAS]
    by_name = {field.name: field for field in meta.concrete_fields}
    fields = [by_name[name] for name in (meta.pk.name, *names)]
    one = ", ".join(f"%s::{field.cast_db_type(database)}" for field in fields)
    columns = [quote(str(field.column)) for field in fields]
    values = [field.get_db_prep_save(getattr(row, field.attname), database) for row in rows for field in fields]
    key, *rest = columns
    table = quote(meta.db_table)
    statement = (
        f"UPDATE {table} SET {', '.join(f'{column} = v.{column}' for column in rest)}"
        f" FROM (VALUES {', '.join([f'({one})'] * len(rows))}) AS v ({', '.join(columns)})"
        f" WHERE {table}.{key} = v.{key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
