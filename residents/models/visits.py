"""Who is to be visited how often, the visits that are due, and those that were made."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from community_portal.worktime.models import Clock
from grid.models import Division, GridUnit
from residents.models.places import CareClass, Household


class CareDecision(models.Model):
    """The community visits a household otherwise than its tags say, for a reason and until a day."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="decisions", verbose_name=_("户"))
    care_class = models.ForeignKey(
        CareClass, models.PROTECT, null=True, blank=True, verbose_name=_("走访类别"), help_text=_("空着：不用走访")
    )
    reason = models.CharField(_("理由"), max_length=200)
    since = models.DateField(_("起"))
    until = models.DateField(_("止（含）"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("决定人"))

    class Meta:
        verbose_name = verbose_name_plural = _("走访安排")
        indexes = [models.Index(fields=["until"], name="caredecision_until")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.care_class or _('不用走访')}"


class VisitDue(Clock):
    """A visit that must be made by an instant. One periodic one is open for a household that has a care class.

    `occasion` is empty for the periodic visit; a visit asked for by an event (a discharge, a bereavement) names it, and
    is made once. `opens_at` is when it first belongs to a round. `tries` counts attempts in a row that met nobody.
    """

    class Rung(models.IntegerChoices):
        NONE = 0, _("未升级")
        COMMUNITY = 1, _("社区书记")
        STREET = 2, _("街道")
        DISTRICT = 3, _("区级")

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="visits_due", db_index=False, verbose_name=_("户")
    )
    community = models.ForeignKey(Division, models.PROTECT, related_name="+", db_index=False)
    grid = models.ForeignKey(GridUnit, models.PROTECT, related_name="+", db_index=False)
    care_class = models.ForeignKey(CareClass, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("走访类别"), max_length=20)
    occasion = models.CharField(_("事由"), max_length=60, blank=True)
    opens_at = models.DateTimeField(_("可以开始"))
    tries = models.PositiveSmallIntegerField(_("连续未遇"), default=0)
    reached = models.PositiveSmallIntegerField(_("已升级到"), choices=Rung, default=Rung.NONE)

    class Meta(Clock.Meta):
        verbose_name = verbose_name_plural = _("待访")
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["household", "occasion"], name="visitdue_one_open", condition=Q(closed_at__isnull=True)
            ),
        ]
        indexes = [
            *Clock.Meta.indexes,
            models.Index(fields=["grid", "opens_at"], name="visitdue_round", condition=Q(closed_at__isnull=True)),
            models.Index(
                fields=["community", "opens_at"], name="visitdue_community", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["household", "-id"], name="visitdue_household"),
            models.Index(fields=["grid", "closed_at"], name="visitdue_closed", condition=Q(closed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.kind}"


class Visit(SealedModel):
    """What happened at one door, or on the phone: an attempt, whether or not it was due.

    `at` is when it happened, `entered_at` when it was written down. `fulfils` says whether it counted as the visit.
    """

    class Result(models.TextChoices):
        SEEN = "seen", _("见到本人")
        PHONE = "phone", _("电话说到")
        AFAR = "afar", _("远远看到")
        NOBODY = "nobody", _("家里没人")
        REFUSED = "refused", _("不愿开门")
        HOSPITAL = "hospital", _("住院")
        MOVED = "moved", _("已搬走")

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="visits", db_index=False, verbose_name=_("户")
    )
    due = models.ForeignKey(
        VisitDue, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("待访")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("走访人")
    )
    at = models.DateTimeField(_("走访时间"))
    entered_at = models.DateTimeField(_("登记时间"))
    result = models.CharField(_("结果"), max_length=10, choices=Result)
    note = SealedTextField(_("记录"), blank=True)
    fulfils = models.BooleanField(_("算一次走访"))
    off_hours = models.BooleanField(_("下班后"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("走访")
        indexes = [
            models.Index(fields=["household", "-at"], name="visit_household"),
            models.Index(fields=["by", "at"], name="visit_by"),
        ]

    def __str__(self) -> str:
        return f"{self.get_result_display()} {localtime(self.at):%Y-%m-%d %H:%M}"


class VisitEvent(models.Model):
    """One rung that a due visit's ladder took, or why it was set or called off. Never changed."""

    class Verb(models.TextChoices):
        CALL = "call", _("安排")
        WARN = "warn", _("提醒")
        URGE = "urge", _("催办")
        ESCALATE = "escalate", _("升级")
        CANCEL = "cancel", _("取消")

    due = models.ForeignKey(VisitDue, models.CASCADE, related_name="events", verbose_name=_("待访"))
    at = models.DateTimeField(_("时间"))
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("操作人")
    )
    text = models.CharField(_("说明"), max_length=200, blank=True)
    data = models.JSONField(_("数据"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("待访记录")
        ordering = ["id"]
        indexes = [models.Index(fields=["at"], name="visitevent_up", condition=Q(verb="escalate"))]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {localtime(self.at):%Y-%m-%d %H:%M}"
