"""Working methods as checklists: what is done at a door, as a community wrote it down, and shares with others."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from residents.models.places import Community
from residents.models.visits import Visit


class Checklist(models.Model):
    """A working method (五常五送): a name and what to do. Without a community it came with the portal, for all to take.

    An edited list counts for the visits from then on; what was ticked keeps its words.
    """

    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="checklists", verbose_name=_("社区")
    )
    name = models.CharField(_("名称"), max_length=20)
    items = ArrayField(models.CharField(max_length=60), verbose_name=_("做什么"))
    shared = models.BooleanField(_("给别的社区用"), default=False)
    active = models.BooleanField(_("使用"), default=True)
    source = models.CharField(_("依据"), max_length=120, blank=True)
    certainty = models.CharField(_("可信程度"), max_length=1, default="?")

    class Meta:
        verbose_name = verbose_name_plural = _("工作法清单")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"], name="checklist_name", condition=Q(active=True), nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name


class VisitCheck(models.Model):
    """What was done of a checklist at one visit, in the words that it had then."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="checks", verbose_name=_("走访"))
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="checks", verbose_name=_("清单"))
    done = ArrayField(models.CharField(max_length=60), verbose_name=_("做了"))

    class Meta:
        verbose_name = verbose_name_plural = _("做了的清单")
        constraints = [models.UniqueConstraint(fields=["visit", "checklist"], name="visitcheck_once")]

    def __str__(self) -> str:
        return "、".join(self.done)
