"""The whole transition table, pair by pair, and who may do what: written here by hand, held against real actions."""

from datetime import datetime, timedelta

import pytest

from petitions.actions.base import ActionRefused, Changed, verbs_now
from petitions.models import Petition
from petitions.workflow import State, Verb
from tests.factories import NOW, Cast
from tests.petitions.acts import LATER, last_event_id, perform, petition_in, snapshot, verbs_since

STATES = [State.REGISTERED, State.DISPATCHED, State.ACCEPTED, State.RESOLVED, State.CLOSED, State.REFUSED]
TABLE = """
register     -           -           -           -           -           -
dispatch     dispatched  dispatched  dispatched  -           -           -
accept       -           accepted    -           -           -           -
contact      -           -           accepted    -           -           -
note         -           -           accepted    -           -           -
resolve      -           -           resolved    -           -           -
close        -           -           -           closed      -           -
return       -           registered  registered  -           -           -
reopen       -           -           -           dispatched  dispatched  dispatched
refuse       refused     refused     refused     -           -           -
supplement   registered  dispatched  accepted    resolved    closed      refused
rate         -           -           -           closed      -           -
classify     registered  dispatched  accepted    resolved    -           -
acknowledge  registered  dispatched  accepted    -           -           -
supervise    registered  dispatched  accepted    -           -           -
deliberate   registered  dispatched  accepted    resolved    -           -
warn         registered  dispatched  accepted    -           -           -
urge         registered  dispatched  accepted    -           -           -
escalate     registered  dispatched  accepted    -           -           -
"""
EXPECTED = {
    (Verb(verb), state): None if target == "-" else State(target)
    for verb, *targets in (line.split() for line in TABLE.split("\n") if line)
    for state, target in zip(STATES, targets, strict=True)
}
ALLOWED = [(verb, state, target) for (verb, state), target in EXPECTED.items() if target is not None]
FORBIDDEN = [pair for pair, target in EXPECTED.items() if target is None]
LONG_AFTER = NOW + timedelta(days=12)
QUIET = (Verb.REGISTER, Verb.WARN, Verb.URGE, Verb.ESCALATE)
"""What the system does by itself: where it is not allowed nothing happens, and nobody is there to be told."""

PEOPLE = ["worker", "colleague", "community_worker", "head", "outsider", "street", "other_street", "district", "nobody"]
MAY = {
    Verb.DISPATCH: "community_worker head street district",
    Verb.ACCEPT: "worker community_worker head street",
    Verb.CONTACT: "worker community_worker head street",
    Verb.NOTE: "worker community_worker head street",
    Verb.RESOLVE: "worker community_worker head street",
    Verb.RETURN: "worker community_worker head street",
    Verb.CLOSE: "community_worker head street district",
    Verb.REOPEN: "community_worker head street district",
    Verb.REFUSE: "community_worker head street district",
    Verb.CLASSIFY: "worker community_worker head street district",
    Verb.ACKNOWLEDGE: "head street district",
    Verb.SUPERVISE: "head street district",
    Verb.DELIBERATE: "community_worker head",
}
STANDS_IN = {
    verb: next(state for v, state, _target in ALLOWED if v == verb and state != State.REGISTERED) for verb in MAY
}
TEXT_NEEDED = [Verb.CONTACT, Verb.NOTE, Verb.RESOLVE, Verb.RETURN, Verb.REOPEN, Verb.ACKNOWLEDGE, Verb.SUPERVISE]


def ready(verb: Verb, state: State, cast: Cast) -> Petition:
    """A petition in a state; contacted already when the next thing is its answer."""
    petition = petition_in(state, cast, external_system="12345", external_no="B-1")
    if (verb, state) == (Verb.RESOLVE, State.ACCEPTED):
        perform(Verb.CONTACT, petition, cast, by=cast.worker, at=NOW)
        petition.refresh_from_db()
    return petition


def moment_of(verb: Verb, petition: Petition) -> datetime:
    """When to do it: the system warns when the first warning comes due, and urges and escalates long afterwards."""
    if verb == Verb.WARN:
        first = petition.clocks.filter(closed_at=None).order_by("next_check_at").first()
        return first.next_check_at if first else LONG_AFTER
    return LONG_AFTER if verb in QUIET else LATER


def test_the_table_names_every_pair() -> None:
    assert len(EXPECTED) == len(Verb) * len(State)


@pytest.mark.parametrize(("verb", "state", "target"), ALLOWED)
def test_an_allowed_pair_leads_to_its_state_and_is_recorded(
    cast: Cast, verb: Verb, state: State, target: State
) -> None:
    petition = ready(verb, state, cast)
    before = last_event_id()
    perform(verb, petition, cast, by=cast.head, at=moment_of(verb, petition))
    petition.refresh_from_db()
    assert petition.state == target
    assert verb in verbs_since(petition, before)
    event = petition.events.filter(verb=verb, pk__gt=before).first()
    assert (event.old_state, event.new_state) == (state, target)


@pytest.mark.parametrize(("verb", "state"), FORBIDDEN)
def test_a_forbidden_pair_says_so_and_writes_nothing(cast: Cast, verb: Verb, state: State) -> None:
    petition = ready(verb, state, cast)
    before = snapshot()
    if verb in QUIET:
        perform(verb, petition, cast, by=cast.head, at=LONG_AFTER)
    else:
        with pytest.raises(Changed, match=f"已是“{State(state).label}”.*不能再“{verb.label}”"):
            perform(verb, petition, cast, by=cast.head)
    assert snapshot() == before


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("verb", MAY)
def test_who_may_do_what(cast: Cast, verb: Verb, person: str) -> None:
    petition = ready(verb, STANDS_IN[verb], cast)
    staff, before = getattr(cast, person), snapshot()
    allowed = person in MAY[verb].split()
    assert (verb in verbs_now(petition, staff, LATER)) == allowed
    if allowed:
        perform(verb, petition, cast, by=staff)
        assert petition.events.filter(verb=verb, by=staff).count() == 1
    else:
        with pytest.raises(ActionRefused, match=f"您的岗位不能对这件工单做“{verb.label}”"):
            perform(verb, petition, cast, by=staff)
        assert snapshot() == before


@pytest.mark.parametrize("verb", TEXT_NEEDED)
@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_reason_is_required(cast: Cast, verb: Verb, text: str) -> None:
    petition = ready(verb, STANDS_IN[verb], cast)
    before = snapshot()
    with pytest.raises(ActionRefused, match="请写明情况或理由"):
        perform(verb, petition, cast, by=cast.head, text=text)
    assert snapshot() == before


def test_a_supplement_needs_words_too(cast: Cast) -> None:
    petition = ready(Verb.SUPPLEMENT, State.ACCEPTED, cast)
    with pytest.raises(ActionRefused, match="请写明情况或理由"):
        perform(Verb.SUPPLEMENT, petition, cast, by=cast.head, text=" ")


@pytest.mark.parametrize("verb", MAY)
def test_somebody_who_saw_an_older_version_changes_nothing(cast: Cast, verb: Verb) -> None:
    petition = ready(verb, STANDS_IN[verb], cast)
    seen = petition.version
    perform(Verb.SUPPLEMENT, petition, cast, by=cast.head)
    before = snapshot()
    with pytest.raises(Changed, match=r"刚刚有了新的变化.*您填写的内容还在"):
        perform(verb, petition, cast, by=cast.head, version=seen)
    assert snapshot() == before
    perform(verb, petition, cast, by=cast.head, version=seen + 1)
    petition.refresh_from_db()
    assert petition.version == seen + 2
