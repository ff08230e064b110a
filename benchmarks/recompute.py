"""`python -m benchmarks.recompute [HOUSEHOLDS]`: every file's tags and faults anew, as each night does it.

0 measures what is there from before.
"""

import resource
import sys
import time
from collections.abc import Callable

from benchmarks.portal import start

HOUSEHOLDS = 100_000


def main() -> None:
    """Load so many households, then three nights: the first one, an ordinary one, one after which nothing stands."""
    start()
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    if households:
        prepare(households)
    measure()


def prepare(households: int) -> None:
    """A fresh database with so many households."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    call_command("load_demo", households=households, petitions=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def measure() -> None:
    """Print the seconds and the changed rows of each night."""
    from datetime import timedelta

    from django.utils import timezone

    from residents.actions.tags import recompute_all
    from residents.models import Household

    now = timezone.now()
    print(f"{Household.objects.count()} households")
    night("nothing changes", lambda: recompute_all(at=now))
    night("ID numbers too", lambda: recompute_all(at=now, thorough=True))
    night("the next night", lambda: recompute_all(at=now + timedelta(days=1)))
    Household.objects.update(statuses=[])
    night("every file changes", lambda: recompute_all(at=now + timedelta(days=1)))


def night(name: str, run: Callable[[], int]) -> None:
    """Run one and say what it took."""
    begun, worked = time.perf_counter(), time.process_time()
    changed = run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took, own = time.perf_counter() - begun, time.process_time() - worked
    print(f"{name:<20} {took:6.1f} s   {own:6.1f} s of its own   {changed:>7} changed   {peak:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
