"""The double-entry ledger of a council's money: journals, their entries, months that are closed.

All amounts are integer cents. The database itself (triggers of the migration) refuses to change or delete a row, and to
take a journal that does not balance, is dated in a closed month, or has a number that leaves a gap. A mistake is
reversed.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.models.bodies import Council


class Account(models.TextChoices):
    """Where money is, where it comes from and what it went for. Entries add to the left when positive."""

    CASH = "cash", _("现金")
    BANK = "bank", _("银行存款")
    DUE = "due", _("应收分摊款")
    QUOTA = "quota", _("专项经费额度")
    INCOME = "income", _("分摊收入")
    GRANT = "grant", _("专项经费拨入")
    WAIVED = "waived", _("减免")
    SPENT = "spent", _("分摊支出")
    FUND_SPENT = "fund_spent", _("专项经费支出")


class Journal(models.Model):
    """One event in the books (记账凭证), numbered without gaps by council and year; `day` is the day it counts for."""

    class Kind(models.TextChoices):
        ISSUE = "issue", _("分摊开单")
        PAYMENT = "payment", _("收款")
        REFUND = "refund", _("退款")
        WAIVER = "waiver", _("减免")
        SPENDING = "spending", _("支出")
        MOVE = "move", _("存取款")
        BUDGET = "budget", _("下达额度")
        REVERSAL = "reversal", _("冲销")

    council = models.ForeignKey(Council, models.PROTECT, related_name="journals", verbose_name=_("议事组织"))
    year = models.PositiveSmallIntegerField(_("年"))
    number = models.PositiveIntegerField(_("凭证号"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    day = models.DateField(_("记账日期"))
    text = models.CharField(_("摘要"), max_length=200)
    levy = models.ForeignKey(
        "councils.Levy", models.PROTECT, null=True, related_name="journals", verbose_name=_("分摊")
    )
    fund = models.ForeignKey(
        "councils.Fund", models.PROTECT, null=True, related_name="journals", verbose_name=_("经费")
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("冲销哪一张")
    )
    at = models.DateTimeField(_("录入时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("录入人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("记账凭证")
        ordering = ["council", "year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["council", "year", "number"], name="journal_number"),
            models.CheckConstraint(
                name="journal_reversal",
                condition=Q(kind="reversal", reverses__isnull=False) | (~Q(kind="reversal") & Q(reverses__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["council", "day"], name="journal_by_day")]

    def __str__(self) -> str:
        return f"记 {self.year}-{self.number:04}"


class Entry(models.Model):
    """One line of a journal: `amount` cents on the left (借) when positive, on the right (贷) when negative."""

    journal = models.ForeignKey(Journal, models.PROTECT, related_name="entries", verbose_name=_("凭证"))
    account = models.CharField(_("科目"), max_length=10, choices=Account)
    amount = models.BigIntegerField(_("金额（分，借正贷负）"))

    class Meta:
        verbose_name = verbose_name_plural = _("分录")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["journal", "account"], name="entry_account"),
            models.CheckConstraint(name="entry_amount", condition=~Q(amount=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_account_display()} {self.amount}"


class MonthClose(models.Model):
    """A month whose books are closed: nothing dated in it, or before it, is taken any more."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="closed_months", verbose_name=_("议事组织"))
    last_day = models.DateField(_("结账到哪一天（含）"))
    at = models.DateTimeField(_("结账时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("结账人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("月度结账")
        ordering = ["council", "last_day"]
        constraints = [models.UniqueConstraint(fields=["council", "last_day"], name="monthclose_once")]

    def __str__(self) -> str:
        return f"{self.last_day:%Y-%m}"


class Posted(models.Model):
    """Base of what moves money: one row, one journal; wrong ones are reversed by a row with the opposite amount."""

    reverses_id: int | None

    amount = models.BigIntegerField(_("金额（分）"))
    day = models.DateField(_("日期"))
    text = models.CharField(_("说明"), max_length=200, blank=True)
    journal = models.OneToOneField(Journal, models.PROTECT, related_name="%(class)s", verbose_name=_("凭证"))
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("冲销哪一笔")
    )
    at = models.DateTimeField(_("录入时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("经手人")
    )

    class Meta:
        abstract = True
