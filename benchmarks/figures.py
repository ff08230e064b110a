"""`python -m benchmarks.figures [PETITIONS [HOUSEHOLDS]]`: counting from nothing, a minute's news, and the pages.

0 petitions measures what is there from before.
"""

import sys
import time
from collections.abc import Callable

from benchmarks.portal import start

PETITIONS, HOUSEHOLDS = 1_000_000, 30_000
NEWS = 200
LOOKS = 15
PAGES = {
    "figures": "/figures/",
    "by category": "/figures/?by=category",
    "by handler": "/figures/?by=handler",
    "by day": "/figures/?by=day",
    "last month": "/figures/?month=",
    "orders behind": "/figures/orders/?what=orders",
    "late ones behind": "/figures/orders/?what=overdue",
    "ladder": "/figures/ladder/",
}


def main() -> None:
    """Load so many petitions of a year, count them, then look at the pages as head, street and district."""
    start()
    from django.conf import settings

    # Files by their names: the hashed ones are made by collectstatic, which is not run here.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    petitions = int(sys.argv[1]) if len(sys.argv) > 1 else PETITIONS
    if petitions:
        prepare(petitions, int(sys.argv[2]) if len(sys.argv) > 2 else HOUSEHOLDS)
    count()
    look()


def prepare(petitions: int, households: int) -> None:
    """A fresh database with so many petitions, spread over the communities that so many households make."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    call_command("load_demo", households=households, petitions=petitions)


def count() -> None:
    """Everything anew, then what a minute of a busy day brings: notes on some orders of this month."""
    from django.db import connection
    from django.utils import timezone

    from petitions.actions.counting import count_up, forget_counts
    from petitions.models import Figure, Petition, PetitionEvent, PetitionFact
    from petitions.workflow import State, Verb

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
    timed("from nothing", lambda: (forget_counts(), count_up(at=timezone.now())))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(
        f"{Petition.objects.count()} petitions, {PetitionFact.objects.count()} facts, {Figure.objects.count()} figures"
    )
    now = timezone.now()
    reopened = Petition.objects.filter(state=State.CLOSED).order_by("-id")[:NEWS]
    PetitionEvent.objects.bulk_create(
        PetitionEvent(petition=row, at=now, verb=Verb.REOPEN, old_state=row.state, new_state=State.DISPATCHED)
        for row in reopened
    )
    timed(f"a minute, {NEWS} changed", lambda: count_up(at=now))
    timed("a minute, nothing", lambda: count_up(at=now))


def look() -> None:
    """Each page several times, in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings
    from django.utils import timezone

    from benchmarks.cases import someone
    from grid.models import Appointment
    from petitions.figures.reads import month_before

    last = month_before(timezone.localdate().replace(day=1))
    roles = (Appointment.Role.COMMUNITY_HEAD, Appointment.Role.STREET_OFFICER, Appointment.Role.DISTRICT_OFFICER)
    with override_settings(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        for role in roles:
            client = Client()
            client.force_login(someone(role), backend="grid.backends.StaffBackend")
            for name, address in PAGES.items():
                address = f"{address}{last:%Y-%m}" if address.endswith("month=") else address
                times = []
                for _ in range(LOOKS):
                    begun = time.perf_counter()
                    response = client.get(address)
                    times.append((time.perf_counter() - begun) * 1000)
                with CaptureQueriesContext(connection) as asked:
                    client.get(address)
                times.sort()
                print(
                    f"{role:<18} {name:<17} {response.status_code}  median {times[LOOKS // 2]:6.1f} ms   "
                    f"worst {times[-1]:6.1f} ms   {len(asked):>2} queries   {len(response.content) // 1024} KB",
                    flush=True,
                )


def timed(name: str, run: Callable[[], object]) -> None:
    """Run one and say what it took."""
    begun, worked = time.perf_counter(), time.process_time()
    run()
    took, own = time.perf_counter() - begun, time.process_time() - worked
    print(f"{name:<24} {took:7.2f} s   {own:6.2f} s of its own", flush=True)


if __name__ == "__main__":
    main()
