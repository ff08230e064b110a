"""Petitions that several people made about one event: answered together, each keeping its own number and clocks."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition


class SameEvent(models.Model):
    """同一件事. The lead is worked on; the others wait for its answer. Ended when fewer than two are left."""

    lead = models.ForeignKey(Petition, models.CASCADE, related_name="+", verbose_name=_("牵头的工单"))
    at = models.DateTimeField(_("时间"))
    ended_at = models.DateTimeField(_("拆开"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("同一件事")
        constraints = [
            models.UniqueConstraint(fields=["lead"], name="sameevent_one_lead", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.at:%Y-%m-%d}"


class SameMember(models.Model):
    """A petition's time in a group, the lead's own too. Taken out again it is what it would have been without."""

    event = models.ForeignKey(SameEvent, models.CASCADE, related_name="members", verbose_name=_("同一件事"))
    petition = models.ForeignKey(Petition, models.CASCADE, related_name="same", verbose_name=_("诉求"))
    at = models.DateTimeField(_("并入"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("并单人")
    )
    left_at = models.DateTimeField(_("拆出"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("同一件事里的诉求")
        constraints = [
            models.UniqueConstraint(fields=["petition"], name="samemember_once", condition=Q(left_at__isnull=True)),
        ]
        indexes = [models.Index(fields=["event"], name="samemember_in", condition=Q(left_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.event_id} {self.petition_id}"
