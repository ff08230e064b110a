"""Tests have a PostgreSQL and a Valkey of their own under var/test; the demo's data stay untouched."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("PORTAL_VAR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
# Each of several test processes has services of its own: they share nothing, not even a cache.
os.environ["PORTAL_VAR"] = str(Path(os.environ["PORTAL_VAR"]) / os.environ.get("PYTEST_XDIST_WORKER", ""))
os.environ["PORTAL_MODE"] = "local"
# Named here and not in pyproject.toml: pytest-django would then read the settings before PORTAL_VAR is known.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")

import django
import pytest
from django.conf import settings
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from community_portal.local.services import ServiceError, hold_services

if TYPE_CHECKING:
    from tests.factories import Cast

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "admin_client", "admin_user"}
LAST_YEAR = 2026


def pytest_configure(config: pytest.Config) -> None:
    """Start the services before anything reads the settings; who only hands out tests to others needs none."""
    if config.getoption("numprocesses", None):
        del os.environ["DJANGO_SETTINGS_MODULE"]  # The others read the settings when they know their own folder.
        return
    try:
        hold_services()
    except ServiceError as error:
        pytest.exit(str(error), returncode=1)
    # pytest-django sets Django up by itself only when it knows the settings before it reads this file.
    django.setup()
    # Pages name their files as they are: the names with hashes are made by collectstatic, which tests do not run.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # Passwords of test accounts are no secret; the real hasher takes a third of a second for each.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The data that every portal starts with are there for every test."""
    with django_db_blocker.unblock():
        load_default_data()


@pytest.fixture(scope="class", autouse=True)
def _defaults(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    """A class that makes its rows once for all its tests does so after this: what was flushed before is back."""
    if request.cls is not None and issubclass(request.cls, TransactionTestCase):
        request.getfixturevalue("django_db_setup")
        with django_db_blocker.unblock():
            bring_back_defaults()


@pytest.fixture(autouse=True)
def _fresh(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing that a process remembers outlives a test; default data that a transactional test flushed come back."""
    forget()
    marked = request.node.get_closest_marker("django_db") is not None
    if marked or DATABASE_FIXTURES & set(request.fixturenames):
        request.getfixturevalue("db")
        bring_back_defaults()
    yield
    forget()


@pytest.fixture
def cast(db: None) -> "Cast":
    """The fixed cast of tests/factories.py."""
    from tests.factories import make_cast

    return make_cast()


def bring_back_defaults() -> None:
    """Load the default data again when a transactional test has flushed them."""
    from petitions.models import ResponseLevel

    if not ResponseLevel.objects.exists():
        load_default_data()


def load_default_data() -> None:
    """Calendar, levels, categories and colour schemes, as `manage.py load_defaults` loads them."""
    from community_portal.worktime.actions import load_calendar
    from councils.defaults import load_council_rules
    from petitions.defaults import load_defaults
    from residents.defaults import load_care_classes, load_schemes, load_tags

    load_calendar(until_year=LAST_YEAR)
    load_schemes()
    load_tags()
    load_care_classes()
    load_defaults()
    load_council_rules()


def forget() -> None:
    """Empty what this process and the cache remember."""
    from django.core.cache import cache

    from community_portal.worktime.querysets import forget_calendar
    from grid.duties import forget_duties
    from grid.querysets import forget_workers
    from petitions.catalogue import forget_catalogue
    from residents.catalogue import forget_tags
    from residents.places import forget_names

    forget_calendar()
    forget_workers()
    forget_duties()
    forget_catalogue()
    forget_names()
    forget_tags()
    cache.clear()
