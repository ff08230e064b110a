"""How the wall is coloured: schemes are data, and a community picks one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class ColourScheme(models.Model):
    """How the wall is coloured. A household shows the colour of the first rule that fits it."""

    code = models.SlugField(_("代码"), unique=True)
    name = models.CharField(_("名称"), max_length=40)
    source = models.CharField(_("来源"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("配色方案")

    def __str__(self) -> str:
        return self.name


class ColourRule(models.Model):
    """One colour of a scheme: which statuses it stands for, its swatch, symbol and words. Lower `rank` goes first."""

    class Swatch(models.TextChoices):
        PINK = "pink", _("粉")
        PURPLE = "purple", _("紫")
        LILAC = "lilac", _("浅紫")
        AMBER = "amber", _("橙黄")
        RED = "red", _("红")
        YELLOW = "yellow", _("黄")
        BLUE = "blue", _("蓝")
        GREEN = "green", _("绿")
        WHITE = "white", _("白")
        GREY = "grey", _("灰")

    scheme = models.ForeignKey(ColourScheme, models.CASCADE, related_name="rules", verbose_name=_("方案"))
    rank = models.PositiveSmallIntegerField(_("优先级"))
    statuses = ArrayField(models.CharField(max_length=20), verbose_name=_("状态"))
    label = models.CharField(_("文字"), max_length=20)
    symbol = models.CharField(_("符号"), max_length=2, blank=True)
    swatch = models.CharField(_("色块"), max_length=10, choices=Swatch)

    class Meta:
        verbose_name = verbose_name_plural = _("配色规则")
        ordering = ["scheme", "rank"]
        constraints = [models.UniqueConstraint(fields=["scheme", "rank"], name="colour_rule_rank")]

    def __str__(self) -> str:
        return self.label
