"""What happened to a council and to what it deals with: appended, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from councils.models.bodies import Council
from councils.models.meetings import Meeting
from councils.models.resolutions import Resolution
from councils.models.topics import Topic


class CouncilEvent(models.Model):
    """One thing that happened: who, when, what, in words that anybody in scope may read (no phones, no full names).

    `verb` is one of councils.workflow.Verb. `actor` names whoever has no account (居民, 系统).
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="events", verbose_name=_("议事组织"))
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="events", db_index=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="events", db_index=False)
    resolution = models.ForeignKey(
        Resolution, models.CASCADE, null=True, blank=True, related_name="events", db_index=False
    )
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("操作人")
    )
    actor = models.CharField(_("身份"), max_length=20, blank=True)
    verb = models.CharField(_("动作"), max_length=20)
    text = models.CharField(_("说明"), max_length=400, blank=True)
    data = models.JSONField(_("数据"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("议事记录")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["council", "-id"], name="councilevent_latest"),
            *(
                models.Index(
                    fields=[subject, "id"], name=f"councilevent_{subject}", condition=Q(**{f"{subject}__isnull": False})
                )
                for subject in ("topic", "meeting", "resolution")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {localtime(self.at):%Y-%m-%d %H:%M}"
