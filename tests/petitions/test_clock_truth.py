"""Whatever happens to a petition, its deadlines are what its events say: worked out again, and compared."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from community_portal.worktime.deadlines import ZONE, CalendarNotCovered
from community_portal.worktime.models import CalendarDay
from community_portal.worktime.querysets import forget_calendar, work_calendar
from petitions.actions import applying, clocks, ending, handling, recalculating, triage
from petitions.actions.base import ActionRefused
from petitions.catalogue import catalogue, forget_catalogue
from petitions.models import HANDLING, ClockRule, Petition
from petitions.truth import deadline, moves_of
from petitions.workflow import State, Verb
from tests.factories import NOW, Cast, make_cast
from tests.petitions.acts import REASON, petition_in
from tests.petitions.consistency import inconsistencies

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told_truly(petition: Petition) -> bool:
    """Whether every running deadline of the handling is the one that the events give."""
    events = list(petition.events.order_by("id"))
    running = petition.clocks.filter(closed_at=None, kind__in=HANDLING)
    for clock in running:
        expected = deadline(
            clock.rule, clock.started_at, moves_of(events, clock.kind, clock.started_at), work_calendar()
        )
        assert clock.due_at == expected, (clock.kind, clock.due_at, expected)
    petition.refresh_from_db()
    return petition.due_at == min((clock.due_at for clock in running if clock.due_at), default=None)


def granted(cast: Cast, petition: Petition, ask: Any, at: datetime, until: datetime) -> None:
    """Asked for by the worker and granted by the street at one instant."""
    ask(petition.pk, by=cast.worker, at=at, until=until, text=REASON)
    application = petition.applications.latest("pk")
    applying.application_decide(application.pk, by=cast.street, at=at, granted=True)


def suspend(cast: Cast, petition: Petition, at: datetime, until: datetime) -> None:
    granted(cast, petition, applying.petition_ask_suspend, at, until)


def extend(cast: Cast, petition: Petition, at: datetime, until: datetime) -> None:
    granted(cast, petition, applying.petition_ask_extend, at, until)


def due(petition: Petition, kind: str = "resolve") -> datetime | None:
    """The running deadline."""
    found: datetime | None = petition.clocks.get(kind=kind, closed_at=None).due_at
    return found


class TestByHand:
    def test_a_pause(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        suspend(cast, petition, NOW + DAY, NOW + 3 * DAY)
        clocks.sweep(at=NOW + 3 * DAY)
        assert due(petition) == NOW + 9 * DAY
        assert told_truly(petition)

    def test_two_pauses_and_an_extension_between(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        suspend(cast, petition, NOW + 6 * HOUR, NOW + DAY)
        clocks.sweep(at=NOW + DAY)
        extend(cast, petition, NOW + DAY + HOUR, NOW + 12 * DAY)
        suspend(cast, petition, NOW + 2 * DAY, NOW + 5 * DAY)
        clocks.sweep(at=NOW + 5 * DAY)
        assert due(petition) == NOW + 15 * DAY
        assert told_truly(petition)

    def test_a_level_change_leaves_the_pause_out_and_the_extension_behind(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        suspend(cast, petition, NOW + 6 * HOUR, NOW + DAY + 6 * HOUR)
        clocks.sweep(at=NOW + DAY + 6 * HOUR)
        extend(cast, petition, NOW + 2 * DAY, NOW + 20 * DAY)
        triage.petition_level(petition.pk, by=cast.head, at=NOW + 3 * DAY, level="d15", text=REASON)
        assert due(petition) == NOW + 16 * DAY
        assert told_truly(petition)

    def test_reopening_begins_anew(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        extend(cast, petition, NOW + DAY, NOW + 12 * DAY)
        handling.petition_contact(petition.pk, by=cast.worker, at=NOW + DAY, text=REASON)
        handling.petition_resolve(petition.pk, by=cast.worker, at=NOW + 2 * DAY, text=REASON)
        ending.petition_reopen(petition.pk, by=cast.head, at=NOW + 3 * DAY, text=REASON)
        assert due(petition) == NOW + 10 * DAY
        assert told_truly(petition)

    def test_handing_over_restarts_the_sign_in_alone(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        to = cast.appointment(cast.colleague).pk
        handling.petition_dispatch(petition.pk, by=cast.head, at=NOW + DAY, appointment_id=to)
        assert petition.clocks.get(kind="sign_in", closed_at=None).started_at == NOW + DAY
        assert due(petition) == NOW + 7 * DAY
        assert told_truly(petition)

    def test_a_calendar_edit_changes_nothing_until_somebody_asks(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        before = due(petition, "contact")
        assert before == datetime(2026, 11, 24, 18, tzinfo=ZONE)
        CalendarDay.objects.filter(date=date(2026, 11, 24)).update(is_workday=False)
        forget_calendar()
        clocks.sweep(at=NOW + HOUR)
        assert due(petition, "contact") == before
        assert recalculating.recalculate(at=NOW + HOUR) == 1
        assert due(petition, "contact") == datetime(2026, 11, 25, 18, tzinfo=ZONE)
        event = petition.events.get(verb=Verb.RECALCULATE)
        assert [datetime.fromisoformat(text) for text in event.data["due"]["contact"]] == [
            before,
            datetime(2026, 11, 25, 18, tzinfo=ZONE),
        ]
        assert told_truly(petition)
        assert recalculating.recalculate(at=NOW + HOUR) == 0

    def test_an_edited_level_counts_for_the_next_clock_alone(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        ClockRule.objects.filter(level__code="d7", kind="resolve").update(amount=3)
        forget_catalogue()
        clocks.sweep(at=NOW + HOUR)
        assert due(petition) == NOW + 7 * DAY
        assert due(petition_in(State.ACCEPTED, cast, text="3号楼门禁坏了")) == NOW + 3 * DAY
        assert told_truly(petition)

    def test_a_pause_into_a_year_that_is_not_covered_waits_for_the_calendar(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        suspend(cast, petition, NOW + HOUR, NOW + 3 * HOUR)
        CalendarDay.objects.filter(date__gt=NOW.date()).delete()
        forget_calendar()
        clocks.sweep(at=NOW + 3 * HOUR)
        contact = petition.clocks.get(kind="contact", closed_at=None)
        assert (contact.due_at, contact.next_check_at) == (None, NOW + 4 * HOUR)
        with pytest.raises(CalendarNotCovered):
            work_calendar().is_workday(NOW.date() + DAY)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["suspend", "extend", "pledge", "level", "hand over", "reopen", "calendar"]),
        st.integers(1, 30 * 60),
        st.integers(1, 6 * 24),
    ),
    min_size=1,
    max_size=6,
)


class TestAnyStory(HypothesisCase):
    """Stories of any order: after each step the deadlines are what the events say."""

    @given(STEPS)
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_the_events_tell_the_deadlines(self, steps: list[tuple[str, int, int]]) -> None:
        cast = make_cast()
        forget_calendar()
        petition = petition_in(State.ACCEPTED, cast)
        at = NOW
        for name, minutes, hours in steps:
            at += timedelta(minutes=minutes)
            try:
                tell(name, cast, petition, at, at + hours * HOUR)
            except ActionRefused:
                continue
            if name == "suspend":
                at += hours * HOUR
                clocks.sweep(at=at)
            assert told_truly(petition), (name, at)
        # A warning that is overtaken by its deadline counts as taken, without an event.
        assert inconsistencies().keys() <= {"steps of the ladder without their events"}


def tell(name: str, cast: Cast, petition: Petition, at: datetime, until: datetime) -> None:
    """One step of a story; ActionRefused where it cannot be taken."""
    if name in ("suspend", "extend"):
        (suspend if name == "suspend" else extend)(cast, petition, at, until)
    elif name == "pledge":
        triage.petition_pledge(petition.pk, by=cast.worker, at=at, until=until)
    elif name == "level":
        petition.refresh_from_db()
        level = "d15" if petition.level.code == "d7" else "d7"
        assert level in catalogue().levels
        triage.petition_level(petition.pk, by=cast.head, at=at, level=level, text=REASON)
    elif name == "calendar":
        CalendarDay.objects.filter(date=at.date() + DAY).update(is_workday=at.minute % 2 == 0)
        forget_calendar()
        recalculating.recalculate(at=at)
    elif name == "hand over":
        to = cast.appointment(cast.worker).pk
        handling.petition_dispatch(petition.pk, by=cast.head, at=at, appointment_id=to)
        handling.petition_accept(petition.pk, by=cast.worker, at=at)
    else:
        triage.petition_on_spot(petition.pk, by=cast.worker, at=at, text=REASON)
        ending.petition_reopen(petition.pk, by=cast.head, at=at, text=REASON)
        handling.petition_accept(petition.pk, by=cast.worker, at=at)
