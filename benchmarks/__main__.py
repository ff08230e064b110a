"""`python -m benchmarks SIZE…`: fills a database of its own with so many petitions, measures, prints, writes JSON."""

import json
import statistics
import sys
from typing import Any

from benchmarks.portal import ROOT, start

SIZES = [10_000, 100_000]
HOUSEHOLDS = 3_000
ROUNDS = 7
GOAL = 1 / 3
Result = dict[str, dict[str, float]]


def main() -> None:
    """Run every case at every size."""
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    start()
    path, results = ROOT / "var" / "bench" / "latest.json", {}
    for size in sorted(sizes):
        results[size] = measure(size)
        report(size, results[size])
        path.write_text(json.dumps(results, ensure_ascii=False, indent=2))
    print(f"\ngoal: {GOAL:.2f} of bare; list: {max(sizes)} rows cost {grown(results):.2f} of {min(sizes)} (goal 1.2)")
    print(path)


def measure(size: int) -> Result:
    """Figures by case for a fresh database of this size."""
    from django.core.management import call_command

    from benchmarks import assembly
    from benchmarks.bare.views import make_table
    from benchmarks.cases import settle, sweep
    from benchmarks.load import figures

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    call_command("load_demo", households=HOUSEHOLDS, petitions=size)
    make_table(size)
    settle()
    return {
        **over_http(f"B{size}"),
        "sweep": figures([sweep()]).as_dict(),
        "assembly": assembly.measure(),
    }


def over_http(run_id: str) -> Result:
    """The cases over HTTP, in rounds of all of them, so that other work on the machine meets each alike.

    `of_bare` is the median over the rounds of a case's rate beside its bare view's. The first round only warms up.
    """
    from django.conf import settings

    from benchmarks.cases import cases
    from benchmarks.cpu import Cpu, stores
    from benchmarks.load import figures
    from benchmarks.server import serving

    every = cases(run_id)
    rounds: dict[str, list[Any]] = {name: [] for name in every}
    with serving() as (port, pid):
        web, store = Cpu(pid), stores(settings.VAR_DIR)
        for nth in range(ROUNDS + 1):
            for name, case in every.items():
                rounds[name].append(case.round(port, nth, web, store))
    found = {name: figures(each[1:]).as_dict() for name, each in rounds.items()}
    for name, case in every.items():
        if case.limit:
            pairs = zip(rounds[name][1:], rounds[case.limit][1:], strict=True)
            found[name]["of_bare"] = round(
                statistics.median(own.per_second / bare.per_second for own, bare in pairs), 3
            )
    return found


def report(size: int, cases: Result) -> None:
    """One size's table: each case beside its bare limit."""
    heads = ("p50 ms", "p95 ms", "per second", "of bare", "web CPU ms", "store CPU ms", "bytes")
    print(f"\n{'petitions':>10} {'case':<12}" + "".join(f"{head:>13}" for head in heads))
    columns = ("p50_ms", "p95_ms", "per_second", "of_bare", "web_ms", "store_ms", "bytes")
    for name, each in cases.items():
        print(f"{size:>10} {name:<12}" + "".join(f"{each.get(column, ''):>13}" for column in columns), flush=True)


def grown(results: dict[int, Result]) -> float:
    """How much more the list costs at the largest size than at the smallest: CPU time, beside the bare list's.

    The sizes are measured minutes apart, so that times on the wall would compare the machine's other work.
    """

    def cost(size: int) -> float:
        own, bare = (results[size][name]["web_ms"] + results[size][name]["store_ms"] for name in ("list", "bare list"))
        return own / bare

    return cost(max(results)) / cost(min(results))


if __name__ == "__main__":
    main()
