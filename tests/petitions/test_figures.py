"""Figures are what a plain recount of the events gives, whatever happened, and however often they were brought up to
date in between.
"""

import threading
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from petitions.actions import clocks, public
from petitions.actions.base import ActionRefused
from petitions.actions.counting import count_up, forget_counts
from petitions.models import MEASURES, Figure, Petition, PetitionFact
from petitions.workflow import Verb
from tests.factories import NOW, Cast, make_cast, make_petition
from tests.petitions.acts import perform

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACES = ("3号楼2单元302", "2号楼1单元101", "院子里")
WITHIN = {
    "contact": {"30m": 0.5, "2h": 2, "24h": 24, "3d": 72},
    "resolve": {"2h": 2, "24h": 24, "3d": 72, "7d": 168, "15d": 360},
}
Key = tuple[int, bool, str, Any, int]


def recount(at: datetime) -> dict[Key, Counter[str]]:
    """Every figure from scratch: petition by petition, question by question."""
    found: dict[Key, Counter[str]] = {}
    for petition in Petition.objects.select_related("community", "street", "district"):
        counts = Counter(counted(petition, at))
        day = petition.registered_at.astimezone(NOW.tzinfo).date()
        month, home = day.replace(day=1), petition.community_id or petition.street_id or petition.district_id
        keys = {"total": 0, "day": day.day, "category": petition.category_id or 0}
        own = {**keys, "grid": petition.grid_id or 0, "handler": petition.handler_id or 0}
        spots = [(home, False, own)] + [(pk, True, keys) for pk in (petition.street_id, petition.district_id) if pk]
        for place, rolled, axes in spots:
            for axis, key in axes.items():
                found.setdefault((place or 0, rolled, axis, month, key), Counter()).update(counts)
    return found


def counted(petition: Petition, at: datetime) -> dict[str, int]:
    """What one petition adds, read off its history line by line."""
    events, found = list(petition.events.order_by("id")), Counter({"orders": 1})
    if petition.source == "patrol":
        found["proactive"] = 1
        found["fixed"] = petition.state in ("resolved", "closed")
        return found
    if petition.state == "refused":
        return {**found, "excluded": 1}
    found["counted"] = 1
    found.update(contacts_of(petition, events, at))
    found.update(ending_of(petition, events, at))
    for what in ("solved", "satisfied"):
        said = [event.data[what] for event in events if event.verb in ("rate", "close")]
        said = [answer for answer in said if answer is not None]
        if said:
            found[f"asked_{what}"] = 1
            found[what] = said[-1]
    verbs = {event.verb for event in events}
    found["reopened"], found["returned"] = "reopen" in verbs, bool({"return", "take_back"} & verbs)
    reached = {event.data["to"] for event in events if event.verb == "escalate"}
    found["escalated"] = bool(reached & {"community_head", "street", "district"})
    for rung, name in (("community_head", "community"), ("street", "street"), ("district", "district")):
        found[f"up_{name}"] = rung in reached
    return found


def contacts_of(petition: Petition, events: list[Any], at: datetime) -> Counter[str]:
    """The first contact, against the first contact deadline."""
    found: Counter[str] = Counter()
    clock = petition.clocks.filter(kind="contact").order_by("id").first()
    assert clock is not None
    assert clock.due_at is not None
    contacts = [event.at for event in events if event.verb in ("contact", "resolve", "on_spot")]
    if contacts:
        found["judged"] = 1
        found["responded"] = contacts[0] <= clock.due_at
        found[spent("contact", contacts[0] - petition.registered_at)] = 1
        found["contact_minutes"] = (contacts[0] - petition.registered_at) // timedelta(minutes=1)
    elif clock.due_at < at:
        found["judged"] = 1
    return found


def ending_of(petition: Petition, events: list[Any], at: datetime) -> Counter[str]:
    """The last answer, and every deadline that it had to meet."""
    done = petition.state in ("resolved", "closed")
    found: Counter[str] = Counter({"resolved": int(done), "unfinished": int(not done)})
    if done:
        last = [event.at for event in events if event.verb in ("resolve", "on_spot")][-1] - petition.registered_at
        found[spent("resolve", last)] = 1
        found["resolve_minutes"] = last // timedelta(minutes=1)
    for clock in petition.clocks.filter(kind="resolve").exclude(outcome="cancelled"):
        assert clock.due_at is not None
        if done and clock.closed_at and clock.closed_at > clock.due_at:
            found["resolved_late"] = 1
        if not done and clock.closed_at is None and clock.due_at < at:
            found["overdue"] = 1
    return found


def spent(what: str, span: timedelta) -> str:
    """The first bucket that a span fits into."""
    return next((f"{what}_{name}" for name, hours in WITHIN[what].items() if span <= hours * HOUR), f"{what}_more")


