"""Which system user the embedded services run as: PostgreSQL refuses root, so root hands them to another one."""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from community_portal.local.errors import ServiceError

CANDIDATES = ("postgres", "nobody")
SEARCH = stat.S_IXGRP | stat.S_IXOTH
READ = stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True)
class ServiceUser:
    """The user of both services; `switch` says that it is not the one running this process."""

    uid: int
    gid: int
    switch: bool

    def run(self, command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a program as this user from a neutral folder, in plain English, away from the terminal's signals."""
        who: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        environ = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "HOME": "/"}
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env=environ,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            check=False,
            **who,
            **options,
        )

    def own(self, path: Path) -> None:
        """Give one file or folder to this user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def open_way(self, path: Path) -> None:
        """Let this user pass through (not list) every folder on the way to `path`; root's home is often closed."""
        for folder in (path, *path.parents) if self.switch else ():
            mode = folder.stat().st_mode
            if folder.is_dir() and mode & SEARCH != SEARCH:
                folder.chmod(stat.S_IMODE(mode) | SEARCH)

    def open_program(self, folder: Path) -> None:
        """Let this user run a program from `folder`, also when a strict umask closed it at installation."""
        self.open_way(folder)
        for path in folder.rglob("*") if self.switch else ():
            mode = path.lstat().st_mode
            wanted = READ | (SEARCH if path.is_dir() or mode & stat.S_IXUSR else 0)
            if mode & wanted != wanted and not path.is_symlink():
                path.chmod(stat.S_IMODE(mode) | wanted)


def service_user(data: Path) -> ServiceUser:
    """Ourselves, or for root the owner of existing `data`, or else the first candidate that exists."""
    if os.geteuid() != 0:
        return ServiceUser(os.geteuid(), os.getegid(), switch=False)
    if data.exists() and data.stat().st_uid != 0:
        return ServiceUser(data.stat().st_uid, data.stat().st_gid, switch=True)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServiceUser(entry.pw_uid, entry.pw_gid, switch=True)
    raise ServiceError("以 root 运行时需要系统里有 postgres 或 nobody 用户：PostgreSQL 不能以 root 身份运行")
