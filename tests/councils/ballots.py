"""Ballots that tests play with: an estate's owners' assembly, and the community's residents' assembly."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from councils.actions.ballots import ballot_announce, ballot_create
from councils.models import Ballot, Council, Entitled, VoteRule
from residents.models import Household
from tests.factories import NOW, TODAY, Cast

OPENS = NOW + timedelta(days=16)
CLOSES = OPENS + timedelta(days=10)
DURING = OPENS + timedelta(days=1)
AFTER = CLOSES + timedelta(hours=1)
EVERY_WAY = [Ballot.Channel.ONLINE, Ballot.Channel.PAPER, Ballot.Channel.DOOR]
AREA = Decimal("80.00")


def owners_assembly(cast: Cast) -> Council:
    """The owners of 双合家园: 36 dwellings of 80 m²."""
    Household.objects.filter(community=cast.community.pk).update(area=AREA)
    return Council.objects.create(
        kind="owners", level="estate", name="双合家园业主大会", community_id=cast.community.pk, estate=cast.estate,
        founded_on=TODAY,
    )  # fmt: skip


def assembly(cast: Cast) -> Council:
    """The residents' assembly of the community."""
    return Council.objects.create(
        kind="assembly", level="community", name="居民会议", community_id=cast.community.pk, founded_on=TODAY
    )


def draft(cast: Cast, council: Council, code: str = "owners", *, at: datetime = NOW, **over: Any) -> Ballot:
    """A draft by the community's head."""
    said: dict[str, Any] = {
        "title": "用维修资金换电梯",
        "text": "更换 3 号楼两部电梯，费用 42 万元，从维修资金列支。",
        "rule": VoteRule.objects.filter(code=code).order_by("-version")[0],
        "unit": "owner",
        "channels": EVERY_WAY,
        "opens_at": OPENS,
        "closes_at": CLOSES,
    }
    return ballot_create(council.pk, by=cast.head, at=at, **{**said, **over})


def announced(cast: Cast, council: Council | None = None, code: str = "owners", **over: Any) -> Ballot:
    """An announced ballot; of the owners unless a council is named."""
    ballot = draft(cast, council or owners_assembly(cast), code, **over)
    return ballot_announce(ballot.pk, by=cast.head, at=NOW)


def roll(ballot: Ballot) -> list[Entitled]:
    """Its roll in order."""
    return list(Entitled.objects.filter(ballot=ballot).order_by("number"))
