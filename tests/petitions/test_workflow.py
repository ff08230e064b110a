"""The whole transition table, pair by pair, and who may do what: written here by hand, held against real actions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from community_portal.worktime.querysets import forget_calendar
from grid.models import Staff
from petitions.actions.base import ActionRefused, Changed, verbs_now
from petitions.catalogue import catalogue
from petitions.models import Petition
from petitions.workflow import DECISIONS, PARTS, State, Verb
from tests.factories import NOW, Cast
from tests.petitions.acts import LATER, last_event_id, perform, petition_in, prepare, snapshot, verbs_since

STATES = [
    *(State.REGISTERED, State.DISPATCHED, State.ACCEPTED, State.SUSPENDED),
    *(State.RESOLVED, State.CLOSED, State.REFUSED),
]
TABLE = """
register     -           -           -           -           -           -           -
dispatch     dispatched  dispatched  dispatched  -           -           -           -
accept       -           accepted    -           -           -           -           -
contact      -           -           accepted    -           -           -           -
note         -           -           accepted    suspended   -           -           -
on_spot      resolved    resolved    resolved    -           -           -           -
pledge       -           -           accepted    -           -           -           -
resolve      -           -           resolved    -           -           -           -
close        -           -           -           -           closed      -           -
report       registered  registered  registered  -           -           -           -
return       -           registered  registered  -           -           -           -
ask_return   -           dispatched  accepted    -           -           -           -
take_back    -           registered  registered  -           -           -           -
ask_extend   -           -           accepted    -           -           -           -
extend       -           -           accepted    -           -           -           -
ask_suspend  -           -           accepted    -           -           -           -
suspend      -           -           suspended   -           -           -           -
resume       -           -           -           accepted    -           -           -
deny         registered  dispatched  accepted    -           resolved    closed      -
join         -           dispatched  accepted    -           -           -           -
summon       registered  dispatched  accepted    -           -           -           -
check_in     registered  dispatched  accepted    suspended   -           -           -
answer       registered  dispatched  accepted    suspended   -           -           -
release      registered  dispatched  accepted    suspended   -           -           -
level        registered  dispatched  accepted    -           -           -           -
recalculate  registered  dispatched  accepted    -           -           -           -
avoid        registered  dispatched  accepted    suspended   -           -           -
reopen       -           -           -           -           dispatched  dispatched  dispatched
review       -           -           -           -           resolved    closed      -
uphold       -           -           -           -           resolved    closed      -
refuse       refused     refused     refused     -           -           -           -
supplement   registered  dispatched  accepted    suspended   resolved    closed      refused
rate         -           -           -           -           closed      -           -
classify     registered  dispatched  accepted    -           resolved    -           -
acknowledge  registered  dispatched  accepted    -           -           -           -
supervise    registered  dispatched  accepted    -           -           -           -
press        registered  dispatched  accepted    -           -           -           -
deliberate   registered  dispatched  accepted    -           resolved    -           -
merge        registered  dispatched  accepted    suspended   resolved    -           -
split        registered  dispatched  accepted    suspended   resolved    closed      refused
exclude      registered  dispatched  accepted    suspended   resolved    closed      -
include      registered  dispatched  accepted    suspended   resolved    closed      -
warn         registered  dispatched  accepted    suspended   resolved    closed      -
urge         registered  dispatched  accepted    suspended   resolved    closed      -
escalate     registered  dispatched  accepted    suspended   resolved    closed      -
"""
EXPECTED = {
    (Verb(verb), state): None if target == "-" else State(target)
    for verb, *targets in (line.split() for line in TABLE.split("\n") if line)
    for state, target in zip(STATES, targets, strict=True)
}
ALLOWED = [(verb, state, target) for (verb, state), target in EXPECTED.items() if target is not None]
FORBIDDEN = [pair for pair, target in EXPECTED.items() if target is None]
LONG_AFTER = NOW + timedelta(days=12)
SYSTEM = (Verb.WARN, Verb.URGE, Verb.ESCALATE)
BESIDE = {
    State.SUSPENDED: NOW + timedelta(days=9),
    **dict.fromkeys((State.RESOLVED, State.CLOSED), NOW + timedelta(days=32)),
}
"""When the clocks of another unit, and of a review, have run out."""

QUIET = (Verb.REGISTER, Verb.RECALCULATE, *SYSTEM)
"""What the system does by itself: where it is not allowed nothing happens, and nobody is there to be told."""

PEOPLE = [
    *("worker", "colleague", "community_worker", "head", "member", "outsider", "other_member"),
    *("street", "other_street", "district", "nobody"),
]
HANDLERS = "worker community_worker head street member"
STAFF = "worker community_worker head street"
OVERSEERS = "community_worker head street district"
SUPERIORS = "head street district"
ABOVE = "street district"
MAY = {
    Verb.DISPATCH: OVERSEERS,
    Verb.ACCEPT: HANDLERS,
    Verb.CONTACT: HANDLERS,
    Verb.NOTE: HANDLERS,
    Verb.ON_SPOT: STAFF,
    Verb.PLEDGE: HANDLERS,
    Verb.RESOLVE: HANDLERS,
    Verb.CLOSE: OVERSEERS,
    Verb.REPORT: "community_worker head",
    Verb.RETURN: HANDLERS,
    Verb.ASK_RETURN: HANDLERS,
    Verb.TAKE_BACK: ABOVE,
    Verb.ASK_EXTEND: HANDLERS,
    Verb.EXTEND: ABOVE,
    Verb.ASK_SUSPEND: HANDLERS,
    Verb.SUSPEND: ABOVE,
    Verb.RESUME: f"{HANDLERS} district",
    Verb.DENY: ABOVE,
    Verb.JOIN: OVERSEERS,
    Verb.SUMMON: ABOVE,
    Verb.CHECK_IN: f"{HANDLERS} district",
    Verb.ANSWER: f"{HANDLERS} district",
    Verb.RELEASE: OVERSEERS,
    Verb.LEVEL: OVERSEERS,
    Verb.AVOID: SUPERIORS,
    Verb.REOPEN: OVERSEERS,
    Verb.REVIEW: OVERSEERS,
    Verb.UPHOLD: ABOVE,
    Verb.REFUSE: OVERSEERS,
    Verb.CLASSIFY: f"{HANDLERS} district",
    Verb.ACKNOWLEDGE: SUPERIORS,
    Verb.SUPERVISE: SUPERIORS,
    Verb.PRESS: OVERSEERS,
    Verb.DELIBERATE: "community_worker head",
    Verb.MERGE: OVERSEERS,
    Verb.SPLIT: OVERSEERS,
    Verb.EXCLUDE: ABOVE,
    Verb.INCLUDE: ABOVE,
}
STANDS_IN = {
    verb: next(state for v, state, _target in ALLOWED if v == verb and state != State.REGISTERED) for verb in MAY
}
TEXT_NEEDED = [
    *(Verb.CONTACT, Verb.NOTE, Verb.RESOLVE, Verb.ON_SPOT, Verb.RETURN, Verb.REOPEN, Verb.REPORT, Verb.LEVEL),
    *(Verb.ASK_RETURN, Verb.ASK_EXTEND, Verb.ASK_SUSPEND, Verb.RESUME, Verb.REVIEW, Verb.AVOID),
    *(Verb.DENY, Verb.TAKE_BACK, Verb.UPHOLD, Verb.JOIN, Verb.SUMMON, Verb.ANSWER, Verb.RELEASE),
    *(Verb.ACKNOWLEDGE, Verb.SUPERVISE, Verb.EXCLUDE, Verb.INCLUDE),
]


def ready(verb: Verb, state: State, cast: Cast) -> Petition:
    """A petition in a state; contacted already when the next thing is its answer."""
    category = catalogue().category("facility")
    petition = petition_in(state, cast, external_system="12345", external_no="B-1", category=category)
    prepare(verb, petition, cast)
    if (verb, state) in ((Verb.RESOLVE, State.ACCEPTED), (Verb.ON_SPOT, State.ACCEPTED)):
        perform(Verb.CONTACT, petition, cast, by=cast.worker, at=NOW)
    elif verb in SYSTEM and state == State.SUSPENDED:
        prepare(Verb.ANSWER, petition, cast)
    elif verb in SYSTEM and state in (State.RESOLVED, State.CLOSED):
        petition.clocks.filter(kind="follow_up").delete()
        perform(Verb.REVIEW, petition, cast, by=cast.head, at=NOW)
    petition.refresh_from_db()
    return petition


def actor(verb: Verb, cast: Cast) -> Staff:
    """Somebody who may do it."""
    return cast.street if MAY.get(verb) == ABOVE else cast.head


def moment_of(verb: Verb, petition: Petition) -> datetime:
    """When to do it: the system warns when the first warning comes due, and urges and escalates long afterwards."""
    if verb in (Verb.URGE, Verb.ESCALATE) and petition.state in BESIDE:
        return BESIDE[State(petition.state)]
    if verb == Verb.WARN:
        first = petition.clocks.filter(closed_at=None).order_by("next_check_at").first()
        return first.next_check_at if first else LONG_AFTER
    return LONG_AFTER if verb in QUIET else LATER


def test_the_table_names_every_pair() -> None:
    assert len(EXPECTED) == len(Verb) * len(State)


@contextmanager
def undone() -> Iterator[None]:
    """What happens here has not happened afterwards: the next pair starts from the same cast."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget_calendar()


