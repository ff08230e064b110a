"""The service fund and party-activity money: the year's budget, and its items from proposal to publication."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse as address_of
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from councils.actions.books import MoneyRefused, decision, note, open_books, post, reverse, reverse_journal
from councils.actions.spendings import check_pictures, keep_pictures
from councils.fund_rules import DEEDS, TRANSITIONS, Step, forbidden
from councils.funds import fund_standing
from councils.models import (
    Account,
    Council,
    CouncilEvent,
    Fund,
    FundItem,
    FundKind,
    FundUse,
    Journal,
    Resolution,
    Spending,
)
from councils.money_rights import Deed
from councils.money_words import yuan
from grid.access import Role
from grid.models import Staff
from grid.querysets import people_in_role


@transaction.atomic
def fund_grant(
    council_id: int, *, by: Staff, at: datetime, kind: str, year: int, amount: int, day: date, text: str
) -> Fund:
    """Enter cents that a fund was given, the year's budget or more to it; `text` names the paper that says so.

    Raises Council.DoesNotExist, MoneyRefused.
    """
    council = open_books(council_id, Deed.BUDGET, by=by, at=at)
    if abs(year - localtime(at).year) > 1:
        raise MoneyRefused(_("年度只能是去年、今年或明年"), "year")
    fund, _new = Fund.objects.get_or_create(council=council, kind=kind, year=year)
    said = _("下达%(fund)s：%(text)s") % {"fund": fund, "text": text}
    entries: dict[str, int] = {Account.QUOTA: amount, Account.GRANT: -amount}
    post(council, Journal.Kind.BUDGET, entries, day=day, text=said, by=by, at=at, fund=fund)
    note(council, Deed.BUDGET, f"{said}，{yuan(amount)} 元", by=by, at=at, fund=fund.pk)
    return fund


@transaction.atomic
def grant_reverse(journal_id: int, *, by: Staff, at: datetime, reason: str) -> Journal:
    """Take a wrong budget entry back as long as nothing of it is spoken for.

    Raises Journal.DoesNotExist, MoneyRefused.
    """
    wrong = Journal.objects.select_related("fund").get(pk=journal_id, kind=Journal.Kind.BUDGET)
    try:
        council = open_books(wrong.council_id, Deed.BUDGET, by=by, at=at)
    except Council.DoesNotExist as error:
        raise Journal.DoesNotExist from error
    if Journal.objects.filter(reverses=wrong).exists():
        raise MoneyRefused(_("这一笔已经冲销过了"))
    assert wrong.fund is not None
    _check_free(wrong.fund, wrong.entries.get(account=Account.QUOTA).amount)
    note(council, Deed.BUDGET, _("冲销 %(which)s：%(why)s") % {"which": wrong, "why": reason}, by=by, at=at,
         fund=wrong.fund_id)  # fmt: skip
    return reverse_journal(council, wrong, text=reason, by=by, at=at)


@transaction.atomic
def item_propose(
    fund_id: int, *, by: Staff, at: datetime, title: str, reason: str, use: FundUse, amount: int
) -> FundItem:
    """Propose something that a fund is to pay for.

    Raises Fund.DoesNotExist, and MoneyRefused with the rule for a forbidden use, or for more than is free.
    """
    fund = _open_fund(fund_id, Deed.PROPOSE, by=by, at=at)
    if use.kind != fund.kind:
        raise MoneyRefused(_("请选%s的用途") % fund.get_kind_display(), "use")
    check_use(fund, use, title, reason)
    _check_free(fund, amount)
    item = FundItem.objects.create(fund=fund, title=title, reason=reason, use=use, amount=amount)
    _told(item, "propose", "", _("提出“%(item)s”，预算 %(sum)s 元") % {"item": item, "sum": yuan(amount)}, by=by, at=at)
    return item


def check_use(fund: Fund, use: FundUse, *texts: str) -> None:
    """Raises MoneyRefused on "use" with the rule's own words when the fund may not go to this."""
    uses = FundUse.objects.filter(kind=fund.kind)
    found = forbidden(use, uses, *texts)
    if found is not None:
        raise MoneyRefused(
            _("%(fund)s不能用于“%(use)s”。依据：%(rule)s")
            % {"fund": FundKind(fund.kind).label, "use": found.name, "rule": found.rule},
            "use",
        )


