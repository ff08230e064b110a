"""The sheet of the morning meeting, as it stood when it was made."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grid.models import Division


class MorningSheet(models.Model):
    """What came in, what is due, what is stuck and who does what, of one community on one working day; never changed.

    `content` has lists of rows, each with the grid it belongs to, so that a grid's worker reads only their own.
    """

    community = models.ForeignKey(
        Division, models.PROTECT, related_name="morning_sheets", db_index=False, verbose_name=_("社区")
    )
    day = models.DateField(_("日期"))
    made_at = models.DateTimeField(_("生成"))
    content = models.JSONField(_("内容"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("晨会单")
        constraints = [models.UniqueConstraint(fields=["community", "day"], name="morningsheet_once")]

    def __str__(self) -> str:
        return f"{self.day}"
