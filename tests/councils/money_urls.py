"""The addresses of the councils' money × every role, for the table of every address."""

from collections.abc import Callable
from typing import Any

from petitions.models import Petition
from tests.councils.money import bill_of, issued, make_council, make_fund, make_item, make_levy, spend, take
from tests.factories import Cast

Parts = Callable[[Cast, Petition], dict[str, Any]]
FOUND, ELSEWHERE, FORBIDDEN, ABSENT, WRONG_METHOD = 200, 302, 403, 404, 405
NO_POST = {"nobody": FOUND, "admin": FOUND}
"""Without an appointment a page says so, whatever it would have shown."""
INSIDE = ("colleague", "worker", "community_worker", "head", "street", "district")
MEMBERS = ("member", "other_member")
"""Those who work for an organisation: a council's money is not there for them."""


def row(clerks: int, above: int, **but: int) -> dict[str, int]:
    """Those of the community, those above; a grid's worker has nothing to do with money, outside it is not there."""
    answers = {"anonymous": ELSEWHERE, **NO_POST, **dict.fromkeys(("outsider", "other_street", *MEMBERS), ABSENT)}
    answers |= {"colleague": FORBIDDEN, "worker": FORBIDDEN, "community_worker": clerks, "head": clerks}
    return {**answers, "street": above, "district": above, **but}


def posted(**but: int) -> dict[str, int]:
    """A press of a button, asked for as a page."""
    return {
        "anonymous": ELSEWHERE, **NO_POST, "outsider": WRONG_METHOD, "other_street": WRONG_METHOD,
        **dict.fromkeys((*MEMBERS, *INSIDE), WRONG_METHOD), **but,
    }  # fmt: skip


def public(status: int = FOUND) -> dict[str, int]:
    """The same for everybody."""
    return dict.fromkeys(("anonymous", "nobody", "admin", "outsider", "other_street", *MEMBERS, *INSIDE), status)


def council(cast: Cast, petition: Petition) -> dict[str, Any]:
    """The estate's council."""
    return {"pk": make_council(cast).pk}


def draft(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A levy that is drawn up."""
    return {"pk": make_levy(cast, make_council(cast)).pk}


def levy(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A levy with bills."""
    return {"pk": issued(cast).pk}


def bill(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A household's bill."""
    return {"pk": bill_of(issued(cast), cast).pk}


def paid(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A receipt."""
    return {"pk": take(cast, bill_of(issued(cast), cast)).pk}


def spent(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A spending of a levy."""
    made = issued(cast)
    take(cast, bill_of(made, cast))
    return {"pk": spend(cast, made, 1_00).pk}


def photo(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A voucher of it."""
    made = issued(cast)
    take(cast, bill_of(made, cast))
    return {"pk": spend(cast, made, 1_00).vouchers.get().pk}


def supervisor(cast: Cast, petition: Petition) -> dict[str, Any]:
    """The supervisor's code."""
    return {"code": issued(cast).code}


def supervisors_photo(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A voucher that the supervisor looks at."""
    made = issued(cast)
    take(cast, bill_of(made, cast))
    return {"code": made.code, "pk": spend(cast, made, 1_00).vouchers.get().pk}


def granted(cast: Cast, petition: Petition) -> dict[str, Any]:
    """The entry of a year's budget."""
    return {"pk": make_fund(cast).journals.get().pk}


MONEY: dict[str, tuple[Parts, dict[str, int]]] = {
    "money-board": (council, row(FOUND, FOUND)),
    "till": (council, row(FOUND, FORBIDDEN)),
    "ledger": (council, row(FOUND, FOUND)),
    "ledger-close": (council, posted()),
    "levy-new": (council, row(FOUND, FORBIDDEN)),
    "levy-detail": (levy, row(FOUND, FOUND)),
    "levy-edit": (draft, row(FOUND, FORBIDDEN)),
    "levy-line": (
        lambda cast, petition: {**draft(cast, petition), "household": cast.household.pk},
        row(FOUND, FORBIDDEN),
    ),
    "levy-slips": (
        lambda cast, petition: {**levy(cast, petition), "building": cast.building.pk},
        row(FOUND, FORBIDDEN),
    ),
    "levy-spend": (levy, row(FOUND, FORBIDDEN)),
    "levy-move": (levy, row(FOUND, FORBIDDEN)),
    "levy-act": (lambda cast, petition: {**levy(cast, petition), "verb": "remind"}, posted()),
    "fund-board": (council, row(FOUND, FOUND)),
    "fund-new": (council, row(FORBIDDEN, FORBIDDEN, head=FOUND)),
    "grant-back": (granted, posted()),
    "fund-item-new": (lambda cast, petition: {"pk": make_fund(cast).pk}, row(FOUND, FORBIDDEN)),
    "fund-item": (lambda cast, petition: {"pk": make_item(cast).pk}, row(FOUND, FOUND)),
    "fund-item-step": (lambda cast, petition: {"pk": make_item(cast).pk, "step": "agree"}, posted()),
    "bill-detail": (bill, row(FOUND, FORBIDDEN)),
    "bill-act": (lambda cast, petition: {**bill(cast, petition), "verb": "waive"}, posted()),
    "receipt": (paid, row(FOUND, FORBIDDEN)),
    "posted-reverse": (lambda cast, petition: {"kind": "receipt", **paid(cast, petition)}, posted()),
    "spending-back": (spent, row(FORBIDDEN, FORBIDDEN, head=FOUND)),
    "voucher": (photo, row(FOUND, FOUND)),
    "bill": (lambda cast, petition: {"code": bill_of(issued(cast), cast).code}, public()),
    "supervise": (supervisor, public()),
    "supervise-picture": (supervisors_photo, public()),
    "statement": (levy, public()),
    "accounts": (council, public()),
}
