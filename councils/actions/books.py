"""Writing the books: one council's money is written by one at a time, every journal balances, closed months stay."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from councils.actions.base import CouncilRefused
from councils.ledger import balances, closed_until, last_day
from councils.models import (
    Account,
    Council,
    CouncilEvent,
    Entry,
    Fund,
    Journal,
    Levy,
    MonthClose,
    Resolution,
    Spending,
)
from councils.models.ledger import Posted
from councils.money_rights import Deed, deeds_for
from councils.money_words import yuan
from councils.querysets import councils_visible_to, roles_over
from councils.workflow import ResolutionState
from grid.access import scope_of
from grid.models import Staff

EARLIEST_DAYS = 366
"""A day longer ago than this is taken for a slip of the pen."""
IN_FORCE = (ResolutionState.PASSED, ResolutionState.DONE)
Row = TypeVar("Row", bound=Posted)


class MoneyRefused(CouncilRefused):
    """An action with money is not possible. `field` names the form's field that it is about, "" for the whole."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def open_books(council_id: int, deed: Deed, *, by: Staff, at: datetime) -> Council:
    """Lock a council's books and check that `by` may do this there; call it first inside a transaction.

    Raises Council.DoesNotExist for one outside the scope, MoneyRefused for a deed that is not theirs.
    """
    scope = scope_of(by, localtime(at).date())
    visible = councils_visible_to(scope).select_related("community__division__parent")
    council = visible.select_for_update(of=("self",), no_key=True).get(pk=council_id)
    if deed not in deeds_for(roles_over(scope, council)):
        raise MoneyRefused(_("您的岗位不能做“%s”") % deed.label)
    return council


def check_day(council: Council, day: date, at: datetime) -> None:
    """Raises MoneyRefused on "day" for one in the future, more than a year ago, or in a closed month."""
    today = localtime(at).date()
    if day > today:
        raise MoneyRefused(_("日期还没有到"), "day")
    if day < today - timedelta(days=EARLIEST_DAYS):
        raise MoneyRefused(_("日期在一年以前，请核对"), "day")
    closed = closed_until(council.pk)
    if closed and day <= closed:
        first = closed + timedelta(days=1)
        raise MoneyRefused(
            _("%(year)d 年 %(month)d 月已经结账，请把日期写成 %(first)s 以后；以前的事在“说明”里写清楚")
            % {"year": closed.year, "month": closed.month, "first": f"{first:%Y-%m-%d}"},
            "day",
        )


def post(
    council: Council,
    kind: str,
    entries: Mapping[str, int],
    *,
    day: date,
    text: str,
    by: Staff,
    at: datetime,
    levy: Levy | None = None,
    fund: Fund | None = None,
    reverses: Journal | None = None,
) -> Journal:
    """Append a journal to locked books: cents by account, positive on the left (借). Raises what `check_day` raises."""
    check_day(council, day, at)
    last = Journal.objects.filter(council=council, year=day.year).aggregate(last=Max("number"))["last"] or 0
    journal = Journal.objects.create(
        council=council, year=day.year, number=last + 1, kind=kind, day=day, text=text[:200], by=by, at=at, levy=levy,
        fund=fund, reverses=reverses,
    )  # fmt: skip
    Entry.objects.bulk_create(
        Entry(journal=journal, account=account, amount=amount) for account, amount in entries.items()
    )
    return journal


def reverse(council: Council, row: Row, /, *, text: str, by: Staff, at: datetime, **own: Any) -> Row:
    """Take a posted row back: the same with the opposite amount, dated today; `own` are its columns besides.

    Raises what `check_reversible` raises.
    """
    check_reversible(row)
    journal = reverse_journal(council, row.journal, text=text, by=by, at=at)
    return type(row)._default_manager.create(
        amount=-row.amount, day=journal.day, text=text[:200], journal=journal, reverses=row, by=by, at=at, **own
    )


def check_reversible(row: Posted) -> None:
    """Raises MoneyRefused for a row that is a reversal, or was reversed already."""
    if row.reverses_id:
        raise MoneyRefused(_("冲销的这一笔不能再冲销；需要时重新登记"))
    model: Any = type(row)
    if model.objects.filter(reverses=row).exists():
        raise MoneyRefused(_("这一笔已经冲销过了"))


