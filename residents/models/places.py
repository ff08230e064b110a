"""Communities served, their estates, buildings, and the dwellings with their facts."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from grid.models import Division, GridUnit, Organisation
from residents.models.colours import ColourScheme


class Community(models.Model):
    """A community (社区) that the portal serves: its division and how it works here."""

    division = models.OneToOneField(Division, models.PROTECT, primary_key=True, related_name="community")
    scheme = models.ForeignKey(ColourScheme, models.PROTECT, related_name="used_by", verbose_name=_("居民墙配色"))
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
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("楼栋")
        ordering = ["community", "position"]
        constraints = [
            models.UniqueConstraint(fields=["estate", "number"], name="building_number"),
            models.CheckConstraint(
                name="building_point",
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__isnull=False, lat__isnull=False, lon__range=(-180, 180), lat__range=(-90, 90)),
                violation_error_message=_("经度和纬度要么都填，要么都空着"),
            ),
        ]
        indexes = [models.Index(fields=["community", "number"], name="building_by_number")]

    def __str__(self) -> str:
        return self.name


class CareClass(models.Model):
    """How often the households with one of these statuses are visited; the first class by `rank` that fits counts.

    `every_days` empty: visits of this class are called by an event, within `within_hours`. `window_days` before the
    deadline a visit joins the round. `counts` are the results that count as the visit. Without `on_holidays` a deadline
    on a day off moves to the next working day.
    """

    code = models.SlugField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=20)
    rank = models.PositiveSmallIntegerField(_("优先级"), unique=True)
    statuses = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("状态"))
    every_days = models.PositiveSmallIntegerField(
        _("几天一次"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    within_hours = models.PositiveSmallIntegerField(
        _("几小时内"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    window_days = models.PositiveSmallIntegerField(_("提前几天可访"), default=2)
    on_holidays = models.BooleanField(_("节假日照常"), default=False)
    counts = ArrayField(models.CharField(max_length=10), default=list, verbose_name=_("哪些结果算数"))
    asks = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("去了问什么"))
    ladder = models.JSONField(_("阶梯"), default=list, blank=True)
    active = models.BooleanField(_("使用"), default=True)
    source = models.CharField(_("依据"), max_length=120, blank=True)
    certainty = models.CharField(_("可信程度"), max_length=1, default="?")

    class Meta:
        verbose_name = verbose_name_plural = _("走访类别")
        ordering = ["rank"]
        constraints = [
            models.CheckConstraint(
                name="careclass_periodic_or_called",
                condition=Q(every_days__isnull=False, within_hours__isnull=True)
                | Q(every_days__isnull=True, within_hours__isnull=False),
                violation_error_message=_("“几天一次”和“几小时内”填一个"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Household(SealedModel):
    """A dwelling's file (一户一档): where it is, its facts, and the statuses that the wall shows.

    `statuses` repeats the living status and the care tags that everybody in scope may see; `care` has the tags that
    only some roles may see, sealed, with a space between two. Both follow from the facts (residents.actions.tags).
    A file ends (`ended_on`) when its dwelling was merged into another.
    """

    class Use(models.TextChoices):
        DWELLING = "dwelling", _("住宅")
        SHOP = "shop", _("商铺")
        BASEMENT = "basement", _("地下室")
        PUBLIC = "public", _("公用房")

    class Living(models.TextChoices):
        OWNER = "owner", _("自住")
        RENTED = "rented", _("出租")
        VACANT = "vacant", _("空置")
        BORROWED = "borrowed", _("借住")
        REGISTERED_ONLY = "registered_only", _("空挂户")
        ELSEWHERE = "elsewhere", _("人户分离")

    class Utility(models.TextChoices):
        WATER = "water", _("停水")
        POWER = "power", _("停电")
        GAS = "gas", _("停气")
        HEAT = "heat", _("停暖")

    building = models.ForeignKey(Building, models.PROTECT, related_name="households", verbose_name=_("楼栋"))
    community = models.ForeignKey(Community, models.PROTECT, related_name="households", verbose_name=_("社区"))
    grid = models.ForeignKey(GridUnit, models.PROTECT, related_name="households", verbose_name=_("网格"))
    unit = models.PositiveSmallIntegerField(_("单元"), help_text=_("没有单元的写 0"))
    floor = models.SmallIntegerField(_("楼层"), help_text=_("地下为负数"))
    room = models.CharField(
        _("房号"), max_length=8, validators=[RegexValidator(r"^[0-9A-Z]+$", _("房号只用数字和大写字母"))]
    )
    column = models.PositiveSmallIntegerField(_("列"), help_text=_("同层自西向东第几户，用于画墙"))
    storeys = models.PositiveSmallIntegerField(
        _("占几层"), default=1, validators=[MinValueValidator(1)], help_text=_("复式从本层往上")
    )
    use = models.CharField(_("用途"), max_length=10, choices=Use, default=Use.DWELLING)
    area = models.DecimalField(_("建筑面积"), max_digits=7, decimal_places=2, null=True, blank=True)
    beds = models.PositiveSmallIntegerField(_("可住人数"), null=True, blank=True)
    living = models.CharField(_("居住状况"), max_length=20, choices=Living, default=Living.OWNER)
    owner_name = models.CharField(_("产权人"), max_length=40, blank=True)
    owner_phone = SealedTextField(_("产权人电话"), blank=True)
    owner_phone_index = BlindIndexField(source="owner_phone", kind="phone")
    landlord_name = models.CharField(_("出租人"), max_length=40, blank=True)
    landlord_phone = SealedTextField(_("出租人电话"), blank=True)
    landlord_phone_index = BlindIndexField(source="landlord_phone", kind="phone")
    lease_ends_on = models.DateField(_("租期到"), null=True, blank=True)
    utilities_off = ArrayField(
        models.CharField(max_length=6, choices=Utility), default=list, blank=True, verbose_name=_("停用")
    )
    pets = models.CharField(_("宠物"), max_length=60, blank=True)
    vehicles = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("车牌"))
    note = models.CharField(_("上门须知"), max_length=120, blank=True)
    statuses = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("状态"))
    care = SealedTextField(_("敏感标签"), blank=True)
    care_class = models.ForeignKey(
        CareClass, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("走访类别")
    )
    ended_on = models.DateField(_("并入他户的日期"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", verbose_name=_("并入")
    )
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("户")
        constraints = [
            models.UniqueConstraint(
                fields=["building", "unit", "room"], name="household_key", condition=Q(ended_on__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["building", "unit", "floor", "column"],
                name="household_place",
                condition=Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(name="household_storeys", condition=Q(storeys__gte=1)),
        ]
        indexes = [
            models.Index(fields=["grid"], name="household_grid"),
            models.Index(
                fields=["care_class", "id"],
                name="household_visited",
                condition=Q(care_class__isnull=False, ended_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        unit = f"{self.unit}单元" if self.unit else ""
        return f"{self.building.name}{unit}{self.room}"
