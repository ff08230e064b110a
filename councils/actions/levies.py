"""Levies: drawn up, changed for single households, issued as bills, withdrawn, settled; and the reminders."""

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from councils.actions.books import MoneyRefused, decision, note, open_books, post, reverse_journal
from councils.bills import standing, tally
from councils.levy_shares import ground, sharing
from councils.models import Account, Bill, Council, Journal, Levy, LevyLine, Spending
from councils.models.levies import WHOLE
from councils.money_rights import Deed
from councils.money_words import yuan
from grid.access import place_name
from grid.models import Staff
from petitions.numbers import ALPHABET
from residents.models import Household, Stay

CODE_LENGTH = 12
REMIND_EVERY = timedelta(days=7)
State = Levy.State
FACTS = {
    "purpose", "resolution", "basis", "way", "count", "share_word", "total", "price", "ties", "due_on", "supervisor",
}  # fmt: skip


def new_code() -> str:
    """Twelve random characters that are not mistaken for one another: nobody guesses one."""
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


@transaction.atomic
def levy_draft(council_id: int, *, by: Staff, at: datetime, buildings: Collection[int] = (), **facts: Any) -> Levy:
    """Draw up a levy; `facts` are its columns of FACTS. Raises Council.DoesNotExist, MoneyRefused."""
    council = open_books(council_id, Deed.DRAFT, by=by, at=at)
    _check_facts(council, facts, localtime(at).date())
    levy = Levy.objects.create(council=council, code=new_code(), **facts)
    levy.buildings.set(buildings)
    _check_ground(levy)
    note(council, Deed.DRAFT, _("拟定分摊“%s”") % levy, by=by, at=at, levy=levy.pk)
    return levy


@transaction.atomic
def levy_change(
    levy_id: int, *, by: Staff, at: datetime, seen: int, buildings: Collection[int] = (), **facts: Any
) -> Levy:
    """Change a draft that somebody saw as version `seen`. Raises Levy.DoesNotExist, MoneyRefused."""
    levy = open_levy(levy_id, Deed.DRAFT, by=by, at=at, states={State.DRAFT})
    _check_facts(levy.council, facts, localtime(at).date())
    if levy.version != seen:
        raise MoneyRefused(_("您填写的时候，别人改了这份分摊。您写的都还在，核对以后再保存"))
    for name, value in facts.items():
        setattr(levy, name, value)
    levy.version += 1
    levy.save()
    levy.buildings.set(buildings)
    _check_ground(levy)
    note(levy.council, Deed.DRAFT, _("改分摊“%s”") % levy, by=by, at=at, levy=levy.pk)
    return levy


@transaction.atomic
def line_set(
    levy_id: int, household_id: int, *, by: Staff, at: datetime, weight: int | None = None, exempt: str = ""
) -> None:
    """Write a household's own shares (hundredths) or the reason why it is exempt; neither takes the exception back.

    Raises Levy.DoesNotExist, Household.DoesNotExist for one that the levy does not reach, MoneyRefused.
    """
    levy = open_levy(levy_id, Deed.DRAFT, by=by, at=at, states={State.DRAFT})
    household = ground(levy).get(pk=household_id)
    if weight is None and not exempt:
        levy.lines.filter(household=household).delete()
        told = _("按规则算")
    else:
        LevyLine.objects.update_or_create(levy=levy, household=household, defaults={"weight": weight, "exempt": exempt})
        told = _("免缴：%s") % exempt if exempt else _("%(n)g %(word)s") % {
            "n": (weight or 0) / WHOLE, "word": levy.share_word,
        }  # fmt: skip
    levy.version += 1
    levy.save(update_fields=["version"])
    text = _("分摊“%(levy)s”：%(place)s %(told)s") % {"levy": levy, "place": household, "told": told}
    note(levy.council, Deed.DRAFT, text, by=by, at=at, levy=levy.pk)


