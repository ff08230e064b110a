"""早看窗帘晚看灯: who is watched from outside, by whom, the signs that are due, and what was seen."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.worktime.models import Clock
from grid.models import Division, GridUnit
from residents.models.people import Resident
from residents.models.places import Household
from residents.models.visits import VisitDue


class Watch(models.Model):
    """A person who declines help agreed that curtain and light are looked at from outside, each day by these hours."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="watches", verbose_name=_("户"))
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="watches", verbose_name=_("居民"))
    face = models.CharField(
        _("看哪一面"), max_length=10, blank=True, help_text=_("窗户朝哪边，同一面的一起看：南面、临街")
    )
    morning_by = models.TimeField(_("早上几点前拉开窗帘"))
    evening_by = models.TimeField(_("晚上几点前亮灯"))
    since = models.DateField(_("开始"))
    ended_on = models.DateField(_("结束"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经办"))

    class Meta:
        verbose_name = verbose_name_plural = _("早看窗帘晚看灯")
        constraints = [
            models.UniqueConstraint(fields=["household"], name="watch_once", condition=Q(ended_on__isnull=True)),
            models.CheckConstraint(
                name="watch_hours",
                condition=Q(morning_by__lt=models.F("evening_by")),
                violation_error_message=_("早上的时间要在晚上的前面"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.since}"


class Watcher(models.Model):
    """A neighbour or volunteer who looks too, by a link of their own until it is revoked.

    Only the SHA-256 of the link's key is kept: whoever reads the database can open no link.
    """

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="watchers", verbose_name=_("照看"))
    name = models.CharField(_("照看的人"), max_length=40)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    given_at = models.DateTimeField(_("给出"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经办"))
    revoked_at = models.DateTimeField(_("收回"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("照看的人")

    def __str__(self) -> str:
        return self.name


class SignDue(Clock):
    """One sign of one day that must be seen by its hour. Missed, it calls a visit, which climbs by its own ladder.

    It stays open until the sign is seen late or the person is met.
    """

    class Kind(models.TextChoices):
        MORNING = "morning", _("早看窗帘")
        EVENING = "evening", _("晚看灯")

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="dues", db_index=False, verbose_name=_("照看"))
    household = models.ForeignKey(Household, models.PROTECT, related_name="signs_due", db_index=False)
    community = models.ForeignKey(Division, models.PROTECT, related_name="+", db_index=False)
    grid = models.ForeignKey(GridUnit, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("信号"), max_length=10, choices=Kind)
    day = models.DateField(_("日期"))
    opens_at = models.DateTimeField(_("可以看"))
    visit = models.ForeignKey(
        VisitDue, models.PROTECT, null=True, blank=True, related_name="signs", verbose_name=_("上门")
    )

    class Meta(Clock.Meta):
        verbose_name = verbose_name_plural = _("待看信号")
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(fields=["watch", "day", "kind"], name="signdue_once"),
        ]
        indexes = [
            *Clock.Meta.indexes,
            models.Index(fields=["household"], name="signdue_open", condition=Q(closed_at__isnull=True)),
            models.Index(fields=["grid", "opens_at"], name="signdue_grid", condition=Q(closed_at__isnull=True)),
            models.Index(
                fields=["community", "opens_at"], name="signdue_community", condition=Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.day}"


class Sign(models.Model):
    """What somebody saw from outside: a worker, or a watcher by the link. Never changed."""

    due = models.ForeignKey(SignDue, models.PROTECT, related_name="signs", verbose_name=_("信号"))
    at = models.DateTimeField(_("时间"))
    fine = models.BooleanField(_("看到了"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("工作人员")
    )
    watcher = models.ForeignKey(Watcher, models.PROTECT, null=True, related_name="signs", verbose_name=_("照看的人"))

    class Meta:
        verbose_name = verbose_name_plural = _("看到的信号")
        constraints = [
            models.CheckConstraint(
                name="sign_by_one",
                condition=Q(by__isnull=True, watcher__isnull=False) | Q(by__isnull=False, watcher__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.due_id} {localtime(self.at):%Y-%m-%d %H:%M}"