def reverse_journal(council: Council, before: Journal, *, text: str, by: Staff, at: datetime) -> Journal:
    """Append the opposite of a journal, dated today."""
    entries = {entry.account: -entry.amount for entry in before.entries.all()}
    return post(
        council, Journal.Kind.REVERSAL, entries, day=localtime(at).date(), by=by, at=at, levy=before.levy,
        fund=before.fund, reverses=before, text=_("冲销 %(which)s：%(why)s") % {"which": before, "why": text},
    )  # fmt: skip


def check_pot(council: Council, account: str, amount: int, *, levy: Levy | None = None) -> None:
    """Raises MoneyRefused on "amount" when an account holds less than this, of a levy's money when one is named."""
    held = balances(council.pk, levy=levy).get(account, 0)
    if amount > held:
        raise MoneyRefused(
            _("%(account)s里只有 %(held)s 元") % {"account": Account(account).label, "held": yuan(held)}, "amount"
        )


@transaction.atomic
def money_move(
    council_id: int, *, by: Staff, at: datetime, levy_id: int, amount: int, to: str, day: date, text: str = ""
) -> Journal:
    """Bring a levy's cash to the bank, or fetch it (`to` the account that grows).

    Raises Council.DoesNotExist, Levy.DoesNotExist, MoneyRefused.
    """
    council = open_books(council_id, Deed.MOVE, by=by, at=at)
    levy = Levy.objects.get(pk=levy_id, council=council)
    source = Account.CASH if to == Account.BANK else Account.BANK
    check_pot(council, source, amount, levy=levy)
    said = text or (_("存入银行") if to == Account.BANK else _("取出现金"))
    return post(
        council, Journal.Kind.MOVE, {to: amount, source: -amount}, day=day, text=said, by=by, at=at, levy=levy
    )  # fmt: skip


@transaction.atomic
def month_close(council_id: int, *, by: Staff, at: datetime, year: int, month: int) -> MonthClose:
    """Close a month that is over, and all before it; nothing dated there is taken any more.

    Raises Council.DoesNotExist, and MoneyRefused while the month runs, when it is closed, or while the supervisor has
    not agreed to one of its spendings.
    """
    council = open_books(council_id, Deed.CLOSE, by=by, at=at)
    last = last_day(date(year, month, 1))
    if last >= localtime(at).date():
        raise MoneyRefused(_("这个月还没有过完，下月 1 日起可以结账"))
    closed = closed_until(council.pk)
    if closed and last <= closed:
        raise MoneyRefused(_("这个月已经结过账了"))
    waiting = Spending.objects.unsigned().filter(council=council, day__lte=last).order_by("id")
    if waiting:
        raise MoneyRefused(
            _("有 %(count)d 笔支出监督人还没有签字：%(which)s")
            % {"count": len(waiting), "which": "、".join(f"{each.text} {yuan(each.amount)} 元" for each in waiting[:3])}
        )
    note(council, Deed.CLOSE, _("%(year)d 年 %(month)d 月结账") % {"year": year, "month": month}, by=by, at=at)
    return MonthClose.objects.create(council=council, last_day=last, by=by, at=at)


def note(council: Council, deed: Deed, text: str, *, by: Staff | None, at: datetime, **data: Any) -> None:
    """Append what was done to the council's history; `data` names what it was done to."""
    CouncilEvent.objects.create(council=council, verb=f"money_{deed}", text=text[:400], by=by, at=at, data=data)


def decision(council: Council, resolution: Resolution | None, basis: str) -> str:
    """What a levy or an item of a fund rests on, in words: the resolution, else what was written of a meeting.

    Raises MoneyRefused for neither, and for a resolution that is not in force or of another community.
    """
    if resolution is None:
        if not basis.strip():
            raise MoneyRefused(_("请选决议，或写明依据哪次会议"), "basis")
        return basis.strip()
    if resolution.council.community_id != council.community_id or resolution.state not in IN_FORCE:
        raise MoneyRefused(_("这份决议还没有通过，或已经废止"), "resolution")
    return _("%(number)s决议《%(title)s》") % {"number": resolution.number, "title": resolution.title}
