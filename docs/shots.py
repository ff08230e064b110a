"""`make shots`: the pages of a running demo portal as pictures in docs/shots/, at desk and phone size.

Needs the portal on PORT (default 8000) with its demo community, and Chromium.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent / "shots"
BASE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
SIZES = {"1440": (1440, 900), "390": (390, 844)}
COMMUNITY = "110105019029"
OK = 200
ROUTING_TRIED = "/routing/?text=双合家园3号楼门口烧烤摊油烟很大&kind=help&source=web"
STAFF_PAGES = {"workbench": "/workbench/", "list": "/petitions/", "wall": "/wall/", "new": "/petitions/new/"}
HEAD = "linwei"
WALL_PAGES = {
    "whole-wall": "/wall/?zoom=wall",
    "wall-filtered": "/wall/?zoom=wall&tag=senior",
    "wall-unit": "/wall/?zoom=unit",
    "map": "/wall/map/?by=empty_nest",
    "map-edit": f"/wall/map/{COMMUNITY}/edit/",
    "search": "/residents/?q=3号楼2单元",
    "colours": f"/wall/colours/{COMMUNITY}/",
}
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
    shoot_wall(browser, size, password)
    page = open_page(browser, size)
    sign_in(page, street, password)
    shot(page, "escalations", "/escalations/", size)
    shoot_street(page, size)
    page = open_page(browser, size)
    sign_in(page, HEAD, password)
    shoot_import(page, size)
    shoot_council(page, size)


def shoot_street(page: Page, size: str) -> None:
    """What the street decides: its desk, an application, an order with summoned units, a form, the routing rules."""
    shot(page, "street", "/workbench/", size)
    page.goto(f"{BASE}/workbench/")
    asked = page.locator("main a[href*='/decide/']").first.get_attribute("href") or ""
    shot(page, "decide", asked, size)
    page.goto(f"{BASE}/petitions/?more=on&category=illegal_build")
    links = page.locator("main .rows .what a")
    for path in [link.get_attribute("href") or "" for link in links.all()]:
        page.goto(f"{BASE}{path}")
        if page.get_by_text("一起办的单位").count():
            shot(page, "summons", path, size)
            shot(page, "summon-form", f"{path}join/", size)
            break
    shot(page, "routing", ROUTING_TRIED, size)


def shoot_wall(browser: Browser, size: str, password: str) -> None:
    """A community's wall from afar and near, filtered, in the dark, its map, a search, its colours; a printed sheet."""
    page = open_page(browser, size)
    sign_in(page, HEAD, password)
    for name, path in WALL_PAGES.items():
        shot(page, name, path, size)
    page.goto(f"{BASE}/wall/")
    building = page.locator(".block h3 a").nth(15).get_attribute("href") or ""
    shot(page, "building", building, size)
    page.emulate_media(color_scheme="dark")
    shot(page, "wall-dark", "/wall/", size)
    if size == "1440":
        page.emulate_media(color_scheme="light")
        page.goto(f"{BASE}{building}")
        on_paper(page, "wall-print")


def on_paper(page: Page, name: str) -> None:
    """The first printed sheet of the page as a picture; needs pdftoppm (poppler-utils), left out without it."""
    drawer = shutil.which("pdftoppm")
    if drawer is None:
        print("pdftoppm 没有安装，打印样张没有重拍")
        return
    with tempfile.NamedTemporaryFile(suffix=".pdf") as sheet:
        page.pdf(path=sheet.name, prefer_css_page_size=True)
        subprocess.run([drawer, "-r", "72", "-singlefile", "-png", sheet.name, str(FOLDER / name)], check=True)


def shoot_file(page: Page, size: str) -> None:
    """The file of an elder who lives alone, a form open in it, and what does not fit in the files."""
    page.goto(f"{BASE}/wall/?show=solitary_elder")
    cell = page.locator("a.cell.w-purple").first.get_attribute("href") or ""
    shot(page, "household", f"{cell}file/", size)
    shot(page, "household-edit", f"{cell}file/facts/", size)
    shot(page, "data-quality", "/data-quality/", size)


def shoot_import(page: Page, size: str) -> None:
    """A small ledger uploaded and checked, never imported; and the question before a list goes out."""
    page.goto(f"{BASE}/households/import/")
    file = {"name": "双合家园台账.xlsx", "mimeType": "application/octet-stream", "buffer": ledger()}
    page.set_input_files("input[type=file]", file)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/columns/")
    page.screenshot(path=FOLDER / f"import-columns-{size}.png")
    page.click("main form button[type=submit]")
    page.locator("#run").wait_for()
    page.screenshot(path=FOLDER / f"import-check-{size}.png", full_page=size == "1440")
    page.goto(f"{BASE}/wall/")
    page.locator("[data-opens=export-people]").click()
    page.screenshot(path=FOLDER / f"export-{size}.png")


def shoot_council(page: Page, size: str) -> None:
    """The topics by time, the council, its meeting to come and the one held, and what residents see."""
    shot(page, "topics", "/councils/", size)
    council = page.get_by_role("link", name="双合家园小区议事会").first.get_attribute("href") or ""
    shot(page, "council", council, size)
    coming, held = (
        page.get_by_role("link", name=name).first.get_attribute("href") or "" for name in ("本月议事会", "上月议事会")
    )
    shot(page, "meeting", coming, size)
    shot(page, "minutes", held, size)
    shot(page, "council-public", council.replace("/councils/", "/y/"), size)


def ledger() -> bytes:
    """A community's own table: somebody new, somebody whose sex contradicts the number, a room that is not there."""
    rows = [
        ["楼栋", "单元", "房号", "户主", "姓名", "与户主关系", "身份证号", "联系电话", "房屋性质", "低保", "备注"],
        ["3号楼", "2单元", "301室", "李明", "李明", "本人", "110105198005010013", "13900000001", "出租", "", "有狗"],
        ["3号楼", "2单元", "301室", "李明", "王芳", "配偶", "110105198505010028", "13900000002", "", "√", ""],
        ["3号楼", "2单元", "9901", "赵六", "赵六", "本人", "110105196003030017", "", "自住", "", ""],
        ["幸福里", "1", "101", "", "周七", "本人", "", "13900000004", "", "", ""],
    ]
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("居民台账")
        sheet.write(0, 0, "双合家园社区居民台账")
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


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
