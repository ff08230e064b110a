"""`make run`: what it refuses with one line, and a whole life from the first start to Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from community_portal.local import checks
from community_portal.local.errors import ServiceError
from tests.local import helpers

RUNNER = "import sys; from community_portal.local import runner; sys.exit(runner.main())"


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class Portal:
    """A running portal whose output is kept."""

    def __init__(self, var: Path, port: int) -> None:
        self.lines: list[str] = []
        self._said = threading.Condition()
        self._url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "community_portal.local.runner"],
            cwd=helpers.ROOT,
            env=helpers.environ(var, PORT=str(port), PORTAL_DEMO_HOUSEHOLDS="60", PORTAL_DEMO_PETITIONS="10"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._said:
                self.lines.append(line)
                self._said.notify_all()

    def wait_for(self, text: str) -> None:
        with self._said:
            assert self._said.wait_for(lambda: text in self.output, timeout=120), self.output

    def wait_until_open(self) -> None:
        self.wait_for("停止：按 Ctrl-C")

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self._url + path, timeout=10) as answer:
            return str(answer.read().decode())

    def end(self, number: signal.Signals | None = None) -> int:
        if number:
            self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join(10)
        return code

    @property
    def output(self) -> str:
        return "".join(self.lines)


def test_a_whole_life(tmp_path: Path, port: int) -> None:
    first = Portal(tmp_path, port)
    first.wait_until_open()
    assert first.get("/healthz") == "ok"
    assert f"http://127.0.0.1:{port}/" in first.output
    assert str(tmp_path) in first.output
    assert "装入演示社区" in first.output
    assert first.end(signal.SIGINT) == 0, first.output
    assert helpers.living(tmp_path) == []

    second = Portal(tmp_path, port)
    second.wait_until_open()
    assert "装入演示社区" not in second.output
    ready = json.loads(second.get("/readyz"))
    assert ready["reasons"] == {}
    _kill_worker(second)
    assert second.end() == 1
    assert "后台进程意外退出" in second.output
    assert helpers.living(tmp_path) == []


def _kill_worker(portal: Portal) -> None:
    family = psutil.Process(portal.process.pid).children()
    (worker,) = [child for child in family if "worker" in child.cmdline()]
    os.kill(worker.pid, signal.SIGKILL)


def test_a_signal_while_starting_leaves_nothing(tmp_path: Path, port: int) -> None:
    portal = Portal(tmp_path, port)
    portal.wait_for("读取配置")
    assert portal.end(signal.SIGTERM) == 0
    assert helpers.living(tmp_path) == []


def _refusal(var: Path, code: str = RUNNER, **values: str) -> str:
    """What the runner says when it refuses; it must be one line, with exit code 1, and leave nothing running."""
    exit_code, output = helpers.run(code, var, **values)
    assert exit_code == 1, output
    assert output.count("\n") == 1, output
    assert helpers.living(var) == []
    return output


def test_a_taken_port_is_one_line(tmp_path: Path, taken_port: int) -> None:
    assert f"端口 {taken_port} 已被占用" in _refusal(tmp_path, PORT=str(taken_port))


@pytest.mark.parametrize(("given", "said"), [("http", "PORT 应为整数"), ("70000", "端口 70000 无效")])
def test_a_wrong_port_is_one_line(tmp_path: Path, given: str, said: str) -> None:
    assert said in _refusal(tmp_path, PORT=given)


def test_an_unreachable_database_is_one_line_without_the_password(tmp_path: Path, port: int) -> None:
    url = f"postgresql://portal:very-secret@127.0.0.1:{port}/portal"
    said = _refusal(tmp_path, PORT=str(port), DATABASE_URL=url)
    assert f"连不上 DATABASE_URL 指定的数据库（127.0.0.1:{port}）" in said
    assert "very-secret" not in said


def test_an_unreachable_broker_is_one_line_without_the_password(tmp_path: Path, port: int) -> None:
    said = _refusal(tmp_path, PORT=str(port), REDIS_URL=f"redis://:very-secret@127.0.0.1:{port}/0")
    assert f"连不上 REDIS_URL 指定的服务（127.0.0.1:{port}）" in said
    assert "very-secret" not in said


@pytest.mark.parametrize("url", ["sqlite:///portal.db", "postgresql://127.0.0.1:port/portal"])
def test_a_wrong_database_url_is_one_line(tmp_path: Path, port: int, url: str) -> None:
    assert "DATABASE_URL" in _refusal(tmp_path, PORT=str(port), DATABASE_URL=url)


def test_a_full_disk_is_one_line(tmp_path: Path, port: int) -> None:
    full = "from community_portal.local import checks; checks._free_bytes = lambda folder: 10 * 1024**2\n"
    assert "只剩 10 MB，至少需要 500 MB" in _refusal(tmp_path, full + RUNNER, PORT=str(port))


def test_enough_room_is_accepted(tmp_path: Path) -> None:
    checks.disk_has_room(tmp_path, free_bytes=lambda folder: checks.FREE_BYTES)
    with pytest.raises(ServiceError, match="磁盘空间不足"):
        checks.disk_has_room(tmp_path, free_bytes=lambda folder: checks.FREE_BYTES - 1)


def test_an_old_python_is_one_line(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\ncase "$2" in *print*) echo 3.9 ;; *) exit 1 ;; esac\n')
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "--no-print-directory", "env", f"PYTHON={old}"],
        cwd=helpers.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stderr.splitlines()[0].startswith("需要 Python 3.11 或更新的版本，这里只有 3.9")


def test_no_python_at_all_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "env", f"PYTHON={tmp_path / 'python3'}"],
        cwd=helpers.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "这里没有找到" in done.stderr.splitlines()[0]
