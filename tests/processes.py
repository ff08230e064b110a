"""Processes of their own on the test's database and broker, for tests that kill one."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg2
from django.conf import settings
from django.db import connection

from community_portal import config

WAIT_SECONDS = 60


class Process:
    """`python …` in a session of its own, with its output in a file."""

    def __init__(self, arguments: Sequence[str], log: Path, **environ: str) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=config.ROOT,
                env={
                    **os.environ,
                    "DATABASE_URL": database_url(),
                    "REDIS_URL": settings.CONFIG.redis_url,
                    **environ,
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9 for it and everything that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait_until(self, done: Callable[[], bool]) -> None:
        """Look again and again until it is so; when it never is, or the process ends before, its output says why."""
        end = time.monotonic() + WAIT_SECONDS
        while not done():
            assert time.monotonic() < end, self.log.read_text()[-3000:]
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.05)


def database_url() -> str:
    """The test database in the form that the portal is configured with."""
    database = connection.settings_dict
    query = f"host={quote(database['HOST'], safe='')}" + (f"&port={database['PORT']}" if database["PORT"] else "")
    return f"postgresql://{quote(database['USER'])}:{quote(database['PASSWORD'])}@/{database['NAME']}?{query}"


def serves(pid: int) -> bool:
    """Whether a database process is still there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
        return cursor.fetchone() is not None


def end_backend(pid: int) -> None:
    """End a database process from outside, as a restart of the server does, and wait until it is gone."""
    with contextlib.closing(psycopg2.connect(database_url())) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, %s)", [pid, WAIT_SECONDS * 1000])
        assert cursor.fetchone() == (True,)
