"""`python -m benchmarks.assembly`: the owners' assembly of 3,000 households votes over HTTP: 10,000 requests.

A part of `make bench` too. Half of the voters open their code and vote, and press again; the rest come on paper,
entered by two people, or are asked at the door; what is left of the 10,000 looks at receipts.
"""

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.load import Request, Round
from benchmarks.portal import start

HOUSEHOLDS, REQUESTS, CLIENTS = 3_000, 10_000, 4
FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench-assembly"
FORM = "application/x-www-form-urlencoded"
CSRF = "c" * 32
LONG_AGO = date(2020, 1, 1)
ANSWERS = (200, 302, 422)


def main() -> None:
    """Fill a database of its own, let the assembly vote, print the figures."""
    start(FOLDER)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    call_command("load_defaults")
    print(json.dumps(measure(), indent=2))


def measure() -> dict[str, float]:
    """The figures of one assembly; raises RuntimeError when the count is not that of the voters."""
    from benchmarks.load import figures, run
    from benchmarks.server import serving
    from councils.ballot_querysets import count_of

    ballot, head, worker = assembly()
    requests, voters = plan(ballot, head, worker)
    with serving() as (port, _pid):
        done: Round = run(port, requests.__getitem__, range(len(requests)), CLIENTS, ANSWERS)
    cast = count_of(ballot).cast.number
    if cast != voters:
        raise RuntimeError(f"{cast} votes of {voters} voters")
    return {**figures([done]).as_dict(), "votes": cast}


def assembly() -> tuple[Any, Any, Any]:
    """An announced ballot of 3,000 owners that is open now, the community's head, and a worker."""
    from django.utils import timezone

    from councils.actions.ballots import ballot_announce, ballot_create
    from councils.models import Council, VoteRule
    from grid.models import Appointment, Staff

    now, estate = timezone.now(), homes()
    head, worker = (Staff.objects.create_user(f"bench-{name}", name=name) for name in ("head", "worker"))
    for staff, role in ((head, Appointment.Role.COMMUNITY_HEAD), (worker, Appointment.Role.COMMUNITY_WORKER)):
        Appointment.objects.create(staff=staff, role=role, division_id=estate.community_id, starts_on=LONG_AGO)
    council = Council.objects.create(
        kind="owners", level="estate", name="业主大会", community=estate.community, estate=estate, founded_on=LONG_AGO
    )
    ballot = ballot_create(
        council.pk, by=head, at=now - timedelta(days=16), title="换电梯", text="更换电梯", unit="owner",
        rule=VoteRule.objects.get(code="owners-grave"), channels=["online", "paper", "door"],
        opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=9),
    )  # fmt: skip
    return ballot_announce(ballot.pk, by=head, at=now - timedelta(days=16)), head, worker


def homes() -> Any:
    """An estate of a community of its own with 3,000 dwellings."""
    from grid.models import Division, GridUnit
    from residents.models import Building, ColourScheme, Community, Estate, Household

    parent = None
    for level, code in enumerate(("990000000000", "990100000000", "990101000000", "990101001000", "990101001001"), 1):
        parent = Division.objects.create(
            parent=parent, level=level, code=code, name=f"测{level}", short_name=f"测{level}"
        )
    assert parent is not None
    place = Community.objects.create(division=parent, scheme=ColourScheme.objects.order_by("id")[0])
    grid = GridUnit.objects.create(code=f"{parent.code}001", name="第一网格", division=parent)
    estate = Estate.objects.create(community=place, name="测速小区")
    buildings = [
        Building.objects.create(
            estate=estate, community=place, grid=grid, name=f"{number}号楼", number=str(number), position=number
        )
        for number in range(1, HOUSEHOLDS // 60 + 1)
    ]
    Household.objects.bulk_create(
        Household(
            building=buildings[n // 60], community=place, grid=grid, unit=1, floor=n % 60 // 4, column=n % 4,
            room=f"{n % 60:03}", area=80,
        )
        for n in range(HOUSEHOLDS)
    )  # fmt: skip
    return estate


def plan(ballot: Any, head: Any, worker: Any) -> tuple[list[Request], int]:
    """Every request in a shuffled order, and how many voters there are."""
    from benchmarks.cases import session_of
    from councils.models import Entitled

    chance, found, voters = random.Random(278), [], 0
    cookies = [session_of(staff) for staff in (head, worker)]
    rows = list(Entitled.objects.filter(ballot=ballot).order_by("number"))
    for row in rows:
        say = chance.choice(("yes", "yes", "yes", "no", "abstain"))
        desk = f"/ballots/{ballot.pk}/enter/?who={row.pk}"
        match chance.choice(("online", "online", "paper", "door", "")):
            case "online":
                opened, voted = get(f"/vote/{row.code}/"), post(f"/vote/{row.code}/", f"choice={say}")
                found += [opened, voted, voted]
            case "paper":
                found += [post(desk, f"channel=paper&choice={say}", cookie) for cookie in cookies]
            case "door":
                found.append(post(desk, f"channel=door&choice={say}&note=at+home", cookies[1]))
            case _:
                voters -= 1
        voters += 1
    found += [get(f"/vote/receipt/{chance.choice(rows).receipt}/") for _ in range(REQUESTS - len(found))]
    chance.shuffle(found)
    return found[:REQUESTS], voters


def get(path: str) -> Request:
    """One look."""
    return "GET", path, b"", {}


def post(path: str, body: str, cookie: str = "") -> Request:
    """One press of a button, with the token that guards against forgery."""
    cookies = f"csrftoken={CSRF}; {cookie}" if cookie else f"csrftoken={CSRF}"
    return "POST", path, body.encode(), {"Content-Type": FORM, "Cookie": cookies, "X-CSRFToken": CSRF}


if __name__ == "__main__":
    main()
