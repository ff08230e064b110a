"""Several units on one petition, and what one level asks of the level above."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grid.models import Organisation
from petitions.models.petition import Petition


class Summons(models.Model):
    """吹哨报到: the street calls units together about one petition; closed when each has answered or been released."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="summonses", verbose_name=_("诉求"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("吹哨人"))
    at = models.DateTimeField(_("时间"))
    text = models.TextField(_("事由和要求"))
    closed_at = models.DateTimeField(_("全部答复"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("吹哨")

    def __str__(self) -> str:
        return f"{self.petition_id} {self.at:%Y-%m-%d}"


class Part(models.Model):
    """What one unit has to do beside the lead: by co-handling 联办, or by a summons. Its two clocks are its own."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="parts", verbose_name=_("诉求"))
    summons = models.ForeignKey(
        Summons, models.CASCADE, null=True, related_name="parts", verbose_name=_("吹哨"), help_text=_("空的是联办")
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="parts", verbose_name=_("单位"))
    asked_at = models.DateTimeField(_("提出"))
    text = models.TextField(_("要办什么"))
    checked_in_at = models.DateTimeField(_("报到"), null=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answer = models.TextField(_("答复"), blank=True)
    released_at = models.DateTimeField(_("撤回"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("联办单位")
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "organisation"],
                name="part_once",
                condition=Q(answered_at__isnull=True, released_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-petition"], name="part_organisation")]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.organisation_id}"

    @property
    def is_open(self) -> bool:
        """Whether the unit still owes its answer."""
        return self.answered_at is None and self.released_at is None


class Application(models.Model):
    """Something that the level above decides: more time, a pause, a third return, a review of the handling.

    A review 复查 is decided by the street, a second one 复核 by the district (信访工作条例: 30 days each).
    """

    class Kind(models.TextChoices):
        EXTEND = "extend", _("延期")
        SUSPEND = "suspend", _("挂起")
        RETURN = "return", _("退单")
        REVIEW = "review", _("复查")
        RECHECK = "recheck", _("复核")

    class State(models.TextChoices):
        PENDING = "pending", _("待审批")
        GRANTED = "granted", _("已批准")
        DENIED = "denied", _("未批准")
        LAPSED = "lapsed", _("不再需要")

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="applications", verbose_name=_("诉求"))
    kind = models.CharField(_("事项"), max_length=8, choices=Kind)
    rung = models.PositiveSmallIntegerField(_("由谁决定"), choices=Petition.Step)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("申请人")
    )
    at = models.DateTimeField(_("申请时间"))
    text = models.TextField(_("理由"))
    until = models.DateTimeField(_("到什么时候"), null=True)
    state = models.CharField(_("结果"), max_length=8, choices=State, default=State.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("审批人")
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    words = models.TextField(_("审批意见"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("申请")
        constraints = [
            models.UniqueConstraint(fields=["petition", "kind"], name="application_once", condition=Q(state="pending")),
        ]
        indexes = [models.Index(fields=["rung", "id"], name="application_pending", condition=Q(state="pending"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.petition_id}"
