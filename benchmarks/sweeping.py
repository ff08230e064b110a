"""`python -m benchmarks.sweeping [OPEN…]`: 10,000 due clocks in one sweep by two workers, beside many open petitions.

Fills var/sweeping once, from the smallest size to the largest; a second run only adds what is missing. Half of the due
clocks urge their handler, half go up to the community head, each with its event, its rung and its notices.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from benchmarks.portal import ROOT, start

PATH = ROOT / "var" / "sweeping"
SIZES = [10_000, 100_000, 1_000_000]
DUE, WORKERS, ROUNDS = 10_000, 2, 3
GOAL_SECONDS = 15
CHUNK = 20_000
WORKER = "--worker"


def main() -> None:
    """Fill, measure at each size, print, write JSON."""
    start(PATH)
    if sys.argv[1:] == [WORKER]:
        work()
        return
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # Filling takes longer than a page may.
    call_command("migrate", verbosity=0)
    call_command("load_demo", households=1_461, petitions=2_000)
    results = [each for size in sizes() for each in at_size(size)]
    report(results)
    (PATH / "sweeping.json").write_text(json.dumps(results, indent=2))


def sizes() -> list[int]:
    """The sizes asked for, from the smallest: petitions are only added."""
    return sorted(int(text) for text in sys.argv[1:]) or SIZES


def at_size(size: int) -> Iterator[dict[str, Any]]:
    """Some rounds with so many petitions open."""
    from benchmarks.cases import settle

    there = multiply(size)
    settle()
    for _round in range(ROUNDS):
        figures = {"open": there, **one_sweep()}
        print(figures, flush=True)
        yield figures


def multiply(size: int) -> int:
    """Copy open petitions with their clocks, all due far ahead, until so many are open; how many there are."""
    from petitions.models import Petition
    from petitions.workflow import OPEN

    patterns = list(
        Petition.objects.filter(state__in=OPEN, handler__isnull=False, number__startswith="SQ")
        .order_by("id")
        .values_list("pk", flat=True)
    )
    there = Petition.objects.filter(state__in=OPEN).count()
    while there < size:
        count = min(CHUNK, size - there)
        copy_petitions(patterns, count)
        there += count
        print(f"{there} open", flush=True)
    return there


def copy_petitions(patterns: Sequence[int], count: int) -> None:
    """So many copies, the patterns in turn."""
    from django.db import connection, transaction

    from petitions.models import Petition, PetitionClock

    kept = ", ".join(f'p."{name}"' for name in columns(Petition, "number", "external_no"))
    named = ", ".join(f'"{name}"' for name in columns(Petition, "number", "external_no"))
    clock_kept = ", ".join(f'c."{name}"' for name in columns(PetitionClock, "petition_id", "next_check_at"))
    clock_named = ", ".join(f'"{name}"' for name in columns(PetitionClock, "petition_id", "next_check_at"))
    with transaction.atomic(), connection.cursor() as cursor:
        # The copies refer to what their patterns refer to: nothing needs to be looked up.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"""
            WITH made AS (
                SELECT nextval(pg_get_serial_sequence('petitions_petition', 'id')) AS id, nth,
                       (%s::bigint[])[1 + nth %% %s] AS pattern
                FROM generate_series(0, %s - 1) AS nth
            ), copied AS (
                INSERT INTO petitions_petition (id, number, external_no, {named})
                SELECT made.id, 'B' || made.id, '', {kept} FROM made JOIN petitions_petition p ON p.id = made.pattern
            )
            INSERT INTO petitions_petitionclock (petition_id, next_check_at, {clock_named})
            SELECT made.id, now() + interval '30 days', {clock_kept}
            FROM made JOIN petitions_petitionclock c ON c.petition_id = made.pattern AND c.closed_at IS NULL
            WHERE c.part_id IS NULL AND c.application_id IS NULL
            """,
            [list(patterns), len(patterns), count],
        )


def columns(model: Any, *without: str) -> list[str]:
    """The table's columns but the key and these."""
    return [
        field.column for field in model._meta.concrete_fields if not field.primary_key and field.column not in without
    ]


