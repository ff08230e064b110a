"""The statements that sum petitions' facts into figures: of homes by grouping sets, of streets and districts rolled up.

All of a month is made anew each time: what is kept is always what the facts add up to.
"""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from grid.models import Division
from petitions.models import MEASURES, Figure, PetitionFact

FACTS, FIGURES, DIVISIONS = (model._meta.db_table for model in (PetitionFact, Figure, Division))
_COLUMNS = ", ".join(MEASURES)
_SUMS = ", ".join(f"sum({name})" for name in MEASURES)
_ROLLED_SUMS = ", ".join(f"sum(part.{name})" for name in MEASURES)

_CLEAR = f"DELETE FROM {FIGURES} WHERE division_id = ANY(%s) AND month = %s AND rolled = %s"
_OF_HOMES = f"""
INSERT INTO {FIGURES} (division_id, rolled, month, axis, key, {_COLUMNS})
SELECT home_id, false, %s,
       CASE GROUPING(day, category_key, grid_key, handler_key)
            WHEN 15 THEN 'total' WHEN 7 THEN 'day' WHEN 11 THEN 'category' WHEN 13 THEN 'grid' ELSE 'handler' END,
       CASE GROUPING(day, category_key, grid_key, handler_key)
            WHEN 15 THEN 0 WHEN 7 THEN extract(day FROM day)::bigint
            WHEN 11 THEN category_key WHEN 13 THEN grid_key ELSE handler_key END,
       {_SUMS}
FROM {FACTS} WHERE home_id = ANY(%s) AND day >= %s AND day < %s
GROUP BY home_id, GROUPING SETS ((), (day), (category_key), (grid_key), (handler_key))
"""
_ROLLED = f"""
INSERT INTO {FIGURES} (division_id, rolled, month, axis, key, {_COLUMNS})
SELECT whole.id, true, part.month, part.axis, part.key, {_ROLLED_SUMS}
FROM {DIVISIONS} whole
JOIN {DIVISIONS} below ON below.parent_id = whole.id OR below.id = whole.id
JOIN {FIGURES} part ON part.division_id = below.id AND part.month = %s AND part.axis IN ('total', 'day', 'category')
     AND part.rolled = (below.id <> whole.id AND below.level < {Division.Level.COMMUNITY.value})
WHERE whole.id = ANY(%s)
GROUP BY whole.id, part.month, part.axis, part.key
"""

Spot = tuple[int, date]
"""A division and the first day of a month."""


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def sum_up(spots: Iterable[Spot]) -> None:
    """Make the figures of these homes and months anew, and those of the streets and districts that they are part of.

    Two statements for each month and level. Call inside a transaction, one at a time.
    """
    months: dict[date, set[int]] = {}
    for home, month in spots:
        months.setdefault(month, set()).add(home)
    above = _above({home for homes in months.values() for home in homes})
    with connection.cursor() as cursor:
        for month, homes in sorted(months.items()):
            cursor.execute(_CLEAR, [sorted(homes), month, False])
            cursor.execute(_OF_HOMES, [month, sorted(homes), month, next_month(month)])
            for level in (Division.Level.STREET, Division.Level.DISTRICT):
                wholes = sorted({pk for home in homes if (pk := above[home].get(level))})
                if wholes:
                    cursor.execute(_CLEAR, [wholes, month, True])
                    cursor.execute(_ROLLED, [month, wholes])


def _above(homes: set[int]) -> dict[int, dict[int, int]]:
    """For each home the street and the district that it is in, or is, by level; one query."""
    found: dict[int, dict[int, int]] = {}
    rows = Division.objects.filter(pk__in=homes).values_list(
        "pk", "level", "parent_id", "parent__level", "parent__parent_id", "parent__parent__level"
    )
    for pk, level, parent, parent_level, over, over_level in rows:
        found[pk] = {
            each: key for key, each in ((pk, level), (parent, parent_level), (over, over_level)) if key and each
        }
    return found
