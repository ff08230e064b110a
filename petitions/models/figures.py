"""What petitions count for in the figures, and the sums kept of it. Made from events; never edited by hand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grid.models import Division
from petitions.models.petition import Petition


class Measures(models.Model):
    """Everything that is counted: of one petition 0 or 1 (minutes: as many), of a place and a month the sum.

    Only `orders`, `proactive`, `excluded` and `fixed` look at every petition. The others look at those that count
    (`counted`): asked for by somebody, and not excluded.
    """

    orders = models.IntegerField(default=0)
    proactive = models.IntegerField(default=0)
    fixed = models.IntegerField(default=0)
    excluded = models.IntegerField(default=0)
    counted = models.IntegerField(default=0)

    judged = models.IntegerField(default=0)
    responded = models.IntegerField(default=0)
    asked_solved = models.IntegerField(default=0)
    solved = models.IntegerField(default=0)
    asked_satisfied = models.IntegerField(default=0)
    satisfied = models.IntegerField(default=0)

    resolved = models.IntegerField(default=0)
    resolved_late = models.IntegerField(default=0)
    unfinished = models.IntegerField(default=0)
    overdue = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    returned = models.IntegerField(default=0)
    escalated = models.IntegerField(default=0)
    up_community = models.IntegerField(default=0)
    up_street = models.IntegerField(default=0)
    up_district = models.IntegerField(default=0)

    contact_30m = models.IntegerField(default=0)
    contact_2h = models.IntegerField(default=0)
    contact_24h = models.IntegerField(default=0)
    contact_3d = models.IntegerField(default=0)
    contact_more = models.IntegerField(default=0)
    resolve_2h = models.IntegerField(default=0)
    resolve_24h = models.IntegerField(default=0)
    resolve_3d = models.IntegerField(default=0)
    resolve_7d = models.IntegerField(default=0)
    resolve_15d = models.IntegerField(default=0)
    resolve_more = models.IntegerField(default=0)
    contact_minutes = models.BigIntegerField(default=0)
    resolve_minutes = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


MEASURES = tuple(str(field.name) for field in Measures._meta.local_fields)


class PetitionFact(Measures):
    """One petition's part in the figures of the day it was registered on.

    `home` is the deepest division known of it. `settles_at` is when this changes although nothing happens: the
    next deadline that may pass.
    """

    petition = models.OneToOneField(Petition, models.CASCADE, primary_key=True, related_name="fact")
    day = models.DateField()
    home = models.ForeignKey(Division, models.PROTECT, related_name="+", db_index=False)
    street = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", db_index=False)
    district = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", db_index=False)
    grid_key = models.BigIntegerField(default=0)
    handler_key = models.BigIntegerField(default=0)
    category_key = models.BigIntegerField(default=0)
    settles_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("诉求的统计口径")
        indexes = [
            models.Index(fields=["home", "day", "petition"], name="petitionfact_home"),
            models.Index(fields=["street", "day", "petition"], name="petitionfact_street"),
            models.Index(fields=["district", "day", "petition"], name="petitionfact_district"),
            models.Index(fields=["settles_at"], name="petitionfact_settles", condition=Q(settles_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.day}"


class Figure(Measures):
    """Sums over the petitions registered in one month: all of a division's, or those of one day, category, grid or
    handler (`key`: the day of the month, or the id, 0 for none).

    `rolled` rows of a street or a district are sums over its communities and its own; the others are of what has the
    division itself as its home.
    """

    class Axis(models.TextChoices):
        TOTAL = "total", _("合计")
        DAY = "day", _("日")
        CATEGORY = "category", _("类别")
        GRID = "grid", _("网格")
        HANDLER = "handler", _("办理人")

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", db_index=False)
    rolled = models.BooleanField(default=False)
    axis = models.CharField(max_length=8, choices=Axis)
    month = models.DateField()
    key = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("统计数字")
        constraints = [
            models.UniqueConstraint(fields=["division", "rolled", "axis", "month", "key"], name="figure_key"),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.month} {self.axis} {self.key}"


class FigureMark(models.Model):
    """How far the figures have read the events: one row.

    Ids are given before transactions commit, so an event may appear behind one that was read already. Hence two
    steps: note the newest id and which transactions are running; read up to it once all of those have ended.
    """

    read_to = models.BigIntegerField(default=0)
    next_to = models.BigIntegerField(default=0)
    next_after = models.BigIntegerField(default=0, help_text="pg_snapshot_xmax of when next_to was noted")
    counted_at = models.DateTimeField(_("数到"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("统计进度")

    def __str__(self) -> str:
        return str(self.read_to)
