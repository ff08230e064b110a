"""A council with money to deal with: the estate's council of the cast, a levy over it, and the acts on both."""

from datetime import date
from io import BytesIO
from typing import Any

from PIL import Image

from councils.actions.levies import levy_draft, levy_issue
from councils.actions.payments import payment_take
from councils.actions.spendings import spending_record
from councils.levy_shares import sharing
from councils.models import Bill, Council, Levy, Payment, Spending
from tests.factories import NOW, TODAY, Cast

DUE_ON = date(2026, 12, 31)


def make_council(cast: Cast, **over: Any) -> Council:
    """The council of 双合家园: buildings 1, 2 and 3 with twelve households each."""
    values = {"level": "estate", "name": "双合家园议事会", "estate": cast.estate, "founded_on": date(2025, 3, 1)}
    return Council.objects.create(community_id=cast.community.pk, **(values | over))


def make_levy(cast: Cast, council: Council, **over: Any) -> Levy:
    """A draft: 100.00 yuan for lamps, shared equally by 36 households."""
    facts: dict[str, Any] = {
        "purpose": "更换楼道灯", "basis": "2026-11-20 议事会会议表决", "way": "equal", "count": "one",
        "share_word": "份", "total": 100_00, "price": None, "ties": "up", "due_on": DUE_ON, "supervisor": "王建国",
    }  # fmt: skip
    return levy_draft(council.pk, by=cast.head, at=NOW, **(facts | over))


def issue(cast: Cast, levy: Levy) -> Levy:
    """The bills, as the head saw them in the preview."""
    return levy_issue(levy.pk, by=cast.head, at=NOW, seen=sharing(levy).fingerprint)


def issued(cast: Cast, **over: Any) -> Levy:
    """A levy with its bills."""
    return issue(cast, make_levy(cast, make_council(cast), **over))


def bill_of(levy: Levy, cast: Cast) -> Bill:
    """The bill of 3号楼2单元302."""
    return levy.bills.get(household=cast.household)


def take(cast: Cast, bill: Bill, **over: Any) -> Payment:
    """Take all of a bill in cash today."""
    values: dict[str, Any] = {
        "by": cast.community_worker,
        "at": NOW,
        "amount": bill.amount,
        "way": "cash",
        "day": TODAY,
    }
    payment, _new = payment_take(bill.pk, **(values | over))
    return payment


def photo() -> bytes:
    """A JPEG of an invoice."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return out.getvalue()


def spend(cast: Cast, levy: Levy, cents: int) -> Spending:
    """Pay a shop in cash out of a levy."""
    return spending_record(
        levy.pk, by=cast.community_worker, at=NOW, amount=cents, way="cash", day=TODAY, payee="五金店", text="买灯",
        pictures=[photo()],
    )  # fmt: skip
