"""What happened to a file: appended, never changed. The file on a past day is today's, with later changes undone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from residents.models.people import Resident
from residents.models.places import Household


class FileEvent(SealedModel):
    """One change of a household's file or of a person in it: who, when, what, the fields before and after.

    `changes` is sealed JSON, {"field": [old, new]}; `text` says it in words without anything personal. `day` is when it
    happened in the world (a move), `at` when it was entered. `batch` marks what one import changed.
    """

    class Verb(models.TextChoices):
        CREATE = "create", _("建档")
        EDIT = "edit", _("修改")
        MOVE_IN = "move_in", _("迁入")
        MOVE_OUT = "move_out", _("迁出")
        BIRTH = "birth", _("出生")
        DEATH = "death", _("去世")
        MARRIAGE = "marriage", _("婚姻")
        SPLIT = "split", _("分户")
        MERGE = "merge", _("并户")
        TAG = "tag", _("标签")
        CONSENT = "consent", _("同意")
        CONTACT = "contact", _("联系人")
        DOCUMENT = "document", _("证件照片")
        UNDO = "undo", _("撤销")

    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="file_events",
        db_index=False,
        verbose_name=_("户"),
    )
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="file_events", db_index=False,
        verbose_name=_("居民"),
    )  # fmt: skip
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    at = models.DateTimeField(_("时间"))
    day = models.DateField(_("发生日期"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("操作人")
    )
    text = models.CharField(_("说明"), max_length=200, blank=True)
    changes = SealedTextField(_("改动"), blank=True)
    batch = models.UUIDField(_("批次"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("档案记录")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["household", "-id"], name="fileevent_household"),
            models.Index(fields=["resident", "-id"], name="fileevent_resident"),
            models.Index(fields=["batch"], name="fileevent_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {localtime(self.at):%Y-%m-%d %H:%M}"
