"""Queries that are asked on every request: written with the ORM, turned into SQL once, asked with other values."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignKey, Lookup, QuerySet

from community_portal.database.base import Call, DatabaseWrapper, Place, Row, Statement

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


def ask(statement: Statement, arguments: Sequence[Any]) -> list[Row]:
    """The rows of a statement written as SQL (DatabaseWrapper.ask)."""
    return ask_all([Call(statement, arguments)])


def ask_all(calls: Sequence[Call]) -> list[Row]:
    """Several statements in one message; the rows of the last (DatabaseWrapper.ask)."""
    return cast(DatabaseWrapper, connections[DEFAULT_DB_ALIAS]).ask(*calls)


class Prepared:
    """One query of plain columns. `build` gets a mark for each name and returns a `values_list` queryset.

    A mark is any possible value of the column that stands in the query's parameters and nowhere else among them;
    calling the query puts the caller's value in its place. Columns come as the driver gives them, so neither sealed nor
    JSON fields. Each connection plans the query once, too (DatabaseWrapper.ask).

        by_number = Prepared(lambda number: Petition.objects.filter(number=number).values_list("pk"), number="<number>")
        by_number(number="SQ20261123-000123")

    A list of any length goes to `any_of`, where `in` would have a parameter for each value: filter(pk__any_of=[-1]).
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **marks: Any) -> None:
        self._build = build
        self._marks: Mapping[str, Any] = marks

    def __call__(self, **values: Any) -> list[Row]:
        """The rows for these values, one for each mark."""
        return ask(self._statement, [values[name] for name in self._marks])

    @cached_property
    def _statement(self) -> Statement:
        """The SQL, and for each parameter the place of its mark or the value that stays."""
        sql, params = self._build(**self._marks).query.sql_with_params()
        found = tuple(self._place_of(value) for value in params)
        used = {each.nth for each in found if isinstance(each, Place)}
        if missing := [name for nth, name in enumerate(self._marks) if nth not in used]:
            raise ImproperlyConfigured(f"the query does not ask for {missing}")
        return Statement(sql, found, len(self._marks))

    def _place_of(self, value: Any) -> Any:
        marks = enumerate(self._marks.values())
        return next((Place(nth) for nth, mark in marks if type(mark) is type(value) and mark == value), value)


@ForeignKey.register_lookup
@Field.register_lookup
class AnyOf(_Lookup):
    """`column__any_of=[…]`: one of these values, as `in`, but as one parameter however many there are."""

    lookup_name = "any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The list as it is: the driver makes an array of it."""
        return "%s", (list(value),)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """column = ANY(array)."""
        column, params = self.process_lhs(compiler, connection)
        values, its_params = self.process_rhs(compiler, connection)
        return f"{column} = ANY({values})", (*params, *its_params)
