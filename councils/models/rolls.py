"""Who is entitled to vote in a ballot: fixed when it is announced."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from residents.models import Building, Household


class Entitled(SealedModel):
    """One vote on a ballot's roll, as it was when the ballot was announced.

    `key` says where it comes from (councils.rolls); `area` is in square decimetres. `code` opens the ballot online,
    once; `receipt` says only whether this vote was counted, so anybody may know it.
    """

    ballot = models.ForeignKey("councils.Ballot", models.PROTECT, related_name="roll", verbose_name=_("表决"))
    number = models.PositiveIntegerField(_("序号"))
    key = models.CharField(_("来源"), max_length=40)
    name = models.CharField(_("姓名"), max_length=120, blank=True)
    place = models.CharField(_("住处"), max_length=120, blank=True)
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("楼栋")
    )
    area = models.PositiveBigIntegerField(_("面积"), default=0)
    code = SealedTextField(_("投票码"), blank=True)
    code_index = BlindIndexField(source="code", kind="code")
    receipt = models.CharField(_("回执码"), max_length=12, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("有表决权的")
        ordering = ["ballot", "number"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "number"], name="entitled_number"),
            models.UniqueConstraint(fields=["ballot", "key"], name="entitled_once"),
            models.UniqueConstraint(fields=["receipt"], name="entitled_receipt", condition=~Q(receipt="")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.place}"


class EntitledDwelling(models.Model):
    """A dwelling behind a vote; none stands behind two votes of one ballot."""

    ballot = models.ForeignKey("councils.Ballot", models.PROTECT, related_name="+", db_index=False)
    entitled = models.ForeignKey(Entitled, models.CASCADE, related_name="dwellings")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False)
    area = models.PositiveBigIntegerField(_("面积"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("名单上的房屋")
        constraints = [models.UniqueConstraint(fields=["ballot", "household"], name="entitleddwelling_once")]

    def __str__(self) -> str:
        return f"{self.entitled_id} {self.household_id}"
