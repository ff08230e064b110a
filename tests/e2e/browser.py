"""A real Chromium over the portal: finds it, watches each page for faults, and checks access for all."""

import os
import shutil
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

NAMES = ("chromium", "chromium-browser", "google-chrome")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))"""


def find_chromium() -> str | None:
    """The browser to test with: PORTAL_CHROMIUM, or the first of the usual names on the path."""
    named = os.environ.get("PORTAL_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Guard:
    """Collects what went wrong on the pages of one test; `expect_status` names answers that the test means to get."""

    base: str
    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)
    cut: bool = False

    def expect_status(self, status: int) -> None:
        """An answer of this status is part of the test."""
        self.expected.add(status)

    def expect_cut(self) -> None:
        """The test cuts the network: requests that fail for that are part of it."""
        self.cut = True

    def watch(self, context: BrowserContext) -> None:
        """Follow every page of a context."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        context.on("request", self._request)

    def check(self) -> None:
        """Fail with everything that was seen."""
        assert not self.faults, "\n".join(self.faults)

    def _console(self, message: ConsoleMessage) -> None:
        of_status = any(f"status of {status} " in message.text for status in self.expected)
        of_cut = self.cut and "net::ERR_" in message.text
        if message.type == "error" and not of_status and not of_cut:
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"answer {response.status}: {response.url}")

    def _failed(self, request: Request) -> None:
        # A navigation or download that the page itself replaced is no fault.
        if request.failure and "ERR_ABORTED" not in request.failure and not self.cut:
            self.faults.append(f"request: {request.url} {request.failure}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", "about:")):
            self.faults.append(f"outside host: {request.url}")


def open_context(browser: Browser, guard: Guard, size: dict[str, int], *, script: bool = True) -> BrowserContext:
    """A person of their own: no cookies yet, a window of this size, Chinese, Shanghai time."""
    context = browser.new_context(
        base_url=guard.base,
        viewport={"width": size["width"], "height": size["height"]},
        has_touch=size == PHONE,
        java_script_enabled=script,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    guard.watch(context)
    return context


def sign_in(page: Page, username: str, password: str) -> None:
    """Sign in through the page, and wait until the next page is loaded."""
    page.goto("/sign-in/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)


def check_axe(page: Page) -> None:
    """No finding of WCAG 2.2 AA on the page as it stands, in the light theme and the dark one."""
    size = page.viewport_size
    assert size is not None
    # As tall as the page: what the bottom bar happens to cover at one scroll position is no finding.
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], tall)})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        options: dict[str, Any] = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
        found = Axe().run(page, options=options).response["violations"]
        assert not found, f"{page.url} ({scheme})\n" + "\n".join(_told(each) for each in found)
    page.set_viewport_size(size)


def check_width(page: Page) -> None:
    """Nothing on the page makes it scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide}px too wide"


def _told(violation: dict[str, Any]) -> str:
    nodes = "; ".join(f"{node['target']} {node.get('failureSummary', '')}" for node in violation["nodes"][:5])
    return f"{violation['id']}: {violation['help']}: {nodes}"
