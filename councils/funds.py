"""Reading the funds: what was given, spent, spoken for, and what is free; out of the ledger and the items."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from councils.fund_rules import PLANNED
from councils.models import Account, Entry, Fund, FundItem
from councils.querysets import reach
from grid.access import Scope


@dataclass(frozen=True)
class FundStanding:
    """How a fund stands, in cents."""

    fund: Fund
    given: int = 0
    spent: int = 0
    planned: int = 0

    @property
    def left(self) -> int:
        """What is not spent."""
        return self.given - self.spent

    @property
    def free(self) -> int:
        """What is neither spent nor spoken for."""
        return self.left - self.planned

    @property
    def spent_percent(self) -> int:
        """Of what was given, how much is spent."""
        return self.spent * 100 // self.given if self.given else 0

    @property
    def planned_percent(self) -> int:
        """Of what was given, how much is spent or spoken for."""
        return (self.spent + self.planned) * 100 // self.given if self.given else 0


def items_visible_to(scope: Scope) -> QuerySet[FundItem]:
    """The items of the funds of the councils in scope."""
    return FundItem.objects.filter(reach(scope, "fund__council__"))


def funds_of(council_id: int) -> list[FundStanding]:
    """Every fund of a council with its standing, the newest first; three queries."""
    return _standings(Fund.objects.filter(council=council_id).order_by("-year", "-kind"))


def fund_standing(fund: Fund) -> FundStanding:
    """One fund's standing."""
    return _standings(Fund.objects.filter(pk=fund.pk))[0]


def _standings(funds: QuerySet[Fund]) -> list[FundStanding]:
    rows = list(funds)
    ids = [fund.pk for fund in rows]
    held: dict[tuple[int, str], int] = {}
    entries = Entry.objects.filter(journal__fund__in=ids).values_list("journal__fund", "account")
    for fund, account, amount in entries.annotate(total=Sum("amount")).order_by():
        held[fund, account] = amount
    items = FundItem.objects.filter(fund__in=ids, state__in=PLANNED).values_list("fund")
    planned = dict(items.annotate(total=Sum("amount")).order_by())
    return [
        FundStanding(
            fund,
            given=-held.get((fund.pk, Account.GRANT), 0),
            spent=held.get((fund.pk, Account.FUND_SPENT), 0),
            planned=planned.get(fund.pk, 0),
        )
        for fund in rows
    ]
