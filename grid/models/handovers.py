"""Handovers: what the holder of an ending appointment leaves behind, item by item, until a successor has signed it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from community_portal.worktime.models import Clock
from grid.models.basics import Appointment, Division, GridUnit, Staff


class Handover(Clock):
    """The handing over of one appointment. Due when work ends on its last day; unsigned it climbs."""

    class Rung(models.IntegerChoices):
        NONE = 0, _("未升级")
        COMMUNITY = 1, _("社区书记")
        STREET = 2, _("街道")

    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="handover", verbose_name=_("任职"))
    grid = models.ForeignKey(GridUnit, models.PROTECT, null=True, related_name="handovers", verbose_name=_("网格"))
    community = models.ForeignKey(Division, models.PROTECT, related_name="handovers", verbose_name=_("社区"))
    kind = models.CharField(_("类别"), max_length=10, default="handover", editable=False)
    reached = models.PositiveSmallIntegerField(_("已升级到"), choices=Rung, default=Rung.NONE)

    class Meta(Clock.Meta):
        verbose_name = verbose_name_plural = _("交接")
        indexes: ClassVar = [
            *Clock.Meta.indexes,
            models.Index(fields=["community"], name="handover_open", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.appointment)


class HandoverItem(SealedModel):
    """One thing to be handed over. `subject` names what the portal knows of it; "" for what the leaver wrote down.

    `said` is what only the leaver knows: hard of hearing, knock twice; promised to ask about the lamp.
    """

    class Kind(models.TextChoices):
        HOUSEHOLD = "household", _("重点户")
        PETITION = "petition", _("在办诉求")
        PROMISE = "promise", _("答应过的事")
        KEY = "key", _("保管的钥匙和物品")
        OTHER = "other", _("别的")

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="items", verbose_name=_("交接"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    subject = models.CharField(max_length=60, blank=True, editable=False)
    title = models.CharField(_("事项"), max_length=120)
    path = models.CharField(max_length=200, blank=True, editable=False)
    said = SealedTextField(_("要交代的"), blank=True)
    signed_at = models.DateTimeField(_("签收"), null=True)
    signed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("签收人"))

    class Meta:
        verbose_name = verbose_name_plural = _("交接事项")
        constraints = [
            models.UniqueConstraint(fields=["handover", "subject"], name="handoveritem_once", condition=~Q(subject=""))
        ]

    def __str__(self) -> str:
        return self.title


class HandoverEvent(models.Model):
    """What happened to a handover. Never changed."""

    class Verb(models.TextChoices):
        OPEN = "open", _("开始交接")
        SAY = "say", _("交代")
        SIGN = "sign", _("签收")
        URGE = "urge", _("催办")
        ESCALATE = "escalate", _("升级")
        CLOSE = "close", _("交接完")

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="events", verbose_name=_("交接"))
    at = models.DateTimeField(_("时间"))
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人"))
    text = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("交接记录")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {localtime(self.at):%Y-%m-%d %H:%M}"
