"""Money of households: taken with a receipt, given back, waived by decision, and a wrong entry reversed."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from councils.actions.books import MoneyRefused, check_day, check_pot, check_reversible, note, post, reverse
from councils.actions.levies import open_levy
from councils.bills import standing
from councils.models import Account, Bill, Council, Journal, Levy, Payment, Waiver
from councils.money_rights import Deed
from councils.money_words import yuan
from grid.models import Staff

ACCOUNTS = {Payment.Way.CASH: Account.CASH, Payment.Way.BANK: Account.BANK}


@transaction.atomic
def payment_take(
    bill_id: int, *, by: Staff, at: datetime, amount: int, way: str, day: date, reference: str = "",
    once: str | None = None,
) -> tuple[Payment, bool]:  # fmt: skip
    """Take cents for a bill, all or part; returns the receipt, and whether it is new (False: the same form again).

    A transfer may bring too much, which is then to be given back; cash may not.
    Raises Bill.DoesNotExist, and MoneyRefused for a bill that is paid, a slip entered before, a closed month.
    """
    bill = _open_bill(bill_id, Deed.COLLECT, by=by, at=at)
    council = bill.levy.council
    if once and (before := Payment.objects.filter(once=once).first()):
        if before.bill_id != bill.pk:
            raise MoneyRefused(_("这一页已经用过了，请重新打开收款页"))
        return before, False
    check_day(council, day, at)
    _check_reference(council, way, reference)
    due = _due(bill)
    if due <= 0:
        raise MoneyRefused(_already_paid(bill))
    if amount > due and way == Payment.Way.CASH:
        raise MoneyRefused(
            _("这一户只欠 %(due)s 元，请找零 %(back)s 元，按 %(due)s 元收")
            % {"due": yuan(due), "back": yuan(amount - due)},
            "amount",
        )
    text = _("收“%s”") % bill.levy
    entries: dict[str, int] = {ACCOUNTS[Payment.Way(way)]: amount, Account.DUE: -amount}
    journal = post(council, Journal.Kind.PAYMENT, entries, day=day, text=text, by=by, at=at, levy=bill.levy)
    return _write(council, bill, amount, way, reference, once, journal=journal, text=""), True


@transaction.atomic
def payment_refund(
    bill_id: int, *, by: Staff, at: datetime, amount: int, way: str, day: date, text: str, reference: str = ""
) -> Payment:
    """Give back cents that a household paid too much (after a waiver, or by a transfer that was too large).

    Raises Bill.DoesNotExist, and MoneyRefused for more than that or more than there is.
    """
    bill = _open_bill(bill_id, Deed.REFUND, by=by, at=at)
    council = bill.levy.council
    over = -_due(bill)
    if over <= 0:
        raise MoneyRefused(_("这一户没有多缴；该退的先由社区书记登记减免"))
    if amount > over:
        raise MoneyRefused(_("这一户多缴 %s 元，最多退这么多") % yuan(over), "amount")
    check_day(council, day, at)
    _check_reference(council, way, reference)
    account = ACCOUNTS[Payment.Way(way)]
    check_pot(council, account, amount, levy=bill.levy)
    journal = post(
        council, Journal.Kind.REFUND, {account: -amount, Account.DUE: amount}, day=day, by=by, at=at, levy=bill.levy,
        text=_("退“%s”多缴款") % bill.levy,
    )  # fmt: skip
    return _write(council, bill, -amount, way, reference, None, journal=journal, text=text)


@transaction.atomic
def payment_reverse(payment_id: int, *, by: Staff, at: datetime, reason: str) -> Payment:
    """Take a wrong receipt back by one with the opposite amount, dated today, with a number of its own.

    Raises Payment.DoesNotExist, and MoneyRefused when that was done already, or the money is not there any more.
    """
    bill_id = Payment.objects.values_list("bill_id", flat=True).get(pk=payment_id)
    try:
        bill = _open_bill(bill_id, Deed.REVERSE, by=by, at=at)
    except Bill.DoesNotExist as error:
        raise Payment.DoesNotExist from error
    wrong = Payment.objects.select_related("journal__levy").get(pk=payment_id)
    council = bill.levy.council
    check_reversible(wrong)
    if wrong.amount > 0:
        check_pot(council, ACCOUNTS[Payment.Way(wrong.way)], wrong.amount, levy=bill.levy)
    year = localtime(at).year
    own = {"council": council, "bill": bill, "year": year, "number": _next_number(council, year), "way": wrong.way}
    taken_back = reverse(council, wrong, text=reason, by=by, at=at, **own)
    text = _("收据 %(wrong)s 冲销，红字收据 %(new)s：%(why)s") % {"wrong": wrong, "new": taken_back, "why": reason}
    note(council, Deed.REVERSE, text, by=by, at=at, levy=bill.levy_id)
    return taken_back


@transaction.atomic
def bill_waive(bill_id: int, *, by: Staff, at: datetime, amount: int, decision: str) -> Waiver:
    """Let a household off cents of its bill, by a decision. What it paid for them is then to be given back.

    Raises Bill.DoesNotExist, and MoneyRefused for more than the bill.
    """
    bill = _open_bill(bill_id, Deed.WAIVE, by=by, at=at)
    row = standing(Bill.objects.filter(pk=bill.pk)).get()
    if amount > row.amount - row.waived:
        raise MoneyRefused(_("减免不能超过账单的 %s 元") % yuan(row.amount), "amount")
    journal = post(
        bill.levy.council, Journal.Kind.WAIVER, {Account.WAIVED: amount, Account.DUE: -amount}, by=by, at=at,
        day=localtime(at).date(), levy=bill.levy, text=_("减免“%(levy)s”：%(why)s") % {
            "levy": bill.levy, "why": decision,
        },
    )  # fmt: skip
    return Waiver.objects.create(
        bill=bill, amount=amount, day=journal.day, text=decision, journal=journal, by=by, at=at
    )  # fmt: skip


@transaction.atomic
def waiver_reverse(waiver_id: int, *, by: Staff, at: datetime, reason: str) -> Waiver:
    """Take a waiver back. Raises Waiver.DoesNotExist, MoneyRefused when that was done already."""
    bill_id = Waiver.objects.values_list("bill_id", flat=True).get(pk=waiver_id)
    try:
        bill = _open_bill(bill_id, Deed.REVERSE, by=by, at=at)
    except Bill.DoesNotExist as error:
        raise Waiver.DoesNotExist from error
    wrong = Waiver.objects.select_related("journal__levy").get(pk=waiver_id)
    return reverse(bill.levy.council, wrong, text=reason, by=by, at=at, bill=bill)


def _open_bill(bill_id: int, deed: Deed, *, by: Staff, at: datetime) -> Bill:
    """A bill with its council's books locked; its levy must be issued."""
    bill = Bill.objects.select_related("household__building").get(pk=bill_id)
    try:
        bill.levy = open_levy(bill.levy_id, deed, by=by, at=at, states={Levy.State.ISSUED})
    except Levy.DoesNotExist as error:
        raise Bill.DoesNotExist from error
    return bill


