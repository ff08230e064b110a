"""A city's orders of six years, replayed through the actions in simulated time: late is what their own dates call late.

Levels are made from the due dates (so many whole days, or none); each order comes in at its time, is settled at its
time, and its clock must say whether that was late. The file stays where it is; see its README for its source.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from community_portal.worktime.deadlines import ZONE
from petitions.actions.register import register
from petitions.actions.triage import Settled, settle_many
from petitions.catalogue import forget_catalogue
from petitions.models import ClockRule, Petition, PetitionClock, ResponseLevel
from tests.factories import Cast, intake
from tests.petitions.consistency import inconsistencies

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "orders_311_sample.csv"
WRITTEN = "%m/%d/%Y %I:%M:%S %p"
ORDERS, CLOSED, LATE = 10_000, 9_555, 1_567
AT_ONCE = 500


@dataclass(frozen=True)
class Order:
    """One order of the file: when it came, was due and was closed (None: not, or not yet)."""

    number: str
    title: str
    created: datetime
    due: datetime | None
    closed: datetime | None

    @property
    def days(self) -> int | None:
        """The whole days it was given."""
        return (self.due - self.created).days if self.due else None

    @property
    def late(self) -> bool:
        """By its own dates."""
        return self.closed is not None and self.due is not None and self.closed > self.due


def orders() -> Iterator[Order]:
    """Every order of the file; its times are taken as ours."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            created, due, closed = (_instant(row[name]) for name in ("CreatedDate", "DueDate", "CloseDate"))
            assert created is not None
            yield Order(row["SRRecordID"], row["SRType"], created, due, closed)


def _instant(text: str) -> datetime | None:
    return datetime.strptime(text, WRITTEN).replace(tzinfo=ZONE) if text else None


def level_of(days: int | None) -> ResponseLevel:
    """A level whose answer is due after so many days; without a deadline it has no clock."""
    level = ResponseLevel.objects.create(code=f"replay-{days}", name=f"{days}", rank=100)
    if days is not None:
        ClockRule.objects.create(level=level, kind=ClockRule.Kind.RESOLVE, amount=days, unit="day", ladder=[])
    return level


def batches(items: list[Any]) -> Iterator[list[Any]]:
    """So many at once."""
    for first in range(0, len(items), AT_ONCE):
        yield items[first : first + AT_ONCE]


@pytest.fixture
def replayed(cast: Cast) -> dict[str, Order]:
    """All orders, registered in order of their coming and settled in order of their closing."""
    found = sorted(orders(), key=lambda order: order.created)
    levels = {days: level_of(days) for days in {order.days for order in found}}
    forget_catalogue()
    ids: dict[str, int] = {}
    for order in found:
        petition, _new = register(
            intake(
                cast,
                source=Petition.Source.FILE,
                text=order.title,
                level=levels[order.days],
                received_at=order.created,
                caller_name="",
                caller_phone="",
                external_system="311",
                external_no=order.number,
            ),
            by=None,
            at=order.created,
        )
        ids[order.number] = petition.pk
    settled = sorted((order for order in found if order.closed), key=lambda order: order.closed or order.created)
    for batch in batches(settled):
        settle_many([Settled(ids[order.number], order.closed, "closed") for order in batch], by=None, actor="311")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE petitions_petition, petitions_petitionclock, petitions_petitionevent")
    return {order.number: order for order in found}


def test_late_is_what_the_own_dates_call_late(replayed: dict[str, Order]) -> None:
    rows = PetitionClock.objects.filter(kind=ClockRule.Kind.RESOLVE, outcome="met", breached_at__isnull=False)
    late = set(rows.values_list("petition__external_no", flat=True))
    assert late == {order.number for order in replayed.values() if order.late}
    assert len(late) == LATE
    assert len(replayed) == ORDERS
    answered = Petition.objects.filter(resolved_at__isnull=False)
    told = list(answered.values_list("external_no", "received_at", "resolved_at", "clocks__due_at", "clocks__kind"))
    assert sum(kind == ClockRule.Kind.RESOLVE for *_rest, kind in told) == CLOSED
    for number, received_at, resolved_at, due_at, kind in told:
        order = replayed[number]
        assert (received_at, resolved_at, due_at) == (order.created, order.closed, order.due)
        assert kind == (ClockRule.Kind.RESOLVE if order.due else None)
    assert inconsistencies().keys() <= {"clocks that run on a petition that is done, or none on one that is not"}
