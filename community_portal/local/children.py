"""The portal's own processes: web, worker and beat, each in a session of its own with a bounded log."""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 10.0
LOG_BYTES = 10_000_000
LOUD = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Child:
    """One process, its name for people, and how far its log has been read."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    read_to: int = field(default=0)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def loud_lines(self) -> list[str]:
        """Warnings and errors logged since the last call; also keeps the log bounded."""
        with self.log.open("rb") as file:
            file.seek(self.read_to)
            text = file.read(LOG_BYTES)
        complete = text[: text.rfind(b"\n") + 1]
        self.read_to += len(complete)
        if self.read_to > LOG_BYTES:
            _rotate(self.log)
            os.truncate(self.log, 0)
            self.read_to = 0
        return [line for line in complete.decode(errors="replace").splitlines() if LOUD.search(line)]

    def last_lines(self, count: int = 5) -> list[str]:
        """The end of its log, for when it died."""
        return self.log.read_text(errors="replace").splitlines()[-count:]


def start(name: str, command: Sequence[str], log: Path, environ: dict[str, str]) -> Child:
    """Start one child away from the terminal's Ctrl-C, with a fresh log (the previous one is kept beside it)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        _rotate(log)
    log.write_bytes(b"")
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environ,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
    return Child(name, process, log)


def stop(children: Sequence[Child], seconds: float = STOP_SECONDS) -> None:
    """Ask all to end, in the given order; after `seconds` kill what is left, with everything that they started."""
    for child in children:
        if child.alive:
            child.process.terminate()
    end = time.monotonic() + seconds
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, end - time.monotonic()))
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()


def _end_with_parent() -> None:
    """When the portal itself is killed, nobody would stop its children: Linux then sends them SIGTERM."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _rotate(log: Path) -> None:
    shutil.copyfile(log, log.with_suffix(".previous.log"))
