"""A council with money to deal with: the estate's council of the cast, a levy over it, and the acts on both."""

from datetime import date
from io import BytesIO
from typing import Any

from PIL import Image

from councils.actions.funds import fund_grant, item_propose
from councils.actions.levies import levy_draft, levy_issue
from councils.actions.payments import payment_take
from councils.actions.spendings import spending_record
from councils.levy_shares import sharing
from councils.models import Bill, Council, Fund, FundItem, FundUse, Levy, Payment, Spending
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


def make_fund(cast: Cast, **over: Any) -> Fund:
    """The service fund of this year with 100,000 yuan."""
    values = {"kind": "service", "year": 2026, "amount": 100_000_00, "day": TODAY, "text": "垡街发〔2026〕8 号"} | over
    return fund_grant(make_council(cast).pk, by=cast.head, at=NOW, **values)


def make_item(cast: Cast, fund: Fund | None = None, **over: Any) -> FundItem:
    """Benches for 8,000 yuan, proposed by the clerk."""
    values: dict[str, Any] = {
        "title": "3 号楼前添长椅", "reason": "老人歇脚，惠及三栋楼", "amount": 8_000_00,
        "use": FundUse.objects.get(kind="service", name="公共设施小修小补"),
    }  # fmt: skip
    return item_propose((fund or make_fund(cast)).pk, by=cast.community_worker, at=NOW, **(values | over))


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
