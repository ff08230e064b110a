"""Django's PostgreSQL backend with two habits of connections that are kept for many requests.

Statements asked again and again are planned once by each connection. A connection is asked whether it still works only
when its socket has something to say: a server that went away has closed it.
"""

import select
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.db.backends.postgresql import base
from psycopg2.errors import FeatureNotSupported, InvalidSqlStatementName
from psycopg2.extensions import AsIs

Row = tuple[Any, ...]
Spelled = tuple[str, Sequence[Any]]
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


class Call(NamedTuple):
    """A statement with the arguments it is asked with this time."""

    statement: Statement
    arguments: Sequence[Any]


class DatabaseWrapper(base.DatabaseWrapper):
    """The default connection's class."""

    health_check_enabled: bool
    health_check_done: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names: dict[Statement, str] = {}
        self._named = 0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A new connection knows no statement."""
        self._names = {}
        return super().get_new_connection(conn_params)

    def ask(self, *calls: Call) -> list[Row]:
        """The rows of the last of these statements, as the driver gives them; all of them go as one message.

        PostgreSQL parses and plans each the first time and keeps the plan for this connection, which with many indexes
        is most of a small query's cost. It takes the message as one transaction, also where none was begun. Behind a
        pooler that hands out another connection for each transaction the plans would be lost:
        settings.PREPARED_STATEMENTS turns keeping them off.
        """
        if not settings.PREPARED_STATEMENTS:
            return self._rows([_spelled(call) for call in calls])
        try:
            return self._execute(calls)
        except DatabaseError as error:
            if not isinstance(error.__cause__, LOST):
                raise
            self._names = {}
            if self.in_atomic_block:
                raise
            return self._execute(calls)

    def _execute(self, calls: Sequence[Call]) -> list[Row]:
        new = {call.statement: self._new_name() for call in calls if call.statement not in self._names}
        parts = [self._preparing(name, statement) for statement, name in new.items()]
        names = {**self._names, **new} if new else self._names
        found = self._rows([*parts, *(_calling(names[call.statement], call) for call in calls)])
        self._names.update(new)
        return found

    def _new_name(self) -> str:
        self._named += 1
        return f"portal_{self._named}"

    def _preparing(self, name: str, statement: Statement) -> Spelled:
        places = [AsIs(f"${n + 1}") for n in range(statement.places)]
        with self.cursor() as cursor:
            text: str = cursor.mogrify(statement.sql, _filled(statement, places)).decode()
        return f"PREPARE {name} AS {text}".replace("%", "%%"), []

    def _rows(self, parts: Sequence[Spelled]) -> list[Row]:
        with self.cursor() as cursor:
            cursor.execute(
                "; ".join(sql for sql, _params in parts), [each for _sql, params in parts for each in params]
            )
            return list(cursor.fetchall()) if cursor.description else []

    def close_if_health_check_failed(self) -> None:
        """As Django does before a request's first query, but without a query while the socket is silent."""
        if self.connection is None or self.health_check_done:
            return
        if self.health_check_enabled and not self._has_news():
            self.health_check_done = True
        super().close_if_health_check_failed()

    def _has_news(self) -> bool:
        """Whether the socket can be read though nothing was asked: the end of the connection, or a last message."""
        if self.connection.closed:
            return True
        look = select.poll()
        look.register(self.connection.fileno(), select.POLLIN)
        return bool(look.poll(0))


def _calling(name: str, call: Call) -> Spelled:
    places = ", ".join(["%s"] * call.statement.places)
    return f"EXECUTE {name} ({places})" if places else f"EXECUTE {name}", call.arguments


def _spelled(call: Call) -> Spelled:
    """The statement itself, for a connection that keeps no plans."""
    return call.statement.sql, _filled(call.statement, call.arguments)


def _filled(statement: Statement, arguments: Sequence[Any]) -> list[Any]:
    return [arguments[each.nth] if isinstance(each, Place) else each for each in statement.params]
