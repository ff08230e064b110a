"""What moves a council's money: payments of households, waivers, spendings with their vouchers and sign-offs."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from councils.models.bodies import Council
from councils.models.ledger import Posted
from councils.models.levies import Bill, Levy


class Payment(Posted):
    """Money taken (+) or given back (-) for a bill, with a receipt numbered without gaps by council and year.

    `reference` is the slip that came with it: the bank's number, or the one on a receipt written by hand. `once` is
    the form's own mark: the same form sent twice is one payment.
    """

    class Way(models.TextChoices):
        CASH = "cash", _("现金")
        BANK = "bank", _("转账")

    council = models.ForeignKey(Council, models.PROTECT, related_name="payments", verbose_name=_("议事组织"))
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="payments", verbose_name=_("账单"))
    year = models.PositiveSmallIntegerField(_("年"))
    number = models.PositiveIntegerField(_("收据号"))
    way = models.CharField(_("方式"), max_length=4, choices=Way)
    reference = models.CharField(_("流水号或手写收据号"), max_length=40, blank=True)
    once = models.CharField(_("表单标记"), max_length=40, unique=True, null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("收据")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["council", "year", "number"], name="payment_number"),
            models.CheckConstraint(name="payment_amount", condition=~Q(amount=0)),
        ]
        indexes = [models.Index(fields=["council", "reference"], name="payment_reference", condition=~Q(reference=""))]

    def __str__(self) -> str:
        return self.receipt

    @property
    def receipt(self) -> str:
        """The receipt's number as printed: 2026-0012."""
        return f"{self.year}-{self.number:04}"


class Waiver(Posted):
    """Part of a bill that need not be paid, by a decision named in `text`."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="waivers", verbose_name=_("账单"))

    class Meta:
        verbose_name = verbose_name_plural = _("减免")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="waiver_amount", condition=~Q(amount=0))]

    def __str__(self) -> str:
        return f"{self.bill_id} {self.amount}"


class SpendingQuerySet(models.QuerySet["Spending"]):
    """Spendings by what the supervisor said."""

    def unsigned(self) -> "SpendingQuerySet":
        """Of levies, neither reversed nor a reversal, whose supervisor's last word is not yes."""
        last = SignOff.objects.filter(spending=OuterRef("pk")).order_by("-id").values("agrees")[:1]
        stands = self.filter(levy__isnull=False, reverses__isnull=True, reversed_by__isnull=True)
        return stands.annotate(agreed=Coalesce(Subquery(last), False)).filter(agreed=False)


class Spending(Posted):
    """Money paid out, for a levy's purpose or for a fund's item, to whom; vouchers stand behind it."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="spendings", verbose_name=_("议事组织"))
    levy = models.ForeignKey(Levy, models.PROTECT, null=True, related_name="spendings", verbose_name=_("分摊"))
    item = models.ForeignKey(
        "councils.FundItem", models.PROTECT, null=True, related_name="spendings", verbose_name=_("经费项目")
    )
    payee = models.CharField(_("付给谁"), max_length=60)

    objects = SpendingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("支出")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="spending_amount", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="spending_for_one_thing",
                condition=Q(levy__isnull=False, item__isnull=True) | Q(levy__isnull=True, item__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.amount}"


class Voucher(SealedModel):
    """A photo of an invoice, a receipt or the work done, kept as residents.photos keeps pictures; `key` opens it."""

    spending = models.ForeignKey(Spending, models.PROTECT, related_name="vouchers", verbose_name=_("支出"))
    name = models.UUIDField(default=uuid.uuid4, editable=False)
    key = SealedTextField(_("密钥"))
    kept_at = models.DateTimeField(_("留存时间"))
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("留存人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("凭证照片")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.name)


class SignOff(models.Model):
    """What the named supervisor said of a spending after looking at its vouchers; the last word counts."""

    spending = models.ForeignKey(Spending, models.PROTECT, related_name="signoffs", verbose_name=_("支出"))
    agrees = models.BooleanField(_("同意"))
    name = models.CharField(_("监督人"), max_length=40)
    text = models.CharField(_("意见"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("监督意见")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} {self.agrees}"