@transaction.atomic
def item_agree(
    item_id: int, *, by: Staff, at: datetime, resolution: Resolution | None = None, basis: str = ""
) -> FundItem:
    """Note that the council agreed; the street is told that something waits to be filed.

    Raises FundItem.DoesNotExist, MoneyRefused.
    """
    item = _open_item(item_id, Step.AGREE, by=by, at=at)
    item.basis, item.resolution = decision(item.fund.council, resolution, basis), resolution
    _check_free(item.fund, item.amount)
    _step(item, Step.AGREE, _("议事会同意：%s") % item.basis, by=by, at=at)
    street = item.fund.council.community.division.parent_id
    people = people_in_role((Role.STREET_OFFICER,), [street] if street else [], localtime(at).date())
    title = _("%(council)s的经费项目“%(item)s”请备案") % {"council": item.fund.council, "item": item}
    _tell(item, [staff for staffs in people.values() for staff in staffs], title, at)
    return item


@transaction.atomic
def item_file(item_id: int, *, by: Staff, at: datetime, filing_no: str) -> FundItem:
    """The street files an item under its number. Raises FundItem.DoesNotExist, MoneyRefused."""
    item = _open_item(item_id, Step.FILE, by=by, at=at)
    item.filing_no = filing_no
    _step(item, Step.FILE, _("街道备案 %s") % filing_no, by=by, at=at)
    _tell(item, _proposers(item), _("“%s”街道已备案，可以付款") % item, at)
    return item


@transaction.atomic
def item_return(item_id: int, *, by: Staff, at: datetime, reason: str) -> FundItem:
    """The street sends an item back, with the reason. Raises FundItem.DoesNotExist, MoneyRefused."""
    item = _open_item(item_id, Step.RETURN, by=by, at=at)
    _step(item, Step.RETURN, _("街道退回：%s") % reason, by=by, at=at)
    _tell(item, _proposers(item), _("“%s”街道没有备案，退回了") % item, at)
    return item


@transaction.atomic
def item_pay(
    item_id: int, *, by: Staff, at: datetime, amount: int, day: date, payee: str, pictures: Sequence[bytes]
) -> Spending:
    """Pay for an item, at most its budget, with JPEGs of the vouchers (photos.redraw).

    Raises FundItem.DoesNotExist, MoneyRefused.
    """
    item = _open_item(item_id, Step.PAY, by=by, at=at)
    check_pictures(pictures)
    if amount > item.amount:
        raise MoneyRefused(_("超过了预算 %s 元；要多花的，另提一项") % yuan(item.amount), "amount")
    left = fund_standing(item.fund).left
    if amount > left:
        raise MoneyRefused(_("经费只剩 %s 元") % yuan(left), "amount")
    council = item.fund.council
    entries: dict[str, int] = {Account.FUND_SPENT: amount, Account.QUOTA: -amount}
    said = _("支付“%s”") % item
    journal = post(council, Journal.Kind.SPENDING, entries, day=day, text=said, by=by, at=at, fund=item.fund)
    spending = Spending.objects.create(
        council=council, item=item, amount=amount, day=day, payee=payee, text=item.title, journal=journal, by=by, at=at
    )
    keep_pictures(spending, pictures, by=by, at=at)
    _step(item, Step.PAY, _("付给%(who)s %(sum)s 元") % {"who": payee, "sum": yuan(amount)}, by=by, at=at)
    return spending


@transaction.atomic
def item_take_back(item_id: int, *, by: Staff, at: datetime, reason: str) -> FundItem:
    """Reverse a wrong payment; the item waits to be paid again. Raises FundItem.DoesNotExist, MoneyRefused."""
    item = _open_item(item_id, Step.TAKE_BACK, by=by, at=at)
    wrong = item.spendings.select_related("journal__fund", "journal__levy").get(
        reverses__isnull=True, reversed_by__isnull=True
    )
    own = {"council": item.fund.council, "item": item, "payee": wrong.payee}
    reverse(item.fund.council, wrong, text=reason, by=by, at=at, **own)
    _step(item, Step.TAKE_BACK, _("付款冲销：%s") % reason, by=by, at=at)
    return item


@transaction.atomic
def item_finish(item_id: int, *, by: Staff, at: datetime, outcome: str) -> FundItem:
    """Say what was done. Raises FundItem.DoesNotExist, MoneyRefused."""
    item = _open_item(item_id, Step.FINISH, by=by, at=at)
    item.outcome = outcome
    _step(item, Step.FINISH, _("办完：%s") % outcome, by=by, at=at)
    return item


@transaction.atomic
def item_redo(item_id: int, *, by: Staff, at: datetime, reason: str) -> FundItem:
    """Not accepted: what is still to be done. Raises FundItem.DoesNotExist, MoneyRefused."""
    item = _open_item(item_id, Step.REDO, by=by, at=at)
    _step(item, Step.REDO, _("验收没有通过：%s") % reason, by=by, at=at)
    return item


