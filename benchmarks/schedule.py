"""`python -m benchmarks.schedule [HOUSEHOLDS]`: the visits of so many households, at first and night by night.

0 measures what is there from before.
"""

import sys

from benchmarks.portal import start
from benchmarks.recompute import HOUSEHOLDS, night, prepare

CHANGED = 1_000


def main() -> None:
    """Load so many households, then set every visit, a night without changes, and a night with a thousand."""
    start()
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    if households:
        prepare(households)
    measure()


def measure() -> None:
    """Print the seconds and the visits set or called off by each run."""
    from django.conf import settings
    from django.utils import timezone

    from benchmarks.cpu import stores
    from residents.actions.schedule import keep_schedule, schedule
    from residents.models import Household, Visit, VisitDue, VisitEvent

    now = timezone.now()
    for model in (VisitEvent, Visit, VisitDue):
        model.objects.all().delete()
    Household.objects.update(care_class=None)
    visited = Household.objects.exclude(statuses=["owner"]).count()
    print(f"{Household.objects.count()} households, {visited} of them with more than a living status")
    store = stores(settings.VAR_DIR)
    before = store.seconds()
    night("every visit is set", lambda: schedule(at=now))
    print(f"{'':<20} {store.seconds() - before:6.1f} s of the database's own")
    night("nothing changes", lambda: keep_schedule(at=now))
    ids = list(Household.objects.filter(care_class__isnull=False).values_list("pk", flat=True)[:CHANGED])
    Household.objects.filter(pk__in=ids).update(statuses=["owner"])
    night("1,000 tags changed", lambda: schedule(at=now, household_ids=ids))
    VisitDue.objects.filter(pk__in=VisitDue.objects.filter(closed_at__isnull=True).values("pk")[:CHANGED]).delete()
    night("1,000 visits lost", lambda: keep_schedule(at=now))


if __name__ == "__main__":
    main()
