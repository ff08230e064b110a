"""An installed app of their own for these tests, its tables made inside each test's transaction."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import modify_settings


@pytest.fixture(scope="session")
def _sealed_app(django_db_setup: None) -> Iterator[None]:
    with modify_settings(INSTALLED_APPS={"append": "tests.privacy"}):
        yield


@pytest.fixture
def sealed_tables(_sealed_app: None, db: None) -> None:
    """The tables of tests/privacy/models.py; gone with the test."""
    from tests.privacy.models import Card, Slip

    with connection.schema_editor() as editor:
        editor.create_model(Card)
        editor.create_model(Slip)
