"""Photos, papers and voice notes of petitions."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from petitions.models.petition import Petition


class PetitionFile(SealedModel):
    """One file of a petition, stored under `name` and encrypted with a key of its own, which is sealed here.

    `shown` says whether the petitioner sees it on their page; what they sent themselves they always see. With the key
    gone (`removed_at`) nobody can open the file any more.
    """

    class Kind(models.TextChoices):
        PICTURE = "picture", _("照片")
        DOCUMENT = "document", _("文件")
        VOICE = "voice", _("录音")

    class Stage(models.TextChoices):
        ASKED = "asked", _("诉求人提供")
        BEFORE = "before", _("处理前")
        AFTER = "after", _("处理后")
        OTHER = "other", _("其他")

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="files", verbose_name=_("诉求"))
    name = models.UUIDField(_("文件名"), default=uuid.uuid4, unique=True, editable=False)
    key = SealedTextField(_("文件密钥"), blank=True)
    label = SealedTextField(_("原来的名字"), blank=True)
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    type = models.CharField(_("类型"), max_length=100)
    size = models.PositiveIntegerField(_("字节"))
    stage = models.CharField(_("说明"), max_length=10, choices=Stage)
    shown = models.BooleanField(_("给诉求人看"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("上传人")
    )
    at = models.DateTimeField(_("时间"))
    removed_at = models.DateTimeField(_("删除时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("诉求的照片和文件")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["petition", "id"], name="petitionfile_kept", condition=Q(removed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
