"""The outbox: each message to a person is a row, written with the event that causes it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from community_portal.privacy.sealing import blind_index


def resident_of(notice: "Notice") -> str:
    """How a message names a resident: by the blind index of the phone it goes to."""
    return f"phone:{blind_index('phone', notice.phone).hex()}"


class Notice(SealedModel):
    """One message to one recipient by one channel. The same event never reaches a recipient twice by a channel."""

    index_derived: ClassVar = {"recipient": resident_of}

    class Channel(models.TextChoices):
        PORTAL = "portal", _("站内")
        SMS = "sms", _("短信")
        MAIL = "mail", _("邮件")

    event = models.CharField(_("事件"), max_length=60)
    recipient = models.CharField(_("收件人"), max_length=40)
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="notices",
        db_index=False,
        verbose_name=_("工作人员"),
    )
    phone = SealedTextField(_("手机"), blank=True)
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("正文"), blank=True)
    path = models.CharField(_("链接"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("生成"))
    not_before = models.DateTimeField(_("最早发送"))
    sent_at = models.DateTimeField(_("发送"), null=True)
    read_at = models.DateTimeField(_("阅读"), null=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    error = models.CharField(_("错误"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("消息")
        constraints = [models.UniqueConstraint(fields=["event", "recipient", "channel"], name="notice_once")]
        indexes = [
            models.Index(fields=["not_before"], name="notice_unsent", condition=Q(sent_at__isnull=True)),
            models.Index(fields=["staff", "-id"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class Mailbox(SealedModel):
    """Where a staff member gets their messages by mail too; without one they have them in the portal alone."""

    staff = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mailbox", verbose_name=_("工作人员")
    )
    address = SealedTextField(_("邮箱"))

    class Meta:
        verbose_name = verbose_name_plural = _("收消息的邮箱")

    def __str__(self) -> str:
        return str(self.staff_id)
