"""Reading the books: balances, a month's journals, the accounts of a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum

from councils.models import Account, Entry, Fund, Journal, Levy, MonthClose

MONTHS = 12


@dataclass(frozen=True)
class Line:
    """One account over a month in cents: what it held before, what came to the left and the right, what it holds."""

    account: Account
    before: int
    debit: int
    credit: int

    @property
    def after(self) -> int:
        """What it holds at the end."""
        return self.before + self.debit - self.credit


def month_of(text: str, now: date) -> date:
    """The first day of a month written 2026-11; this month's for anything else, and for one to come."""
    year, _dash, month = text.partition("-")
    this = now.replace(day=1)
    if not (text.isascii() and year.isdigit() and month.isdigit() and len(text) <= len("2026-11")):
        return this
    try:
        return min(date(int(year), int(month), 1), this)
    except ValueError:
        return this


def last_day(first: date) -> date:
    """The last day of the month that begins with `first`."""
    years, month = divmod(first.month, MONTHS)
    return date(first.year + years, month + 1, 1) - timedelta(days=1)


def balances(
    council_id: int, *, levy: Levy | None = None, fund: Fund | None = None, until: date | None = None
) -> dict[str, int]:
    """Cents on each account, debit positive; of one levy or fund when named, up to a day inclusive. One query."""
    rows = Entry.objects.filter(journal__council=council_id)
    if levy is not None:
        rows = rows.filter(journal__levy=levy)
    if fund is not None:
        rows = rows.filter(journal__fund=fund)
    if until is not None:
        rows = rows.filter(journal__day__lte=until)
    return dict(rows.values_list("account").annotate(Sum("amount")).order_by())


def closed_until(council_id: int) -> date | None:
    """The last day whose books are closed; None while no month is."""
    last: date | None = (
        MonthClose.objects.filter(council=council_id).order_by("-last_day").values_list("last_day", flat=True).first()
    )
    return last


def journals_between(council_id: int, first: date, last: date) -> QuerySet[Journal]:
    """The journals of these days (inclusive) by number, with entries and names; two queries when read."""
    rows = Journal.objects.filter(council=council_id, day__range=(first, last))
    return rows.select_related("by", "levy", "fund", "reverses").prefetch_related("entries").order_by("year", "number")


def lines(council_id: int, first: date, last: date) -> Sequence[Line]:
    """The accounts that moved or hold something, over these days; one query."""
    inside = Q(journal__day__range=(first, last))
    rows = (
        Entry.objects.filter(journal__council=council_id, journal__day__lte=last)
        .values_list("account")
        .annotate(
            before=Sum("amount", filter=Q(journal__day__lt=first), default=0),
            debit=Sum("amount", filter=inside & Q(amount__gt=0), default=0),
            credit=Sum("amount", filter=inside & Q(amount__lt=0), default=0),
        )
        .order_by()
    )
    found = {account: Line(Account(account), before, debit, -credit) for account, before, debit, credit in rows}
    return [found[account] for account in Account.values if account in found]
