"""The base of every model with sealed fields, and the access log."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField


class SealedModel(models.Model):
    """A row with personal data. `row_key` binds its sealed values to it, and never changes."""

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

    at = models.DateTimeField(_("时间"))
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("工作人员")
    )
    action = models.CharField(_("动作"), max_length=32)
    subject = models.CharField(_("对象"), max_length=120, db_index=True)
    field = models.CharField(_("字段"), max_length=64, blank=True)
    purpose = models.CharField(_("用途"), max_length=500)
    previous_hash = models.CharField(_("前一条指纹"), max_length=64, unique=True)
    hash = models.CharField(_("指纹"), max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息访问日志")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {self.field}".rstrip()