@pytest.mark.parametrize("verb", Verb)
def test_an_allowed_pair_leads_to_its_state_and_is_recorded(cast: Cast, verb: Verb) -> None:
    for state, target in ((state, target) for each, state, target in ALLOWED if each == verb):
        with undone():
            petition = ready(verb, state, cast)
            before = last_event_id()
            perform(verb, petition, cast, by=actor(verb, cast), at=moment_of(verb, petition))
            petition.refresh_from_db()
            assert petition.state == target
            assert verb in verbs_since(petition, before)
            event = petition.events.filter(verb=verb, pk__gt=before).first()
            assert (event.old_state, event.new_state) == (state, target)


@pytest.mark.parametrize("verb", Verb)
def test_a_forbidden_pair_says_so_and_writes_nothing(cast: Cast, verb: Verb) -> None:
    for state in (state for each, state in FORBIDDEN if each == verb):
        with undone():
            petition = ready(verb, state, cast)
            before = snapshot()
            if verb in QUIET:
                perform(verb, petition, cast, by=cast.head, at=LONG_AFTER)
            else:
                with pytest.raises(Changed, match=f"已是“{State(state).label}”.*不能再“{verb.label}”"):
                    perform(verb, petition, cast, by=actor(verb, cast))
            assert snapshot() == before, state


