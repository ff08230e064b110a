"""What `make run` does with Django before the processes start."""

import contextlib
import errno
import logging
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import Error, connections
from psycopg2 import errors

from community_portal.local.errors import ServiceError


def migrate() -> None:
    """Bring the database to the state of this code."""
    call_command("migrate", verbosity=0, interactive=False)


def collect_static() -> None:
    """Gather, name by content and compress the static files."""
    call_command("collectstatic", verbosity=0, interactive=False)


def wants_demo() -> bool:
    """Whether this is a local portal in which nobody works yet."""
    return bool(settings.LOCAL) and not _has_rows()


def load_demo() -> None:
    """Load the demo community; the command prints its own progress."""
    call_command("load_demo")


def show_demo_accounts() -> None:
    """Print the accounts to sign in with, one for each role; a production portal has none."""
    if settings.LOCAL:
        call_command("demo_accounts")
    connections.close_all()


@contextlib.contextmanager
def clear_errors() -> Iterator[None]:
    """Turn a database that fails or is full into one line; the whole story goes to the log."""
    try:
        yield
    except (CommandError, Error, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.ENOSPC:
            raise
        logging.getLogger(__name__).debug("setup failed", exc_info=True)
        raise ServiceError(_line(error)) from error
    finally:
        connections.close_all()


def _has_rows() -> bool:
    return get_user_model().objects.exists() or apps.get_model("grid", "Division").objects.exists()


def _line(error: BaseException) -> str:
    if isinstance(error, OSError) or isinstance(error.__cause__, errors.DiskFull):
        return "磁盘已满：请腾出空间后再启动"
    text = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return text if isinstance(error, CommandError) else f"数据库出错：{text}"