def kept() -> dict[Key, Counter[str]]:
    """Every figure as it is kept, without zeroes."""
    rows = Figure.objects.values("division_id", "rolled", "axis", "month", "key", *MEASURES)
    return {
        (row["division_id"], row["rolled"], row["axis"], row["month"], row["key"]): +Counter(
            {name: row[name] for name in MEASURES}
        )
        for row in rows
    }


def agree(at: datetime) -> None:
    """What is kept is what a recount gives."""
    expected = {key: +Counter({name: int(value) for name, value in row.items()}) for key, row in recount(at).items()}
    assert kept() == expected


def step(cast: Cast, petition: Petition, verb: str, at: datetime, yes: bool) -> None:
    """One thing that may or may not be possible just then."""
    by = {"close": cast.head, "reopen": cast.head, "refuse": cast.head, "dispatch": cast.head}.get(verb, cast.worker)
    over = {"contacted": True, "solved": yes, "satisfied": yes}
    with suppress(ActionRefused):
        if verb == "rate":
            public.petition_rate(petition.pk, at=at, **over)
        elif verb == "close":
            perform(Verb.CLOSE, petition, cast, by=by, at=at, **{**over, "satisfied": yes or None})
        else:
            perform(Verb(verb), petition, cast, by=by, at=at)


VERBS = ("dispatch", "accept", "contact", "resolve", "close", "rate", "return", "reopen", "refuse", "classify", "wait")
BEGINNINGS = st.tuples(st.sampled_from(PLACES), st.sampled_from(["phone", "web", "patrol"]), st.booleans())
STEPS = st.tuples(st.integers(0, 3), st.sampled_from(VERBS), st.sampled_from([0, 1, 2.5, 7, 30, 200]), st.booleans())


class TestWhateverHappened(HypothesisCase):
    """Histories made by the real actions, four petitions at once, over weeks and a turn of the month."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(begun=st.lists(BEGINNINGS, min_size=1, max_size=4), steps=st.lists(STEPS, max_size=24))
    def test_kept_is_recounted(self, begun: list[Any], steps: list[Any]) -> None:
        cast, at = make_cast(), NOW
        made = []
        for place, source, anonymous in begun:
            over = {"source": source, "address": place, "caller_phone": "" if anonymous else "13800000009"}
            made.append(make_petition(cast, at=at, text=f"{place}楼道的灯不亮", **over))
            at += 3 * DAY
        for place, (which, verb, hours, yes) in enumerate(steps):
            at += hours * HOUR
            if verb == "wait":
                clocks.sweep(at=at)
            else:
                step(cast, made[which % len(made)], verb, at, yes)
            if place % 5 == 0:
                count_up(at=at)
        count_up(at=at)
        agree(at)
        forget_counts()
        count_up(at=at)
        agree(at)


class TestKeeping:
    def test_nothing_new_is_nothing_to_do(self, cast: Cast) -> None:
        make_petition(cast)
        assert count_up(at=NOW) == 1
        assert count_up(at=NOW) == 0

    def test_a_deadline_that_passes_counts_without_an_event(self, cast: Cast) -> None:
        petition = make_petition(cast)
        count_up(at=NOW)
        fact = PetitionFact.objects.get(petition=petition)
        assert (fact.judged, fact.overdue) == (0, 0)
        last = petition.clocks.get(kind="resolve").due_at
        assert last is not None
        assert count_up(at=last) == 1
        fact.refresh_from_db()
        assert (fact.judged, fact.responded, fact.overdue) == (1, 0, 0)
        assert count_up(at=last + timedelta(seconds=1)) == 1
        fact.refresh_from_db()
        assert fact.overdue == 1
        assert fact.settles_at is None
        agree(last + timedelta(seconds=1))

    def test_a_petition_that_moves_to_another_place_leaves_the_first(self, cast: Cast) -> None:
        petition = make_petition(cast)
        count_up(at=NOW)
        perform(
            Verb.DISPATCH, petition, cast, by=cast.street, at=NOW, appointment_id=cast.appointment(cast.outsider).pk
        )
        count_up(at=NOW)
        assert not Figure.objects.filter(division=cast.community).exists()
        assert Figure.objects.get(division=cast.next_community, axis="total").orders == 1
        assert Figure.objects.get(division=cast.street_division, axis="total", rolled=True).orders == 1
        agree(NOW)


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_behind_a_later_one_is_not_missed() -> None:
    cast = make_cast()
    first = make_petition(cast)
    late, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            perform(Verb.ACCEPT, first, cast, by=cast.worker, at=NOW)
            perform(Verb.CONTACT, first, cast, by=cast.worker, at=NOW)
            late.set()
            go_on.wait(30)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    late.wait(30)
    make_petition(cast, address="2号楼1单元101", text="水管漏了")
    count_up(at=NOW)
    go_on.set()
    thread.join()
    count_up(at=NOW)
    count_up(at=NOW)
    assert PetitionFact.objects.get(petition=first).responded == 1
    agree(NOW)
