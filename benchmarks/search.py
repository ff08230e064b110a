"""`python -m benchmarks.search [HOUSEHOLDS]`: finding people and rooms among a million households, page by page.

Fills var/million once (some ten minutes); a second run only measures. Each page is asked for in this process, with
everything a real one does but the network. Beside the time that passes, which other work on the machine lengthens, it
prints the processor's: of the page and of the database together.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.portal import ROOT, start

HOUSEHOLDS = 1_000_000
ROUNDS, WARM = 40, 4
"""No word is asked for twice by one role: who searches never meets pages that the same search has just read."""
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
GOAL_MS = 200
PATH = ROOT / "var" / "million"


def main() -> None:
    """Fill the database when it is empty, measure, print, write JSON."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    start(PATH)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("load_demo", households=households, petitions=2000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"\n{'who':<18} {'asks for':<14} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>8} {'hits':>6}")
    rows = []
    for each in measure():
        over = f"  over {GOAL_MS}" if each.p95 > GOAL_MS else ""
        print(f"{each.who:<18} {each.what:<14} {each.p50:>8.1f} {each.p95:>8.1f} {each.cpu:>8.1f} {each.hits:>6}{over}")
        rows.append(each._asdict())
    (PATH / "search.json").write_text(json.dumps(rows, ensure_ascii=False, indent=2))


class Figures(NamedTuple):
    """What one kind of search costs one role, in milliseconds; `cpu` is the mean of page and database together."""

    who: str
    what: str
    p50: float
    p95: float
    cpu: float
    hits: int


def measure() -> Iterator[Figures]:
    """Milliseconds and hits by role and by what is looked for."""
    from django.conf import settings
    from django.test import Client

    from benchmarks.cases import someone
    from benchmarks.cpu import stores
    from grid.models import Appointment

    settings.ALLOWED_HOSTS = ["*"]
    store = stores(settings.VAR_DIR)
    for role in (
        Appointment.Role.GRID_WORKER,
        Appointment.Role.COMMUNITY_HEAD,
        Appointment.Role.STREET_OFFICER,
        Appointment.Role.DISTRICT_OFFICER,
    ):
        client = Client()
        client.force_login(someone(role), backend=settings.AUTHENTICATION_BACKENDS[-1])
        for what, asked in words().items():
            times, hits, busy = [], 0, 0.0
            for number in range(WARM + ROUNDS):
                if number == WARM:
                    busy = time.process_time() + store.seconds()
                begun = time.perf_counter()
                html = client.get("/residents/", {"q": asked[number % len(asked)]}).content.decode()
                times.append((time.perf_counter() - begun) * 1000)
                hits = max(hits, html.count('href="/households/'))
            cpu = (time.process_time() + store.seconds() - busy) * 1000 / ROUNDS
            ordered = sorted(times[WARM:])
            p95 = ordered[int(ROUNDS * 0.95) - 1]
            yield Figures(role, what, round(statistics.median(ordered), 1), round(p95, 1), round(cpu, 1), hits)


def words() -> dict[str, list[str]]:
    """What people type, by kind, each word once; the numbers and names of people who are there."""
    from residents.models import Resident

    times = WARM + ROUNDS
    known = Resident.objects.order_by("pk").exclude(phone_index=None)
    last = known.values_list("pk", flat=True).last() or 0
    some = [row for row in (known.filter(pk__gt=last * part // times).first() for part in range(times)) if row]
    floors = range(1, times // 2 + 1)
    return {
        "surname": list(SURNAMES),
        "name": [row.name for row in some],
        "nobody": [f"{row.name[:1]}不在此{row.name[1:]}" for row in some],
        "pinyin": [row.name_key.replace(" ", "")[: 3 + number % 5] for number, row in enumerate(some)],
        "phone": [row.phone for row in some],
        "room": [f"{number % 20 + 1}号楼{number % 4 + 1}单元{number % 18 + 1}02" for number in range(times)],
        "room alone": [f"{floor}0{side}" for floor in floors for side in (1, 2)],
    }


if __name__ == "__main__":
    main()
