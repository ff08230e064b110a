"""People, where they lived from when to when, whom to call for them, and what they agreed to."""

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from residents.models.places import Household
from residents.names import NameKeyField

LETTERS = Replace("name_key", Value(" "), Value(""))
"""A name's pinyin in one go, as people type it."""


class Resident(SealedModel):
    """A person. ID number and phones are found only through blind indexes; names sort by `name_key` (pinyin).

    Where they live is in their stays, so a person who moves stays the same person with the same facts.
    """

    class Sex(models.TextChoices):
        MALE = "male", _("男")
        FEMALE = "female", _("女")

    name = models.CharField(_("姓名"), max_length=40)
    name_key = NameKeyField(_("拼音"), source="name")
    sex = models.CharField(_("性别"), max_length=6, choices=Sex)
    birth_date = models.DateField(_("出生日期"))
    id_number = SealedTextField(_("身份证号"), blank=True)
    id_number_index = BlindIndexField(source="id_number", kind="id_number")
    phone = SealedTextField(_("手机"), blank=True)
    phone_index = BlindIndexField(source="phone", kind="phone")
    other_phone = SealedTextField(_("其他电话"), blank=True)
    other_phone_index = BlindIndexField(source="other_phone", kind="phone")
    registered_at = models.CharField(_("户籍地"), max_length=120, blank=True, help_text=_("户籍不在本户时写"))
    died_on = models.DateField(_("去世日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("居民")
        indexes = [
            models.Index(OpClass(F("name"), name="text_pattern_ops"), name="resident_name"),
            models.Index(OpClass(LETTERS, name="text_pattern_ops"), name="resident_letters"),
            models.Index(fields=["name_key", "id"], name="resident_name_key"),
        ]

    def __str__(self) -> str:
        return self.name


class StayQuerySet(models.QuerySet["Stay"]):
    """Stays, now and at a day in the past."""

    def current(self) -> "StayQuerySet":
        """Those that have not ended."""
        return self.filter(moved_out__isnull=True)

    def on(self, day: object) -> "StayQuerySet":
        """Those that held at the end of a day; one without a beginning counts as always begun."""
        begun = Q(moved_in__isnull=True) | Q(moved_in__lte=day)
        return self.filter(begun, Q(moved_out__isnull=True) | Q(moved_out__gt=day))


class Stay(models.Model):
    """A person belongs to a household from one day to another (open while `moved_out` is empty).

    Two open stays of one person, two heads, or more people than beds are faults that the data-quality page lists, not
    errors: the street registers what it finds.
    """

    class Cause(models.TextChoices):
        FIRST = "first", _("建档")
        MOVE = "move", _("搬家")
        BIRTH = "birth", _("出生")
        DEATH = "death", _("去世")
        MARRIAGE = "marriage", _("婚姻")
        SPLIT = "split", _("分户")
        MERGE = "merge", _("并户")
        MISTAKE = "mistake", _("登记有误")

    HEAD = "户主"

    household = models.ForeignKey(Household, models.PROTECT, related_name="stays", db_index=False, verbose_name=_("户"))
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="stays", db_index=False, verbose_name=_("居民"))
    relation = models.CharField(_("与户主关系"), max_length=20, default=HEAD)
    registered_here = models.BooleanField(_("户籍在本户"), default=True)
    moved_in = models.DateField(_("入住日期"), null=True, blank=True)
    moved_out = models.DateField(_("迁出日期"), null=True, blank=True)
    came_by = models.CharField(_("入住原因"), max_length=10, choices=Cause, default=Cause.FIRST)
    left_by = models.CharField(_("迁出原因"), max_length=10, choices=Cause, blank=True)

    objects = StayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("居住")
        constraints = [
            models.UniqueConstraint(
                fields=["household", "resident"], name="stay_once", condition=Q(moved_out__isnull=True)
            ),
            models.CheckConstraint(
                name="stay_ends_after_start",
                condition=Q(moved_in__isnull=True) | Q(moved_out__isnull=True) | Q(moved_out__gte=F("moved_in")),
                violation_error_message=_("迁出日期不能早于入住日期"),
            ),
        ]
        indexes = [
            models.Index(fields=["household", "moved_out"], name="stay_household"),
            models.Index(fields=["resident", "moved_out"], name="stay_resident"),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} @ {self.household_id}"


class EmergencyContact(SealedModel):
    """Whom to call for a person, the first by `rank`."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="contacts", verbose_name=_("居民"))
    name = models.CharField(_("姓名"), max_length=40)
    relation = models.CharField(_("关系"), max_length=20)
    phone = SealedTextField(_("电话"))
    phone_index = BlindIndexField(source="phone", kind="phone")
    rank = models.PositiveSmallIntegerField(_("顺序"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("紧急联系人")
        ordering = ["rank", "id"]

    def __str__(self) -> str:
        return f"{self.relation} {self.name}"


class Consent(models.Model):
    """What a person agreed to, how and when; withdrawn consent stays on record (个人信息保护法 13-16, 29)."""

    class Purpose(models.TextChoices):
        HEALTH = "health", _("登记健康和残疾情况")
        DOCUMENTS = "documents", _("留存证件照片")
        WATCH = "watch", _("早看窗帘晚看灯")
        NEIGHBOUR = "neighbour", _("请邻居或志愿者照看")
        MESSAGES = "messages", _("接收短信通知")

    class How(models.TextChoices):
        PAPER = "paper", _("书面")
        SPOKEN = "spoken", _("口头，两人见证")
        ONLINE = "online", _("网上")

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="consents", verbose_name=_("居民"))
    purpose = models.CharField(_("事项"), max_length=12, choices=Purpose)
    how = models.CharField(_("方式"), max_length=8, choices=How)
    given_on = models.DateField(_("同意日期"))
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("同意")
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "purpose"], name="consent_in_force", condition=Q(withdrawn_on__isnull=True)
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("given_on")),
                violation_error_message=_("撤回日期不能早于同意日期"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.given_on}"
