"""Browser tests: a Chromium found on the machine, one guard a test, pages at a desk and on a phone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.e2e.browser import DESK, PHONE, Guard, find_chromium, open_context

HERE = Path(__file__).parent
MISSING = "浏览器测试未运行：没有找到 Chromium。请安装 chromium，或用 PORTAL_CHROMIUM 指明路径。"
LEFT_OUT = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser leave these tests out and say so; REQUIRE_BROWSER=1 makes that a failure."""
    mine = [item for item in items if HERE in item.path.parents]
    if not mine or find_chromium():
        return
    if os.environ.get("REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(MISSING)
    config.stash[LEFT_OUT] = len(mine)
    items[:] = [item for item in items if item not in mine]
    config.hook.pytest_deselected(items=mine)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Repeat at the end, where it is read, that browser tests were left out."""
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{MISSING}（{left_out} 项）", yellow=True, bold=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run."""
    # Playwright's loop runs in this thread; Django would take that for asynchronous code and refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def guard(live_server: LiveServer, transactional_db: None) -> Iterator[Guard]:
    """What went wrong on this test's pages; checked at its end."""
    watching = Guard(live_server.url)
    yield watching
    watching.check()


@pytest.fixture
def desk(chromium: Browser, guard: Guard) -> Iterator[Page]:
    """A page 1440 × 900, of somebody not signed in."""
    context = open_context(chromium, guard, DESK)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(chromium: Browser, guard: Guard) -> Iterator[Page]:
    """A page 390 × 844, of somebody else not signed in."""
    context = open_context(chromium, guard, PHONE)
    yield context.new_page()
    context.close()
