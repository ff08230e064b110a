"""What was decided: resolutions and conventions, who does what by when, and how far it is."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.models.ballots import Ballot
from councils.models.bodies import Council
from councils.models.meetings import AgendaItem, Meeting
from councils.models.topics import Topic
from councils.workflow import ResolutionState
from grid.models import Organisation


class Convention(models.Model):
    """A convention among neighbours (公约), such as the parking rules; its versions are resolutions."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="conventions", verbose_name=_("议事组织"))
    name = models.CharField(_("名称"), max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = _("公约")
        ordering = ["council", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "name"], name="convention_name", violation_error_message=_("已有同名的公约")
            )
        ]

    def __str__(self) -> str:
        return self.name


class Resolution(models.Model):
    """One decision: its text, where it was taken, and its number (年度内连号 `serial`).

    As a version of a convention it is in force from `in_force_on` until a later version of it is.
    """

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="resolutions", db_index=False, verbose_name=_("议事组织")
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name=_("会议")
    )
    item = models.OneToOneField(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="resolution", verbose_name=_("议程")
    )
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name=_("议题")
    )
    ballot = models.OneToOneField(
        Ballot, models.PROTECT, null=True, blank=True, related_name="resolution", verbose_name=_("表决")
    )
    convention = models.ForeignKey(
        Convention, models.PROTECT, null=True, blank=True, related_name="versions", verbose_name=_("公约")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    serial = models.PositiveSmallIntegerField(_("序号"))
    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("正文"))
    state = models.CharField(_("状态"), max_length=10, choices=ResolutionState.choices, default=ResolutionState.DRAFT)
    decided_on = models.DateField(_("议定日期"), null=True, blank=True)
    in_force_on = models.DateField(_("生效日期"), null=True, blank=True)
    done_at = models.DateTimeField(_("落实完成"), null=True, blank=True)
    revoked_on = models.DateField(_("废止日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("决议")
        constraints = [
            models.UniqueConstraint(fields=["council", "year", "serial"], name="resolution_number"),
            models.CheckConstraint(
                name="resolution_dated_when_passed", condition=Q(state="draft") | Q(decided_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """〔2026〕3 号."""
        return f"〔{self.year}〕{self.serial} 号"


class Duty(models.Model):
    """A standing duty that a resolution gives: who lets cars in, who fines, who watches the money."""

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="duties", verbose_name=_("决议"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    what = models.CharField(_("职责"), max_length=80)
    who = models.CharField(_("谁"), max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = _("职责")
        ordering = ["resolution", "position"]
        constraints = [models.UniqueConstraint(fields=["resolution", "position"], name="duty_position")]

    def __str__(self) -> str:
        return f"{self.what}：{self.who}"


class ResolutionTask(models.Model):
    """One thing to be done under a resolution: by whom, until when. Done counts only when somebody else accepted it.

    `staff` is who answers for it in the portal; `who` names who does it when that is an organisation or a neighbour.
    """

    class State(models.TextChoices):
        OPEN = "open", _("办理中")
        REPORTED = "reported", _("待验收")
        ACCEPTED = "accepted", _("已验收")
        DROPPED = "dropped", _("不再办")

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="tasks", verbose_name=_("决议"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    text = models.CharField(_("做什么"), max_length=200)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("责任人")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办单位")
    )
    who = models.CharField(_("承办人"), max_length=60, blank=True)
    due_on = models.DateField(_("期限（含当天）"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    reported_at = models.DateTimeField(_("报告完成"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("验收时间"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("验收人"),
    )  # fmt: skip
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("决议任务")
        ordering = ["resolution", "position"]
        constraints = [models.UniqueConstraint(fields=["resolution", "position"], name="resolutiontask_position")]

    def __str__(self) -> str:
        return self.text
