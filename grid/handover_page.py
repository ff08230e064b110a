"""Handovers as their pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Count, Q

from community_portal.worktime.words import TimeLeft, time_left
from grid.access import Scope
from grid.models import Handover, HandoverItem
from grid.querysets import handovers_visible_to

ORDER = {kind.value: place for place, kind in enumerate(HandoverItem.Kind)}
MOST_DONE = 20


@dataclass(frozen=True)
class Row:
    """One handover in the list: who leaves what, how much is signed, how much time is left."""

    handover: Handover
    total: int
    signed: int
    left: TimeLeft


@dataclass(frozen=True)
class Group:
    """The items of one kind."""

    title: str
    items: Sequence[HandoverItem]


def rows_of(scope: Scope, now: datetime) -> list[Row]:
    """Open handovers, the nearest end first, then those done last; one query."""
    related = ("appointment__staff", "appointment__grid", "appointment__division")
    counted = (
        handovers_visible_to(scope)
        .select_related(*related)
        .annotate(total=Count("items"), signed=Count("items", filter=Q(items__signed_at__isnull=False)))
    )
    found = list(counted.filter(closed_at__isnull=True).order_by("due_at", "pk"))
    found += counted.filter(closed_at__isnull=False, items__isnull=False).order_by("-closed_at")[:MOST_DONE]
    return [Row(each, each.total, each.signed, time_left(each.due_at, now, each.started_at)) for each in found]


def groups_of(handover: Handover) -> list[Group]:
    """What is handed over, kind by kind, unsigned first; one query."""
    rows = handover.items.select_related("signed_by").order_by("id")
    ordered = sorted(rows, key=lambda item: (ORDER[item.kind], item.signed_at is not None, item.pk))
    return [
        Group(str(HandoverItem.Kind(kind).label), list(items))
        for kind, items in groupby(ordered, key=lambda item: item.kind)
    ]
