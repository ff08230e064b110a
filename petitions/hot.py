"""The month's most repeated problems (每月一题): by category and place, with the months before, in people's words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from grid.access import Scope, place_name
from grid.models import Division
from petitions.catalogue import catalogue
from petitions.clusters import clusters
from petitions.figures.drill import Asked, address, facts_behind
from petitions.figures.places import Level, View, below
from petitions.figures.reads import months_until
from petitions.models import Figure, MonthlyTopic, Petition
from petitions.same import sizes

MONTHS = 6
MOST = 20
LEAST = 2
HEARD = 600
SHOWN, EXAMPLES = 12, 4


@dataclass(frozen=True)
class Repeated:
    """A category in one place: how often each of the last months, the last one this."""

    place: Division
    place_name: str
    category_id: int
    category: str
    category_code: str
    counts: list[int]
    href: str
    taken: bool = False

    @property
    def count(self) -> int:
        """How often this month."""
        return self.counts[-1]

    @property
    def moved(self) -> str:
        """Against the month before, in words."""
        change = self.counts[-1] - self.counts[-2]
        if change == 0:
            return _("和上月一样")
        return (_("比上月多 %d 件") if change > 0 else _("比上月少 %d 件")) % abs(change)

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """Each month as a bar of a small drawing, 12 wide and 24 high: x, y, height."""
        most = max(self.counts) or 1
        heights = [max(1, round(22 * count / most)) if count else 0 for count in self.counts]
        return [(place * 12, 24 - height, height) for place, height in enumerate(heights)]


@dataclass(frozen=True)
class Heard:
    """What several people say alike: the one that says it best, the others, and how many are in a group already."""

    first: Petition
    others: list[Petition]
    together: int

    @property
    def count(self) -> int:
        """How many say it."""
        return 1 + len(self.others)


def repeated(view: View) -> list[Repeated]:
    """The categories that came most often in a month, each in the place below that it came from; three queries."""
    places = {each.pk: each for each in (view.place, *below(view.place))}
    months = months_until(view.month, MONTHS)
    deepest = view.place.level == Level.COMMUNITY
    own = Q(division=view.place, rolled=False)
    under = Q(division__in=[pk for pk in places if pk != view.place.pk], rolled=view.place.level < Level.STREET)
    rows = Figure.objects.filter(own if deepest else own | under, axis=Figure.Axis.CATEGORY, month__in=months)
    counts: dict[tuple[int, int], dict[date, int]] = {}
    for place, category, month, orders in rows.values_list("division_id", "key", "month", "orders"):
        counts.setdefault((place, category), {})[month] = orders
    taken = set(
        MonthlyTopic.objects.filter(division=view.place, month=view.month).values_list("place_id", "category_id")
    )
    names = {row.pk: row for row in catalogue().categories.values()}
    found = [
        Repeated(
            place=places[place],
            place_name=place_name(places[place]),
            category_id=category,
            category=names[category].name,
            category_code=names[category].code,
            counts=[by_month.get(month, 0) for month in months],
            href=address(place, view.month, "orders", axis=Figure.Axis.CATEGORY, key=category),
            taken=(place, category) in taken,
        )
        for (place, category), by_month in counts.items()
        if category in names and by_month.get(view.month, 0) >= LEAST
    ]
    return sorted(found, key=lambda each: (-each.count, -sum(each.counts), each.place.code, each.category_id))[:MOST]


def heard(view: View, category_id: int, scope: Scope) -> list[Heard]:
    """What the newest petitions of a category in a month have to say, by what they have in common; three queries."""
    asked = Asked("orders", Figure.Axis.CATEGORY, category_id)
    facts = facts_behind(view, asked, scope).order_by("-day", "-petition_id")
    ids = list(facts.values_list("pk", flat=True)[:HEARD])
    columns = ("number", "title", "text", "state", "registered_at")
    petitions = list(Petition.objects.filter(pk__in=ids).only(*columns).order_by("-id"))
    groups = clusters([(each.title, each.text) for each in petitions], least=LEAST)[:SHOWN]
    known = sizes([petitions[place].pk for group in groups for place in group])
    return [
        Heard(
            petitions[group[0]],
            [petitions[place] for place in group[1:]],
            sum(1 for place in group if petitions[place].pk in known),
        )
        for group in groups
    ]


def trend_of(topic: MonthlyTopic, until: date) -> list[tuple[date, int]]:
    """How often a topic's problem came, from half a year before it was taken on until a month; one query."""
    first, last = months_until(topic.month, MONTHS)[0], max(until, topic.month)
    rolled = topic.place.level != Level.COMMUNITY
    rows = Figure.objects.filter(
        division=topic.place, rolled=rolled, axis=Figure.Axis.CATEGORY, key=topic.category_id, month__gte=first
    )
    counts: dict[Any, int] = dict(rows.filter(month__lte=last).values_list("month", "orders"))
    span = (last.year - first.year) * 12 + last.month - first.month + 1
    return [(month, counts.get(month, 0)) for month in months_until(last, span)]
