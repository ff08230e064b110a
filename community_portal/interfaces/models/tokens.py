"""Tokens of the REST interface."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from community_portal.interfaces.kinds import Kind


class ApiToken(models.Model):
    """A program acts as its owner, within the owner's scope and the kinds named here. Only a SHA-256 of it is kept.

    `used_on` is the last day it was used, so that a forgotten one is found.
    """

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name=_("属于谁")
    )
    name = models.CharField(_("用途"), max_length=40)
    fingerprint = models.CharField(_("指纹"), max_length=64, unique=True, editable=False)
    reads = ArrayField(models.CharField(max_length=12, choices=Kind), default=list, blank=True, verbose_name=_("可读"))
    acts = ArrayField(models.CharField(max_length=12, choices=Kind), default=list, blank=True, verbose_name=_("可办"))
    created_at = models.DateTimeField(_("创建时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    used_on = models.DateField(_("最近使用"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("接口令牌")
        indexes = [models.Index(fields=["staff", "-id"], name="apitoken_latest")]

    def __str__(self) -> str:
        return self.name
