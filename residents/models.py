"""Estates, buildings, households and the people in them; the colours of the wall."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from grid.models import Division, GridUnit, Organisation


class ColourScheme(models.Model):
    """How the wall is coloured. A household shows the colour of the first rule that fits it."""

    code = models.SlugField(_("代码"), unique=True)
    name = models.CharField(_("名称"), max_length=40)
    source = models.CharField(_("来源"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("配色方案")

    def __str__(self) -> str:
        return self.name


class ColourRule(models.Model):
    """One colour of a scheme: which statuses it stands for, its swatch, symbol and words. Lower `rank` goes first."""

    class Swatch(models.TextChoices):
        PINK = "pink", _("粉")
        PURPLE = "purple", _("紫")
        LILAC = "lilac", _("浅紫")
        AMBER = "amber", _("橙黄")
        RED = "red", _("红")
        YELLOW = "yellow", _("黄")
        BLUE = "blue", _("蓝")
        GREEN = "green", _("绿")
        WHITE = "white", _("白")
        GREY = "grey", _("灰")

    scheme = models.ForeignKey(ColourScheme, models.CASCADE, related_name="rules", verbose_name=_("方案"))
    rank = models.PositiveSmallIntegerField(_("优先级"))
    statuses = ArrayField(models.CharField(max_length=20), verbose_name=_("状态"))
    label = models.CharField(_("文字"), max_length=20)
    symbol = models.CharField(_("符号"), max_length=2, blank=True)
    swatch = models.CharField(_("色块"), max_length=10, choices=Swatch)

    class Meta:
        verbose_name = verbose_name_plural = _("配色规则")
        ordering = ["scheme", "rank"]
        constraints = [models.UniqueConstraint(fields=["scheme", "rank"], name="colour_rule_rank")]

    def __str__(self) -> str:
        return self.label


class Community(models.Model):
    """A community (社区) that the portal serves: its division and how it works here."""

    division = models.OneToOneField(Division, models.PROTECT, primary_key=True, related_name="community")
    scheme = models.ForeignKey(ColourScheme, models.PROTECT, verbose_name=_("居民墙配色"))
    phone = models.CharField(_("值班电话"), max_length=30, blank=True)
    address = models.CharField(_("地址"), max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("社区")

    def __str__(self) -> str:
        return self.division.name


class Estate(models.Model):
    """A residential estate (小区) with the names that people call it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="estates", verbose_name=_("社区"))
    name = models.CharField(_("名称"), max_length=60)
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("别名"))
    property_company = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="estates", verbose_name=_("物业")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("小区")
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="estate_name")]

    def __str__(self) -> str:
        return self.name


class Building(models.Model):
    """One building. `number` is the normalised number that addresses are matched by (三号楼, 3#, 3幢 → 3)."""

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="buildings", verbose_name=_("小区"))
    community = models.ForeignKey(Community, models.PROTECT, related_name="buildings", verbose_name=_("社区"))
    grid = models.ForeignKey(GridUnit, models.PROTECT, related_name="buildings", verbose_name=_("网格"))
    name = models.CharField(_("名称"), max_length=30)
    number = models.CharField(_("楼号"), max_length=12)
    position = models.PositiveSmallIntegerField(_("排序"), help_text=_("自西向东、自北向南"))

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋")
        ordering = ["community", "position"]
        constraints = [models.UniqueConstraint(fields=["estate", "number"], name="building_number")]
        indexes = [models.Index(fields=["community", "number"], name="building_by_number")]

    def __str__(self) -> str:
        return self.name


class Household(models.Model):
    """A dwelling's file (一户一档). `statuses` holds the living status and the derived care tags, for the wall."""

    class Living(models.TextChoices):
        OWNER = "owner", _("自住")
        RENTED = "rented", _("出租")
        VACANT = "vacant", _("空置")
        BORROWED = "borrowed", _("借住")
        REGISTERED_ONLY = "registered_only", _("空挂户")
        ELSEWHERE = "elsewhere", _("人户分离")

    building = models.ForeignKey(Building, models.PROTECT, related_name="households", verbose_name=_("楼栋"))
    community = models.ForeignKey(Community, models.PROTECT, related_name="households", verbose_name=_("社区"))
    grid = models.ForeignKey(GridUnit, models.PROTECT, related_name="households", verbose_name=_("网格"))
    unit = models.PositiveSmallIntegerField(_("单元"))
    floor = models.SmallIntegerField(_("楼层"), help_text=_("地下为负数"))
    room = models.CharField(
        _("房号"), max_length=8, validators=[RegexValidator(r"^[0-9A-Z]+$", _("房号只用数字和大写字母"))]
    )
    column = models.PositiveSmallIntegerField(_("列"), help_text=_("同层自西向东第几户，用于画墙"))
    area = models.DecimalField(_("建筑面积"), max_digits=7, decimal_places=2, null=True, blank=True)
    living = models.CharField(_("居住状况"), max_length=20, choices=Living, default=Living.OWNER)
    statuses = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("状态"))
    note = models.CharField(_("上门须知"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("户")
        constraints = [
            models.UniqueConstraint(fields=["building", "unit", "room"], name="household_key"),
            models.UniqueConstraint(fields=["building", "unit", "floor", "column"], name="household_place"),
        ]
        indexes = [models.Index(fields=["grid"], name="household_grid")]

    def __str__(self) -> str:
        return f"{self.building.name}{self.unit}单元{self.room}"


class Resident(SealedModel):
    """A person of a household. ID number, phone and name search only through blind indexes."""

    class Sex(models.TextChoices):
        MALE = "male", _("男")
        FEMALE = "female", _("女")

    household = models.ForeignKey(Household, models.PROTECT, related_name="residents", verbose_name=_("户"))
    name = models.CharField(_("姓名"), max_length=40)
    relation = models.CharField(_("与户主关系"), max_length=20, default="户主")
    sex = models.CharField(_("性别"), max_length=6, choices=Sex)
    birth_date = models.DateField(_("出生日期"))
    id_number = SealedTextField(_("身份证号"), blank=True)
    id_number_index = BlindIndexField(source="id_number", kind="id_number")
    phone = SealedTextField(_("手机"), blank=True)
    phone_index = BlindIndexField(source="phone", kind="phone")
    registered_here = models.BooleanField(_("户籍在本户"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("居民")
        constraints = [
            models.UniqueConstraint(fields=["household"], name="household_one_head", condition=Q(relation="户主"))
        ]

    def __str__(self) -> str:
        return self.name
