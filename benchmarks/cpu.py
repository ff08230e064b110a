"""CPU time of the processes under test: unlike their speed it hardly changes when the machine has other work."""

from pathlib import Path

import psutil

from community_portal.paths import socket_dir


class Cpu:
    """The CPU time of some processes with all their children, those that have ended included."""

    def __init__(self, *pids: int) -> None:
        self._roots = [psutil.Process(pid) for pid in pids]

    def seconds(self) -> float:
        """User and system time so far."""
        return sum(_of(root) + sum(_own(child) for child in root.children(recursive=True)) for root in self._roots)


def stores(var: Path) -> Cpu:
    """The embedded PostgreSQL and Valkey of this data folder."""
    files = (var / "postgres" / "postmaster.pid", socket_dir(var) / "valkey.pid")
    return Cpu(*(int(path.read_text().split()[0]) for path in files))


def _of(root: psutil.Process) -> float:
    times = root.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _own(child: psutil.Process) -> float:
    """Nothing for one that ended just now: its parent counts it from here on."""
    try:
        times = child.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
