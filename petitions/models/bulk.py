"""One action for many petitions."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.workflow import Verb


class BulkRun(models.Model):
    """The same action on a list of petitions, one after the other: how far it has come, and which were refused why."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待")
        RUNNING = "running", _("办理中")
        DONE = "done", _("完成")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("操作人"))
    verb = models.CharField(_("动作"), max_length=12, choices=Verb.choices)
    values = models.JSONField(_("内容"), default=dict)
    petitions = ArrayField(models.BigIntegerField(), verbose_name=_("工单"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("提交时间"))
    moved_at = models.DateTimeField(_("最近进展"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    refused = models.JSONField(_("没有办成的"), default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("批量办理")

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {len(self.petitions)}"
