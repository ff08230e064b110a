"""Money shared among households after a decision: the levy, what differs for some, and the bills.

All amounts are integer cents; weights are integer hundredths (of a share, or of a square metre).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.models.bodies import Council
from councils.models.resolutions import Resolution
from residents.models import Building, Household

WHOLE = 100
"""Hundredths of one share, or of one square metre."""


class Levy(models.Model):
    """One levy (筹资/分摊): what for, by which decision, how much, shared how, watched by whom.

    `total` is set when an amount is split, `price` when each share costs a fixed sum. `code` opens the supervisor's
    page. What differs from the rule for one household (its shares, an exemption) is a LevyLine.
    """

    class Way(models.TextChoices):
        EQUAL = "equal", _("按户平均")
        AREA = "area", _("按建筑面积")
        WEIGHTS = "weights", _("按份数分摊")
        PRICE = "price", _("每份固定金额")

    class Ties(models.TextChoices):
        UP = "up", _("从楼号、单元、房号小的开始")
        DOWN = "down", _("从楼号、单元、房号大的开始")

    class Count(models.TextChoices):
        """Where shares come from until somebody writes others: one each, or what the household's file says."""

        ONE = "one", _("每户一份")
        VEHICLES = "vehicles", _("档案里登记的车辆数")
        PEOPLE = "people", _("现住人数")

    class State(models.TextChoices):
        DRAFT = "draft", _("拟定中")
        ISSUED = "issued", _("收缴中")
        SETTLED = "settled", _("已结项")
        WITHDRAWN = "withdrawn", _("已撤回")

    council = models.ForeignKey(Council, models.PROTECT, related_name="levies", verbose_name=_("议事组织"))
    purpose = models.CharField(_("用途"), max_length=60)
    resolution = models.ForeignKey(
        Resolution, models.PROTECT, null=True, blank=True, related_name="levies", verbose_name=_("决议")
    )
    basis = models.CharField(_("依据"), max_length=160, help_text=_("决议不在门户里时，写会议名称、日期和怎样通过的"))
    way = models.CharField(_("分摊办法"), max_length=8, choices=Way)
    count = models.CharField(_("份数"), max_length=8, choices=Count, default=Count.ONE)
    share_word = models.CharField(_("一份叫什么"), max_length=10, default="份")
    total = models.BigIntegerField(_("总额（分）"), null=True)
    price = models.BigIntegerField(_("每份金额（分）"), null=True)
    ties = models.CharField(_("余数先给谁"), max_length=4, choices=Ties, default=Ties.UP)
    buildings = models.ManyToManyField(Building, blank=True, related_name="levies", verbose_name=_("楼栋"))
    due_on = models.DateField(_("缴费截止"))
    supervisor = models.CharField(_("监督人"), max_length=40)
    code = models.CharField(_("监督码"), max_length=16, unique=True, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("分摊")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="levy_total_or_price",
                condition=Q(way="price", total__isnull=True, price__gt=0)
                | (~Q(way="price") & Q(total__gt=0, price__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return self.purpose


class LevyLine(models.Model):
    """What differs for one household: its shares in hundredths, or why it is exempt, by the decision."""

    levy = models.ForeignKey(Levy, models.CASCADE, related_name="lines", verbose_name=_("分摊"))
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name=_("户"))
    weight = models.PositiveIntegerField(_("份数（百分之一份）"), null=True)
    exempt = models.CharField(_("免缴理由"), max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("分摊例外")
        constraints = [models.UniqueConstraint(fields=["levy", "household"], name="levyline_once")]

    def __str__(self) -> str:
        return f"{self.household} {self.exempt or self.weight}"


class Bill(models.Model):
    """What one household owes for one levy, fixed when the levy is issued. `code` opens it for whoever holds it."""

    levy = models.ForeignKey(Levy, models.PROTECT, related_name="bills", verbose_name=_("分摊"))
    household = models.ForeignKey(Household, models.PROTECT, related_name="bills", verbose_name=_("户"))
    weight = models.PositiveIntegerField(_("份数（百分之一）"))
    amount = models.BigIntegerField(_("应缴（分）"))
    code = models.CharField(_("账单码"), max_length=16, unique=True, editable=False)
    reminded_on = models.DateField(_("上次提醒"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("账单")
        constraints = [
            models.UniqueConstraint(fields=["levy", "household"], name="bill_once"),
            models.CheckConstraint(name="bill_amount", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.amount}"
