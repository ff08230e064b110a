"""The description of the REST interface holds: nothing it allows breaks the portal, every answer is described."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from community_portal.interfaces.actions.tokens import token_make
from community_portal.interfaces.kinds import ACTING, Kind
from community_portal.interfaces.rest import base
from community_portal.interfaces.rest.page import chapters
from community_portal.interfaces.rest.schema import description
from community_portal.wsgi import application
from petitions.limits import Limit
from tests.factories import Cast, make_petition
from tests.interfaces.api_urls import API

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12
OPERATIONS = sorted(
    f"{method.upper()} {path}" for path, methods in description()["paths"].items() for method in methods
)


def test_it_is_drawn_without_a_warning() -> None:
    description.cache_clear()
    GENERATOR_STATS.reset()
    assert description()["openapi"].startswith("3.1")
    assert not GENERATOR_STATS


def test_its_page_has_every_operation() -> None:
    assert sum(len(chapter.operations) for chapter in chapters()) == len(OPERATIONS)


@cache
def _described() -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema/", application)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests leave the test's own connection open, as those of Django's test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(one_connection: None, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> str:
    """The head's token for everything; no rate limit."""
    for name in ("READS", "WRITES"):
        monkeypatch.setattr(base, name, Limit(name, 10**9, 3600))
    made = token_make(by=cast.head, at=timezone.now(), name="t", reads=Kind.values, acts=list(ACTING), days=1)
    return made[1]


@pytest.mark.parametrize("label", OPERATIONS)
def test_nothing_breaks_and_every_answer_is_described(cast: Cast, token: str, label: str) -> None:
    method, path = label.split(" ", 1)
    operation = _described()[path][method]
    parts, _expected = API[f"api-{path.split('/')[3]}-detail"]
    there = next(iter(parts(cast, make_petition(cast)).values()))
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), real=st.booleans())
    def ask(case: Any, real: bool) -> None:
        if real and case.path_parameters:
            case.path_parameters = dict.fromkeys(case.path_parameters, there)
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
