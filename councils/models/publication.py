"""What is published for objections, and what member organisations promised each other."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from councils.models.bodies import Council, Party
from councils.models.resolutions import Resolution

DEFAULT_DAYS, MOST_DAYS = 7, 30


class Publication(models.Model):
    """One publication (公示) on the board and the public page, for so many days; objections come in until it ends.

    A withdrawn one stays, with the reason.
    """

    class Kind(models.TextChoices):
        RESOLUTION = "resolution", _("决议公示")
        RESULT = "result", _("表决结果公示")
        CONVENTION = "convention", _("公约公示")
        MONEY = "money", _("收支公示")
        DONE = "done", _("落实情况公示")

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="publications", db_index=False, verbose_name=_("议事组织")
    )
    resolution = models.ForeignKey(
        Resolution, models.PROTECT, null=True, blank=True, related_name="publications", verbose_name=_("决议")
    )
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("公示内容"))
    days = models.PositiveSmallIntegerField(
        _("公示天数"), default=DEFAULT_DAYS, validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)]
    )
    starts_at = models.DateTimeField(_("公示开始"))
    ends_at = models.DateTimeField(_("公示结束"))
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    reason = models.CharField(_("撤下理由"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("公示人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("公示")
        constraints = [
            models.CheckConstraint(name="publication_ends_after_start", condition=Q(ends_at__gt=F("starts_at")))
        ]
        indexes = [models.Index(fields=["council", "-id"], name="publication_latest")]

    def __str__(self) -> str:
        return self.title


class Objection(SealedModel):
    """Somebody's objection to a publication, answered inside its own clock; `upheld` when it was right."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="objections", verbose_name=_("公示"))
    form_no = models.CharField(_("表单编号"), max_length=64, unique=True, editable=False)
    code = models.CharField(_("查询码"), max_length=8)
    name = SealedTextField(_("姓名"), blank=True)
    phone = SealedTextField(_("电话"), blank=True)
    phone_index = BlindIndexField(source="phone", kind="phone")
    text = models.TextField(_("异议"))
    at = models.DateTimeField(_("提出时间"))
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("答复人"),
    )  # fmt: skip
    upheld = models.BooleanField(_("成立"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("异议")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.at:%Y-%m-%d}"


class Agreement(models.Model):
    """What a member organisation signed (共驻共建协议), with how often the joint meeting meets and acts in a year."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="agreements", verbose_name=_("议事组织"))
    party = models.ForeignKey(Party, models.PROTECT, related_name="agreements", verbose_name=_("成员单位"))
    title = models.CharField(_("名称"), max_length=80)
    promises = models.TextField(_("承诺事项"))
    signed_on = models.DateField(_("签订日期"))
    ends_on = models.DateField(_("到期（含）"), null=True, blank=True)
    meetings_a_year = models.PositiveSmallIntegerField(_("每年联席会议"), default=2)
    activities_a_year = models.PositiveSmallIntegerField(_("每年共同活动"), default=4)

    class Meta:
        verbose_name = verbose_name_plural = _("共建协议")
        ordering = ["-signed_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="agreement_ends_after_signing",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("signed_on")),
                violation_error_message=_("到期不能早于签订"),
            )
        ]

    def __str__(self) -> str:
        return self.title


class JointActivity(models.Model):
    """Something the member organisations did together."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="activities", verbose_name=_("议事组织"))
    title = models.CharField(_("活动"), max_length=80)
    held_on = models.DateField(_("日期"))
    parties = models.ManyToManyField(Party, related_name="activities", verbose_name=_("参加单位"))
    text = models.TextField(_("情况"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("登记人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("共同活动")
        ordering = ["-held_on", "id"]
        indexes = [models.Index(fields=["council", "-held_on"], name="jointactivity_latest")]

    def __str__(self) -> str:
        return self.title
