"""Reads of ballots, each through the one access rule."""

from collections import Counter

from django.db.models import Count, Q, QuerySet, Sum

from councils import ballot_rules
from councils.ballot_rules import Amount
from councils.models import Ballot, Entitled, Participation
from councils.querysets import reach
from grid.access import Scope

VOTED = ~Q(participation__channel="") & Q(participation__isnull=False)


def ballots_visible_to(scope: Scope) -> QuerySet[Ballot]:
    """Ballots of the councils that the scope reaches."""
    return Ballot.objects.filter(reach(scope, "council__"))


def count_of(ballot: Ballot) -> ballot_rules.Count:
    """Who is entitled, came, and voted so far; what they said is not counted before the end. One query."""
    came = Q(participation__isnull=False)
    found = Entitled.objects.filter(ballot=ballot).aggregate(
        n=Count("pk"),
        whole=Sum("area", default=0),
        came=Count("pk", filter=came),
        came_area=Sum("area", filter=came, default=0),
        cast=Count("pk", filter=VOTED),
        cast_area=Sum("area", filter=VOTED, default=0),
    )
    return ballot_rules.Count(
        Amount(found["n"], found["whole"]),
        Amount(found["came"], found["came_area"]),
        Amount(found["cast"], found["cast_area"]),
    )


def by_channel(ballot: Ballot) -> Counter[str]:
    """How many votes came in by each channel; "" are those who came and handed in none. One query."""
    rows = Participation.objects.filter(ballot=ballot).order_by().values("channel").annotate(n=Count("pk"))
    return Counter({row["channel"]: row["n"] for row in rows})


def unread_papers(ballot: Ballot) -> QuerySet[Entitled]:
    """Who has a paper that was read by one person only, or differently by two, and no vote that counts."""
    return Entitled.objects.filter(ballot=ballot, papers__isnull=False).exclude(VOTED).distinct()
