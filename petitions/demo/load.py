"""The whole demo, in one transaction: divisions, defaults, home, people, houses, a month of petitions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db import connection, transaction
from django.utils.timezone import localtime

from community_portal.worktime.actions import load_calendar
from grid.divisions import SAMPLE, load_file
from petitions.defaults import load_defaults
from petitions.demo.cast import build_home
from petitions.demo.houses import build_houses
from petitions.demo.layout import HOME_HOUSEHOLDS
from petitions.demo.month import Month
from residents.defaults import load_schemes
from residents.models import ColourScheme

LIVED = 400
SCHEME = "tianjin"


@dataclass(frozen=True)
class Made:
    """What was added."""

    households: int
    residents: int
    petitions: int
    rungs: int


@transaction.atomic
def load(
    *, households: int, petitions: int, seed: int, at: datetime, say: Callable[[str], None] = lambda text: None
) -> Made:
    """Build the demo of so many households and petitions as it stands at an instant. All of it or nothing."""
    on = localtime(at).date()
    load_file(SAMPLE)
    load_calendar(until_year=on.year + 1)
    load_schemes()
    load_defaults()
    home = build_home(ColourScheme.objects.get(code=SCHEME))
    here = min(households, HOME_HOUSEHOLDS)
    people = build_houses(
        home.community,
        home.grids,
        lambda house: home.towers if house.is_tower else home.blocks,
        households=here,
        rng=Random(f"{seed}:houses"),
        on=on,
    )
    say(f"户 {here}，居民 {people}")
    lived = min(petitions, LIVED)
    rungs = Month(home, Random(f"{seed}:month"), at).live(lived, lambda waiting: None)
    say(f"工单 {lived}，催办和升级 {rungs} 次")
    return Made(here, people, lived, rungs)
