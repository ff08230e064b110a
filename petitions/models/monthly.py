"""每月一题: a problem that was repeated in a month, taken on as one, with an owner and a result."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from grid.models import Division
from petitions.models.levels import Category


class MonthlyTopic(models.Model):
    """What a division took on for a month: a category, in itself or in one place below it. One a month."""

    class State(models.TextChoices):
        OPEN = "open", _("在办")
        DONE = "done", _("已办结")

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("哪一级的"))
    month = models.DateField(_("月份"))
    place = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("在哪里"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("类别"))
    title = models.CharField(_("题目"), max_length=80)
    plan = models.TextField(_("怎么办"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("谁负责")
    )
    due_on = models.DateField(_("什么时候办好"))
    state = models.CharField(_("状态"), max_length=6, choices=State, default=State.OPEN)
    result = models.TextField(_("结果"), blank=True)
    begun_at = models.DateTimeField(_("定下的时间"))
    done_at = models.DateTimeField(_("办结时间"), null=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("每月一题")
        constraints = [models.UniqueConstraint(fields=["division", "month"], name="monthlytopic_one")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.title}"


class MonthlyTopicEvent(models.Model):
    """One thing that happened to it: who, when, what was said. Never changed."""

    class Verb(models.TextChoices):
        BEGIN = "begin", _("定下")
        NOTE = "note", _("进展")
        FINISH = "finish", _("办结")
        RESUME = "resume", _("接着办")

    topic = models.ForeignKey(MonthlyTopic, models.CASCADE, related_name="events", verbose_name=_("每月一题"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("操作人")
    )
    verb = models.CharField(_("动作"), max_length=6, choices=Verb)
    text = models.TextField(_("说明"))

    class Meta:
        verbose_name = verbose_name_plural = _("每月一题的经过")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.at:%Y-%m-%d %H:%M}"
