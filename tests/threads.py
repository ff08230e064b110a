"""Several people doing something at one moment, each with a database connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run every job at the same moment; gives back each one's result, or the exception that it raised."""
    start = Barrier(len(jobs), timeout=30)

    def run(job: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            return job()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
