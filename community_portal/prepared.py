"""Queries that are asked on every request: written with the ORM, turned into SQL once, asked with other values."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import QuerySet

Row = tuple[Any, ...]


class Prepared:
    """One query of plain columns. `build` gets a mark for each name and returns a `values_list` queryset.

    A mark is any possible value of the column that stands in the query's parameters and nowhere else among them;
    calling the query puts the caller's value in its place. Columns come as the driver gives them, so neither sealed nor
    JSON fields.

        by_number = Prepared(lambda number: Petition.objects.filter(number=number).values_list("pk"), number="<number>")
        by_number(number="SQ20261123-000123")
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **marks: Any) -> None:
        self._build = build
        self._marks: Mapping[str, Any] = marks

    def __call__(self, **values: Any) -> list[Row]:
        """The rows for these values, one for each mark."""
        sql, names = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[name] if name else kept for name, kept in names])
            return cursor.fetchall()

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[str, Any]]]:
        """The SQL, and for each parameter the name of its mark, or "" and the value that stays."""
        sql, params = self._build(**self._marks).query.sql_with_params()
        names = [(self._name_of(value), value) for value in params]
        if missing := self._marks.keys() - {name for name, _value in names}:
            raise ImproperlyConfigured(f"the query does not ask for {sorted(missing)}")
        return sql, names

    def _name_of(self, value: Any) -> str:
        return next((name for name, mark in self._marks.items() if type(mark) is type(value) and mark == value), "")
