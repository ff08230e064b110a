"""Rows of several models into the database in one round trip, for the paths where each statement counts.

The rows of a model travel as one JSON text, which PostgreSQL spreads over the columns. So the statement is the same for
any number of rows, each connection plans it once, and the driver has one value to quote where there were hundreds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import orjson
from django.contrib.postgres.search import SearchVectorField
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState

from community_portal.database.base import Call, Place, Statement
from community_portal.prepared import ask_all

RowT = TypeVar("RowT", bound=models.Model)

# The fields that store values of this type as they are: nine of ten values, which need no preparing.
PLAIN: dict[type, type] = {
    models.CharField: str,
    models.TextField: str,
    models.SlugField: str,
    SearchVectorField: str,
    models.BooleanField: bool,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BigAutoField: int,
    models.ForeignKey: int,
    models.DateTimeField: datetime,
    models.UUIDField: UUID,
    models.JSONField: dict,
}


@dataclass(frozen=True)
class Insert:
    """Unsaved rows of one model; with `skip_known` a row that breaks a unique constraint is left out in silence."""

    rows: Sequence[models.Model]
    skip_known: bool = False


class Shape(NamedTuple):
    """How a model's rows begin: defaults that are always the same, what makes the others, and each name's attribute."""

    same: dict[str, Any]
    made: list[tuple[str, Callable[[], Any]]]
    attributes: dict[str, str]


class Column(NamedTuple):
    """Where a value comes from and goes to, and the type of those that go as they are."""

    field: "models.Field[Any, Any]"
    attribute: str
    name: str
    plain: type | None


def fresh(model: type[RowT], **values: Any) -> RowT:
    """An unsaved row with these values, as calling the model gives, in a quarter of the time.

    What takes the rest are two signals that nobody hears, and descriptors that compare what they are given. So sealed
    fields, whose descriptors remember who opened them, take plain text here as there. Raises KeyError for a name that
    is no column's.
    """
    row, shape = model.__new__(model), _shape(model)
    row._state = ModelState()
    held, related = row.__dict__, row._state.fields_cache
    held.update(shape.same)
    for name, make in shape.made:
        if name not in values:
            held[name] = make()
    for name, value in values.items():
        if (attribute := shape.attributes[name]) == name:
            held[name] = value
        else:
            held[attribute], related[name] = (value.pk if value else None), value
    return row


def insert(*parts: Insert) -> None:
    """Insert all rows, part by part, as one message to PostgreSQL.

    PostgreSQL takes a message of several statements as one transaction: all rows are there afterwards or none, also
    where no transaction was begun. As bulk_create does, but without asking for the new ids: only rows that bring their
    primary key know it afterwards. Raises IntegrityError like any insert, TypeError for values that JSON cannot carry.
    """
    calls = [_call(part) for part in parts if part.rows]
    if not calls:
        return
    ask_all(calls)
    for part in parts:
        for row in part.rows:
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these fields of saved rows of one model, in one statement however many there are.

    As bulk_update does, but with the values as a table, where that writes a case for each row and field.
    """
    if rows:
        statement, columns = _changing(type(rows[0]), tuple(names))
        ask_all([Call(statement, [_text(rows, columns, add=False)])])


def _call(part: Insert) -> Call:
    statement, columns = _adding(type(part.rows[0]), part.rows[0].pk is not None, part.skip_known)
    return Call(statement, [_text(part.rows, columns, add=True)])


def _text(rows: Iterable[models.Model], columns: Sequence[Column], *, add: bool) -> str:
    return orjson.dumps(list(_said(rows, columns, add)), _as_text, orjson.OPT_NON_STR_KEYS).decode()


def _said(rows: Iterable[models.Model], columns: Sequence[Column], add: bool) -> Iterable[dict[str, Any]]:
    """Each row's values by column; what is not said is NULL."""
    database = connections[DEFAULT_DB_ALIAS]  # the proxy looks it up anew for every value
    for row in rows:
        held, said = row.__dict__, {}
        for field, attribute, name, plain in columns:
            value = held.get(attribute, models.DEFERRED)
            if value is None and plain:
                continue
            if not (plain and isinstance(value, plain)):
                value = field.get_db_prep_save(field.pre_save(row, add=add), database)
            if value is not None:
                said[name] = value
        yield said


def _as_text(value: Any) -> Any:
    """What the JSON writer does not know: bytes, and what Django wraps for the driver. Raises TypeError."""
    if isinstance(value, bytes | memoryview):
        return f"\\x{value.hex()}"
    return value.adapted


@cache
def _shape(model: type[models.Model]) -> Shape:
    fields = model._meta.concrete_fields
    made = {field.attname: field.default for field in fields if field.has_default() and callable(field.default)}
    return Shape(
        {field.attname: field.get_default() for field in fields if field.attname not in made},
        list(made.items()),
        {name: field.attname for field in fields for name in (field.name, field.attname)},
    )


@cache
def _adding(model: type[models.Model], with_key: bool, skip_known: bool) -> tuple[Statement, list[Column]]:
    """The statement that inserts rows of a model, and the columns behind it."""
    columns = [_column(field) for field in model._meta.concrete_fields if with_key or not field.primary_key]
    table, names = _quoted(model._meta.db_table), ", ".join(_quoted(column.name) for column in columns)
    tail = " ON CONFLICT DO NOTHING" if skip_known else ""
    sql = f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, %s){tail}"
    return Statement(sql, (Place(0),), 1), columns


@cache
def _changing(model: type[models.Model], names: tuple[str, ...]) -> tuple[Statement, list[Column]]:
    """The statement that updates these fields of a model's rows, and the columns behind it, the key first."""
    columns = [_column(field) for field in (model._meta.pk, *map(model._meta.get_field, names))]
    table, (key, *rest) = _quoted(model._meta.db_table), [_quoted(column.name) for column in columns]
    sql = (
        f"UPDATE {table} SET {', '.join(f'{name} = new.{name}' for name in rest)}"
        f" FROM json_populate_recordset(NULL::{table}, %s) AS new WHERE {table}.{key} = new.{key}"
    )
    return Statement(sql, (Place(0),), 1), columns


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _column(field: Any) -> Column:
    return Column(field, str(field.attname), str(field.column), _plain(field))


def _plain(field: "models.Field[Any, Any]") -> type | None:
    """The type of a field's values that need no preparing; those that saving makes, or an encoder writes, need it."""
    made = any(getattr(field, name, None) for name in ("auto_now", "auto_now_add", "encoder"))
    return None if made else PLAIN.get(type(field))
