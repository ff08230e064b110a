"""Photos of papers: kept only for a purpose that the person agreed to, and only until a day."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from residents.models.people import Resident
from residents.models.places import Household


class Document(SealedModel):
    """One photo of a paper. The picture is a file named `name` under MEDIA_ROOT, encrypted with a key of its own.

    Only that key is sealed in the row, so turning the portal's keys leaves the files alone, and with the row's key
    gone nobody can open the file any more. `removed_at` marks that both are gone (个人信息保护法 19, 47).
    """

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("身份证")
        BOOKLET = "booklet", _("户口簿")
        DISABILITY = "disability", _("残疾人证")
        LEASE = "lease", _("租赁合同")
        OTHER = "other", _("其他")

    class Purpose(models.TextChoices):
        AID = "aid", _("代办救助或补贴")
        CERTIFICATE = "certificate", _("开具证明")
        TENANCY = "tenancy", _("登记租住")
        CARE = "care", _("申请照护服务")

    household = models.ForeignKey(Household, models.PROTECT, related_name="documents", verbose_name=_("户"))
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="documents", verbose_name=_("居民"))
    kind = models.CharField(_("证件"), max_length=12, choices=Kind)
    purpose = models.CharField(_("用途"), max_length=12, choices=Purpose)
    name = models.UUIDField(_("文件名"), default=uuid.uuid4, unique=True, editable=False)
    key = SealedTextField(_("文件密钥"), blank=True)
    keep_until = models.DateField(_("保留到"))
    kept_at = models.DateTimeField(_("留存时间"))
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办")
    )
    removed_at = models.DateTimeField(_("删除时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("证件照片")
        indexes = [
            models.Index(fields=["keep_until"], name="document_to_remove", condition=Q(removed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.keep_until}"
