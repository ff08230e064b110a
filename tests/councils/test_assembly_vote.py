"""The owners' assembly of 3,000 households votes: three channels, 10,000 requests with doubles and races, one count.

Six people's requests go on at once, each with a database connection of its own. In the first wave nearly half of the
voters are voted for by two channels; in the second everybody tries again, mostly for the contrary.
"""

import random
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from councils.actions.ballot_base import AlreadyVoted
from councils.actions.counting import ballot_count, result_of
from councils.actions.papers import paper_enter
from councils.actions.voting import vote_at_door, vote_online
from councils.ballot_rules import Amount, Choice, Outcome
from councils.ballot_words import headline
from councils.models import Ballot, Entitled, Participation, Vote
from residents.models import Building, Household
from tests.councils.ballots import AFTER, DURING, announced, owners_assembly
from tests.factories import Cast
from tests.threads import at_once

HOUSEHOLDS, REQUESTS, BROWSERS = 3_000, 10_000, 6


Request = tuple[Callable[[], Any], bool]
"""What somebody does, and whether it must be refused because the vote is in already."""


def three_thousand(cast: Cast) -> int:
    """Fill the estate up to 3,000 dwellings with areas to the square decimetre; how many votes they have.

    Of every ten dwellings three belong to one owner.
    """
    chance, missing = random.Random(278), HOUSEHOLDS - Household.objects.filter(building__estate=cast.estate).count()
    place = {"community_id": cast.community.pk, "grid": cast.grid}
    for number in range(10, 60):
        Building.objects.create(estate=cast.estate, name=f"{number}号楼", number=str(number), position=number, **place)
    buildings = list(Building.objects.filter(estate=cast.estate, position__gte=10))
    owners = [nth - nth % 10 if nth % 10 < 3 else nth for nth in range(missing)]
    Household.objects.bulk_create(
        Household(
            building=buildings[nth // 60], unit=1, floor=nth % 60 // 4, column=nth % 4, room=f"{nth % 60:03}",
            owner_name=f"业主{owner}", owner_phone=f"139{owner:08}", area=Decimal(chance.randint(3_000, 20_000)) / 100,
            **place,
        )
        for nth, owner in enumerate(owners)
    )  # fmt: skip
    return HOUSEHOLDS - missing + len(set(owners))


def plan(cast: Cast, ballot: Ballot, rows: list[Entitled]) -> tuple[dict[int, str], list[Request], list[Request]]:
    """What everybody says, and the requests of both waves."""
    chance = random.Random(2026)
    says: dict[int, str] = {}
    first, second = [], []
    for row in rows:
        if chance.random() < 0.1:
            continue
        says[row.pk] = chance.choices(["yes", "no", "abstain"], [80, 15, 5])[0]
        ways = chance.sample(["online", "paper", "door"], 2 if chance.random() < 0.45 else 1)
        first += [(each, False) for way in ways for each in votes(cast, ballot, row, way, says[row.pk])]
        again = votes(cast, ballot, row, chance.choice(["online", "door", "paper"]), chance.choice(["yes", "no"]))
        second += [(each, True) for each in again]
    chance.shuffle(first)
    while len(first) + len(second) < REQUESTS:
        row = chance.choice(rows)
        if row.pk in says:
            second.append((votes(cast, ballot, row, "online", "no")[0], True))
    chance.shuffle(second)
    return says, first, second


def votes(cast: Cast, ballot: Ballot, row: Entitled, way: str, choice: str) -> list[Callable[[], Any]]:
    """The requests by which one vote comes in: a paper is entered by two people."""
    one = {"at": DURING, "choice": choice}
    if way == "online":
        return [partial(vote_online, row.code, **one)]
    if way == "door":
        return [partial(vote_at_door, ballot.pk, row.pk, by=cast.worker, note="本人在家", **one)]
    return [partial(paper_enter, ballot.pk, row.pk, by=by, **one) for by in (cast.worker, cast.head)]


def send(wave: list[Request]) -> list[str]:
    """Send a wave, six at once; every answer that was not right."""

    def browse(mine: Iterable[Request]) -> list[str]:
        wrong = []
        for act, must_be_refused in mine:
            try:
                act()
                if must_be_refused:
                    wrong.append(f"counted twice: {act}")
            except AlreadyVoted as refused:
                if "只算那一次" not in str(refused):
                    wrong.append(str(refused))
        return wrong

    answers = at_once(*(partial(browse, wave[nth::BROWSERS]) for nth in range(BROWSERS)))
    assert not [each for each in answers if isinstance(each, Exception)], answers
    return [each for wrong in answers for each in wrong]


@pytest.mark.django_db(transaction=True)
def test_three_thousand_households_vote_and_the_count_is_exact(cast: Cast) -> None:
    council = owners_assembly(cast)
    votes_in_all = three_thousand(cast)
    ballot = announced(cast, council, "owners-grave")
    rows = list(Entitled.objects.filter(ballot=ballot).order_by("number"))
    assert len(rows) == votes_in_all
    says, first, second = plan(cast, ballot, rows)
    assert len(first) + len(second) == REQUESTS
    assert send(first) == []
    assert send(second) == []

    ballot = ballot_count(ballot.pk, by=cast.head, at=AFTER, counted_by="孙丽", supervised_by="张大爷")
    area = {row.pk: row.area for row in rows}
    expected = {
        choice: [
            sum(said == choice for said in says.values()),
            sum(area[pk] for pk, said in says.items() if said == choice),
        ]
        for choice in Choice
    }
    assert ballot.result["votes"] == expected
    assert ballot.result["entitled"] == [len(rows), sum(area.values())]
    assert sum(ballot.result["channels"].values()) == len(says)
    assert min(ballot.result["channels"].values()) > len(says) / 5, "all three ways were used"
    assert Participation.objects.count() == Vote.objects.count() == len(says)
    assert {vote.participation_id: vote.choice for vote in Vote.objects.all()} == {
        row.pk: says[row.entitled_id] for row in Participation.objects.all()
    }
    decision, _votes, count = result_of(ballot)
    assert count.cast == Amount(len(says), sum(area[pk] for pk in says))
    assert (decision.outcome, headline(decision, ballot.unit)) == (Outcome.PASSED, "通过")
