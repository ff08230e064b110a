"""`python -m benchmarks SIZE…`: fills a database of its own with so many petitions, measures, prints, writes JSON."""

import json
import os
import sys
from pathlib import Path

SIZES = [10_000, 100_000]
HOUSEHOLDS = 3_000
GOAL = 1 / 3
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run every case at every size."""
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")
    os.environ.setdefault("PORTAL_LOG_LEVEL", "ERROR")
    os.environ.setdefault("PORTAL_VAR", str(ROOT / "var" / "bench"))
    from community_portal.local.services import hold_services

    hold_services()
    import django

    django.setup()
    results = {size: measure(size) for size in sorted(sizes)}
    report(results)
    path = ROOT / "var" / "bench" / "latest.json"
    path.write_text(json.dumps(results, ensure_ascii=False, indent=2))
    print(f"\n{path}")


def measure(size: int) -> dict[str, dict[str, float]]:
    """Figures by case for a fresh database of this size."""
    from django.core.management import call_command

    from benchmarks import cases
    from benchmarks.bare.views import make_table
    from benchmarks.server import serving

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    call_command("load_demo", households=HOUSEHOLDS, petitions=size)
    make_table(size)
    cases.settle()
    run_id = f"B{size}"
    with serving() as port:
        cases.page(port, "/bare/list/", count=100)
        found = {
            "bare list": cases.page(port, "/bare/list/"),
            **{name: case(port) for name, case in cases.CASES.items()},
            "bare insert": cases.bare_insert(port, run_id),
            "intake": cases.intake(port, run_id),
        }
    found["sweep"] = cases.sweep()
    return {name: each.as_dict() for name, each in found.items()}


def report(results: dict[int, dict[str, dict[str, float]]]) -> None:
    """One table: each case beside its bare limit."""
    limits = {"list": "bare list", "intake": "bare insert"}
    print(
        f"\n{'petitions':>10} {'case':<12} {'p50 ms':>9} {'p95 ms':>9} {'per second':>11} {'of bare':>8} {'bytes':>9}"
    )
    for size, cases in results.items():
        for name, each in cases.items():
            limit = cases.get(limits.get(name, ""))
            share = f"{each['per_second'] / limit['per_second']:.2f}" if limit else ""
            print(
                f"{size:>10} {name:<12} {each['p50_ms']:>9} {each['p95_ms']:>9} {each['per_second']:>11} {share:>8}"
                f" {each['bytes']:>9.0f}"
            )
    small, large = min(results), max(results)
    grown = results[large]["list"]["p50_ms"] / results[small]["list"]["p50_ms"]
    print(f"\nlist: {large} rows take {grown:.2f} × the time of {small} (goal 1.2); goal of bare: {GOAL:.2f}")


if __name__ == "__main__":
    main()