@transaction.atomic
def levy_issue(levy_id: int, *, by: Staff, at: datetime, seen: str) -> Levy:
    """Make the bills. `seen` is the fingerprint of the shares that the head looked at (levy_shares.Sharing).

    Raises Levy.DoesNotExist, and MoneyRefused when the shares have changed since, when an area is missing, when nobody
    pays, or when the day to pay by is over.
    """
    levy = open_levy(levy_id, Deed.ISSUE, by=by, at=at, states={State.DRAFT})
    today = localtime(at).date()
    shared = sharing(levy)
    if shared.lacking:
        raise MoneyRefused(_("有 %d 户档案里没有建筑面积，补上或写明份数、免缴以后再开单") % len(shared.lacking))
    if not shared.paying:
        raise MoneyRefused(_("没有一户要缴费，请核对份数"))
    if shared.fingerprint != seen:
        raise MoneyRefused(_("您看的时候，份数或户有了变化；下面是现在的，请再看一遍"))
    if levy.due_on < today:
        raise MoneyRefused(_("缴费截止日期已经过了，请先改日期"))
    Bill.objects.bulk_create(
        Bill(levy=levy, household=part.household, weight=part.weight, amount=part.amount, code=new_code())
        for part in shared.paying
    )
    post(
        levy.council, Journal.Kind.ISSUE, {Account.DUE: shared.total, Account.INCOME: -shared.total}, day=today, by=by,
        at=at, levy=levy, text=_("分摊“%(levy)s”开单 %(count)d 户") % {"levy": levy, "count": len(shared.paying)},
    )  # fmt: skip
    _move(levy, State.ISSUED)
    note(levy.council, Deed.ISSUE, _("开单：%s") % shared.sum_in_words, by=by, at=at, levy=levy.pk)
    return levy


@transaction.atomic
def levy_withdraw(levy_id: int, *, by: Staff, at: datetime, reason: str) -> Levy:
    """Take a levy back: a draft at once, an issued one as long as nobody's money is in it.

    Raises Levy.DoesNotExist, MoneyRefused.
    """
    levy = open_levy(levy_id, Deed.ISSUE, by=by, at=at, states={State.DRAFT, State.ISSUED})
    if levy.state == State.ISSUED:
        stands = tally(levy)
        if stands.paid or stands.spent or stands.waived:
            raise MoneyRefused(
                _("已经收了 %(paid)s 元、减免 %(waived)s 元、支出 %(spent)s 元，不能撤回；请先退款或冲销")
                % {"paid": yuan(stands.paid), "waived": yuan(stands.waived), "spent": yuan(stands.spent)}
            )
        issued = Journal.objects.get(levy=levy, kind=Journal.Kind.ISSUE)
        reverse_journal(levy.council, issued, text=reason, by=by, at=at)
    _move(levy, State.WITHDRAWN)
    note(levy.council, Deed.ISSUE, _("撤回分摊“%(levy)s”：%(why)s") % {"levy": levy, "why": reason}, by=by, at=at,
         levy=levy.pk)  # fmt: skip
    return levy


@transaction.atomic
def levy_settle(levy_id: int, *, by: Staff, at: datetime) -> Levy:
    """Close a levy when nothing is due and the supervisor has agreed to every spending; the statement stays public.

    Raises Levy.DoesNotExist, MoneyRefused.
    """
    levy = open_levy(levy_id, Deed.ISSUE, by=by, at=at, states={State.ISSUED})
    open_bills = standing(levy.bills.all()).exclude(due=0).count()
    if open_bills:
        raise MoneyRefused(_("还有 %d 户没有结清（欠缴或多缴），收清、减免或退款以后再结项") % open_bills)
    if Spending.objects.unsigned().filter(levy=levy).exists():
        raise MoneyRefused(_("还有支出等监督人签字"))
    _move(levy, State.SETTLED)
    left = tally(levy).left
    text = _("分摊“%(levy)s”结项，结余 %(left)s 元") % {"levy": levy, "left": yuan(left)}
    note(levy.council, Deed.ISSUE, text, by=by, at=at, levy=levy.pk)
    return levy


