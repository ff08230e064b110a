"""Django's PostgreSQL backend with two habits of connections that are kept for many requests.

Statements asked again and again are planned once by each connection. A connection is asked whether it still works only
when its socket has something to say: a server that went away has closed it.
"""

import select
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.backends.postgresql import base
from psycopg2.errors import FeatureNotSupported, InvalidSqlStatementName
from psycopg2.extensions import AsIs

Row = tuple[Any, ...]
# The connection forgot the statement (DISCARD ALL), or a migration changed the type of a column that it gives.
LOST = (InvalidSqlStatementName, FeatureNotSupported)


@dataclass(frozen=True, eq=False)
class Statement:
    """SQL with a %s for each of `params`: either Place(n), where the nth argument goes, or a value that stays."""

    sql: str
    params: tuple[Any, ...]
    places: int


@dataclass(frozen=True)
class Place:
    """Where an argument goes; counted from 0."""

    nth: int


class DatabaseWrapper(base.DatabaseWrapper):
    """The default connection's class."""

    health_check_enabled: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names: dict[Statement, str] = {}
        self._named = 0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A new connection knows no statement."""
        self._names = {}
        return super().get_new_connection(conn_params)

    def ask(self, statement: Statement, arguments: Sequence[Any]) -> list[Row]:
        """The rows of a statement, as the driver gives them.

        PostgreSQL parses and plans it the first time and keeps the plan for this connection, which with many indexes is
        most of a small query's cost. Behind a pooler that hands out another connection for each transaction the plan
        would be lost: settings.PREPARED_STATEMENTS turns keeping it off.
        """
        if not settings.PREPARED_STATEMENTS:
            return self._rows(statement.sql, _filled(statement, arguments))
        try:
            return self._execute(statement, arguments)
        except DatabaseError as error:
            if not isinstance(error.__cause__, LOST):
                raise
            self._names = {}
            if self.in_atomic_block:
                raise
            return self._execute(statement, arguments)

    def _execute(self, statement: Statement, arguments: Sequence[Any]) -> list[Row]:
        if name := self._names.get(statement):
            return self._rows(_call(name, statement), arguments)
        self._named += 1
        name = f"portal_{self._named}"
        places = [AsIs(f"${n + 1}") for n in range(statement.places)]
        with self.cursor() as cursor:
            text = cursor.mogrify(statement.sql, _filled(statement, places))
            call = cursor.mogrify(_call(name, statement), arguments)
            cursor.execute(f"PREPARE {name} AS {text.decode()}; {call.decode()}")
            self._names[statement] = name
            return list(cursor.fetchall())

    def _rows(self, sql: str, params: Sequence[Any]) -> list[Row]:
        with self.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    def close_if_health_check_failed(self) -> None:
        """As Django does before a request's first query, but without a query while the socket is silent."""
        if self.connection is not None and self.health_check_enabled and not self._has_news():
            self.health_check_done = True
        super().close_if_health_check_failed()

    def _has_news(self) -> bool:
        """Whether the socket can be read though nothing was asked: the end of the connection, or a last message."""
        if self.connection.closed:
            return True
        look = select.poll()
        look.register(self.connection.fileno(), select.POLLIN)
        return bool(look.poll(0))


def _call(name: str, statement: Statement) -> str:
    places = ", ".join(["%s"] * statement.places)
    return f"EXECUTE {name} ({places})" if places else f"EXECUTE {name}"


def _filled(statement: Statement, arguments: Sequence[Any]) -> list[Any]:
    return [arguments[each.nth] if isinstance(each, Place) else each for each in statement.params]
