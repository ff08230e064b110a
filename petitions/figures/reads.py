"""Figures out of the kept sums. Each read is one or two queries, whatever the number of petitions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from grid.models import GridUnit, Staff
from petitions.catalogue import catalogue
from petitions.figures.places import Level, View, below
from petitions.figures.rates import NOTHING, Sums, added
from petitions.figures.sums import next_month
from petitions.models import MEASURES, Figure

Axis = Figure.Axis
YEAR = 12


@dataclass(frozen=True)
class Line:
    """One line of a table: its name, its sums now and the month before, and what leads to its orders."""

    name: str
    sums: Sums
    before: Sums = field(default_factory=dict)
    asks: dict[str, Any] = field(default_factory=dict)
    waiting: int | None = None


def month_before(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def months_until(month: date, count: int = YEAR) -> list[date]:
    """So many months, the last one this."""
    found = [month]
    while len(found) < count:
        found.insert(0, month_before(found[0]))
    return found


def by_month(view: View) -> dict[date, Sums]:
    """The place's sums of twelve months and the one before them; one query."""
    months = months_until(view.month, YEAR + 1)
    rows = view.totals().filter(axis=Axis.TOTAL, month__gte=months[0], month__lte=view.month)
    found = {row["month"]: _sums(row) for row in rows.values("month", *MEASURES)}
    return {month: found.get(month, NOTHING) for month in months}


def by_day(view: View) -> list[Line]:
    """The place's sums of each day of the month; one query."""
    found = _by_key(view.totals().filter(axis=Axis.DAY, month=view.month))
    days = (next_month(view.month) - view.month).days
    return [
        Line(_("%d 日") % day, found.get(day, NOTHING), asks={"axis": Axis.DAY, "key": day})
        for day in range(1, days + 1)
    ]


def by_category(view: View) -> list[Line]:
    """The place's sums of each category, the most frequent first; two queries."""
    now, before = _two_months(view, view.totals().filter(axis=Axis.CATEGORY))
    names = {row.pk: row.name for row in catalogue().categories.values()}
    return _lines(now, before, names, _("未定类别"), Axis.CATEGORY)


def by_grid(view: View) -> list[Line]:
    """A community's sums of each grid, or a street's of its outer grids and those of its communities."""
    now, before = _two_months(view, Figure.objects.filter(view.homes, axis=Axis.GRID, rolled=False))
    names = {
        row.pk: f"{row.division.short_name} {row.name}" if view.rolled else row.name
        for row in GridUnit.objects.filter(pk__in={*now, *before}).select_related("division")
    }
    return _lines(now, before, names, _("没有网格"), Axis.GRID)


def by_handler(view: View) -> list[Line]:
    """The sums of each person who handles here, with what they have in hand from all months."""
    rows = Figure.objects.filter(view.homes, axis=Axis.HANDLER, rolled=False)
    now, before = _two_months(view, rows)
    held = dict(rows.filter(unfinished__gt=0).values_list("key").annotate(Sum("unfinished")).order_by())
    now = {**dict.fromkeys(held, NOTHING), **now}
    names = dict(Staff.objects.filter(pk__in={*now, *before}).values_list("pk", "name"))
    lines = _lines(now, before, names, _("还没派给人"), Axis.HANDLER)
    return [Line(each.name, each.sums, each.before, each.asks, held.get(each.asks["key"], 0)) for each in lines]


def by_place(view: View) -> list[Line]:
    """The divisions below, side by side, and what the place keeps itself; three queries."""
    children = list(below(view.place))
    months = [month_before(view.month), view.month]
    rows = Figure.objects.filter(axis=Axis.TOTAL, month__in=months, division__in=[*children, view.place])
    found: dict[tuple[int, bool, date], Sums] = {
        (row["division_id"], row["rolled"], row["month"]): _sums(row)
        for row in rows.values("division_id", "rolled", "month", *MEASURES)
    }

    def line(pk: int, name: str, rolled: bool, asks: dict[str, Any]) -> Line:
        before, now = (found.get((pk, rolled, month), NOTHING) for month in months)
        return Line(name, now, before, asks)

    rolled = view.place.level < Level.STREET
    lines = [line(each.pk, each.name if rolled else each.short_name, rolled, {"place": each.pk}) for each in children]
    own = line(view.place.pk, _("直接承办"), False, {"axis": "own", "key": view.place.pk})
    return [*lines, own] if own.sums or own.before else lines


def _two_months(view: View, rows: QuerySet[Figure]) -> tuple[dict[int, Sums], dict[int, Sums]]:
    return _by_key(rows.filter(month=view.month)), _by_key(rows.filter(month=month_before(view.month)))


def _by_key(rows: QuerySet[Figure]) -> dict[int, Sums]:
    """Sums by key; a grid or a person may have some in several homes."""
    found: dict[int, list[Sums]] = {}
    for row in rows.values("key", *MEASURES):
        found.setdefault(row["key"], []).append(_sums(row))
    return {key: added(parts) for key, parts in found.items()}


def _lines(
    now: dict[int, Sums], before: dict[int, Sums], names: dict[int, str], nameless: str, axis: str
) -> list[Line]:
    lines = [
        Line(names.get(key, nameless), now.get(key, NOTHING), before.get(key, NOTHING), {"axis": axis, "key": key})
        for key in _in_order({*now, *before})
    ]
    return sorted(lines, key=lambda each: -each.sums.get("orders", 0))


def _in_order(keys: Iterable[int]) -> list[int]:
    return sorted(keys)


def _sums(row: dict[str, Any]) -> Sums:
    return {name: row[name] for name in MEASURES}
