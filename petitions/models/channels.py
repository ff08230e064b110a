"""What brings petitions in from outside: hotlines and files."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from grid.models import Division
from petitions.models.petition import Petition


class HotlineClient(SealedModel):
    """A hotline that sends orders. The secret opens only with the portal's keys, not from a database dump."""

    name = models.CharField(_("名称"), max_length=40, unique=True)
    key = models.CharField(_("Key"), max_length=40, unique=True)
    secret = SealedTextField(_("密钥"))
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name=_("服务范围"), help_text=_("认不出地址的来单进这里的待派队列")
    )
    is_active = models.BooleanField(_("在用"), default=True)
    created_at = models.DateTimeField(_("创建时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("热线接入")

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def cache_key(key: str) -> str:
        """Where all processes find the mark of the client with this key (petitions.hotline_auth)."""
        return f"hotline-client:{key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and takes the mark away: a client switched off is out at once, whoever remembers it."""
        super().save(*args, **kwargs)
        transaction.on_commit(lambda: cache.delete(self.cache_key(self.key)))


class Open311Key(models.Model):
    """A client that reports through Open311. Only a fingerprint (SHA-256) of the key is kept."""

    name = models.CharField(_("名称"), max_length=40, unique=True)
    fingerprint = models.CharField(_("指纹"), max_length=64, unique=True, editable=False)
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        verbose_name=_("服务范围"),
        help_text=_("只能报这个范围里的事；认不出地点的进这里的待派队列"),
    )
    is_active = models.BooleanField(_("在用"), default=True)
    created_at = models.DateTimeField(_("创建时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("Open311 接入")

    def __str__(self) -> str:
        return self.name


class Original(SealedModel):
    """What a petition was pasted from, word for word, with all the numbers in it: sealed, shown for a purpose only."""

    petition = models.OneToOneField(Petition, models.CASCADE, related_name="original", verbose_name=_("诉求"))
    text = SealedTextField(_("来文原文"))

    class Meta:
        verbose_name = verbose_name_plural = _("来文原文")

    def __str__(self) -> str:
        return str(self.petition_id)


class ImportBatch(SealedModel):
    """One uploaded file of orders: the file itself (base64), how far it has gone, and what was wrong with which row."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待")
        RUNNING = "running", _("导入中")
        DONE = "done", _("完成")
        FAILED = "failed", _("不能读取")

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人")
    )
    division = models.ForeignKey(Division, models.PROTECT, verbose_name=_("归属"))
    system = models.CharField(_("来单系统"), max_length=40)
    file_name = models.CharField(_("文件名"), max_length=120)
    content = SealedTextField(_("内容"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("上传时间"))
    moved_at = models.DateTimeField(_("最近进展"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    total = models.PositiveIntegerField(_("行数"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    added = models.PositiveIntegerField(_("新增"), default=0)
    known = models.PositiveIntegerField(_("已有"), default=0)
    problems = models.JSONField(_("问题"), default=list)
    error = models.CharField(_("错误"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导入批次")

    def __str__(self) -> str:
        return self.file_name
