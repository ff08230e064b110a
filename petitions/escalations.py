"""What reached a person's rung of the ladder, and what did so lately. Seven queries, however many rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.timezone import localtime

from community_portal.ui.paging import KeysetPage
from community_portal.worktime.querysets import work_calendar
from community_portal.worktime.words import TimeLeft, time_left
from grid.access import RANK, Role, Scope, scope_of
from grid.models import Staff
from petitions import ladders
from petitions.actions.base import verbs_now
from petitions.actions.clocks import RUNGS
from petitions.ladders import Rung
from petitions.models import Petition, PetitionClock, PetitionEvent
from petitions.querysets import escalated_to, own_rung, visible_to
from petitions.rows import UNSEEN, open_clocks
from petitions.workflow import Verb

RECENT = timedelta(days=14)
MOST = 20
NOTES = (Verb.CONTACT, Verb.NOTE, Verb.RETURN, Verb.ACKNOWLEDGE, Verb.SUPERVISE)


@dataclass(frozen=True)
class Case:
    """One escalated petition: whose it is, which deadline passed by how much, the ladder so far, the last word."""

    petition: Petition
    clock: PetitionClock | None
    left: TimeLeft
    ladder: list[Rung]
    last: PetitionEvent | None
    held_until: datetime | None
    verbs: frozenset[str]


@dataclass(frozen=True)
class Past:
    """One escalation of the last days whose petition has left the list since."""

    petition: Petition
    at: datetime
    text: str


def is_superior(scope: Scope) -> bool:
    """Whether anything can be escalated to this person."""
    return scope.rank >= RANK[Role.COMMUNITY_HEAD]


def page_of(staff: Staff, now: datetime, cursor: str | None) -> KeysetPage[Petition]:
    """Open petitions that reached the person's rung, the longest overdue first."""
    scope = scope_of(staff, localtime(now).date())
    return KeysetPage(
        escalated_to(visible_to(scope), scope).select_related("level", "handler", "community", "grid").defer(*UNSEEN),
        ("due_at", "id"),
        cursor,
        size=MOST,
    )


def cases(petitions: list[Petition], staff: Staff, now: datetime) -> list[Case]:
    """These petitions as cases; two queries for all."""
    prefetch_related_objects(petitions, Prefetch("clocks", open_clocks(), to_attr="open_clocks"))
    words = _last_words(petitions)
    return [_case(petition, words.get(petition.pk), staff, now) for petition in petitions]


def _case(petition: Petition, last: PetitionEvent | None, staff: Staff, now: datetime) -> Case:
    clocks = petition.open_clocks
    clock = max(clocks, key=lambda each: each.reached, default=None)
    held = clock.acknowledged_until if clock else None
    people = {"handler": petition.handler.name} if petition.handler else {}
    return Case(
        petition=petition,
        clock=clock,
        left=time_left(clock.due_at if clock else petition.due_at, now, clock.started_at if clock else None),
        ladder=ladders.rungs(clock, people, work_calendar(), now) if clock else [],
        last=last,
        held_until=held if held and held > now else None,
        verbs=frozenset(str(verb) for verb in verbs_now(petition, staff, now)),
    )


def _last_words(petitions: list[Petition]) -> dict[int, PetitionEvent]:
    """The last thing that somebody wrote about each petition."""
    events = PetitionEvent.objects.filter(petition__in=[petition.pk for petition in petitions], verb__in=NOTES)
    latest = events.order_by("petition_id", "-id").distinct("petition_id").select_related("by")
    return {event.petition_id: event for event in latest}


def lately(staff: Staff, now: datetime) -> list[Past]:
    """Petitions that reached the person's rung in the last days and have been dealt with meanwhile, newest first."""
    scope = scope_of(staff, localtime(now).date())
    rung = own_rung(scope)
    reached = (
        PetitionEvent.objects.filter(
            scope.matches(
                grid="petition__grid_id",
                community="petition__community_id",
                street="petition__street_id",
                district="petition__district_id",
            ),
            verb=Verb.ESCALATE,
            at__gt=now - RECENT,
            at__lte=now,
            data__to__in=[name for name, step in RUNGS.items() if step >= rung],
            petition__escalated_to__lt=rung,
        )
        .select_related("petition__handler")
        .defer(*(f"petition__{name}" for name in UNSEEN))
        .order_by("-at", "-id")[: 3 * MOST]
    )
    found: dict[int, Past] = {}
    for event in reached:
        found.setdefault(event.petition_id, Past(event.petition, event.at, event.text))
    return list(found.values())[:MOST]
