"""What must hold before the portal starts; each failure is one clear line."""

import errno
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from community_portal import config
from community_portal.local.errors import ServiceError

FREE_BYTES = 500 * 1024 * 1024
CONNECT_SECONDS = 5
OLDEST_POSTGRES = 140000


def port_is_free(host: str, port: int) -> None:
    """Raises ServiceError when the web server could not listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        raise ServiceError(_why_not_bound(host, port, error)) from error


def disk_has_room(folder: Path, free_bytes: Callable[[Path], int] | None = None) -> None:
    """Raises ServiceError below 500 MB of free space for `folder`; `free_bytes` says how much there is."""
    folder.mkdir(parents=True, exist_ok=True)
    free = (free_bytes or _free_bytes)(folder)
    if free < FREE_BYTES:
        raise ServiceError(
            f"磁盘空间不足：{folder} 只剩 {free // 1024**2} MB，至少需要 {FREE_BYTES // 1024**2} MB；请腾出空间后再启动"
        )


def database_is_reachable(url: str) -> None:
    """Raises ServiceError when DATABASE_URL's server does not let us in, or is older than PostgreSQL 14."""
    try:
        given = config.database(url)
    except ValueError as error:
        raise ServiceError("DATABASE_URL 写法不对，应为 postgresql://用户:密码@主机:端口/数据库") from error
    place = f"{given['HOST'] or 'localhost'}:{given['PORT'] or 5432}"
    try:
        connection = psycopg2.connect(
            host=given["HOST"] or None,
            port=given["PORT"] or None,
            user=given["USER"],
            password=given["PASSWORD"] or None,
            dbname=given["NAME"],
            connect_timeout=CONNECT_SECONDS,
        )
    except psycopg2.OperationalError as error:
        raise ServiceError(f"连不上 DATABASE_URL 指定的数据库（{place}）：{_why_refused(str(error))}") from error
    version = connection.server_version
    connection.close()
    if version < OLDEST_POSTGRES:
        raise ServiceError(f"DATABASE_URL 指定的是 PostgreSQL {version // 10000}，门户需要 14 或更新的版本")


def broker_is_reachable(url: str) -> None:
    """Raises ServiceError when REDIS_URL's server does not answer."""
    place = urlsplit(url)
    where = f"{place.hostname}:{place.port or 6379}" if place.hostname else place.path
    try:
        client = redis.Redis.from_url(
            url,
            socket_timeout=CONNECT_SECONDS,
            socket_connect_timeout=CONNECT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        client.ping()
        client.close()
    except ValueError as error:
        raise ServiceError("REDIS_URL 应以 redis://、rediss:// 或 unix:// 开头") from error
    except redis.AuthenticationError as error:
        raise ServiceError(f"REDIS_URL 指定的服务（{where}）不接受这个用户名或密码") from error
    except redis.RedisError as error:
        raise ServiceError(f"连不上 REDIS_URL 指定的服务（{where}）：请检查地址，并确认它已启动") from error


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _why_not_bound(host: str, port: int, error: OSError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return f"端口 {port} 无效：应在 1 到 65535 之间"
    if error.errno == errno.EADDRINUSE:
        return f"端口 {port} 已被占用：请停掉占用它的程序，或换一个端口，例如 make run PORT={port + 1}"
    if error.errno == errno.EACCES:
        return f"没有使用端口 {port} 的权限：请换一个 1024 以上的端口，例如 make run PORT=8000"
    return f"不能在 {host}:{port} 上提供服务：{error.strerror or error}"


def _why_refused(text: str) -> str:
    known = {
        "password authentication failed": "用户名或密码不对",
        "no password supplied": "没有给出密码",
        "does not exist": "数据库或用户不存在",
        "could not translate host name": "主机名无法解析",
        "too many clients": "连接数已满",
    }
    return next((reason for sign, reason in known.items() if sign in text), "请检查地址，并确认它已启动")
