"""Tests have a PostgreSQL and a Valkey of their own under var/test; the demo's data stay untouched."""

import os
from pathlib import Path

os.environ.setdefault("PORTAL_VAR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ["PORTAL_MODE"] = "local"
# Named here and not in pyproject.toml: pytest-django would then read the settings before PORTAL_VAR is known.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")

import django
import pytest
from django.conf import settings

from community_portal.local.services import ServiceError, hold_services


def pytest_configure(config: pytest.Config) -> None:
    """Start the services before anything reads the settings."""
    try:
        hold_services()
    except ServiceError as error:
        pytest.exit(str(error), returncode=1)
    # pytest-django sets Django up by itself only when it knows the settings before it reads this file.
    django.setup()
    # Pages name their files as they are: the names with hashes are made by collectstatic, which tests do not run.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
