"""What the environment says, read once. Everything else asks `django.conf.settings`."""

import base64
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from community_portal import paths

ROOT = Path(__file__).resolve().parent.parent
LOCAL, PRODUCTION = "local", "production"
KEY_BYTES = 32
SECRET_LENGTH = 50
MAIL_PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}


class ConfigError(Exception):
    """The environment cannot be used; the text lists every problem, one a line."""


@dataclass(frozen=True)
class Config:
    """The portal's whole configuration. `data_keys` are (name, 32 bytes), the first one encrypts.

    `index_key` makes new blind indexes; `older_index_keys` are still searched by until everything is rotated.
    """

    mode: str
    debug: bool
    secret_key: str
    allowed_hosts: list[str]
    database_url: str
    redis_url: str
    data_keys: list[tuple[str, bytes]]
    index_key: bytes
    older_index_keys: list[bytes]
    var: Path
    environ: dict[str, str] = field(repr=False)

    def get(self, name: str, default: str = "") -> str:
        """One optional variable as text."""
        return self.environ.get(name, default)

    def number(self, name: str, default: int) -> int:
        """One optional variable as a whole number; ConfigError when it is not one."""
        text = self.environ.get(name, "")
        if not text:
            return default
        if not text.isdigit():
            raise ConfigError(f"{name} 应为整数，现在是 {text!r}")
        return int(text)

    def numbers(self, name: str) -> dict[str, int]:
        """One optional variable as whole numbers by name (a=1,b=2); ConfigError when it is none of that."""
        found = {}
        for part in _list(self.environ.get(name, "")):
            key, _, text = part.partition("=")
            if not key.strip() or not text.strip().isdigit():
                raise ConfigError(f"{name} 应写成 名称=整数，多个用逗号分开，现在有 {part!r}")
            found[key.strip()] = int(text)
        return found


def var_dir(environ: dict[str, str]) -> Path:
    """Where the local portal keeps its data: PORTAL_VAR, or var/ beside manage.py."""
    return Path(environ.get("PORTAL_VAR") or ROOT / "var").resolve()


def read(environ: dict[str, str] | None = None) -> Config:
    """Read and check the environment. Raises ConfigError naming every missing or unsafe value."""
    environ = dict(os.environ if environ is None else environ)
    mode = environ.get("PORTAL_MODE") or (PRODUCTION if environ.get("DATABASE_URL") else LOCAL)
    if mode not in (LOCAL, PRODUCTION):
        raise ConfigError(f"PORTAL_MODE 只能是 {LOCAL} 或 {PRODUCTION}，现在是 {mode!r}")
    var = var_dir(environ)
    if mode == LOCAL:
        environ = _with_local_values(environ, var)
    problems = _problems(environ) if mode == PRODUCTION else []
    data_keys, index_keys = _data_keys(environ, problems), _index_keys(environ, problems)
    if problems:
        raise ConfigError("\n".join(["配置不能用于正式运行：", *problems]))
    return Config(
        mode=mode,
        debug=environ.get("DEBUG") == "1",
        secret_key=environ["SECRET_KEY"],
        allowed_hosts=_list(environ.get("ALLOWED_HOSTS", "")),
        database_url=environ["DATABASE_URL"],
        redis_url=environ["REDIS_URL"],
        data_keys=data_keys,
        index_key=index_keys[0],
        older_index_keys=index_keys[1:],
        var=var,
        environ=environ,
    )


def database(url: str) -> dict[str, object]:
    """Django's database settings from postgres://user:password@host:port/name or with ?host=/socket/folder."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ConfigError("DATABASE_URL 应以 postgresql:// 开头：门户只用 PostgreSQL")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "community_portal.database",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or "postgres"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", "")) or parts.hostname or "",
        "PORT": str(parts.port or query.get("port", "")),
    }


def mail(url: str) -> dict[str, object]:
    """Django's mail settings from smtp://user:password@host:port, smtps:// (TLS) or smtp+tls:// (STARTTLS)."""
    parts = urlsplit(url)
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise ConfigError("PORTAL_MAIL_URL 应写成 smtp://、smtps:// 或 smtp+tls:// 开头的地址")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _problems(environ: dict[str, str]) -> list[str]:
    """What makes these values unfit for production."""
    found = [
        f"- 缺少 {name}"
        for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS")
        if not environ.get(name)
    ]
    if environ.get("DEBUG") == "1":
        found.append("- DEBUG 不能打开")
    if 0 < len(environ.get("SECRET_KEY", "")) < SECRET_LENGTH:
        found.append(f"- SECRET_KEY 至少 {SECRET_LENGTH} 个字符")
    if "*" in _list(environ.get("ALLOWED_HOSTS", "")):
        found.append("- ALLOWED_HOSTS 不能写 *")
    return found


def _data_keys(environ: dict[str, str], problems: list[str]) -> list[tuple[str, bytes]]:
    """PORTAL_DATA_KEYS=name:base64,older:base64, each of 32 bytes."""
    keys = []
    for part in _list(environ.get("PORTAL_DATA_KEYS", "")):
        name, _, text = part.partition(":")
        keys.append((name, _decode(text)))
    if not keys or any(not name or len(key) != KEY_BYTES for name, key in keys):
        problems.append("- PORTAL_DATA_KEYS 应为 名称:base64（32 字节），多个用逗号分开，第一个用于加密")
    if len({name for name, _key in keys}) < len(keys):
        problems.append("- PORTAL_DATA_KEYS 里有两个密钥同名")
    return keys


def _index_keys(environ: dict[str, str], problems: list[str]) -> list[bytes]:
    """PORTAL_INDEX_KEY=base64 of 32 bytes; while they are rotated base64,older base64."""
    keys = [_decode(part) for part in _list(environ.get("PORTAL_INDEX_KEY", ""))]
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        problems.append("- PORTAL_INDEX_KEY 应为 32 字节的 base64；轮换时写两个，用逗号分开，第一个用于写入")
    return keys or [b""]


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _with_local_values(environ: dict[str, str], var: Path) -> dict[str, str]:
    """Fill in what a laptop need not configure: own services, own secrets kept under var/."""
    defaults = {
        "DATABASE_URL": paths.database_url(var),
        "REDIS_URL": paths.redis_url(var),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],testserver",
        **_local_secrets(var),
    }
    return {**environ, **{name: value for name, value in defaults.items() if not environ.get(name)}}


def _local_secrets(var: Path) -> dict[str, str]:
    """The secrets of this checkout, made at first use, readable by its owner only; two starters agree on one file."""
    path = var / "secrets.json"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        made = {
            "SECRET_KEY": secrets.token_urlsafe(SECRET_LENGTH),
            "PORTAL_DATA_KEYS": "local1:" + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
            "PORTAL_INDEX_KEY": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        }
        draft = var / f"secrets.{os.getpid()}.tmp"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return dict(json.loads(path.read_text()))
