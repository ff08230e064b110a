"""The base of every model with sealed fields, the access log, and what rotation and retention leave behind."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField


class SealedModel(models.Model):
    """A row with personal data. `row_key` binds its sealed values to it, and never changes.

    `index_derived` names the plain columns that are made of a blind index, with the function that makes each out of a
    row: rotating the index key writes them anew.
    """

    index_derived: ClassVar[dict[str, Callable[[Any], str]]] = {}

    row_key = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Saves as Django does; a blind index goes wherever its source goes."""
        indexes = [field for field in self._meta.concrete_fields if isinstance(field, BlindIndexField)]
        if update_fields is not None:
            named = set(update_fields)
            update_fields = named | {field.attname for field in indexes if field.source in named}
        for field in indexes:
            if isinstance(self.__dict__.get(field.source), str) and field.attname not in self.__dict__:
                setattr(self, field.attname, None)
        super().save(*args, update_fields=update_fields, **kwargs)


class AccessLog(models.Model):
    """One look at, or export of, personal data, with the hash of the row before; written by `log_access` only."""

    class Action(models.TextChoices):
        REVEAL = "reveal", _("查看原文")
        EXPORT = "export", _("导出")
        PRINT = "print", _("打印")
        DISCLOSE = "disclose", _("答复本人")
        RETAIN = "retain", _("到期处理")
        ROTATE = "rotate", _("轮换密钥")

    at = models.DateTimeField(_("时间"))
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("工作人员")
    )
    action = models.CharField(_("动作"), max_length=32, choices=Action)
    subject = models.CharField(_("对象"), max_length=120, db_index=True)
    field = models.CharField(_("字段"), max_length=64, blank=True)
    purpose = models.CharField(_("用途"), max_length=500)
    detail = models.CharField(_("范围"), max_length=500, blank=True, help_text=_("导出的条件、行数；处理的行数"))
    previous_hash = models.CharField(_("前一条指纹"), max_length=64, unique=True)
    hash = models.CharField(_("指纹"), max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息访问日志")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["staff", "at"], name="accesslog_staff_at"),
            models.Index(fields=["at"], name="accesslog_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {self.field}".rstrip()


class AccessLogHead(SealedModel):
    """The end of the access log, one row: what cutting off the newest entries cannot take along.

    `seal` is a fingerprint of the other two columns under `chain_key`, the key of the whole chain. That key is kept
    sealed like personal data, so that rotating the data keys leaves old entries verifiable.
    """

    ONLY = 1

    entries = models.BigIntegerField(_("条数"))
    hash = models.CharField(_("末条指纹"), max_length=64)
    seal = models.CharField(_("封印"), max_length=64)
    chain_key = SealedTextField(_("链密钥"))

    class Meta:
        verbose_name = verbose_name_plural = _("访问日志末端")

    def __str__(self) -> str:
        return f"{self.entries} {self.hash[:12]}"


class KeyRotation(models.Model):
    """How far one model has come with a rotation that is still going on; gone when that is done."""

    model = models.CharField(_("表"), max_length=100)
    target = models.CharField(_("目标"), max_length=100)
    last_pk = models.BigIntegerField(_("已到"))
    moved_at = models.DateTimeField(_("最近进展"), auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("密钥轮换进度")
        constraints = [models.UniqueConstraint(fields=["model", "target"], name="keyrotation_once")]

    def __str__(self) -> str:
        return f"{self.model} {self.last_pk}"


class Tombstone(models.Model):
    """What was removed of which row, when and by which rule; holds nothing of what was removed."""

    model = models.CharField(_("表"), max_length=100)
    row_id = models.BigIntegerField(_("行"))
    row_key = models.UUIDField(_("行标识"), null=True)
    rule = models.CharField(_("规则"), max_length=60)
    act = models.CharField(_("处理"), max_length=20)
    fields = models.CharField(_("字段"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("删除留痕")
        constraints = [models.UniqueConstraint(fields=["model", "row_id", "rule"], name="tombstone_once")]

    def __str__(self) -> str:
        return f"{self.model}:{self.row_id} {self.rule}"
