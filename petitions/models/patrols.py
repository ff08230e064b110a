"""Patrols 巡查: rounds through a grid, and what was found on them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from grid.models import Division, GridUnit
from petitions.models.petition import Petition


class PatrolNorm(models.Model):
    """How much a grid worker of a division patrols on a working day. Without one the portal's own holds.

    Two rounds and four hours a day: practice of several cities' grid rules (DOMAIN.md).
    """

    ROUNDS, MINUTES = 2, 240

    division = models.OneToOneField(Division, models.CASCADE, related_name="+", verbose_name=_("社区或街道"))
    rounds = models.PositiveSmallIntegerField(
        _("每天几趟"), default=ROUNDS, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    minutes = models.PositiveSmallIntegerField(
        _("每天在网格里多少分钟"), default=MINUTES, validators=[MinValueValidator(10), MaxValueValidator(720)]
    )

    class Meta:
        verbose_name = verbose_name_plural = _("巡查要求")

    def __str__(self) -> str:
        return str(self.division)


class Patrol(models.Model):
    """One round of one person through one grid; `key` comes from the phone, so that a start sent twice is one round.

    Nothing is kept of the way that was walked: only when it began and ended, and the finds. `forgotten` marks a round
    that nobody ended: it counts up to its last find.
    """

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="patrols", verbose_name=_("巡查人")
    )
    grid = models.ForeignKey(GridUnit, models.PROTECT, related_name="patrols", verbose_name=_("网格"))
    key = models.UUIDField(unique=True, editable=False)
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    forgotten = models.BooleanField(_("忘记按结束"), default=False)
    note = models.CharField(_("这一趟的情况"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("巡查")
        constraints = [
            models.UniqueConstraint(fields=["staff"], name="patrol_one_open", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(
                name="patrol_ends_after", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))
            ),
        ]
        indexes = [models.Index(fields=["grid", "started_at"], name="patrol_grid")]

    def __str__(self) -> str:
        return f"{self.grid} {localtime(self.started_at):%Y-%m-%d %H:%M}"


class PatrolFind(models.Model):
    """A petition that a round brought in; `fixed` when it was put right on the spot."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="finds", verbose_name=_("巡查"))
    petition = models.OneToOneField(Petition, models.CASCADE, related_name="found_on", verbose_name=_("诉求"))
    fixed = models.BooleanField(_("当场办了"), default=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("巡查发现")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.petition_id)