@transaction.atomic
def item_accept(item_id: int, *, by: Staff, at: datetime, accepted_by: str) -> FundItem:
    """Somebody other than who reported it done looked at it and is content; `accepted_by` names those residents.

    Raises FundItem.DoesNotExist, MoneyRefused.
    """
    item = _open_item(item_id, Step.ACCEPT, by=by, at=at)
    reported = _events(item).filter(data__step=Step.FINISH).last()
    if reported and reported.by_id == by.pk:
        raise MoneyRefused(_("办完是您报告的，请另一位同事登记验收"))
    item.accepted_by = accepted_by
    _step(item, Step.ACCEPT, _("验收通过：%s") % accepted_by, by=by, at=at)
    return item


@transaction.atomic
def item_publish(item_id: int, *, by: Staff, at: datetime) -> FundItem:
    """Put an item on the council's open books. Raises FundItem.DoesNotExist, MoneyRefused."""
    item = _open_item(item_id, Step.PUBLISH, by=by, at=at)
    item.published_on = localtime(at).date()
    _step(item, Step.PUBLISH, _("公示"), by=by, at=at)
    return item


@transaction.atomic
def item_drop(item_id: int, *, by: Staff, at: datetime, reason: str) -> FundItem:
    """Give an item up before it is paid. Raises FundItem.DoesNotExist, MoneyRefused."""
    item = _open_item(item_id, Step.DROP, by=by, at=at)
    _step(item, Step.DROP, _("不办了：%s") % reason, by=by, at=at)
    return item


def _open_fund(fund_id: int, deed: Deed, *, by: Staff, at: datetime) -> Fund:
    """A fund with its council's books locked."""
    council_id = Fund.objects.values_list("council_id", flat=True).get(pk=fund_id)
    try:
        council = open_books(council_id, deed, by=by, at=at)
    except Council.DoesNotExist as error:
        raise Fund.DoesNotExist from error
    fund = Fund.objects.get(pk=fund_id)
    fund.council = council
    return fund


def _open_item(item_id: int, step: Step, *, by: Staff, at: datetime) -> FundItem:
    """An item with its council's books locked, in a state from which the step leads on."""
    fund_id = FundItem.objects.values_list("fund_id", flat=True).get(pk=item_id)
    try:
        fund = _open_fund(fund_id, DEEDS[step], by=by, at=at)
    except Fund.DoesNotExist as error:
        raise FundItem.DoesNotExist from error
    item = FundItem.objects.select_related("use").get(pk=item_id)
    item.fund = fund
    if (step, item.state) not in TRANSITIONS:
        raise MoneyRefused(_("这一项现在是“%s”，不能这样做了") % item.get_state_display())
    return item


def _step(item: FundItem, step: Step, text: str, *, by: Staff, at: datetime) -> None:
    before = item.state
    item.state = TRANSITIONS[step, before]
    item.version += 1
    item.save()
    _told(item, step, before, text, by=by, at=at)


def _told(item: FundItem, step: str, before: str, text: str, *, by: Staff, at: datetime) -> None:
    data: dict[str, Any] = {"item": item.pk, "step": str(step), "before": before, "after": item.state}
    note(item.fund.council, Deed.CARRY, text, by=by, at=at, **data)


def _events(item: FundItem) -> Any:
    return CouncilEvent.objects.filter(council=item.fund.council_id, data__item=item.pk).order_by("id")


def _proposers(item: FundItem) -> list[int]:
    return [staff for staff in _events(item).filter(data__step="propose").values_list("by", flat=True) if staff]


def _tell(item: FundItem, staff: Sequence[int], title: str, at: datetime) -> None:
    """A message to staff members, once for this version of the item."""
    path, event = address_of("fund-item", args=[item.pk]), f"fund-item:{item.pk}:{item.version}"
    outbox.save([outbox.to_staff(each, event=event, at=at, title=title, path=path) for each in staff])


def _check_free(fund: Fund, amount: int) -> None:
    """Raises MoneyRefused on "amount" for more than is neither spent nor spoken for."""
    stands = fund_standing(fund)
    if amount > stands.free:
        raise MoneyRefused(
            _("%(fund)s可用的只有 %(free)s 元（剩 %(left)s 元，其中 %(planned)s 元已定用途）")
            % {"fund": fund, "free": yuan(stands.free), "left": yuan(stands.left), "planned": yuan(stands.planned)},
            "amount",
        )
