"""The web server under test: the laptop's gunicorn settings, with the bare views beside the portal."""

import contextlib
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.load import HOST

START_SECONDS = 120


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """Run the server; gives its port and process id. Raises RuntimeError when it does not answer in time."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "community_portal/local/gunicorn_conf.py",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen([*command, "--bind", f"{HOST}:{port}", "benchmarks.bare.wsgi:application"])
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("the server under test did not start")
