"""Where the embedded services live; pure, so that settings can ask without starting anything."""

from hashlib import sha256
from pathlib import Path
from urllib.parse import quote


def socket_dir(var: Path) -> Path:
    """A short folder for Unix sockets (their paths are limited to about 100 bytes), one for each `var`."""
    return Path("/tmp") / f"community-portal-{sha256(str(var).encode()).hexdigest()[:12]}"


def database_url(var: Path) -> str:
    """The embedded PostgreSQL's address."""
    return f"postgresql://postgres@/portal?host={quote(str(socket_dir(var)), safe='')}"


def redis_url(var: Path) -> str:
    """The embedded Valkey's address."""
    return f"unix://{socket_dir(var)}/valkey.sock"
