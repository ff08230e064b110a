"""`python -m benchmarks.wall`: one wall of 3,000 households: server time, bytes, queries, and when it is painted.

Fills var/wall once. The painting is Chromium's, at a desk and on a phone with a processor four times slower.
"""

import http.client
import json
import os
import shutil
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.portal import ROOT, start

PATH = ROOT / "var" / "wall"
HOUSEHOLDS, PETITIONS = 3_000, 2_000
CODE = "110105019029"
REQUESTS = 40
PAINTS = 5
LOOKS = 20
PAGES = {"buildings": "/wall/", "whole wall": "/wall/?zoom=wall", "filtered": "/wall/?tag=senior&zoom=wall"}
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) done(paint.startTime);
}).observe({ type: "paint", buffered: true }))"""
# How long frames take while a finger would flick down the whole page; the 95th percentile in milliseconds.
SCROLLED = """() => new Promise((done) => {
  const times = []; let last = performance.now(); let steps = 0;
  const step = (now) => {
    times.push(now - last); last = now; window.scrollBy(0, 400); steps += 1;
    if (steps < 60) requestAnimationFrame(step);
    else done(times.slice(1).sort((a, b) => a - b)[Math.floor(times.length * 0.95) - 1]);
  };
  requestAnimationFrame(step);
})"""


def main() -> None:
    """Fill the database when it is empty, measure, print, write JSON."""
    start(PATH)
    from django.core.management import call_command

    from benchmarks.server import serving

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_demo", households=HOUSEHOLDS, petitions=PETITIONS)
    gather()
    with serving() as (port, _pid):
        results: dict[str, Any] = {name: over_http(port, path) for name, path in PAGES.items()}
        print(json.dumps(results, ensure_ascii=False, indent=2))
        results["painted"] = painted(port)
    print(json.dumps(results["painted"], indent=2))
    (PATH / "wall.json").write_text(json.dumps(results, ensure_ascii=False, indent=2))


def gather() -> None:
    """Put every household on the home community's wall, in its first grid where they come from elsewhere."""
    from django.db import connection

    from grid.models import GridUnit
    from petitions.models import Petition
    from residents.models import Building, Estate, Household

    grid = GridUnit.objects.filter(division__code=CODE).order_by("code")[0]
    home = grid.division_id
    Estate.objects.exclude(community=home).update(community=home)
    Building.objects.exclude(community=home).update(community=home, grid=grid)
    Household.objects.exclude(community=home).update(community=home, grid=grid)
    Petition.objects.exclude(community=home).update(community=home, grid=grid)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def cookie() -> str:
    """The session of the community's head."""
    from benchmarks.cases import session_of
    from grid.models import Appointment

    rows = Appointment.objects.filter(division__code=CODE, role=Appointment.Role.COMMUNITY_HEAD)
    return session_of(rows.select_related("staff")[0].staff)


def over_http(port: int, path: str) -> dict[str, float]:
    """Milliseconds of one client and of four, bytes compressed, and statements of one look."""
    signed_in = cookie()
    headers = {"Cookie": signed_in, "Accept-Encoding": "gzip"}
    alone, size = _times(port, path, headers, REQUESTS)
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda _n: _times(port, path, headers, REQUESTS // 2)[0], range(4)))
    four = [ms for part in parts for ms in part]
    return {**_figures("alone", alone), **_figures("four", four), "bytes": size, **inside(path)}


def inside(path: str) -> dict[str, float]:
    """Statements of a look at a page that was looked at before, and the processor time of one, whatever else runs."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = ["*"]
    name, _equals, value = cookie().partition("=")
    client = Client(HTTP_ACCEPT_ENCODING="gzip")
    client.cookies[name] = value
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
        count = len(asked)
    times = []
    for _n in range(LOOKS):
        begun = time.process_time()
        client.get(path)
        times.append((time.process_time() - begun) * 1000)
    return {"queries": count, "cpu_ms": round(statistics.median(times), 1)}


def painted(port: int) -> dict[str, dict[str, float]]:
    """First contentful paint and the slow frames of scrolling, medians in milliseconds."""
    from playwright.sync_api import sync_playwright

    name, _equals, value = cookie().partition("=")
    base = f"http://127.0.0.1:{port}"
    found = {}
    with sync_playwright() as play:
        chromium = os.environ.get("PORTAL_CHROMIUM") or shutil.which("chromium")
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for label, (wide, high, slower) in {"desk": (1440, 900, 1), "phone": (390, 844, 4)}.items():
            context = browser.new_context(viewport={"width": wide, "height": high}, locale="zh-CN")
            context.add_cookies([{"name": name, "value": value, "url": base}])
            page = context.new_page()
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
            found[label] = {
                "first_paint_ms": _median(lambda page=page: _opened(page, f"{base}/wall/", PAINTED)),
                "scroll_frame_p95_ms": _median(lambda page=page: _opened(page, f"{base}/wall/", SCROLLED)),
            }
            context.close()
        browser.close()
    return found


def _opened(page: Any, address: str, ask: str) -> float:
    page.goto(address, wait_until="load")
    return float(page.evaluate(ask))


def _median(measure: Callable[[], float]) -> float:
    measure()
    return round(statistics.median(measure() for _n in range(PAINTS)), 1)


def _times(port: int, path: str, headers: dict[str, str], count: int) -> tuple[list[float], int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, size = [], 0
    for _n in range(count + 3):
        begun = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        size = len(answer.read())
        times.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    return times[3:], size


def _figures(name: str, times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        f"{name}_p50_ms": round(statistics.median(ordered), 1),
        f"{name}_p95_ms": round(ordered[int(len(ordered) * 0.95) - 1], 1),
    }


if __name__ == "__main__":
    main()
