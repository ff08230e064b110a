"""Deadlines after an edit of the working calendar: worked out again only when somebody asks, never in silence."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from community_portal.worktime.querysets import work_calendar
from petitions.actions.base import SYSTEM, Turn, check, finish
from petitions.actions.timing import move_clocks
from petitions.models import HANDLING, Petition, PetitionClock, PetitionEvent
from petitions.truth import deadline, moves_of
from petitions.workflow import OPEN, Verb

AT_ONCE = 200


def recalculate(*, at: datetime) -> int:
    """Work out the deadlines of every open petition again, by the rules that their clocks started with.

    A deadline that comes out otherwise is moved, with an event that says from when to when. Returns how many petitions
    were changed. Safe to run again.
    """
    return sum(_take(petition_ids, at) for petition_ids in _batches())


def _batches() -> Iterator[list[int]]:
    last = 0
    open_ones = Petition.objects.filter(state__in=OPEN).order_by("id").values_list("id", flat=True)
    while found := list(open_ones.filter(id__gt=last)[:AT_ONCE]):
        yield found
        last = found[-1]


@transaction.atomic
def _take(petition_ids: list[int], at: datetime) -> int:
    petitions = Petition.objects.select_for_update().filter(pk__in=petition_ids, state__in=OPEN).order_by("id")
    return sum(_changed(petition, at) for petition in petitions)


def _changed(petition: Petition, at: datetime) -> bool:
    events = list(petition.events.order_by("id"))
    before = dict(petition.clocks.filter(closed_at=None, kind__in=HANDLING).values_list("kind", "due_at"))
    moved = move_clocks(petition, at, lambda clock: _deadline(clock, events))
    if not moved:
        return False
    turn: Turn = check(petition, Verb.RECALCULATE, by=None, at=at, actor=SYSTEM)
    said = {kind: [_iso(before.get(kind)), _iso(due)] for kind, due in moved.items()}
    finish(turn, data={"due": said})
    return True


def _deadline(clock: PetitionClock, events: list[PetitionEvent]) -> datetime:
    return deadline(clock.rule, clock.started_at, moves_of(events, clock.kind, clock.started_at), work_calendar())


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
