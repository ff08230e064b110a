"""A real Celery worker against the test database, killed in the middle of a sweep: nothing is lost, nothing doubled."""

import importlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from community_portal.celery import app
from community_portal.notices.models import Notice
from petitions.catalogue import catalogue
from petitions.models import PetitionClock, PetitionEvent
from petitions.tasks import sweep_clocks
from petitions.workflow import Verb
from tests.factories import Cast, make_petition
from tests.processes import Process, serves

PETITIONS = 60
BATCH = 100
STEPS = {"sign_in": [1, 2, 3], "contact": [1, 2], "resolve": [0]}
"""The rungs that are due 110 minutes after a two-hour matter came; the late warnings of the first two are left out."""

NOTICES = {"sign_in": 5, "contact": 3, "resolve": 1}
"""Messages of those rungs: urging the worker 1, to the head and the worker 2, to the street and the worker 2."""


def celery_worker(queue: str, log: Path) -> Process:
    """`celery worker` on a queue that nobody else reads."""
    options = ["--pool=prefork", "--concurrency=1", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
    return Process(["-m", "celery", "-A", "community_portal", "worker", f"--queues={queue}", *options], log)


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[str], Process]]:
    """Starts workers, and leaves none behind."""
    workers: list[Process] = []

    def start(queue: str) -> Process:
        workers.append(celery_worker(queue, tmp_path / f"worker-{len(workers)}.log"))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()


@pytest.fixture
def many_due(transactional_db: None, cast: Cast) -> datetime:
    """Many clocks with rungs that came due while nobody looked; the next ones are ten minutes away."""
    came = timezone.now() - timedelta(minutes=110)
    for _ in range(PETITIONS):
        make_petition(cast, at=came, level=catalogue().level("h2"))
    return came


class Obstacle:
    """An uncommitted notice with the key of one that the sweep will write: the sweep waits for it in mid-batch."""

    def __init__(self, event: str, recipient: str) -> None:
        self.connection = connection.copy()
        self.connection.set_autocommit(False)
        columns = [field.column for field in Notice._meta.concrete_fields if not field.primary_key]
        given = {"row_key": "%s::uuid", "event": "%s", "recipient": "%s"}
        values = ", ".join(given.get(column, column) for column in columns)
        statement = f"INSERT INTO notices_notice ({', '.join(columns)}) SELECT {values} FROM notices_notice LIMIT 1"
        ordered = {"row_key": str(uuid.uuid4()), "event": event, "recipient": recipient}
        with self.connection.cursor() as cursor:
            cursor.execute(statement, [ordered[column] for column in columns if column in ordered])

    def stuck(self) -> list[int]:
        """Database processes that wait for it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                " AND query LIKE 'INSERT INTO \"notices_notice\"%%'"
            )
            return [pid for (pid,) in cursor.fetchall()]

    def remove(self) -> None:
        """Take it away, as if it had never been there."""
        self.connection.close()


@pytest.fixture
def obstacle(cast: Cast, many_due: datetime) -> Iterator[Obstacle]:
    """It stands in the way of the clock that the sweep comes to last, in its second batch."""
    last = PetitionClock.objects.order_by("next_check_at", "pk").last()
    assert last is not None
    found = Obstacle(f"petition-clock:{last.pk}:0", f"staff:{cast.worker.pk}")
    yield found
    found.remove()


def taken() -> Counter[tuple[int, str, int]]:
    """How often each rung of each clock was taken, by petition, kind and step."""
    events = PetitionEvent.objects.filter(verb__in=(Verb.WARN, Verb.URGE, Verb.ESCALATE))
    return Counter((event.petition_id, event.data["clock"], event.data["step"]) for event in events)


def due() -> bool:
    """Whether any clock still waits to be looked at."""
    return PetitionClock.objects.filter(next_check_at__lte=timezone.now()).exists()


def test_a_worker_killed_in_mid_sweep_loses_and_doubles_nothing(
    obstacle: Obstacle, start_worker: Callable[[str], Process]
) -> None:
    queue = f"test-{uuid.uuid4().hex}"
    first = start_worker(queue)
    sweep_clocks.apply_async(queue=queue)
    first.wait_until(lambda: bool(obstacle.stuck()))
    (stuck,) = obstacle.stuck()
    first.kill()
    obstacle.remove()
    second = start_worker(queue)
    second.wait_until(lambda: not serves(stuck))

    half = taken()
    assert len({(petition, kind) for petition, kind, _step in half}) == BATCH, (
        "the first batch is kept, the second gone"
    )
    assert due()

    sweep_clocks.apply_async(queue=queue)
    second.wait_until(lambda: not due())

    pks = sorted({clock.petition_id for clock in PetitionClock.objects.all()})
    assert len(pks) == PETITIONS
    assert taken() == Counter((pk, kind, step) for pk in pks for kind, steps in STEPS.items() for step in steps)
    for clock in PetitionClock.objects.all():
        told = Notice.objects.filter(event__startswith=f"petition-clock:{clock.pk}:")
        assert told.count() == NOTICES[clock.kind]
        assert len(set(told.values_list("event", "recipient", "channel"))) == NOTICES[clock.kind]


def test_two_workers_share_one_sweep(cast: Cast, many_due: datetime, start_worker: Callable[[str], Process]) -> None:
    queues = [f"test-{uuid.uuid4().hex}" for _ in range(2)]
    workers = [start_worker(queue) for queue in queues]
    for queue in queues * 2:
        sweep_clocks.apply_async(queue=queue)
    workers[0].wait_until(lambda: not due())
    assert set(taken().values()) == {1}
    assert len(taken()) == PETITIONS * sum(len(steps) for steps in STEPS.values())


@pytest.mark.parametrize("entry", settings.CELERY_BEAT_SCHEDULE)
def test_every_beat_entry_names_a_task_that_a_worker_knows(entry: str) -> None:
    name = settings.CELERY_BEAT_SCHEDULE[entry]["task"]
    module, function = name.rsplit(".", 1)
    assert getattr(importlib.import_module(module), function).name == name
    app.loader.import_default_modules()
    assert name in app.tasks


@pytest.mark.django_db
@pytest.mark.parametrize("entry", settings.CELERY_BEAT_SCHEDULE)
def test_every_beat_entry_runs_on_an_empty_portal(entry: str) -> None:
    app.loader.import_default_modules()
    app.tasks[settings.CELERY_BEAT_SCHEDULE[entry]["task"]].apply(throw=True)
