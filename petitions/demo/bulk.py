"""Households by the hundred thousand and petitions by the million, by COPY; memory does not grow with the numbers."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import models

from community_portal.worktime.deadlines import ZONE
from community_portal.worktime.querysets import work_calendar
from grid.copying import copy_rows
from petitions.catalogue import catalogue
from petitions.demo.facts import CLOCK, EVENT, PETITION, Rows
from petitions.demo.houses import reserve_ids
from petitions.demo.past import Past
from petitions.demo.plan import HOURS
from petitions.demo.served import Served
from petitions.models import Petition, PetitionClock, PetitionEvent
from residents.models import Household, Resident, Stay

DAYS = 365
BATCH = 10_000
WEEKEND_SHARE = 0.55
BARE_FROM = 20_000
HOUSES: tuple[type[models.Model], ...] = (Household, Resident, Stay)
PETITIONS: tuple[type[models.Model], ...] = (Petition, PetitionClock, PetitionEvent)


def tables_of(models_: tuple[type[models.Model], ...]) -> list[str]:
    """The models' tables."""
    return [model._meta.db_table for model in models_]


def add_petitions(
    served: list[Served], petitions: int, *, rng: Random, now: datetime, report: Callable[[int], None]
) -> None:
    """So many petitions of the last year up to `now`, spread over the communities, ids in the order of time."""
    past = Past(catalogue(), work_calendar(), rng, now)
    ids = reserve_ids(Petition, petitions)
    rows, done = Rows(), 0
    for serial, at in zip(ids, moments(rng, petitions, now), strict=True):
        past.add(rows, serial, at, rng.choice(served))
        if len(rows.petitions) == BATCH:
            done += _write(rows)
            rows = Rows()
            report(done)
    _write(rows)


def _write(rows: Rows) -> int:
    copy_rows(Petition._meta.db_table, PETITION, rows.petitions)
    copy_rows(PetitionClock._meta.db_table, CLOCK, rows.clocks)
    copy_rows(PetitionEvent._meta.db_table, EVENT, rows.events)
    return len(rows.petitions)


def moments(rng: Random, number: int, now: datetime) -> Iterator[datetime]:
    """So many instants of the year before `now` in order of time: fewer at weekends and at night."""
    last = now.astimezone(ZONE)
    days = [last.date() - timedelta(days=back) for back in range(DAYS, 0, -1)]
    weights = [WEEKEND_SHARE if day.weekday() >= 5 else 1.0 for day in days]
    total, done, sum_so_far = sum(weights), 0, 0.0
    for day, weight in zip(days, weights, strict=True):
        sum_so_far += weight
        upto = number if day == days[-1] else round(number * sum_so_far / total)
        yield from _of_day(rng, day, upto - done)
        done = upto


def _of_day(rng: Random, day: date, number: int) -> list[datetime]:
    begin = datetime.combine(day, time(), ZONE)
    hours: list[Any] = rng.choices(range(24), HOURS, k=number)
    return sorted(begin + timedelta(hours=hour, seconds=rng.uniform(0, 3600)) for hour in hours)
