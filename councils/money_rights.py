"""What can be done with a council's money and who may do it: one table for pages, actions and sheets; no ORM.

The clerks take and pay, the head sets up, issues, reverses and closes; the street sees the books and files the fund's
items; who owes what is the community's own people's to know. The supervisor has no account: a code of their own.
"""

from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grid.access import Role


class Deed(TextChoices):
    """One thing that somebody does; its value stands in addresses."""

    BOOKS = "books", _("看账")
    BILLS = "bills", _("看各户账单和欠费")
    DRAFT = "draft", _("拟分摊")
    ISSUE = "issue", _("开单、撤回、结项")
    COLLECT = "collect", _("收款")
    REFUND = "refund", _("退款")
    WAIVE = "waive", _("减免")
    REMIND = "remind", _("提醒缴费")
    SPEND = "spend", _("登记支出")
    SIGN = "sign", _("监督签字")
    MOVE = "move", _("存取款")
    REVERSE = "reverse", _("冲销")
    CLOSE = "close", _("月度结账")
    BUDGET = "budget", _("登记经费额度")
    PROPOSE = "propose", _("提出经费项目")
    CARRY = "carry", _("推进经费项目")
    FILE = "file", _("经费项目备案")


CLERKS = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD})
HEAD = frozenset({Role.COMMUNITY_HEAD})
ABOVE = frozenset({Role.STREET_OFFICER, Role.DISTRICT_OFFICER})
ROLES: dict[Deed, frozenset[str]] = {
    Deed.BOOKS: CLERKS | ABOVE,
    Deed.BILLS: CLERKS,
    Deed.DRAFT: CLERKS,
    Deed.ISSUE: HEAD,
    Deed.COLLECT: CLERKS,
    Deed.REFUND: CLERKS,
    Deed.WAIVE: HEAD,
    Deed.REMIND: CLERKS,
    Deed.SPEND: CLERKS,
    Deed.SIGN: frozenset(),
    Deed.MOVE: CLERKS,
    Deed.REVERSE: HEAD,
    Deed.CLOSE: HEAD,
    Deed.BUDGET: HEAD,
    Deed.PROPOSE: CLERKS,
    Deed.CARRY: CLERKS,
    Deed.FILE: frozenset({Role.STREET_OFFICER}),
}


def deeds_for(roles: Collection[str]) -> frozenset[Deed]:
    """What people with these roles over a council may do with its money."""
    return frozenset(deed for deed, allowed in ROLES.items() if allowed & set(roles))
