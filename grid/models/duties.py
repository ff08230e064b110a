"""The duty rota: who sits at the desk, who has the phone when nobody does, who is away and who stands in."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grid.models.basics import Division, Staff


class Duty(models.Model):
    """One person's turn on one day: the desk while the office is open, the phone from its closing to the next opening.

    On days off the phone is held from the usual opening hour on.
    """

    class Kind(models.TextChoices):
        DESK = "desk", _("窗口")
        PHONE = "phone", _("值班电话")

    community = models.ForeignKey(Division, models.PROTECT, related_name="duties", verbose_name=_("社区"))
    day = models.DateField(_("日期"))
    kind = models.CharField(_("班次"), max_length=6, choices=Kind)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="duties", verbose_name=_("值班人"))
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("排班人"))
    at = models.DateTimeField(_("排班时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("值班")
        ordering = ["day", "kind"]
        constraints = [models.UniqueConstraint(fields=["community", "day", "kind"], name="duty_once")]
        indexes = [models.Index(fields=["staff", "day"], name="duty_of_staff")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"


class Leave(models.Model):
    """Somebody is away from a day to a day (inclusive).

    Whoever stands in takes their turns of duty, and has an appointment over their grid for these days (`posts`): so
    what would come to them comes to the substitute, who can open it.
    """

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="leaves", verbose_name=_("人员"))
    first_day = models.DateField(_("从"))
    last_day = models.DateField(_("到（含）"))
    substitute = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("顶班的人")
    )
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    at = models.DateTimeField(_("登记时间"))
    withdrawn_at = models.DateTimeField(_("销假"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("请假")
        ordering = ["first_day", "id"]
        constraints = [
            models.CheckConstraint(name="leave_ends_after_start", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="leave_other_stands_in", condition=Q(substitute__isnull=True) | ~Q(substitute=F("staff"))
            ),
        ]
        indexes = [
            models.Index(fields=["staff", "last_day"], name="leave_open", condition=Q(withdrawn_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"