@transaction.atomic
def levy_remind(levy_id: int, *, by: Staff, at: datetime) -> tuple[int, int]:
    """Write to those who owe, each at most once in seven days; returns (written to, without a phone on file).

    Raises Levy.DoesNotExist, MoneyRefused.
    """
    levy = open_levy(levy_id, Deed.REMIND, by=by, at=at, states={State.ISSUED})
    today = localtime(at).date()
    head = Stay.objects.current().filter(relation=Stay.HEAD).select_related("resident")
    rows = standing(levy.bills.all()).filter(due__gt=0).select_related("household__building")
    owing = [
        bill
        for bill in rows.prefetch_related(Prefetch("household__stays", head, to_attr="heads"))
        if bill.reminded_on is None or bill.reminded_on + REMIND_EVERY <= today
    ]
    notices, reached, silent = list[Notice](), list[Bill](), 0
    for bill in owing:
        phone = _phone(bill.household)
        if phone:
            notices.append(_reminder(levy, bill, phone, at))
            bill.reminded_on = today
            reached.append(bill)
        else:
            silent += 1
    outbox.save(notices)
    Bill.objects.bulk_update(reached, ["reminded_on"], batch_size=500)
    if not reached and not silent:
        raise MoneyRefused(_("欠缴的户七天内都提醒过了"))
    text = _("提醒缴费 %(sent)d 户，没有电话 %(silent)d 户") % {"sent": len(reached), "silent": silent}
    note(levy.council, Deed.REMIND, text, by=by, at=at, levy=levy.pk)
    return len(reached), silent


def _reminder(levy: Levy, bill: Any, phone: str, at: datetime) -> Notice:
    where = place_name(levy.council.community.division)
    body = _("%(where)s：%(place)s “%(levy)s”还有 %(due)s 元未缴，请在 %(day)s 前缴纳。") % {
        "where": where, "place": bill.household, "levy": levy, "due": yuan(bill.due), "day": f"{levy.due_on:%m-%d}",
    }  # fmt: skip
    return outbox.to_resident(
        phone, event=f"bill:{bill.pk}:{localtime(at).date()}", at=at, title=_("缴费提醒：%s") % levy, body=body,
        path=reverse("bill", args=[bill.code]),
    )  # fmt: skip


def _phone(household: Household) -> str:
    """The owner's phone, else that of the household's head; "" for neither."""
    if household.owner_phone:
        return household.owner_phone
    heads: list[Stay] = household.heads  # type: ignore[attr-defined]
    return next((stay.resident.phone for stay in heads if stay.resident.phone), "")


def open_levy(
    levy_id: int, deed: Deed, *, by: Staff, at: datetime, states: Collection[str] = frozenset(State.values)
) -> Levy:
    """A levy with its council's books locked; call inside a transaction.

    Raises Levy.DoesNotExist outside the scope, MoneyRefused for a deed that is not theirs or in another state.
    """
    council_id = Levy.objects.values_list("council_id", flat=True).get(pk=levy_id)
    try:
        council = open_books(council_id, deed, by=by, at=at)
    except Council.DoesNotExist as error:
        raise Levy.DoesNotExist from error
    levy = Levy.objects.get(pk=levy_id)
    levy.council = council
    if levy.state not in states:
        raise MoneyRefused(_("这份分摊%s，不能这样做了") % levy.get_state_display())
    return levy


def _move(levy: Levy, state: str) -> None:
    levy.state, levy.version = state, levy.version + 1
    levy.save(update_fields=["state", "version"])


def _check_facts(council: Council, facts: dict[str, Any], today: date) -> None:
    if set(facts) - FACTS:
        raise TypeError(f"no facts of a levy: {set(facts) - FACTS}")
    facts["basis"] = decision(council, facts.get("resolution"), facts.get("basis", ""))
    if facts["due_on"] < today:
        raise MoneyRefused(_("缴费截止日期已经过了"), "due_on")


def _check_ground(levy: Levy) -> None:
    if not ground(levy).exists():
        raise MoneyRefused(_("这些楼里没有要分摊的户"), "buildings")
