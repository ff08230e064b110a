"""Files of a meeting or of a task: documents, signature sheets, photographs, proof."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from councils.models.bodies import Council
from councils.models.meetings import Meeting
from councils.models.resolutions import ResolutionTask


class CouncilFile(SealedModel):
    """One file, encrypted under MEDIA_ROOT as `name` with a key of its own, which alone is sealed in the row.

    A removed file keeps its row: what it was, who removed it, and why. Pictures were drawn anew when they came in.
    """

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("会议材料")
        PHOTO = "photo", _("照片")
        SHEET = "sheet", _("签字表")
        PROOF = "proof", _("完成证明")

    council = models.ForeignKey(Council, models.PROTECT, related_name="files", verbose_name=_("议事组织"))
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("会议")
    )
    task = models.ForeignKey(
        ResolutionTask, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("任务")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    title = models.CharField(_("名称"), max_length=80)
    media_type = models.CharField(_("格式"), max_length=40)
    size = models.PositiveIntegerField(_("字节"))
    name = models.UUIDField(_("文件名"), default=uuid.uuid4, unique=True, editable=False)
    key = SealedTextField(_("文件密钥"), blank=True)
    at = models.DateTimeField(_("上传时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("上传人")
    )
    removed_at = models.DateTimeField(_("删除时间"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("删除人"),
    )  # fmt: skip
    reason = models.CharField(_("删除理由"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("议事文件")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="councilfile_one_subject",
                condition=Q(meeting__isnull=False, task__isnull=True) | Q(meeting__isnull=True, task__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title
