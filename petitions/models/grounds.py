"""The listed grounds 情形 on which a petition is refused 不予受理, or left out of the rates 剔除."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.models.levels import Sourced


class Ground(Sourced):
    """One ground. Its words begin the reason that is kept, and for a refusal the answer that the petitioner gets.

    One that is used no more is switched off rather than deleted: petitions keep the code of theirs.
    """

    class Use(models.TextChoices):
        REFUSE = "refuse", _("不予受理")
        EXCLUDE = "exclude", _("剔除")

    use = models.CharField(_("用于"), max_length=10, choices=Use)
    code = models.SlugField(_("代码"), max_length=40)
    words = models.CharField(_("情形"), max_length=100, help_text=_("不予受理的，写明该去哪里，诉求人会看到"))
    rank = models.PositiveSmallIntegerField(_("排序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("不予受理和剔除的情形")
        ordering = ["use", "rank", "id"]
        constraints = [models.UniqueConstraint(fields=["use", "code"], name="ground_key")]

    def __str__(self) -> str:
        return self.words
