"""What a household's file tells of self-government: ballots that its people took part in, bills, what was paid."""

from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from councils.models import Bill, Journal, Participation, Payment
from councils.money_words import yuan
from councils.querysets import reach
from grid.access import Scope
from residents.timeline import MOST, Line


def ballot_lines(scope: Scope, household_id: int, until: datetime) -> list[Line]:
    """That the household took part in a ballot, and how; never what it said. One query."""
    rows = Participation.objects.filter(
        reach(scope, "ballot__council__"), entitled__dwellings__household=household_id, at__lt=until
    )
    return [
        Line(row.at, _("表决"), f"{row.ballot.title}，{row.get_channel_display() or _('到会')}")
        for row in rows.select_related("ballot").order_by("-id")[:MOST]
    ]


def bill_lines(scope: Scope, household_id: int, until: datetime) -> list[Line]:
    """What the household was to pay, from the day the levy was issued. One query."""
    issued = Journal.objects.filter(levy=OuterRef("levy"), kind=Journal.Kind.ISSUE).order_by("id").values("at")[:1]
    rows = Bill.objects.filter(reach(scope, "levy__council__"), household=household_id)
    rows = rows.annotate(issued_at=Subquery(issued)).filter(issued_at__lt=until).select_related("levy")
    return [
        Line(
            row.issued_at,
            _("账单"),
            _("%(purpose)s %(sum)s 元") % {"purpose": row.levy.purpose, "sum": yuan(row.amount)},
        )
        for row in rows.order_by("-id")[:MOST]
    ]


def payment_lines(scope: Scope, household_id: int, until: datetime) -> list[Line]:
    """What it paid or got back. One query."""
    rows = Payment.objects.filter(reach(scope, "council__"), bill__household=household_id, at__lt=until)
    return [
        Line(
            row.at,
            _("缴费") if row.amount > 0 else _("退费"),
            _("%(purpose)s %(sum)s 元") % {"purpose": row.bill.levy.purpose, "sum": yuan(abs(row.amount))},
            tone="done" if row.amount > 0 else "",
        )
        for row in rows.select_related("bill__levy").order_by("-id")[:MOST]
    ]
