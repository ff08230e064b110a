"""The working calendar, and the abstract clock that every deadline of the portal is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CalendarDay(models.Model):
    """One day of the working calendar; make-up workdays (调休) are workdays."""

    class Kind(models.TextChoices):
        WORKDAY = "workday", _("工作日")
        WEEKEND = "weekend", _("周末")
        HOLIDAY = "holiday", _("法定节假日")
        MAKEUP = "makeup", _("调休上班")

    date = models.DateField(_("日期"), primary_key=True)
    is_workday = models.BooleanField(_("上班"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    name = models.CharField(_("说明"), max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("工作日历")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"


class Clock(models.Model):
    """Something that must happen by an instant, with a ladder when it does not.

    `rule` is the snapshot that the clock started with, so that later edits of a response level change no running
    clock: {"amount": 24, "unit": "hour", "ladder": [{"action": "warn", "to": "handler", "amount": 25,
    "unit": "percent"}, …]}. `step` counts the ladder steps already taken. `next_check_at` is the only thing the sweep
    looks at; it is NULL once the clock is closed or its ladder is used up. `due_at` is NULL while the working calendar
    does not cover the deadline; the sweep tries again each hour and the administrators are told. A deadline that is
    known never changes: one that is put off is another clock, and this one ends as moved.
    """

    class Outcome(models.TextChoices):
        OPEN = "", _("进行中")
        MET = "met", _("已完成")
        CANCELLED = "cancelled", _("已取消")
        MOVED = "moved", _("已改期")

    kind: models.CharField
    started_at = models.DateTimeField(_("开始"))
    due_at = models.DateTimeField(_("期限"), null=True)
    next_check_at = models.DateTimeField(_("下次检查"), null=True)
    closed_at = models.DateTimeField(_("结束"), null=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)
    breached_at = models.DateTimeField(_("超时"), null=True)
    step = models.PositiveSmallIntegerField(_("已走阶梯"), default=0)
    rule = models.JSONField(_("规则快照"), default=dict)

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["next_check_at"], name="%(class)s_next_check", condition=Q(next_check_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_closed_is_unchecked",
                condition=Q(closed_at__isnull=True) | Q(next_check_at__isnull=True),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it still runs."""
        return self.closed_at is None
