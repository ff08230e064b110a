"""Pages as people see them: a signed-in client, and the time that the pages take for now."""

import re
from datetime import datetime
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grid.models import Staff

MOST_QUERIES = 12


def set_now(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Let every page believe that it is `at`."""
    monkeypatch.setattr(timezone, "now", lambda: at)


def client_of(staff: Staff | None) -> Client:
    """A browser where this person is signed in; nobody's without one."""
    client = Client()
    if staff is not None:
        client.force_login(staff, backend="grid.backends.StaffBackend")
    return client


def text_of(staff: Staff, address: str) -> str:
    """The words of a page, without tags, with single spaces."""
    response = client_of(staff).get(address)
    assert response.status_code == 200, (address, response.status_code)
    return words(response.content.decode())


def words(html: str) -> str:
    """What stands between the tags of the page's main part."""
    main = re.split(r"<main[^>]*>", html, maxsplit=1)[-1].split("</main>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main.replace('<span class="sr">', ""))).split())


def queries_of(client: Client, address: str) -> int:
    """Statements of one look at a page that has been looked at before."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
