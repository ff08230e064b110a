"""Whether the parts that the portal stands on answer, each asked once and never waited for longer than a limit."""

import select
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import psycopg2
import redis
from celery import current_app
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _
from psycopg2 import extensions
from redis.backoff import NoBackoff
from redis.retry import Retry

DATABASE_SECONDS = 1.5
# A broker that hangs costs this twice: once to connect, once to answer.
BROKER_SECONDS = 0.75
WORKER_SECONDS = 0.4


@dataclass(frozen=True)
class Health:
    """What answered. `reasons` has a short text for each part that did not; never an address or a secret."""

    parts: dict[str, bool]
    reasons: dict[str, str]

    @property
    def alive(self) -> bool:
        """Web, database and broker are up."""
        return self.parts["database"] and self.parts["broker"]

    @property
    def ready(self) -> bool:
        """Requests can be served; a missing worker delays deadlines and notices but no page."""
        return self.alive and self.parts["migrations"]


def check(*, deep: bool) -> Health:
    """Ask database and broker side by side; `deep` also asks for migrations and a worker. At most two seconds."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        database = pool.submit(_database, deep)
        broker = pool.submit(_broker, deep)
        parts = {"web": True, **database.result(), **broker.result()}
    return Health(parts, {name: _reason(name) for name, up in parts.items() if not up})


def _reason(part: str) -> str:
    return {
        "database": _("数据库没有应答"),
        "broker": _("消息队列没有应答"),
        "migrations": _("数据库结构不是最新：请运行 manage.py migrate"),
        "worker": _("没有后台进程在工作：时限提醒和通知会推迟"),
    }[part]


def _database(deep: bool) -> dict[str, bool]:
    found = {"database": False, **({"migrations": False} if deep else {})}
    deadline = time.monotonic() + DATABASE_SECONDS
    try:
        connection = _connect()
        try:
            _wait(connection, deadline)
            found["database"] = _rows(connection, "SELECT 1", deadline) == [(1,)]
            if deep:
                applied = _rows(connection, "SELECT app, name FROM django_migrations", deadline)
                found["migrations"] = _last_migrations() <= set(applied)
        finally:
            connection.close()
    except (psycopg2.Error, TimeoutError):
        # What was found before the failure stands: an empty database is up, but not migrated.
        return found
    return found


def _connect() -> extensions.connection:
    """A connection of our own that never blocks: Django's could wait for minutes on a server that hangs."""
    given = settings.DATABASES["default"]
    return psycopg2.connect(
        host=given["HOST"] or None,
        port=given["PORT"] or None,
        user=given["USER"],
        password=given["PASSWORD"] or None,
        dbname=given["NAME"],
        async_=True,
    )


def _rows(connection: extensions.connection, sql: str, deadline: float) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        _wait(connection, deadline)
        return cursor.fetchall()


def _wait(connection: extensions.connection, deadline: float) -> None:
    """Drive a non-blocking connection until it is idle. Raises TimeoutError at the deadline."""
    while (state := connection.poll()) != extensions.POLL_OK:
        remaining = deadline - time.monotonic()
        readers = [connection] if state == extensions.POLL_READ else []
        writers = [connection] if state == extensions.POLL_WRITE else []
        if remaining <= 0 or not any(select.select(readers, writers, [], remaining)):
            raise TimeoutError


@lru_cache(maxsize=1)
def _last_migrations() -> set[tuple[str, str]]:
    """The newest migration of each app in this code."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def _broker(deep: bool) -> dict[str, bool]:
    client = redis.Redis.from_url(
        settings.CACHES["default"]["LOCATION"],
        socket_timeout=BROKER_SECONDS,
        socket_connect_timeout=BROKER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        driver_info=None,
    )
    try:
        up = bool(client.ping())
    except redis.RedisError:
        up = False
    finally:
        client.close()
    return {"broker": up, **({"worker": up and _worker()} if deep else {})}


def _worker() -> bool:
    return bool(current_app.control.ping(timeout=WORKER_SECONDS, limit=1))