def one_sweep() -> dict[str, float]:
    """Make clocks due, let the workers go at once, and say what it took and what they wrote."""
    from benchmarks.cpu import Cpu, stores
    from community_portal.notices.models import Notice
    from petitions.models import PetitionClock, PetitionEvent

    at = make_due()
    before = [model.objects.count() for model in (PetitionEvent, Notice)]
    with ExitStack() as stack:
        workers = [stack.enter_context(worker()) for _ in range(WORKERS)]
        for each in workers:
            assert each.stdout is not None
            each.stdout.readline()
        own, store = Cpu(*(each.pid for each in workers)), stores(PATH)
        own_before, store_before = own.seconds(), store.seconds()
        begun = time.perf_counter()
        for each in workers:
            assert each.stdin is not None
            print(at.isoformat(), file=each.stdin, flush=True)
        shares = [int(each.stdout.readline()) for each in workers if each.stdout]
        took = time.perf_counter() - begun
        own_took, store_took = own.seconds() - own_before, store.seconds() - store_before
    after = [model.objects.count() for model in (PetitionEvent, Notice)]
    if PetitionClock.objects.filter(next_check_at__lte=at).exists() or sum(shares) != DUE:
        raise RuntimeError(f"the workers handled {shares} of {DUE}")
    return {
        "seconds": round(took, 2),
        "per_second": round(DUE / took),
        "worker_ms": round(own_took * 1000 / DUE, 2),
        "store_ms": round(store_took * 1000 / DUE, 2),
        "events": after[0] - before[0],
        "notices": after[1] - before[1],
    }


def make_due() -> datetime:
    """Clocks that run to the answer, spread over all petitions: half at their deadline, half a rung above it."""
    from django.db import connection
    from django.utils import timezone

    at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM notices_notice WHERE event LIKE 'petition-clock:%'"
        )  # Or they would be there already.
        cursor.execute(
            "UPDATE petitions_petitionclock SET next_check_at = %s + interval '30 days' WHERE next_check_at <= %s",
            [at, at],
        )
        cursor.execute(
            """
            WITH nth AS (
                SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS of
                FROM petitions_petitionclock WHERE closed_at IS NULL AND kind = 'resolve'
            ), chosen AS (
                SELECT id, row_number() OVER (ORDER BY n) AS n FROM nth WHERE n %% (of / %s) = 0 ORDER BY n LIMIT %s
            )
            UPDATE petitions_petitionclock c
            SET started_at = %s - interval '7 days', step = 1 + n %% 2, breached_at = NULL, next_check_at = %s,
                due_at = CASE n %% 2 WHEN 0 THEN %s::timestamptz ELSE %s - interval '3 days' END, reached = 0
            FROM chosen WHERE chosen.id = c.id
            """,
            [DUE, DUE, at, at, at, at],
        )
        cursor.execute("VACUUM ANALYZE petitions_petitionclock")
    return at


def worker() -> "subprocess.Popen[str]":
    """A worker process that says when it is ready, and then waits for the time of the sweep."""
    command = [sys.executable, "-m", "benchmarks.sweeping", WORKER]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def work() -> None:
    """What a worker does: get ready, wait, sweep, say how many it handled."""
    from community_portal.worktime.querysets import work_calendar
    from petitions.actions import clocks
    from petitions.catalogue import catalogue

    work_calendar()
    catalogue()
    print("ready", flush=True)
    print(clocks.sweep(at=datetime.fromisoformat(sys.stdin.readline().strip())), flush=True)


def report(results: Sequence[dict[str, Any]]) -> None:
    """One line a round, and whether the goal was met."""
    print("\n" + "".join(f"{name:>12}" for name in results[0]))
    for each in results:
        print("".join(f"{value:>12}" for value in each.values()))
    print(f"\ngoal: {DUE} in {GOAL_SECONDS} s; the slowest took {max(each['seconds'] for each in results)} s")


if __name__ == "__main__":
    main()
