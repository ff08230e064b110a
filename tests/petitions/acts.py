"""Every verb through its real action, a petition in every state, and a picture of all that could be written."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from community_portal.notices.models import Notice
from grid.models import Staff
from petitions.actions import clocks, handling, public
from petitions.actions.register import register
from petitions.models import Category, Petition, PetitionClock, PetitionEvent
from petitions.workflow import State, Verb
from tests.factories import NOW, Cast, intake, make_petition

LATER = NOW + timedelta(minutes=5)
REASON = "灯座坏了，已联系物业更换"
ANSWERS = {"contacted": True, "solved": True, "satisfied": True}

Act = Callable[..., Any]


def _staff_act(action: Act, **values: Any) -> Act:
    def act(petition: Petition, cast: Cast, by: Staff, at: datetime, **over: Any) -> Any:
        return action(petition.pk, by=by, at=at, **{**values, **over})

    return act


def _dispatch(petition: Petition, cast: Cast, by: Staff, at: datetime, **over: Any) -> Any:
    to = cast.appointment(cast.colleague).pk
    return handling.petition_dispatch(petition.pk, by=by, at=at, **{"appointment_id": to, "text": REASON, **over})


def _register_again(petition: Petition, cast: Cast, by: Staff, at: datetime) -> Any:
    return register(intake(cast, external_system="12345", external_no=petition.external_no), by=None, at=at)


def _supplement(petition: Petition, cast: Cast, by: Staff, at: datetime, text: str = REASON) -> Any:
    return public.petition_supplement(petition.pk, at=at, text=text)


def _rate(petition: Petition, cast: Cast, by: Staff, at: datetime) -> Any:
    return public.petition_rate(petition.pk, at=at, **ANSWERS)


def _classify(petition: Petition, cast: Cast, by: Staff, at: datetime, **over: Any) -> Any:
    other = Category.objects.exclude(pk=petition.category_id).order_by("rank")[0]
    return handling.petition_classify(petition.pk, by=by, at=at, **{"category_id": other.pk, **over})


def _sweep(petition: Petition, cast: Cast, by: Staff, at: datetime) -> Any:
    return clocks.sweep(at=at)


ACTS: dict[Verb, Act] = {
    Verb.REGISTER: _register_again,
    Verb.DISPATCH: _dispatch,
    Verb.ACCEPT: _staff_act(handling.petition_accept),
    Verb.CONTACT: _staff_act(handling.petition_contact, text=REASON),
    Verb.NOTE: _staff_act(handling.petition_note, text=REASON),
    Verb.RESOLVE: _staff_act(handling.petition_resolve, text=REASON),
    Verb.CLOSE: _staff_act(handling.petition_close, **ANSWERS),
    Verb.RETURN: _staff_act(handling.petition_return, text=REASON),
    Verb.REOPEN: _staff_act(handling.petition_reopen, text=REASON),
    Verb.REFUSE: _staff_act(handling.petition_refuse, ground="court", text=REASON),
    Verb.SUPPLEMENT: _supplement,
    Verb.RATE: _rate,
    Verb.CLASSIFY: _classify,
    Verb.ACKNOWLEDGE: _staff_act(handling.petition_acknowledge, text=REASON, hours=4),
    Verb.SUPERVISE: _staff_act(handling.petition_supervise, text=REASON),
    Verb.DELIBERATE: _staff_act(handling.petition_deliberate, text=REASON),
    Verb.WARN: _sweep,
    Verb.URGE: _sweep,
    Verb.ESCALATE: _sweep,
}
TO_STATE: dict[State, list[Verb]] = {
    State.REGISTERED: [],
    State.DISPATCHED: [],
    State.ACCEPTED: [Verb.ACCEPT],
    State.RESOLVED: [Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE],
    State.CLOSED: [Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE, Verb.CLOSE],
    State.REFUSED: [Verb.REFUSE],
}


def perform(verb: Verb, petition: Petition, cast: Cast, *, by: Staff, at: datetime = LATER, **over: Any) -> Any:
    """Do something to a petition through the action that the pages use."""
    return ACTS[verb](petition, cast, by, at, **over)


def petition_in(state: State, cast: Cast, **over: Any) -> Petition:
    """A petition brought into a state by real actions of its worker and its head, all at NOW."""
    if state == State.REGISTERED:
        over = {"text": "院里有狗叫，吵得睡不着", **over}
    petition = make_petition(cast, **over)
    for verb in TO_STATE[state]:
        by = cast.worker if verb in (Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE) else cast.head
        perform(verb, petition, cast, by=by, at=NOW)
    petition.refresh_from_db()
    assert petition.state == state
    return petition


def snapshot() -> list[str]:
    """Every row that an action can write, as the database holds it."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for model in (Petition, PetitionClock, PetitionEvent, Notice):
            table = model._meta.db_table
            cursor.execute(f"SELECT '{table}' || t FROM {table} t ORDER BY id")
            rows += [row for (row,) in cursor.fetchall()]
    return rows


def verbs_since(petition: Petition, event_id: int) -> list[str]:
    """The verbs of the petition's events after one of them."""
    return list(petition.events.filter(pk__gt=event_id).values_list("verb", flat=True))


def last_event_id() -> int:
    """The newest event's id, 0 without any."""
    return PetitionEvent.objects.aggregate(last=Max("pk"))["last"] or 0
