"""Who decides: councils, assemblies, their parties and representatives, and the residents' groups beneath them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from grid.models import Organisation
from residents.models import Building, Community, Estate, Household, Resident


class Council(models.Model):
    """One body of residents' self-government, and the ground that it decides for.

    A council (议事会) settles topics at its level; what it can't settle goes to a body above it: the community's
    representatives' assembly, its residents' assembly, or the owners' assembly of an estate. The ground is the
    community, the estate, or (courtyard) some of its buildings.
    """

    class Kind(models.TextChoices):
        COUNCIL = "council", _("议事会")
        REPRESENTATIVES = "representatives", _("居民代表会议")
        ASSEMBLY = "assembly", _("居民会议")
        OWNERS = "owners", _("业主大会")

    class Level(models.TextChoices):
        COMMUNITY = "community", _("社区")
        ESTATE = "estate", _("小区")
        COURTYARD = "courtyard", _("楼院")

    class Venue(models.TextChoices):
        HALL = "hall", _("议事厅")
        MOBILE = "mobile", _("流动议事厅")

    kind = models.CharField(_("类别"), max_length=16, choices=Kind, default=Kind.COUNCIL)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    name = models.CharField(_("名称"), max_length=60)
    community = models.ForeignKey(Community, models.PROTECT, related_name="councils", verbose_name=_("社区"))
    estate = models.ForeignKey(
        Estate, models.PROTECT, null=True, blank=True, related_name="councils", verbose_name=_("小区")
    )
    buildings = models.ManyToManyField(Building, blank=True, related_name="councils", verbose_name=_("楼栋"))
    venue = models.CharField(_("议事场所"), max_length=8, choices=Venue, default=Venue.HALL)
    place = models.CharField(_("地点"), max_length=80, blank=True, help_text=_("流动议事厅写常去的地方"))
    founded_on = models.DateField(_("成立日期"))
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("议事组织")
        ordering = ["community", "kind", "level", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="council_name",
                condition=Q(ended_on__isnull=True),
                violation_error_message=_("这个社区已有同名的议事组织"),
            ),
            models.CheckConstraint(
                name="council_ground",
                condition=Q(level="community", estate__isnull=True) | Q(level__in=["estate", "courtyard"]),
                violation_error_message=_("社区层级的不选小区"),
            ),
            models.CheckConstraint(
                name="council_estate_named",
                condition=~Q(level="estate") | Q(estate__isnull=False),
                violation_error_message=_("小区层级的请选小区"),
            ),
            models.CheckConstraint(
                name="council_assembly_level",
                condition=Q(kind="council")
                | Q(kind__in=["representatives", "assembly"], level="community")
                | Q(kind="owners", level="estate"),
                violation_error_message=_("居民（代表）会议属社区，业主大会属小区"),
            ),
            models.CheckConstraint(
                name="council_ends_after_founding",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("founded_on")),
                violation_error_message=_("终止日期不能早于成立日期"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """One of the sides that sit on a council: the five parties (五方), and the residents' own representatives.

    A member organisation is named by `organisation` when the portal knows it, and by `name` always.
    """

    class Kind(models.TextChoices):
        COMMITTEE = "committee", _("居委会")
        PROPERTY = "property", _("物业")
        SOCIAL = "social", _("社区社会组织")
        UNIT = "unit", _("社会单位")
        PROFESSIONAL = "professional", _("专业社会组织")
        RESIDENTS = "residents", _("居民代表")

    FIVE = (Kind.COMMITTEE, Kind.PROPERTY, Kind.SOCIAL, Kind.UNIT, Kind.PROFESSIONAL)

    council = models.ForeignKey(Council, models.PROTECT, related_name="parties", verbose_name=_("议事组织"))
    kind = models.CharField(_("方"), max_length=12, choices=Kind)
    name = models.CharField(_("名称"), max_length=60)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    joined_on = models.DateField(_("加入日期"))
    left_on = models.DateField(_("退出日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("成员单位")
        ordering = ["council", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["council", "kind", "name"],
                name="party_once",
                condition=Q(left_on__isnull=True),
                violation_error_message=_("这一方已经在了"),
            ),
            models.CheckConstraint(
                name="party_leaves_after_joining",
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                violation_error_message=_("退出日期不能早于加入日期"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ResidentsGroup(SealedModel):
    """A residents' group (居民小组), or a self-management group (自治管理小组) whose leader collects topics monthly."""

    class Kind(models.TextChoices):
        RESIDENTS = "residents", _("居民小组")
        SELF_MANAGED = "self_managed", _("自治管理小组")

    community = models.ForeignKey(Community, models.PROTECT, related_name="groups", verbose_name=_("社区"))
    council = models.ForeignKey(
        Council, models.PROTECT, null=True, blank=True, related_name="groups", verbose_name=_("向谁提议题")
    )
    kind = models.CharField(_("类别"), max_length=12, choices=Kind, default=Kind.RESIDENTS)
    name = models.CharField(_("名称"), max_length=40)
    buildings = models.ManyToManyField(Building, blank=True, related_name="groups", verbose_name=_("楼栋"))
    leader = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("组长（居民）")
    )
    leader_name = models.CharField(_("组长"), max_length=40, blank=True)
    leader_phone = SealedTextField(_("组长电话"), blank=True)
    leader_phone_index = BlindIndexField(source="leader_phone", kind="phone")
    founded_on = models.DateField(_("成立日期"))
    ended_on = models.DateField(_("终止日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("居民小组")
        ordering = ["community", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="residentsgroup_name",
                condition=Q(ended_on__isnull=True),
                violation_error_message=_("这个社区已有同名的小组"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    """Representatives by the dates of their terms."""

    def on(self, day: date) -> "RepresentativeQuerySet":
        """Those whose term holds on a day (both ends inclusive)."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class Representative(SealedModel):
    """A person's seat on a council for one term: who, for which party, how they came to it, until when.

    The person is known by name; `resident` or `staff` when the portal has them on file. `votes_for` of `votes_cast`
    belong to an elected one. A leader (召集人) convenes; a council has at most one at a time.
    """

    class How(models.TextChoices):
        ELECTED = "elected", _("推选")
        NOMINATED = "nominated", _("单位推荐")
        OFFICE = "office", _("因职务")

    class Left(models.TextChoices):
        RESIGNED = "resigned", _("辞去")
        RECALLED = "recalled", _("罢免")
        MOVED = "moved", _("迁出")
        DIED = "died", _("去世")
        REPLACED = "replaced", _("单位更换")

    council = models.ForeignKey(Council, models.PROTECT, related_name="representatives", verbose_name=_("议事组织"))
    party = models.ForeignKey(Party, models.PROTECT, related_name="representatives", verbose_name=_("代表哪一方"))
    group = models.ForeignKey(
        ResidentsGroup, models.PROTECT, null=True, blank=True, related_name="representatives", verbose_name=_("小组")
    )
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("户")
    )
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("居民")
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("工作人员")
    )
    name = models.CharField(_("姓名"), max_length=40)
    phone = SealedTextField(_("电话"), blank=True)
    phone_index = BlindIndexField(source="phone", kind="phone")
    how = models.CharField(_("产生方式"), max_length=10, choices=How)
    chosen_on = models.DateField(_("推选或推荐日期"))
    chosen_by = models.CharField(_("由谁推选或推荐"), max_length=80, blank=True)
    votes_for = models.PositiveIntegerField(_("得票"), null=True, blank=True)
    votes_cast = models.PositiveIntegerField(_("投票数"), null=True, blank=True)
    leads = models.BooleanField(_("召集人"), default=False)
    starts_on = models.DateField(_("任期起"))
    ends_on = models.DateField(_("任期止（含）"), null=True, blank=True)
    left_by = models.CharField(_("提前离任"), max_length=10, choices=Left, blank=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("议事代表")
        ordering = ["council", "-leads", "party__kind", "id"]
        constraints = [
            models.CheckConstraint(
                name="representative_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("任期止不能早于任期起"),
            ),
            models.CheckConstraint(
                name="representative_votes",
                condition=Q(votes_for__isnull=True, votes_cast__isnull=True)
                | Q(how="elected", votes_for__lte=F("votes_cast")),
                violation_error_message=_("得票不能多于投票数；只有推选的才有得票"),
            ),
        ]
        indexes = [models.Index(fields=["council", "ends_on"], name="representative_term")]

    def __str__(self) -> str:
        return self.name
