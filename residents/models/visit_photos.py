"""Photos taken at a visit: what the worker saw, encrypted, for those who may see the household."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from residents.models.visits import Visit


class VisitPhoto(SealedModel):
    """One photo of a visit. The picture is a file named `name`, encrypted with a key of its own that is sealed here.

    `removed_at` marks that key and file are gone.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos", verbose_name=_("走访"))
    name = models.UUIDField(_("文件名"), default=uuid.uuid4, unique=True, editable=False)
    key = SealedTextField(_("文件密钥"), blank=True)
    kept_at = models.DateTimeField(_("留存时间"))
    removed_at = models.DateTimeField(_("删除时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("走访照片")
        indexes = [
            models.Index(fields=["kept_at"], name="visitphoto_kept", condition=Q(removed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.name)
