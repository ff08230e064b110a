"""What changed in how a community is set up: its colours, its map."""

from django.conf import settings
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from residents.models.places import Community


class CommunityEvent(models.Model):
    """One change of a community's colours or map: appended, never changed. `text` says what, in words."""

    class Subject(models.TextChoices):
        COLOURS = "colours", _("配色")
        MAP = "map", _("地图")

    community = models.ForeignKey(Community, models.PROTECT, related_name="events", verbose_name=_("社区"))
    subject = models.CharField(_("内容"), max_length=10, choices=Subject)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("操作人")
    )
    text = models.CharField(_("说明"), max_length=400)

    class Meta:
        verbose_name = verbose_name_plural = _("社区设置记录")
        ordering = ["-id"]
        indexes = [models.Index(fields=["community", "subject", "-id"], name="communityevent_subject")]

    def __str__(self) -> str:
        return f"{self.text} {localtime(self.at):%Y-%m-%d %H:%M}"
