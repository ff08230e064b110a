"""Reading levies and bills, through the one access rule: who owes what, and how a levy stands."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from councils.ledger import balances
from councils.models import Account, Bill, Entry, Levy, Payment, Waiver
from councils.querysets import reach
from grid.access import Scope

PLACE = ("household__building__estate__name", "household__building__position", "household__unit")
ORDER = (*PLACE, "household__floor", "household__column", "id")


def levies_visible_to(scope: Scope) -> QuerySet[Levy]:
    """The levies of the councils in scope."""
    return Levy.objects.filter(reach(scope, "council__"))


def bills_visible_to(scope: Scope) -> QuerySet[Any]:
    """The bills of those levies, with their standing."""
    return standing(Bill.objects.filter(levy__in=levies_visible_to(scope)))


def standing(bills: QuerySet[Bill]) -> QuerySet[Any]:
    """Bills with `paid`, `waived` and `due` (below zero: too much was paid) in cents."""
    return bills.annotate(
        paid=Coalesce(_sum(Payment), 0), waived=Coalesce(_sum(Waiver), 0), due=F("amount") - F("paid") - F("waived")
    )


def _sum(model: type[Payment] | type[Waiver]) -> Subquery:
    rows = model._default_manager.filter(bill=OuterRef("pk")).order_by().values("bill")
    return Subquery(rows.annotate(total=Sum("amount")).values("total"))


@dataclass(frozen=True)
class Tally:
    """How a levy stands, in cents, out of the ledger: `due` is asked and neither paid nor waived."""

    asked: int
    waived: int
    due: int
    spent: int
    cash: int
    bank: int

    @property
    def paid(self) -> int:
        """What households paid, less what they got back."""
        return self.asked - self.waived - self.due

    @property
    def left(self) -> int:
        """What is there."""
        return self.cash + self.bank

    @property
    def percent(self) -> int:
        """Of what is to be paid, how much is; 100 when nothing is to be paid."""
        wanted = self.asked - self.waived
        return self.paid * 100 // wanted if wanted > 0 else 100


def tally(levy: Levy) -> Tally:
    """A levy's figures; one query."""
    return _told(balances(levy.council_id, levy=levy))


def tallies(council_id: int) -> dict[int, Tally]:
    """The figures of every levy of a council, by its id; one query."""
    rows = Entry.objects.filter(journal__council=council_id, journal__levy__isnull=False)
    held: dict[int, dict[str, int]] = {}
    for levy, account, amount in rows.values_list("journal__levy", "account").annotate(total=Sum("amount")).order_by():
        held.setdefault(levy, {})[account] = amount
    return {levy: _told(each) for levy, each in held.items()}


NOTHING = Tally(0, 0, 0, 0, 0, 0)


def _told(held: dict[str, int]) -> Tally:
    return Tally(
        asked=-held.get(Account.INCOME, 0),
        waived=held.get(Account.WAIVED, 0),
        due=held.get(Account.DUE, 0),
        spent=held.get(Account.SPENT, 0),
        cash=held.get(Account.CASH, 0),
        bank=held.get(Account.BANK, 0),
    )
