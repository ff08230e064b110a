"""Divisions, grid units, organisations, staff and their appointments."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel

PREFIX_LENGTH = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}


class Division(models.Model):
    """An administrative division. Five padded codes repeat across levels, so the key is (code, level)."""

    class Level(models.IntegerChoices):
        PROVINCE = 1, _("省")
        CITY = 2, _("市")
        DISTRICT = 3, _("区县")
        STREET = 4, _("街道")
        COMMUNITY = 5, _("社区")

    code = models.CharField(_("代码"), max_length=12)
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=60, help_text=_("去掉“社区居委会”等后缀，用于从文字中认出"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("区划")
        constraints = [models.UniqueConstraint(fields=["code", "level"], name="division_key")]
        indexes = [
            models.Index(OpClass(F("code"), name="text_pattern_ops"), name="division_code_prefix"),
            models.Index(fields=["short_name"], name="division_short_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The digits that every code of the subtree starts with."""
        return self.code[: PREFIX_LENGTH[self.level]]


class GridUnit(models.Model):
    """Part of a community with one worker: usually 300 to 500 households (source: Tianjin report)."""

    class Kind(models.TextChoices):
        INNER = "inner", _("内网")
        OUTER = "outer", _("外网")
        DEDICATED = "dedicated", _("专属")

    code = models.CharField(_("网格编号"), max_length=15, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.INNER)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="grids", verbose_name=_("所属"), help_text=_("内网属社区，外网属街道")
    )
    boundary = models.JSONField(
        _("边界"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("GeoJSON 的 Polygon 或 MultiPolygon，WGS 84 经纬度"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("网格")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """Who can handle work besides the community's own staff."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("部门")
        PROPERTY = "property", _("物业")
        PARTNER = "partner", _("合伙人")
        VOLUNTEERS = "volunteers", _("志愿队")
        SOCIAL = "social", _("社会组织")

    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    division = models.ForeignKey(Division, models.PROTECT, related_name="organisations", verbose_name=_("服务范围"))
    phone = models.CharField(_("值班电话"), max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        constraints = [models.UniqueConstraint(fields=["division", "name"], name="organisation_key")]

    def __str__(self) -> str:
        return self.name


class StaffManager(BaseUserManager["Staff"]):
    """Makes accounts; the name is required by `createsuperuser` too."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "Staff":
        """Save a new account with a hashed password (None: cannot sign in)."""
        staff = self.model(username=username, **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "Staff":
        """Save a new administrator."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class Staff(SealedModel, AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may see comes from appointments alone; `is_staff` opens the configuration."""

    username = models.CharField(_("账号"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    phone = SealedTextField(_("手机"), blank=True)
    is_active = models.BooleanField(_("在用"), default=True)
    is_staff = models.BooleanField(_("可进配置后台"), default=False)
    is_demo = models.BooleanField(_("演示账号"), default=False, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = StaffManager()

    class Meta:
        verbose_name = verbose_name_plural = _("工作人员")

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The person's name, as the admin shows it."""
        return self.name


class Appointment(models.Model):
    """A role over one scope, from a day to a day (inclusive; open when empty)."""

    class Role(models.TextChoices):
        GRID_WORKER = "grid_worker", _("网格员")
        COMMUNITY_WORKER = "community_worker", _("社工")
        COMMUNITY_HEAD = "community_head", _("社区书记")
        STREET_OFFICER = "street_officer", _("街道")
        DISTRICT_OFFICER = "district_officer", _("区级")
        ORGANISATION_MEMBER = "organisation_member", _("单位经办人")

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="appointments", verbose_name=_("人员"))
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    grid = models.ForeignKey(
        GridUnit, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("网格")
    )
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("区划")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("单位")
    )
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"), null=True, blank=True)
    stands_in_for = models.ForeignKey(
        "Leave", models.PROTECT, null=True, blank=True, editable=False, related_name="posts", verbose_name=_("顶谁的班")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        constraints = [
            models.CheckConstraint(
                name="appointment_one_scope",
                condition=Q(grid__isnull=True, division__isnull=False, organisation__isnull=True)
                | Q(grid__isnull=False, division__isnull=True, organisation__isnull=True)
                | Q(grid__isnull=True, division__isnull=True, organisation__isnull=False),
                violation_error_message=_("任职范围请选一个网格、一个区划或一个单位"),
            ),
            models.CheckConstraint(
                name="appointment_member_of_organisation",
                condition=(Q(role="organisation_member") & Q(organisation__isnull=False))
                | (~Q(role="organisation_member") & Q(organisation__isnull=True)),
                violation_error_message=_("单位经办人要选单位，别的角色不选单位"),
            ),
            models.CheckConstraint(
                name="appointment_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("止日不能早于起日"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.grid or self.division or self.organisation}"
