"""The addresses of ballots × every role, for the table of every address."""

from collections.abc import Callable
from typing import Any

from councils.models import Ballot
from petitions.models import Petition
from tests.councils.ballots import announced, assembly, roll
from tests.factories import Cast

Parts = Callable[[Cast, Petition], dict[str, Any]]
FOUND, ELSEWHERE, ABSENT, WRONG_METHOD = 200, 302, 404, 405
ABOVE = ("street", "district")
GRID = ("colleague", "worker")
COMMUNITY = ("community_worker", "head")
OUTSIDE = ("outsider", "other_street", "member", "other_member")
"""Another community, another street, and those who work for an organisation."""
EVERYBODY = ("anonymous", "nobody", "admin", *OUTSIDE, *GRID, *COMMUNITY, *ABOVE)


def inside(*elsewhere: str) -> dict[str, int]:
    """The community's people and those above, some of them sent back to the ballot; others find nothing there.

    Without an appointment a page says so, whatever it would have shown.
    """
    answers = {**dict.fromkeys(EVERYBODY, FOUND), "anonymous": ELSEWHERE, **dict.fromkeys(OUTSIDE, ABSENT)}
    return {**answers, **dict.fromkeys(elsewhere, ELSEWHERE)}


def posted() -> dict[str, int]:
    """A press of a button, asked for as a page."""
    return {**dict.fromkeys(EVERYBODY, WRONG_METHOD), "anonymous": ELSEWHERE, "nobody": FOUND, "admin": FOUND}


def public() -> dict[str, int]:
    """The same for everybody."""
    return dict.fromkeys(EVERYBODY, FOUND)


def none(cast: Cast, petition: Petition) -> dict[str, Any]:
    """An address without parts."""
    return {}


def body(cast: Cast, petition: Petition) -> dict[str, Any]:
    """The community's residents' assembly."""
    return {"pk": assembly(cast).pk}


def of_residents(cast: Cast) -> Ballot:
    """An announced ballot of the residents' assembly, by persons."""
    return announced(cast, assembly(cast), "assembly", unit="person")


def ballot(cast: Cast, petition: Petition) -> dict[str, Any]:
    """That ballot."""
    return {"pk": of_residents(cast).pk}


def part(**more: Any) -> Parts:
    """That ballot, with more in the address."""
    return lambda cast, petition: {**ballot(cast, petition), **more}


BALLOTS: dict[str, tuple[Parts, dict[str, int]]] = {
    "ballot-list": (none, {**inside(), **dict.fromkeys(OUTSIDE, FOUND)}),
    "ballot-new": (body, {**inside(*GRID, *ABOVE), "nobody": ABSENT, "admin": ABSENT}),
    "ballot-detail": (ballot, inside()),
    "ballot-turnout": (ballot, inside()),
    "ballot-act": (part(verb="annul"), inside(*GRID, *ABOVE)),
    "ballot-roll": (ballot, inside()),
    "ballot-roll-act": (part(verb="join"), posted()),
    "ballot-letters": (ballot, inside(*GRID, *ABOVE)),
    "ballot-papers": (ballot, inside()),
    "ballot-enter": (ballot, inside(*ABOVE)),
    "ballot-box": (ballot, inside(*GRID, *COMMUNITY, *ABOVE)),
    "ballot-evidence": (part(entitled=1), posted()),
    "ballot-entry-act": (part(entitled=1, verb="renew"), posted()),
    "vote": (none, public()),
    "vote-ballot": (lambda cast, petition: {"code": roll(of_residents(cast))[0].code}, public()),
    "vote-receipt": (none, public()),
    "vote-receipt-of": (lambda cast, petition: {"receipt": roll(of_residents(cast))[0].receipt}, public()),
}
