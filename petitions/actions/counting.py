"""Keeping the figures: each event since the last time makes its petition's fact and the sums of its month anew."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils.timezone import localtime

from community_portal.privacy.unhurried import unhurried
from grid.copying import copy_rows
from petitions.figures.facts import Fact, fact_of
from petitions.figures.sums import FACTS, Spot, month_of, sum_up
from petitions.models import MEASURES, Figure, FigureMark, Petition, PetitionClock, PetitionEvent, PetitionFact

EVENTS = 100_000
SETTLED = 10_000
COLUMNS = (
    *("petition_id", "day", "home_id", "street_id", "district_id", "grid_key", "handler_key", "category_key"),
    "settles_at",
    *MEASURES,
)
Row = tuple[Any, ...]


class _Whose(NamedTuple):
    """The columns of a petition that a fact needs."""

    id: int
    source: str
    registered_at: datetime
    district_id: int | None
    street_id: int | None
    community_id: int | None
    grid_id: int | None
    handler_id: int | None
    category_id: int | None


class _Event(NamedTuple):
    petition_id: int
    verb: str
    at: datetime
    new_state: str
    data: dict[str, Any]


class _Clock(NamedTuple):
    petition_id: int
    kind: str
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str


def count_up(*, at: datetime) -> int:
    """Bring the figures up to date; returns how many petitions were looked at. Safe to run at any time, by anybody.

    While another process does it, there is nothing to do.
    """
    FigureMark.objects.get_or_create(pk=1)
    looked = 0
    while (found := _turn(at)) is not None:
        looked += found
    return looked


@unhurried()
def forget_counts() -> None:
    """Have every fact and figure made anew by the next `count_up`."""
    FigureMark.objects.get_or_create(pk=1)
    mark = FigureMark.objects.select_for_update().get(pk=1)
    PetitionFact.objects.all()._raw_delete("default")
    Figure.objects.all()._raw_delete("default")
    mark.read_to = mark.next_to = mark.next_after = 0
    mark.counted_at = None
    mark.save()


@unhurried()
def _turn(at: datetime) -> int | None:
    """One batch; None when nothing is left to read, or somebody else is at it."""
    mark = FigureMark.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if mark is None:
        return None
    if mark.read_to >= mark.next_to:
        mark.next_to, mark.next_after = _newest()
    ids, mark.read_to = _with_news(mark)
    settled = PetitionFact.objects.filter(settles_at__lt=at).order_by("settles_at")
    ids |= set(settled.values_list("pk", flat=True)[:SETTLED])
    sum_up(_write(sorted(ids), at))
    mark.counted_at = at
    mark.save()
    return len(ids) or None


def _with_news(mark: FigureMark) -> tuple[set[int], int]:
    """The petitions of the next events that may be read, and the last of those events."""
    if mark.read_to >= mark.next_to or not _all_ended(mark.next_after):
        return set(), mark.read_to
    events = PetitionEvent.objects.filter(pk__gt=mark.read_to, pk__lte=mark.next_to).order_by("pk")
    rows = list(events.values_list("pk", "petition_id")[:EVENTS])
    read_to = rows[-1][0] if len(rows) == EVENTS else mark.next_to
    return {petition for _pk, petition in rows}, read_to


def _newest() -> tuple[int, int]:
    """The newest event's id, and a transaction id above those of all that are running."""
    events = PetitionEvent._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(max(id), 0), pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM {events}"
        )
        newest, after = cursor.fetchone()
    return newest, after


def _all_ended(after: int) -> bool:
    """Whether no other transaction below this id is still running."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_snapshot_xip(pg_current_snapshot()) AS running"
            " WHERE running::text::bigint < %s)",
            [after],
        )
        return bool(cursor.fetchone()[0])


def _write(ids: Sequence[int], at: datetime) -> set[Spot]:
    """Write the facts of these petitions; returns the homes and months whose sums changed."""
    if not ids:
        return set()
    former = {row[0]: row for row in PetitionFact.objects.filter(pk__in=ids).values_list(*COLUMNS)}
    now = {row[0]: row for row in _rows(ids, at)}
    changed = [pk for pk in ids if former.get(pk) != now.get(pk)]
    PetitionFact.objects.filter(pk__in=[pk for pk in changed if pk in former]).delete()
    copy_rows(FACTS, COLUMNS, [now[pk] for pk in changed if pk in now])
    return {
        (row[COLUMNS.index("home_id")], month_of(row[COLUMNS.index("day")]))
        for pk in changed
        for row in (former.get(pk), now.get(pk))
        if row
    }


def _rows(ids: Sequence[int], at: datetime) -> list[Row]:
    """The facts of petitions as rows; three queries for any number."""
    events = _by_petition(
        _Event._make(row)
        for row in PetitionEvent.objects.filter(petition__in=ids).order_by("id").values_list(*_Event._fields)
    )
    clocks = _by_petition(
        _Clock._make(row)
        for row in PetitionClock.objects.filter(petition__in=ids).order_by("id").values_list(*_Clock._fields)
    )
    whose = (_Whose._make(row) for row in Petition.objects.filter(pk__in=ids).values_list(*_Whose._fields))
    return [
        _row(each, fact_of(each.source, each.registered_at, events.get(each.id, []), clocks.get(each.id, []), at))
        for each in whose
        if each.district_id or each.street_id or each.community_id
    ]


def _row(whose: _Whose, fact: Fact) -> Row:
    return (
        whose.id,
        localtime(whose.registered_at).date(),
        whose.community_id or whose.street_id or whose.district_id,
        whose.street_id,
        whose.district_id,
        whose.grid_id or 0,
        whose.handler_id or 0,
        whose.category_id or 0,
        fact.settles_at,
        *(fact.measures.get(name, 0) for name in MEASURES),
    )


def _by_petition(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.petition_id, []).append(row)
    return found
