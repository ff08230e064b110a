"""Every verb through its real action, a petition in every state, and a picture of all that could be written."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from community_portal.notices.models import Notice
from community_portal.worktime.models import CalendarDay
from community_portal.worktime.querysets import forget_calendar
from grid.models import Staff
from petitions.actions import (
    applying,
    clocks,
    ending,
    excluding,
    handling,
    pressing,
    public,
    recalculating,
    same,
    timing,
    together,
    triage,
)
from petitions.actions.register import register
from petitions.models import (
    Application,
    Category,
    Part,
    Petition,
    PetitionClock,
    PetitionEvent,
    SameEvent,
    SameMember,
    Summons,
)
from petitions.workflow import PARTS, State, Verb
from tests.factories import NOW, Cast, intake, make_petition

SOONER = NOW + timedelta(days=3)
MUCH_LATER = NOW + timedelta(days=10)
LATER = NOW + timedelta(minutes=5)
SAME = "同一盏灯"
REASON = "灯座坏了，已联系物业更换"
ANSWERS = {"contacted": True, "solved": True, "satisfied": True}

Act = Callable[..., Any]
Asked = Application.Kind


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


def _decision(kind: Application.Kind, granted: bool) -> Act:
    """Deciding the application that is there."""

    def act(petition: Petition, cast: Cast, by: Staff, at: datetime, text: str = REASON) -> Any:
        asked = petition.applications.get(kind=kind, state=Application.State.PENDING)
        return applying.application_decide(asked.pk, by=by, at=at, granted=granted, text=text)

    return act


def _asking(action: Act) -> Act:
    def act(petition: Petition, cast: Cast, by: Staff, at: datetime, **over: Any) -> Any:
        values = {"organisations": [cast.property_company.pk], "text": REASON, **over}
        return action(petition.pk, by=by, at=at, **values)

    return act


def _on_part(action: Act) -> Act:
    def act(petition: Petition, cast: Cast, by: Staff, at: datetime, text: str = REASON) -> Any:
        return action(petition.parts.get().pk, by=by, at=at, text=text)

    return act


def _avoid(petition: Petition, cast: Cast, by: Staff, at: datetime, **over: Any) -> Any:
    values = {"staff_id": cast.colleague.pk, "text": REASON, **over}
    return triage.petition_avoid(petition.pk, by=by, at=at, **values)


def _recalculate(petition: Petition, cast: Cast, by: Staff, at: datetime) -> Any:
    """A day that was worked is declared a holiday, and the deadlines are worked out again."""
    CalendarDay.objects.filter(date=NOW.date() + timedelta(days=1)).update(is_workday=False)
    forget_calendar()
    return recalculating.recalculate(at=at)


def _merge(petition: Petition, cast: Cast, by: Staff, at: datetime, **over: Any) -> Any:
    """To the one that `prepare` made for it."""
    into = Petition.objects.get(title=SAME).pk
    return same.petition_merge(petition.pk, by=by, at=at, **{"into": into, **over})


def _sweep(petition: Petition, cast: Cast, by: Staff, at: datetime) -> Any:
    return clocks.sweep(at=at)


ACTS: dict[Verb, Act] = {
    Verb.REGISTER: _register_again,
    Verb.DISPATCH: _dispatch,
    Verb.ACCEPT: _staff_act(handling.petition_accept),
    Verb.CONTACT: _staff_act(handling.petition_contact, text=REASON),
    Verb.NOTE: _staff_act(handling.petition_note, text=REASON),
    Verb.RESOLVE: _staff_act(handling.petition_resolve, text=REASON),
    Verb.CLOSE: _staff_act(ending.petition_close, **ANSWERS),
    Verb.RETURN: _staff_act(triage.petition_return, text=REASON),
    Verb.REOPEN: _staff_act(ending.petition_reopen, text=REASON),
    Verb.REFUSE: _staff_act(ending.petition_refuse, ground="court", text=REASON),
    Verb.SUPPLEMENT: _supplement,
    Verb.RATE: _rate,
    Verb.CLASSIFY: _classify,
    Verb.ON_SPOT: _staff_act(triage.petition_on_spot, text=REASON),
    Verb.PLEDGE: _staff_act(triage.petition_pledge, until=SOONER),
    Verb.REPORT: _staff_act(triage.petition_report, text=REASON),
    Verb.ASK_RETURN: _staff_act(applying.petition_ask_return, text=REASON),
    Verb.ASK_EXTEND: _staff_act(applying.petition_ask_extend, text=REASON, until=MUCH_LATER),
    Verb.ASK_SUSPEND: _staff_act(applying.petition_ask_suspend, text=REASON, until=MUCH_LATER),
    Verb.TAKE_BACK: _decision(Asked.RETURN, True),
    Verb.EXTEND: _decision(Asked.EXTEND, True),
    Verb.SUSPEND: _decision(Asked.SUSPEND, True),
    Verb.DENY: _decision(Asked.RETURN, False),
    Verb.UPHOLD: _decision(Asked.REVIEW, False),
    Verb.RESUME: _staff_act(applying.petition_resume, text=REASON),
    Verb.JOIN: _asking(together.petition_join),
    Verb.SUMMON: _asking(together.petition_summon),
    Verb.CHECK_IN: _on_part(together.part_check_in),
    Verb.ANSWER: _on_part(together.part_answer),
    Verb.RELEASE: _on_part(together.part_release),
    Verb.LEVEL: _staff_act(triage.petition_level, text=REASON, level="d15"),
    Verb.RECALCULATE: _recalculate,
    Verb.AVOID: _avoid,
    Verb.REVIEW: _staff_act(applying.petition_review, text=REASON),
    Verb.PRESS: _staff_act(pressing.petition_press, text=REASON),
    Verb.ACKNOWLEDGE: _staff_act(pressing.petition_acknowledge, text=REASON, hours=4),
    Verb.SUPERVISE: _staff_act(pressing.petition_supervise, text=REASON),
    Verb.DELIBERATE: _staff_act(handling.petition_deliberate, text=REASON),
    Verb.MERGE: _merge,
    Verb.SPLIT: _staff_act(same.petition_split, text=REASON),
    Verb.EXCLUDE: _staff_act(excluding.petition_exclude, ground="unclear", text=REASON),
    Verb.INCLUDE: _staff_act(excluding.petition_include, text=REASON),
    Verb.WARN: _sweep,
    Verb.URGE: _sweep,
    Verb.ESCALATE: _sweep,
}
ASKED_FOR = {
    Verb.TAKE_BACK: Asked.RETURN,
    Verb.EXTEND: Asked.EXTEND,
    Verb.SUSPEND: Asked.SUSPEND,
    Verb.DENY: Asked.RETURN,
    Verb.UPHOLD: Asked.REVIEW,
}
TO_STATE: dict[State, list[Verb]] = {
    State.REGISTERED: [],
    State.DISPATCHED: [],
    State.ACCEPTED: [Verb.ACCEPT],
    State.RESOLVED: [Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE],
    State.CLOSED: [Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE, Verb.CLOSE],
    State.REFUSED: [Verb.REFUSE],
    State.SUSPENDED: [Verb.ACCEPT, Verb.ASK_SUSPEND, Verb.SUSPEND],
}
BY_WORKER = (Verb.ACCEPT, Verb.CONTACT, Verb.RESOLVE, Verb.ASK_SUSPEND)


def prepare(verb: Verb, petition: Petition, cast: Cast) -> None:
    """Put by hand what a verb needs to be there, also in states where no action would have put it."""
    if verb in ASKED_FOR:
        application = Application.objects.create(
            petition=petition,
            kind=ASKED_FOR[verb],
            rung=Petition.Step.STREET,
            by=cast.worker,
            at=NOW,
            text=REASON,
            until=MUCH_LATER,
        )
        timing.start_clock(petition, timing.Kind.DECIDE, NOW, application=application)
    if verb in PARTS:
        part = Part.objects.create(petition=petition, organisation=cast.property_company, asked_at=NOW, text=REASON)
        timing.start_clock(petition, timing.Kind.ANSWER, NOW, part=part)
    if verb == Verb.SPLIT:
        event = SameEvent.objects.create(lead=make_petition(cast, title=SAME, at=NOW), at=NOW)
        for member in (event.lead, petition):
            SameMember.objects.create(event=event, petition=member, at=NOW)
    if verb == Verb.MERGE and not Petition.objects.filter(title=SAME).exists():
        make_petition(cast, title=SAME, at=NOW)
    if verb == Verb.INCLUDE and petition.state != State.REFUSED:
        perform(Verb.EXCLUDE, petition, cast, by=cast.street, at=NOW)


def perform(verb: Verb, petition: Petition, cast: Cast, *, by: Staff, at: datetime = LATER, **over: Any) -> Any:
    """Do something to a petition through the action that the pages use."""
    return ACTS[verb](petition, cast, by, at, **over)


def petition_in(state: State, cast: Cast, **over: Any) -> Petition:
    """A petition brought into a state by real actions of its worker and its head, all at NOW."""
    if state == State.REGISTERED:
        over = {"text": "院里有狗叫，吵得睡不着", **over}
    petition = make_petition(cast, **over)
    for verb in TO_STATE[state]:
        by = cast.worker if verb in BY_WORKER else cast.street if verb == Verb.SUSPEND else cast.head
        perform(verb, petition, cast, by=by, at=NOW)
    petition.refresh_from_db()
    assert petition.state == state
    return petition


def snapshot() -> list[str]:
    """Every row that an action can write, as the database holds it."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for model in (
            Petition,
            PetitionClock,
            PetitionEvent,
            Notice,
            Part,
            Summons,
            Application,
            SameEvent,
            SameMember,
        ):
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
