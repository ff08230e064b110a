"""A phone of ten years ago reads the portal too: colours it doesn't know have plain ones to fall back on."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

SHEETS = Path(settings.BASE_DIR) / "static" / "css"
THEMED = re.compile(r"(--[\w-]+): light-dark\((#\w+), #\w+\);")
HASH = re.compile(r"\.[0-9a-f]{12}(?=\.)")
FIRST_VISIT = 60 * 1024  # bytes, compressed: the page, its sheets, scripts and icon
PLAIN = re.compile(r"(--[\w-]+): (#\w+);")


def test_the_plain_colours_are_the_light_ones() -> None:
    """Every colour of both themes has its light value in the sheet for old browsers, and nothing else stands there."""
    tokens = (SHEETS / "tokens.css").read_text(encoding="utf-8")
    plain = (SHEETS / "tokens-plain.css").read_text(encoding="utf-8")
    themed = THEMED.findall(tokens)
    assert themed
    assert len(themed) == len(re.findall(r": light-dark\(", tokens))
    assert PLAIN.findall(plain) == themed


@pytest.mark.django_db
def test_the_plain_colours_come_right_after_the_tokens(client: Client) -> None:
    """The later rule wins: the sheet stands after the tokens and before what uses them."""
    page = client.get(reverse("home")).content.decode()
    names = [Path(address).name.split(".")[0] for address in re.findall(r'rel="stylesheet" href="([^"]+)"', page)]
    assert names.index("tokens-plain") == names.index("tokens") + 1


@pytest.mark.django_db
def test_a_first_visit_is_small(client: Client) -> None:
    page = client.get(reverse("home")).content
    names = re.findall(rf'(?:href|src)="{re.escape(settings.STATIC_URL)}([^"]+)"', page.decode())
    found = [finders.find(HASH.sub("", name)) for name in names]
    assert any(name.endswith(".css") for name in names)
    assert None not in found
    sent = len(gzip.compress(page)) + sum(len(gzip.compress(Path(str(path)).read_bytes())) for path in found)
    assert sent < FIRST_VISIT, f"a first visit takes {sent} bytes"
