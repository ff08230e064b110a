"""/healthz and /readyz. Unmarked tests may not use Django's database connection: pytest-django forbids it."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

SILENT = "/nowhere"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda name, value: monkeypatch.setitem(settings.DATABASES["default"], name, value)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda url: monkeypatch.setitem(settings.CACHES["default"], "LOCATION", url)


def test_healthz_is_ok_when_everything_is_up(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


@pytest.mark.django_db  # for its tables only
def test_readyz_names_every_part_and_needs_no_worker(client: Client) -> None:
    answer = client.get("/readyz")
    parts = answer.json()
    assert answer.status_code == 200, parts
    assert parts.pop("reasons") == {"worker": "没有后台进程在工作：时限提醒和通知会推迟"}
    assert parts == {"web": True, "database": True, "migrations": True, "broker": True, "worker": False}


def test_a_stopped_database_is_named(client: Client, database: Any) -> None:
    database("HOST", SILENT)
    assert client.get("/healthz").status_code == 503
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is False
    assert answer.json()["broker"] is True
    assert answer.json()["reasons"]["database"] == "数据库没有应答"
    assert SILENT not in answer.content.decode()


def test_a_stopped_broker_is_named(client: Client, broker: Any) -> None:
    broker(f"unix://{SILENT}")
    assert client.get("/healthz").status_code == 503
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is True
    assert answer.json()["reasons"]["broker"] == "消息队列没有应答"


def test_services_that_hang_are_not_waited_for(client: Client, database: Any, broker: Any, silent_port: int) -> None:
    database("HOST", "127.0.0.1")
    database("PORT", str(silent_port))
    broker(f"redis://127.0.0.1:{silent_port}/0")
    assert client.get("/healthz").status_code == 503
    parts = client.get("/readyz").json()
    assert (parts["web"], parts["database"], parts["broker"]) == (True, False, False)


def test_a_database_without_our_tables_is_up_but_not_ready(client: Client, database: Any) -> None:
    database("NAME", "postgres")
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is True
    assert answer.json()["reasons"]["migrations"] == "数据库结构不是最新：请运行 manage.py migrate"


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz").status_code == 200
