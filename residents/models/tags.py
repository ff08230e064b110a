"""Care tags: the rules that derive them, and those that somebody gave or overrode."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from residents.models.people import Resident
from residents.models.places import Household


class TagRule(models.Model):
    """A care tag: what it is called, who may see it, and, when it follows from facts, the condition (residents.rules).

    A tag with an empty condition is given by hand. With `roles` empty everybody in scope sees it; otherwise it is
    sealed and only these roles do.
    """

    class Certainty(models.TextChoices):
        VERIFIED = "V", _("原文可查")
        SECONDARY = "S", _("二手来源")
        PRACTICE = "P", _("各地做法")
        UNVERIFIED = "?", _("未核实")

    code = models.SlugField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=20)
    rank = models.PositiveSmallIntegerField(_("排序"), default=100)
    condition = models.JSONField(_("条件"), default=dict, blank=True)
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("种类"))
    grades = models.PositiveSmallIntegerField(_("等级数"), default=0, help_text=_("0 为不分级；残疾分 1 到 4 级"))
    below_age = models.PositiveSmallIntegerField(_("到几岁为止"), null=True, blank=True)
    roles = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("谁能看见"))
    active = models.BooleanField(_("使用"), default=True)
    source = models.CharField(_("依据"), max_length=120, blank=True)
    certainty = models.CharField(_("可信程度"), max_length=1, choices=Certainty, default=Certainty.UNVERIFIED)

    class Meta:
        verbose_name = verbose_name_plural = _("照护标签")
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name


class CareTag(SealedModel):
    """A tag that somebody gave to a household or to one of its people, or (`holds` false) a derived tag switched off.

    `said` is sealed JSON: {"code", "kind", "grade", "reason"}. An override of a derived tag has a reason and an end.
    `batch` marks what one import gave.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="tags", verbose_name=_("户"))
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="tags", verbose_name=_("居民")
    )
    said = SealedTextField(_("内容"))
    holds = models.BooleanField(_("有这个标签"), default=True)
    since = models.DateField(_("起"))
    until = models.DateField(_("止（含）"), null=True, blank=True)
    given_at = models.DateTimeField(_("登记时间"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人")
    )
    ended_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    batch = models.UUIDField(_("批次"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("户的标签")
        indexes = [
            models.Index(fields=["batch"], name="caretag_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["until"], name="caretag_running_out", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.since}"
