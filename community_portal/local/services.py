"""The embedded services' life: up while any process of this checkout holds them, stopped by the last one that leaves.

Knows nothing of Django: settings are read only after the services are up.
"""

import atexit
import fcntl
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from community_portal import config, paths
from community_portal.local.errors import MISSING_WHEEL, ServiceError, from_os_error
from community_portal.local.service import Service
from community_portal.local.users import ServiceUser, service_user

__all__ = ["ServiceError", "hold_services", "nobody_holds", "release_services"]

LOCK_SECONDS = 180
POSTGRES, VALKEY = "postgres", "valkey"


@dataclass
class Hold:
    """This process's shared lock on the services of one `var`, and who took it."""

    var: Path
    lock: int
    owner: int
    services: list[Service]


_held: list[Hold] = []


def hold_services(environ: Mapping[str, str] | None = None) -> None:
    """Start the services that no variable names, and hold them until this process ends.

    Calling it again is free. Raises ServiceError with one clear line.
    """
    environ = dict(os.environ if environ is None else environ)
    var = config.var_dir(environ)
    if any(hold.var == var and hold.owner == os.getpid() for hold in _held) or not _wanted(environ):
        return
    try:
        hold = _start(var, _wanted(environ))
    except OSError as error:
        raise from_os_error(error, var) from error
    _held.append(hold)
    atexit.register(release_services)


def release_services() -> bool:
    """Let go; the last holder stops the services. Returns whether they were stopped here."""
    stopped = False
    # A forked child shares our lock but never took it: only the process that took it may give it back.
    for hold in [hold for hold in _held if hold.owner == os.getpid()]:
        _held.remove(hold)
        with _start_lock(hold.var):
            if _try_lock(hold.lock, fcntl.LOCK_EX):
                for service in reversed(hold.services):
                    service.stop()
                stopped = True
            os.close(hold.lock)
    return stopped


@contextmanager
def nobody_holds(var: Path) -> Iterator[None]:
    """Stop services that a killed process left behind and keep everybody out. Raises ServiceError when in use."""
    with _start_lock(var):
        lock = os.open(var / "services.hold", os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            if not _try_lock(lock, fcntl.LOCK_EX):
                raise ServiceError("门户或某个命令正在使用这些数据：请先停止它")
            for service in _services(var, [POSTGRES, VALKEY]):
                service.stop()
            yield
        finally:
            os.close(lock)


def _wanted(environ: Mapping[str, str]) -> list[str]:
    """The services this environment leaves to us; production brings its own or is refused by the settings."""
    implied = config.PRODUCTION if environ.get("DATABASE_URL") else config.LOCAL
    if (environ.get("PORTAL_MODE") or implied) != config.LOCAL:
        return []
    named = {POSTGRES: "DATABASE_URL", VALKEY: "REDIS_URL"}
    return [name for name, variable in named.items() if not environ.get(variable)]


def _start(var: Path, names: list[str]) -> Hold:
    var.mkdir(parents=True, exist_ok=True)
    with _start_lock(var):
        services = _services(var, names)
        lock = os.open(var / "services.hold", os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            for service in services:
                service.ensure()
            fcntl.flock(lock, fcntl.LOCK_SH)
        except BaseException:
            _abandon(lock, services)
            raise
        return Hold(var, lock, os.getpid(), services)


def _services(var: Path, names: list[str]) -> list[Service]:
    kinds = _kinds()
    user = service_user(var / POSTGRES)
    sockets = _socket_dir(var, user)
    return [kinds[name](var / name, sockets, var / "log" / f"{name}.log", user) for name in names]


def _kinds() -> dict[str, type[Service]]:
    """Imported at need: production has neither the wheels nor what they bring along."""
    try:
        from community_portal.local.postgres import Postgres
        from community_portal.local.valkey import Valkey
    except ModuleNotFoundError as error:
        raise ServiceError(MISSING_WHEEL.format(package=error.name)) from error
    return {POSTGRES: Postgres, VALKEY: Valkey}


def _abandon(lock: int, services: list[Service]) -> None:
    """After a failed start: stop what was started, unless another process holds it."""
    if _try_lock(lock, fcntl.LOCK_EX):
        for service in services:
            service.stop()
    os.close(lock)


@contextmanager
def _start_lock(var: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the services of one `var`."""
    lock = os.open(var / "services.start", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        end = time.monotonic() + LOCK_SECONDS
        while not _try_lock(lock, fcntl.LOCK_EX):
            if time.monotonic() > end:
                raise ServiceError(f"另一个进程正在启动或停止 {var} 的数据库，等了 {LOCK_SECONDS} 秒仍未结束")
            time.sleep(0.05)
        yield
    finally:
        os.close(lock)


def _try_lock(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _socket_dir(var: Path, user: ServiceUser) -> Path:
    """Make the socket folder, closed to everybody but the services' user; refuse one that another user planted."""
    folder = paths.socket_dir(var)
    try:
        folder.mkdir(mode=0o700)
        user.own(folder)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (0, user.uid):
            raise ServiceError(
                f"{folder} 属于另一个用户：请换用那个用户，或删除它，或用 PORTAL_VAR 指定别的文件夹"
            ) from None
        user.own(folder)
        folder.chmod(0o700)
    return folder
