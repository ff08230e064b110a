"""`make run`: everything that a portal is, on one machine, started and ended together."""

import contextlib
import http.client
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from community_portal import config
from community_portal.local import checks, children
from community_portal.local.children import Child
from community_portal.local.errors import ServiceError, from_os_error
from community_portal.local.services import hold_services, release_services

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", "8000"
HEALTHY_SECONDS = 60
LOOK_SECONDS = 0.5
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(BaseException):
    """Somebody pressed Ctrl-C, closed the terminal or sent SIGTERM."""


class Stopper:
    """Turns the first signal into StopAsked, at a moment where nothing is half started."""

    def __init__(self) -> None:
        self._asked = False
        self._held = False
        for number in SIGNALS:
            signal.signal(number, self._receive)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        first, self._asked = not self._asked, True
        if first and not self._held:
            raise StopAsked

    @contextlib.contextmanager
    def later(self) -> Iterator[None]:
        """Inside, a signal waits until the end."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._asked:
            raise StopAsked


def main() -> int:
    """Run the portal until somebody stops it. Returns the exit code: 0 when stopped, 1 when something failed."""
    stopper = Stopper()
    family: list[Child] = []
    code = 0
    try:
        _run(stopper, family)
    except StopAsked:
        say("正在停止 …")
    except (ServiceError, config.ConfigError) as error:
        say(f"无法继续：{error}")
        code = 1
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        _end(family)
    return code


def say(text: str, end: str = "\n") -> None:
    """Print for the person at the terminal, who may have closed it."""
    with contextlib.suppress(OSError):
        print(text, end=end, flush=True)


@contextlib.contextmanager
def step(name: str, *, talks: bool = False) -> Iterator[None]:
    """One line of progress with its duration in seconds; a step that `talks` has lines of its own in between."""
    begun = time.monotonic()
    say(f"{name} … ", end="\n" if talks else "")
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f"完成 {time.monotonic() - begun:.1f} 秒")


def _run(stopper: Stopper, family: list[Child]) -> None:
    host, port = _address()
    var = config.var_dir(dict(os.environ))
    os.environ.setdefault("PORTAL_MODE", config.LOCAL)
    try:
        config.read()
        checks.port_is_free(host, port)
        checks.disk_has_room(var)
        _check_given_services()
        with step("启动数据库和消息队列"), stopper.later():
            hold_services()
        _prepare()
        with step("启动网页、后台和定时进程"):
            with stopper.later():
                _start_all(family, host, port, var / "log")
            _wait_until_healthy(family, host, port)
    except OSError as error:
        raise from_os_error(error, var) from error
    _welcome(host, port, var)
    _watch(family)


def _address() -> tuple[str, int]:
    port = os.environ.get("PORT") or DEFAULT_PORT
    if not port.isdigit():
        raise ServiceError(f"PORT 应为整数，现在是 {port!r}")
    return os.environ.get("HOST") or DEFAULT_HOST, int(port)


def _check_given_services() -> None:
    """The services that the environment names must be reachable."""
    if url := os.environ.get("DATABASE_URL"):
        checks.database_is_reachable(url)
    if url := os.environ.get("REDIS_URL"):
        checks.broker_is_reachable(url)


def _prepare() -> None:
    """Bring database and static files to the state of this code; an empty local portal gets the demo community."""
    import django

    from community_portal.local import prepare

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")
    with step("读取配置"):
        django.setup()
    with prepare.clear_errors():
        with step("更新数据库结构"):
            prepare.migrate()
        with step("整理静态文件"):
            prepare.collect_static()
        if prepare.wants_demo():
            with step("装入演示社区（只在第一次）", talks=True):
                prepare.load_demo()


def _start_all(family: list[Child], host: str, port: int, logs: Path) -> None:
    environ = dict(os.environ)
    settings = Path(__file__).with_name("gunicorn_conf.py")
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    celery = ["celery", "-A", "community_portal"]
    commands = {
        "网页": ("web", ["gunicorn", "-c", str(settings), "-b", bind, "community_portal.wsgi:application"]),
        "后台": ("worker", [*celery, "worker", "-c", "2", "-l", "INFO", "--without-gossip", "--without-mingle"]),
        "定时": ("beat", [*celery, "beat", "-l", "INFO", "--pidfile="]),
    }
    for name, (log, command) in commands.items():
        family.append(children.start(name, [sys.executable, "-m", *command], logs / f"{log}.log", environ))


def _wait_until_healthy(family: list[Child], host: str, port: int) -> None:
    end = time.monotonic() + HEALTHY_SECONDS
    while not _is_healthy(host, port):
        _complain_about_the_dead(family)
        if time.monotonic() > end:
            raise ServiceError(f"网页进程 {HEALTHY_SECONDS} 秒内没有应答，日志在 {family[0].log}")
        time.sleep(0.2)
    _complain_about_the_dead(family)


def _is_healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_visitable(host), port, timeout=3)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _visitable(host: str) -> str:
    """The address to type for a server that listens everywhere."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _welcome(host: str, port: int, var: Path) -> None:
    from community_portal.local import prepare

    shown = _visitable(host)
    say(f"\n门户已经打开：http://{f'[{shown}]' if ':' in shown else shown}:{port}/\n")
    prepare.show_demo_accounts()
    say(f"\n数据：{var}（日志在 {var / 'log'}）\n停止：按 Ctrl-C；再次 make run 时数据都在\n")


def _watch(family: list[Child]) -> None:
    """Show warnings until somebody stops us. Raises ServiceError when a process dies by itself."""
    while True:
        _complain_about_the_dead(family)
        for child in family:
            for line in child.loud_lines():
                say(f"[{child.name}] {line}")
        time.sleep(LOOK_SECONDS)


def _complain_about_the_dead(family: list[Child]) -> None:
    for child in family:
        if not child.alive:
            for line in child.last_lines():
                say(f"[{child.name}] {line}")
            raise ServiceError(f"{child.name}进程意外退出（退出码 {child.process.returncode}），日志在 {child.log}")


def _end(family: list[Child]) -> None:
    """Beat first, so that nothing new is queued; the database last."""
    children.stop(list(reversed(family)))
    try:
        if release_services():
            say("已停止，数据已保存")
    except (ServiceError, OSError) as error:
        say(f"数据库没有正常停止：{error}")


if __name__ == "__main__":
    code = main()
    sys.exit(code)
