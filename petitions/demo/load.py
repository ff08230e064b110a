"""The whole demo, in one transaction: divisions, defaults, home, people, houses, a month of petitions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from time import monotonic

from django.db import connection, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime.actions import load_calendar
from grid.bare import bare_tables
from grid.copying import without_time_limit
from grid.divisions import SAMPLE, load_file
from grid.models import Staff
from petitions.actions.counting import count_up
from petitions.defaults import load_defaults
from petitions.demo.bulk import BARE_FROM, HOUSES, PETITIONS, add_petitions, tables_of
from petitions.demo.cast import ACCOUNTS, Home, build_home
from petitions.demo.filed import Filed
from petitions.demo.ground import lay_out
from petitions.demo.houses import build_houses
from petitions.demo.layout import HOME_HOUSEHOLDS
from petitions.demo.month import Month
from petitions.demo.served import Neighbourhood, Served
from petitions.demo.visits import live_visits, live_watches
from petitions.models import Petition
from petitions.workflow import OPEN
from residents.defaults import load_care_classes, load_checklists, load_schemes, load_tags
from residents.models import ColourScheme, Community, Household, Resident

LIVED = 400
SECONDS_BETWEEN = 2
SCHEME = "tianjin"
MOST_HOUSEHOLDS, MOST_PETITIONS = 1_000_000, 10_000_000
Say = Callable[[str], None]


class DemoRefused(Exception):
    """The demo cannot be loaded here; the text says why. Nothing was written."""


@dataclass(frozen=True)
class Made:
    """What is there after loading."""

    communities: int
    households: int
    residents: int
    petitions: int
    open_petitions: int


def is_loaded() -> bool:
    """Whether the demo is there."""
    return Staff.objects.filter(is_demo=True).exists()


def count() -> Made:
    """What is there."""
    return Made(
        Community.objects.count(),
        Household.objects.count(),
        Resident.objects.count(),
        Petition.objects.count(),
        Petition.objects.filter(state__in=OPEN).count(),
    )


@transaction.atomic
def load(
    *, households: int, petitions: int, seed: int, at: datetime, beside: int = 0, say: Say = lambda text: None
) -> Made:
    """Build the demo of so many households and petitions as it stands at an instant. All of it or nothing.

    Up to 1,461 households and 400 petitions are the home community, its petitions lived through the real actions;
    what is beyond goes by COPY into the communities around it. `beside` of the petitions come from what is lived
    afterwards. Raises DemoRefused.
    """
    _check(households, petitions)
    petitions = max(petitions - beside, 0)
    without_time_limit()
    load_file(SAMPLE)
    load_calendar(until_year=localtime(at).year + 1)
    load_schemes()
    load_tags()
    load_care_classes()
    load_checklists()
    load_defaults()
    home = build_home(ColourScheme.objects.get(code=SCHEME))
    served = _settle(home, households, seed, at, say)
    _analyze()
    lived = min(petitions, LIVED)
    if petitions > lived:
        _fill(served, petitions - lived, seed, at, say)
    _analyze()
    rungs = Month(home, Random(f"{seed}:month"), at).live(lived)
    changed = Filed(home, Random(f"{seed}:filed"), at).live()
    say(f"户档案里搬家、出生等 {changed} 件，另有几处待更正的疑点")
    visits = live_visits(home.community, Random(f"{seed}:visits"), at)
    watched = live_watches(home.community, at)
    say(f"走访 {visits} 次，下一次走访都已排好；早看窗帘晚看灯 {watched} 户")
    say(f"统计算好了 {count_up(at=at)} 件工单")
    say(f"工单 {lived} 件按真实流程走过一个月，预警、催办和升级 {rungs} 次")
    _analyze()
    return count()


def _check(households: int, petitions: int) -> None:
    if not 1 <= households <= MOST_HOUSEHOLDS or not 0 <= petitions <= MOST_PETITIONS:
        raise DemoRefused(_("户数应为 1 到 1000000，工单数应为 0 到 10000000"))
    if Community.objects.exists():
        raise DemoRefused(_("这里已经有社区数据，演示社区只能装入空的门户"))
    taken = Staff.objects.filter(username__in=[account.username for account in ACCOUNTS]).values_list(
        "username", flat=True
    )
    if taken:
        raise DemoRefused(_("账号 %s 已经存在，演示账号装不进去") % "、".join(taken))


def _settle(home: Home, households: int, seed: int, at: datetime, say: Say) -> list[Served]:
    """Houses and people: the home community, and the ones around it."""
    on = localtime(at).date()
    tables = tables_of(HOUSES) if households > BARE_FROM else []
    with bare_tables(tables):
        first = build_houses(
            home.community,
            home.grids,
            lambda house: home.towers if house.is_tower else home.blocks,
            households=min(households, HOME_HOUSEHOLDS),
            rng=Random(f"{seed}:houses"),
            on=on,
        )
        lay_out(home)
        around = Neighbourhood(home, Random(f"{seed}:around"), on)
        pace = Pace("户", say)
        served = list(around.build(first, households, pace))
    say(f"社区 {len(served)} 个，户 {households}，居民 {around.people}")
    return served


def _fill(served: list[Served], petitions: int, seed: int, at: datetime, say: Say) -> None:
    tables = tables_of(PETITIONS) if petitions > BARE_FROM else []
    with bare_tables(tables):
        add_petitions(served, petitions, rng=Random(f"{seed}:past"), now=at, report=Pace("件工单", say))
        say("正在重建索引 …")


def _analyze() -> None:
    """Tell the planner of the new rows: taken for empty, a table is walked through anew for each household."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Pace:
    """Says how far the work is and how fast, at most once in two seconds."""

    def __init__(self, unit: str, say: Say) -> None:
        self.unit, self.say = unit, say
        self.begun = self.said = monotonic()

    def __call__(self, done: int) -> None:
        now = monotonic()
        if now - self.said >= SECONDS_BETWEEN:
            self.said = now
            self.say(f"{done} {self.unit}，每秒 {done / (now - self.begun):.0f}")
