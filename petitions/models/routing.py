"""Rules as data that decide where a petition goes, and the replies that people keep at hand."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from grid.models import Division, GridUnit, Organisation
from petitions.models.levels import Category
from petitions.workflow import State, Verb


class RoutingRule(models.Model):
    """One rule: what it asks of a petition (an empty condition asks nothing), and where that then goes.

    Rules are asked in order of rank; the first that fits decides. A unit without members has the grid's worker beside
    it; where nobody at all is there, the petition waits in the queue.
    """

    class Target(models.TextChoices):
        GRID = "grid", _("所在网格的网格员")
        OUTER = "outer", _("街道外网格的网格员")
        PROPERTY = "property", _("小区的物业（首问责任）")
        COMMUNITY = "community", _("社区（社工，没有则书记）")
        STREET = "street", _("街道")
        ORGANISATION = "organisation", _("指定单位（部门、合伙人、志愿队等）")
        QUEUE = "queue", _("待派队列，由人来派")

    name = models.CharField(_("名称"), max_length=40, unique=True)
    rank = models.PositiveSmallIntegerField(_("次序"), help_text=_("从小到大，先符合的先用"))
    is_active = models.BooleanField(_("在用"), default=True)
    categories = models.ManyToManyField(Category, blank=True, related_name="+", verbose_name=_("类别"))
    kinds = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("性质"))
    sources = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("来源"))
    jurisdiction = models.CharField(_("管辖"), max_length=10, choices=Category.Jurisdiction, blank=True)
    grid_kind = models.CharField(_("网格类别"), max_length=10, choices=GridUnit.Kind, blank=True)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("地方（含下级）")
    )
    words = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("文字里有其中一个词"))
    hour_from = models.TimeField(_("几点起"), null=True, blank=True)
    hour_until = models.TimeField(_("到几点"), null=True, blank=True, help_text=_("早于起点则跨夜"))
    target = models.CharField(_("派给"), max_length=12, choices=Target)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("指定单位")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("分派规则")
        ordering = ["rank", "id"]
        constraints = [
            models.CheckConstraint(
                name="routing_rule_names_its_organisation",
                condition=(models.Q(target="organisation") & models.Q(organisation__isnull=False))
                | (~models.Q(target="organisation") & models.Q(organisation__isnull=True)),
                violation_error_message=_("派给“指定单位”时要选单位，别的去向不选单位"),
            ),
            models.CheckConstraint(
                name="routing_rule_hours",
                condition=models.Q(hour_from__isnull=True, hour_until__isnull=True)
                | models.Q(hour_from__isnull=False, hour_until__isnull=False),
                violation_error_message=_("时段要写全起止"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReplyTemplate(models.Model):
    """Words that people use again and again, offered where they fit: a verb, and perhaps a category alone."""

    name = models.CharField(_("名称"), max_length=40)
    verb = models.CharField(_("用在"), max_length=12, choices=[(verb.value, verb.label) for verb in Verb])
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("只用于类别")
    )
    state = models.CharField(_("只用于状态"), max_length=12, choices=State.choices, blank=True)
    text = models.TextField(_("文字"), max_length=1000, help_text=_("{number} {title} {due} 会换成这件工单的"))
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("常用答复")
        ordering = ["verb", "category_id", "id"]

    def __str__(self) -> str:
        return self.name
