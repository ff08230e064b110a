"""The service fund (服务群众专项经费) and party-activity money: a yearly budget, and the items it goes to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.models.bodies import Council
from councils.models.resolutions import Resolution


class FundKind(models.TextChoices):
    """Which money."""

    SERVICE = "service", _("服务群众专项经费")
    PARTY = "party", _("党建活动经费")


class FundUse(models.Model):
    """What a fund may or may not go to; `words` in an item's title or reason give a forbidden use away."""

    kind = models.CharField(_("经费"), max_length=8, choices=FundKind)
    name = models.CharField(_("用途"), max_length=40)
    allowed = models.BooleanField(_("可以用"))
    words = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("从这些字认出"))
    rule = models.CharField(_("规定"), max_length=120)
    certainty = models.CharField(_("可信程度"), max_length=1, default="?")
    rank = models.PositiveSmallIntegerField(_("排序"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("经费用途")
        ordering = ["kind", "-allowed", "rank"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="funduse_name")]

    def __str__(self) -> str:
        return self.name


class Fund(models.Model):
    """One fund of one year at the disposal of a council; what it was given and what is left stands in the ledger."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="funds", verbose_name=_("议事组织"))
    kind = models.CharField(_("经费"), max_length=8, choices=FundKind)
    year = models.PositiveSmallIntegerField(_("年度"))

    class Meta:
        verbose_name = verbose_name_plural = _("专项经费")
        ordering = ["-year", "-kind"]
        constraints = [models.UniqueConstraint(fields=["council", "kind", "year"], name="fund_once")]

    def __str__(self) -> str:
        return f"{self.year} 年{self.get_kind_display()}"


class FundItem(models.Model):
    """One thing a fund is to pay for, on its way from proposal to publication (councils.fund_rules)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待议事会商议")
        AGREED = "agreed", _("待报街道备案")
        FILED = "filed", _("待付款")
        PAID = "paid", _("待办完")
        DONE = "done", _("待验收")
        ACCEPTED = "accepted", _("待公示")
        PUBLISHED = "published", _("已公示")
        DROPPED = "dropped", _("不办了")

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="items", verbose_name=_("经费"))
    title = models.CharField(_("办什么事"), max_length=60)
    reason = models.CharField(_("为什么办，惠及谁"), max_length=300)
    use = models.ForeignKey(FundUse, models.PROTECT, related_name="items", verbose_name=_("用途"))
    amount = models.BigIntegerField(_("预算（分）"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    resolution = models.ForeignKey(
        Resolution, models.PROTECT, null=True, blank=True, related_name="fund_items", verbose_name=_("决议")
    )
    basis = models.CharField(_("依据"), max_length=160, blank=True)
    filing_no = models.CharField(_("街道备案号"), max_length=40, blank=True)
    outcome = models.CharField(_("办成了什么"), max_length=300, blank=True)
    accepted_by = models.CharField(_("验收人和意见"), max_length=200, blank=True)
    published_on = models.DateField(_("公示日期"), null=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("经费项目")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="funditem_amount", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return self.title
