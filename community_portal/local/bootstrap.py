"""Makes `.venv` and installs into it what changed. Runs with the system's Python: standard library only.

Called by path (`python3 community_portal/local/bootstrap.py run`), because importing the package needs Celery.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Each file includes the one before it.
REQUIREMENTS = {
    "run": ["requirements.txt", "requirements-local.txt"],
    "test": ["requirements.txt", "requirements-local.txt", "requirements-test.txt"],
}
# Web, worker and beat start at once: compiled beforehand, they do not each compile the same files.
COMPILED = ("django", "celery", "kombu", "billiard", "gunicorn")
OLDEST = (3, 11)
LAST_LINES = 8
VENV_HINT = "Debian/Ubuntu 上请先安装：apt-get install python3-venv"
PIP_HINT = "请检查网络和磁盘空间后重试"


def main(purpose: str) -> int:
    """Bring .venv up to date for `run` or `test`; a no-op when nothing changed. Two callers wait for each other."""
    var = ROOT / "var"
    try:
        var.mkdir(exist_ok=True)
        with (var / "bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return _prepare(REQUIREMENTS[purpose], VENV / f"portal-{purpose}.sha256")
    except OSError as error:
        print(f"无法准备 .venv：{error.strerror or error}（{error.filename or ROOT}）")
        return 1


def _prepare(files: list[str], stamp: Path) -> int:
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in files)).hexdigest()
    usable = _is_usable()
    if usable and stamp.exists() and stamp.read_text() == wanted:
        return 0
    begun = time.monotonic()
    print("准备环境（第一次约半分钟） … ", end="", flush=True)
    if not usable and not _ran([sys.executable, "-m", "venv", "--clear", str(VENV)], "建立 .venv 失败", VENV_HINT):
        return 1
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
    if not _ran([*install, "-r", str(ROOT / files[-1])], "安装依赖失败", PIP_HINT):
        return 1
    packages = [path for name in COMPILED for path in VENV.glob(f"lib/python3*/site-packages/{name}")]
    subprocess.run([PYTHON, "-m", "compileall", "-qq", "-j0", *packages], check=False)
    stamp.write_text(wanted)
    print(f"完成 {time.monotonic() - begun:.0f} 秒", flush=True)
    return 0


def _is_usable() -> bool:
    """Whether .venv has a new enough Python, and pip; a killed installation or a removed Python leaves neither."""
    if not PYTHON.exists():
        return False
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def _ran(command: list[str], failure: str, hint: str) -> bool:
    """Run quietly; on failure show the end of what it said and one clear line."""
    environ = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=environ
    )
    if done.returncode != 0:
        print("\n" + "\n".join(done.stdout.strip().splitlines()[-LAST_LINES:]))
        print("磁盘已满：请腾出空间后重试" if "No space left" in done.stdout else f"{failure}：{hint}")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
