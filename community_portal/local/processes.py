"""Looking at and ending service processes by the id they left in a file, which may be stale after a kill."""

import contextlib
import signal
import time
from pathlib import Path

import psutil

GONE = (psutil.NoSuchProcess, psutil.ZombieProcess)


def recorded(pid_file: Path, program: str) -> psutil.Process | None:
    """The live process named in the first line of `pid_file`, if it really is `program` and no zombie or stranger."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        return process if program in process.name() and not _ended(process) else None
    except (OSError, ValueError, IndexError, *GONE):
        return None


def end(process: psutil.Process, seconds: float, *, how: signal.Signals = signal.SIGTERM) -> None:
    """Ask a process to end with `how`; kill it when it has not ended after `seconds`."""
    with contextlib.suppress(*GONE):
        process.send_signal(how)
        if not gone(process, seconds):
            process.kill()
            gone(process, seconds)


def gone(process: psutil.Process, seconds: float) -> bool:
    """Whether a process, which need not be our child, ended within `seconds`."""
    end_at = time.monotonic() + seconds
    while not _ended(process):
        if time.monotonic() > end_at:
            return False
        time.sleep(0.02)
    return True


def _ended(process: psutil.Process) -> bool:
    """A zombie has ended too: some containers have nobody who collects it."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except GONE:
        return True


def working_in(folder: Path, program: str) -> list[psutil.Process]:
    """The live processes named `program` whose working folder is `folder`."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == program and process.cwd() == str(folder):
                found.append(process)
    return found