@pytest.mark.parametrize("verb", MAY)
def test_who_may_do_what(cast: Cast, verb: Verb) -> None:
    petition = ready(verb, STANDS_IN[verb], cast)
    before = snapshot()
    for person in PEOPLE:
        staff, allowed = getattr(cast, person), person in MAY[verb].split()
        assert (verb in verbs_now(petition, staff, LATER)) == allowed, person
        with undone():
            if allowed:
                perform(verb, petition, cast, by=staff)
                assert petition.events.filter(verb=verb, by=staff).count() == 1
            else:
                with pytest.raises(ActionRefused, match=f"您的岗位不能对这件工单做“{verb.label}”"):
                    perform(verb, petition, cast, by=staff)
                assert snapshot() == before, person


@pytest.mark.parametrize("verb", TEXT_NEEDED)
@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_reason_is_required(cast: Cast, verb: Verb, text: str) -> None:
    petition = ready(verb, STANDS_IN[verb], cast)
    before = snapshot()
    with pytest.raises(ActionRefused, match="请写明情况或理由"):
        perform(verb, petition, cast, by=actor(verb, cast), text=text)
    assert snapshot() == before


def test_a_supplement_needs_words_too(cast: Cast) -> None:
    petition = ready(Verb.SUPPLEMENT, State.ACCEPTED, cast)
    with pytest.raises(ActionRefused, match="请写明情况或理由"):
        perform(Verb.SUPPLEMENT, petition, cast, by=cast.head, text=" ")


@pytest.mark.parametrize("verb", [verb for verb in MAY if verb not in DECISIONS | PARTS])
def test_somebody_who_saw_an_older_version_changes_nothing(cast: Cast, verb: Verb) -> None:
    petition = ready(verb, STANDS_IN[verb], cast)
    seen = petition.version
    perform(Verb.SUPPLEMENT, petition, cast, by=cast.head)
    before = snapshot()
    with pytest.raises(Changed, match=r"刚刚有了新的变化.*您填写的内容还在"):
        perform(verb, petition, cast, by=actor(verb, cast), version=seen)
    assert snapshot() == before
    perform(verb, petition, cast, by=actor(verb, cast), version=seen + 1)
    petition.refresh_from_db()
    assert petition.version == seen + 2