def _due(bill: Bill) -> int:
    due: int = standing(Bill.objects.filter(pk=bill.pk)).values_list("due", flat=True).get()
    return due


def _already_paid(bill: Bill) -> str:
    last = Payment.objects.filter(bill=bill, amount__gt=0, reversed_by__isnull=True).select_related("by").last()
    if last is None:
        return _("这一户已经不欠了")
    return _("这一户已经缴清：%(who)s %(when)s 收了 %(amount)s 元，收据 %(receipt)s") % {
        "who": last.by.name, "when": f"{localtime(last.at):%m-%d %H:%M}", "amount": yuan(last.amount),
        "receipt": last.receipt,
    }  # fmt: skip


def _check_reference(council: Council, way: str, reference: str) -> None:
    """Raises MoneyRefused for a slip that is in the books already, unless that entry was reversed."""
    if not reference:
        return
    stands = Q(reverses__isnull=True, reversed_by__isnull=True)
    before = (
        Payment.objects.filter(stands, council=council, way=way, reference=reference)
        .select_related("by", "bill__household__building")
        .first()
    )
    if before:
        raise MoneyRefused(
            _("这张单子（%(slip)s）%(who)s %(day)s 已经登记在%(place)s，收据 %(receipt)s")
            % {
                "slip": reference, "who": before.by.name, "day": before.day, "place": before.bill.household,
                "receipt": before.receipt,
            },
            "reference",
        )  # fmt: skip


def _next_number(council: Council, year: int) -> int:
    last: int | None = Payment.objects.filter(council=council, year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _write(
    council: Council, bill: Bill, amount: int, way: str, reference: str, once: str | None, *, journal: Journal,
    text: str,
) -> Payment:  # fmt: skip
    return Payment.objects.create(
        council=council, bill=bill, year=journal.year, number=_next_number(council, journal.year), amount=amount,
        way=way, reference=reference, once=once, day=journal.day, text=text, journal=journal, by=journal.by,
        at=journal.at,
    )  # fmt: skip
