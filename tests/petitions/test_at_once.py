"""Two people do the same thing to one petition at one moment, for every action: one truth, and one who is told."""

import pytest

from petitions.actions.base import ActionRefused, Changed
from petitions.models import Petition
from petitions.workflow import DECISIONS, ROLES, State, Verb
from tests.factories import Cast
from tests.petitions.acts import LATER, perform
from tests.petitions.consistency import inconsistencies
from tests.petitions.test_workflow import MAY, STANDS_IN, actor, ready
from tests.threads import at_once

REPEATABLE = {
    *(Verb.CONTACT, Verb.NOTE, Verb.ACKNOWLEDGE, Verb.SUPERVISE, Verb.DISPATCH, Verb.AVOID, Verb.REPORT),
    Verb.DELIBERATE,
}
"""What the second may do as well, knowing what the first did or not: both are kept, one after the other."""


def test_every_verb_of_people_is_tried() -> None:
    assert set(MAY) == set(ROLES) - {Verb.REGISTER, Verb.SUPPLEMENT}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", MAY)
def test_one_truth(cast: Cast, verb: Verb) -> None:
    petition = ready(verb, STANDS_IN[verb], cast)
    others = {cast.head: cast.community_worker, cast.street: cast.district}
    first = actor(verb, cast)
    second = first if verb in (Verb.REPORT, Verb.ACKNOWLEDGE, Verb.SUPERVISE, Verb.AVOID) else others[first]
    if verb in (Verb.ACCEPT, Verb.CONTACT, Verb.NOTE, Verb.RESOLVE, Verb.RETURN):
        first, second = cast.worker, cast.deputy
    results = at_once(
        lambda: perform(verb, petition, cast, by=first, at=LATER),
        lambda: perform(verb, petition, cast, by=second, at=LATER),
    )
    refused = [each for each in results if isinstance(each, ActionRefused)]
    unexpected = [each for each in results if isinstance(each, Exception) and each not in refused]
    assert unexpected == []
    done = 2 - len(refused)
    assert done == (2 if verb in REPEATABLE else 1), refused
    assert petition.events.filter(verb=verb, at=LATER).count() == done
    before = petition.version
    petition.refresh_from_db()
    assert petition.version == before + done
    wrong = inconsistencies()
    if verb in DECISIONS or ready_by_hand(verb):
        wrong.pop("clocks that run on a petition that is done, or none on one that is not", None)
    assert wrong == {}


def ready_by_hand(verb: Verb) -> bool:
    """Verbs whose stage was set by hand, in a state where nobody could have asked."""
    return verb in (Verb.UPHOLD, Verb.DENY)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", [Verb.RATE, Verb.SUPPLEMENT])
def test_a_petitioner_who_presses_twice_says_it_once(cast: Cast, verb: Verb) -> None:
    petition = ready(verb, State.RESOLVED, cast)
    results = at_once(*[lambda: perform(verb, petition, cast, by=cast.head, at=LATER)] * 2)
    assert all(isinstance(each, Petition | Changed) for each in results), results
    assert petition.events.filter(verb=verb).count() == 1
    assert inconsistencies() == {}


@pytest.mark.django_db(transaction=True)
def test_different_things_at_once_follow_one_another(cast: Cast) -> None:
    petition = ready(Verb.NOTE, State.ACCEPTED, cast)
    results = at_once(
        lambda: perform(Verb.REFUSE, petition, cast, by=cast.head),
        lambda: perform(Verb.REPORT, petition, cast, by=cast.community_worker),
    )
    assert sum(isinstance(each, Petition) for each in results) >= 1
    assert all(isinstance(each, Petition | Changed) for each in results)
    assert inconsistencies() == {}
