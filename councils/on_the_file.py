"""What a household's file tells of self-government: ballots that its people took part in, bills, what was paid."""

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, F, OuterRef, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from councils.models import Ballot, Bill, Journal, Participation, Payment
from councils.money_words import yuan
from councils.querysets import reach
from grid.access import Scope
from residents.timeline import MOST, Line

BALLOT, BILL, PAYMENT = "ballot", "bill", "payment"
COLUMNS = ("told_at", "told_kind", "told_title", "told_way", "told_cents")


def council_lines(scope: Scope, household_id: int, until: datetime) -> list[Line]:
    """Ballots taken part in (never what was said), bills from the day of issue, payments; one query for all of them."""
    ballots = Participation.objects.filter(
        reach(scope, "ballot__council__"), entitled__dwellings__household=household_id, at__lt=until
    )
    issued = Journal.objects.filter(levy=OuterRef("levy"), kind=Journal.Kind.ISSUE).order_by("id").values("at")[:1]
    bills = Bill.objects.filter(reach(scope, "levy__council__"), household=household_id)
    bills = bills.annotate(issued_at=Subquery(issued)).filter(issued_at__lt=until)
    payments = Payment.objects.filter(reach(scope, "council__"), bill__household=household_id, at__lt=until)
    found = _columns(ballots, BALLOT, "at", "ballot__title", way=F("channel")).union(
        _columns(bills, BILL, "issued_at", "levy__purpose", cents=F("amount")),
        _columns(payments, PAYMENT, "at", "bill__levy__purpose", cents=F("amount")),
        all=True,
    )
    return [_line(*row) for row in found.order_by("-told_at")[:MOST]]


def _columns(
    rows: QuerySet[Any], kind: str, at: str, title: str, way: F | None = None, cents: F | None = None
) -> QuerySet[Any, Any]:
    """Rows of any of the three as the columns that they share."""
    named = rows.annotate(
        told_at=F(at),
        told_kind=Value(kind, CharField()),
        told_title=F(title),
        told_way=way or Value("", CharField()),
        told_cents=cents or Value(0, BigIntegerField()),
    )
    return named.values_list(*COLUMNS)


def _line(when: datetime, what: str, title: str, way: str, cents: int) -> Line:
    if what == BALLOT:
        how = Ballot.Channel(way).label if way else _("到会")
        return Line(when, _("表决"), f"{title}，{how}")
    said = _("%(purpose)s %(sum)s 元") % {"purpose": title, "sum": yuan(abs(cents))}
    if what == BILL:
        return Line(when, _("账单"), said)
    return Line(when, _("缴费") if cents > 0 else _("退费"), said, tone="done" if cents > 0 else "")
