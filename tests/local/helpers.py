"""Processes of the portal with a data folder of their own."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


def environ(var: Path, **values: str) -> dict[str, str]:
    """This process's environment, pointing at `var` and at nothing else."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "PORTAL_MODE")
    }
    return {**kept, "PORTAL_VAR": str(var), "PYTHONUNBUFFERED": "1", **values}


def start(code: str, var: Path, **values: str) -> subprocess.Popen[str]:
    """Run Python code in a process group of its own; its output can be read."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environ(var, **values),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run(code: str, var: Path, **values: str) -> tuple[int, str]:
    """Run Python code to its end. Returns exit code and output."""
    process = start(code, var, **values)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


def living(var: Path) -> list[str]:
    """The processes that belong to `var`: services by their folder, others by their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            belongs = process.environ().get("PORTAL_VAR") == str(var) or process.cwd().startswith(str(var))
            if process.status() != psutil.STATUS_ZOMBIE and (belongs or str(var) in " ".join(process.cmdline())):
                found.append(f"{process.pid} {process.name()}")
        except psutil.Error:
            continue
    return found
