"""What does not fit together in a file; found by residents.actions.tags at each change and every night."""

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from residents.models.people import Resident
from residents.models.places import Household


class Fault(models.Model):
    """One thing to be put right. `other` is the second household of a person who is in two.

    Rows come and go with the facts. One that somebody called true to life (`accepted_at`) stays, unlisted, until the
    facts change.
    """

    class Kind(models.TextChoices):
        DOUBLE = "double", _("同一人登记在两户")
        ID_NUMBER = "id_number", _("身份证号有误")
        BIRTH = "birth", _("出生日期与身份证不符")
        SEX = "sex", _("性别与身份证不符")
        HEADS = "heads", _("有两个户主")
        HEADLESS = "headless", _("没有户主")
        BEDS = "beds", _("人数多于床位")

    kind = models.CharField(_("问题"), max_length=10, choices=Kind)
    household = models.ForeignKey(Household, models.CASCADE, related_name="faults", verbose_name=_("户"))
    resident = models.ForeignKey(
        Resident, models.CASCADE, null=True, blank=True, related_name="faults", verbose_name=_("居民")
    )
    other = models.ForeignKey(
        Household, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("另一户")
    )
    found_on = models.DateField(_("发现日期"))
    accepted_at = models.DateTimeField(_("认定属实的时间"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("认定人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("档案疑点")
        constraints = [
            models.UniqueConstraint(
                "kind", "household", Coalesce("resident", Value(0)), Coalesce("other", Value(0)), name="fault_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.household_id}"
