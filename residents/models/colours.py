"""How the wall is coloured: schemes are data, and a community picks one."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from residents.contrast import HEX as SIX_DIGITS
from residents.contrast import problems_of

HEX = RegexValidator(rf"^{SIX_DIGITS.pattern}$", _("颜色写作 # 加六位，如 #f7bccf"))


class ColourScheme(models.Model):
    """How the wall is coloured. A household shows the colour of the first rule that fits it.

    Those without a community ship with the portal and serve all; a community that changes one gets a copy of its own.
    `version` grows with each change and names the stylesheet of its own colours.
    """

    code = models.SlugField(_("代码"), unique=True)
    name = models.CharField(_("名称"), max_length=40)
    source = models.CharField(_("来源"), max_length=120, blank=True)
    community = models.OneToOneField(
        "residents.Community",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="own_scheme",
        verbose_name=_("只用于"),
        help_text=_("空着为各社区共用"),
    )
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

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
        OWN = "own", _("自定颜色")

    scheme = models.ForeignKey(ColourScheme, models.CASCADE, related_name="rules", verbose_name=_("方案"))
    rank = models.PositiveSmallIntegerField(_("优先级"))
    statuses = ArrayField(models.CharField(max_length=20), verbose_name=_("状态"))
    label = models.CharField(_("文字"), max_length=20)
    symbol = models.CharField(_("符号"), max_length=2, blank=True)
    swatch = models.CharField(_("色块"), max_length=10, choices=Swatch)
    ground = models.CharField(_("底色"), max_length=7, blank=True, validators=[HEX])
    ink = models.CharField(_("字色"), max_length=7, blank=True, validators=[HEX])
    dark_ground = models.CharField(_("深色主题底色"), max_length=7, blank=True, validators=[HEX])
    dark_ink = models.CharField(_("深色主题字色"), max_length=7, blank=True, validators=[HEX])

    class Meta:
        verbose_name = verbose_name_plural = _("配色规则")
        ordering = ["scheme", "rank"]
        constraints = [models.UniqueConstraint(fields=["scheme", "rank"], name="colour_rule_rank")]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Colours of one's own must be readable in both themes. Raises ValidationError by field with the ratio."""
        if self.swatch == self.Swatch.OWN:
            found = problems_of(self.ground, self.ink, self.dark_ground, self.dark_ink)
            if found:
                raise ValidationError(found)
