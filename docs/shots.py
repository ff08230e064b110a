"""`make shots`: the pages of a running demo portal as pictures in docs/shots/, at desk and phone size.

Needs the portal on PORT (default 8000) with its demo community, and Chromium.
"""

import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent / "shots"
BASE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
SIZES = {"1440": (1440, 900), "390": (390, 844)}
COMMUNITY = "110105019029"
OK = 200
STAFF_PAGES = {"workbench": "/workbench/", "list": "/petitions/", "wall": "/wall/", "new": "/petitions/new/"}
PUBLIC_PAGES = {"home": "/", "ask": f"/c/{COMMUNITY}/ask/", "track": "/t/", "sign-in": "/sign-in/"}


def main() -> None:
    """Take every picture; arguments: worker account, street account, password."""
    worker, street, password = sys.argv[1:4] if len(sys.argv) > 3 else ("maxue", "gaoyuan", "shuanghe123")
    chromium = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--hide-scrollbars"])
        for size in SIZES:
            shoot_public(browser, size)
            shoot_staff(browser, size, worker, street, password)
        browser.close()


def shoot_public(browser: Browser, size: str) -> None:
    """The pages that need no account."""
    page = open_page(browser, size)
    for name, path in PUBLIC_PAGES.items():
        shot(page, name, path, size)


def shoot_staff(browser: Browser, size: str, worker: str, street: str, password: str) -> None:
    """A worker's pages, the order that is most urgent, and the street's escalations."""
    page = open_page(browser, size)
    sign_in(page, worker, password)
    for name, path in STAFF_PAGES.items():
        shot(page, name, path, size)
    page.goto(f"{BASE}/workbench/")
    link = page.locator("main a[href*='/petitions/SQ']").first.get_attribute("href") or ""
    number = re.search(r"SQ\d{8}-\d{6}", link)
    if number:
        shot(page, "order", f"/petitions/{number.group()}/", size)
    shoot_file(page, size)
    page = open_page(browser, size)
    sign_in(page, street, password)
    shot(page, "escalations", "/escalations/", size)


def shoot_file(page: Page, size: str) -> None:
    """The file of an elder who lives alone, a form open in it, and what does not fit in the files."""
    page.goto(f"{BASE}/wall/?show=solitary_elder")
    cell = page.locator("a.cell.w-purple").first.get_attribute("href") or ""
    shot(page, "household", f"{cell}file/", size)
    shot(page, "household-edit", f"{cell}file/facts/", size)
    shot(page, "data-quality", "/data-quality/", size)


def open_page(browser: Browser, size: str) -> Page:
    """A fresh browser context of this size."""
    width, height = SIZES[size]
    return browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()


def sign_in(page: Page, username: str, password: str) -> None:
    """Sign in as one of the demo accounts."""
    page.goto(f"{BASE}/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url("**/workbench/")


def shot(page: Page, name: str, path: str, size: str) -> None:
    """One picture of what fits on the screen. Raises RuntimeError for any answer but a page."""
    answer = page.goto(f"{BASE}{path}", wait_until="networkidle")
    if answer is None or answer.status != OK:
        raise RuntimeError(f"{path}: {answer and answer.status}")
    page.screenshot(path=FOLDER / f"{name}-{size}.png")


if __name__ == "__main__":
    main()
