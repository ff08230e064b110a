"""Petitions, their clocks and their events."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from community_portal.worktime.models import Clock
from grid.models import Division, GridUnit, Organisation
from petitions.models.levels import Category, ClockRule, ResponseLevel
from petitions.models.routing import RoutingRule
from petitions.workflow import OPEN, WAITING, State, Verb
from residents.models import Building, Household

PASTED = "粘贴来单"
"""The system of orders that were pasted: their numbers are other people's, and worth showing."""

WEB_FORM, DESK_FORM = FORM_SYSTEMS = ("web-form", "desk-form")
"""The portal's own forms as systems: their numbers only keep a form that was sent twice from becoming two petitions."""


class Petition(SealedModel):
    """One request, whatever its channel.

    `due_at` repeats the nearest deadline of its open handling clocks, for sorting. `organisation` answers for it as
    first responder (首问责任). Whom a complaint is about never sees it.
    """

    class Source(models.TextChoices):
        HOTLINE = "hotline", _("12345")
        WEB = "web", _("居民表单")
        DESK = "desk", _("社区窗口")
        PHONE = "phone", _("电话")
        FILE = "file", _("文件导入")
        PATROL = "patrol", _("巡查发现")
        OPEN311 = "open311", _("Open311")
        COUNCIL = "council", _("议事会上报")

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("投诉")
        HELP = "help", _("求助")
        CONSULTATION = "consultation", _("咨询")
        SUGGESTION = "suggestion", _("建议")

    class Step(models.IntegerChoices):
        NONE = 0, _("未升级")
        COMMUNITY = 1, _("社区书记")
        STREET = 2, _("街道")
        DISTRICT = 3, _("区级")

    number = models.CharField(_("工单号"), max_length=20, unique=True)
    query_code = models.CharField(_("查询码"), max_length=8)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    kind = models.CharField(_("性质"), max_length=12, choices=Kind, default=Kind.HELP)
    external_system = models.CharField(_("来单系统"), max_length=40, blank=True)
    external_no = models.CharField(_("来单编号"), max_length=64, blank=True)
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("内容"))
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("类别"))
    level = models.ForeignKey(ResponseLevel, models.PROTECT, db_index=False, verbose_name=_("响应级别"))
    anonymous = models.BooleanField(_("匿名"), default=False)
    caller_name = SealedTextField(_("诉求人"), blank=True)
    caller_phone = SealedTextField(_("电话"), blank=True)
    caller_phone_index = BlindIndexField(source="caller_phone", kind="phone")
    address = models.CharField(_("地址"), max_length=200, blank=True)
    jurisdiction = models.CharField(_("管辖"), max_length=10, choices=Category.Jurisdiction, default="inner")

    district = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    street = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    community = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    grid = models.ForeignKey(GridUnit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    building = models.ForeignKey(Building, models.SET_NULL, null=True, blank=True, related_name="petitions")
    household = models.ForeignKey(Household, models.SET_NULL, null=True, blank=True, related_name="petitions")
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    about_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("投诉的人"),
    )
    about_organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("投诉的单位"),
    )
    routing_rule = models.ForeignKey(
        RoutingRule,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("按哪条规则分派"),
    )

    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.REGISTERED)
    escalated_to = models.PositiveSmallIntegerField(_("已升级到"), choices=Step, default=Step.NONE)
    received_at = models.DateTimeField(_("受理时间"))
    registered_at = models.DateTimeField(_("登记时间"))
    due_at = models.DateTimeField(_("最近时限"), null=True)
    resolved_at = models.DateTimeField(_("办结时间"), null=True)
    closed_at = models.DateTimeField(_("归档时间"), null=True)
    answer = models.TextField(_("答复"), blank=True)
    asked_contacted = models.BooleanField(_("回访：联系"), null=True)
    asked_solved = models.BooleanField(_("回访：解决"), null=True)
    asked_satisfied = models.BooleanField(_("回访：满意"), null=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    search = SearchVectorField(null=True, editable=False)
    open_clocks: list["PetitionClock"]
    """Running clocks, where whoever loaded the petition has them at hand; not a column."""

    has_parts = True
    has_pending = True
    has_same = True
    """Whether units may act on it, an application may wait, others may be about the same event: known better where the
    order page loaded it.
    """

    class Meta:
        verbose_name = verbose_name_plural = _("诉求")
        constraints = [
            models.UniqueConstraint(
                fields=["external_no", "external_system"], name="petition_external", condition=~Q(external_no="")
            ),
        ]
        indexes = [
            *(
                models.Index(fields=[scope, "-id"], name=f"petition_{scope}")
                for scope in ("grid", "community", "street", "district")
            ),
            *(
                models.Index(
                    fields=[scope, "due_at", "id"], name=f"petition_{scope}_due", condition=Q(due_at__isnull=False)
                )
                for scope in ("handler", "grid", "community", "street", "district")
            ),
            *(
                models.Index(
                    fields=[scope, "state", "id"], name=f"petition_{scope}_wait", condition=Q(state__in=WAITING)
                )
                for scope in ("grid", "community", "street", "district")
            ),
            *(
                models.Index(
                    fields=[scope, "due_at", "id"], name=f"petition_{scope}_up", condition=Q(escalated_to__gte=1)
                )
                for scope in ("community", "street", "district")
            ),
            models.Index(fields=["handler", "-id"], name="petition_handler"),
            models.Index(
                fields=["organisation", "-id"], name="petition_organisation", condition=Q(organisation__isnull=False)
            ),
            models.Index(fields=["id"], name="petition_undated", condition=Q(due_at__isnull=True, state__in=OPEN)),
            GinIndex(fields=["search"], name="petition_search"),
            BrinIndex(fields=["received_at"], name="petition_received", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def outside_no(self) -> str:
        """The number that another system knows it by; the portal's own forms give none that people should see."""
        return "" if self.external_system in FORM_SYSTEMS else self.external_no


class PetitionClock(Clock):
    """A deadline of a petition; of one unit's part in it, or of an application, where that is named."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="clocks", verbose_name=_("诉求"))
    part = models.ForeignKey("petitions.Part", models.CASCADE, null=True, related_name="clocks", db_index=False)
    application = models.ForeignKey(
        "petitions.Application", models.CASCADE, null=True, related_name="clocks", db_index=False
    )
    kind = models.CharField(_("时限"), max_length=10, choices=ClockRule.Kind)
    reached = models.PositiveSmallIntegerField(_("已升级到"), choices=Petition.Step, default=Petition.Step.NONE)
    acknowledged_until = models.DateTimeField(_("已知悉，暂缓到"), null=True)

    class Meta(Clock.Meta):
        verbose_name = verbose_name_plural = _("诉求时限")
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["petition", "kind"],
                name="petitionclock_one_open",
                condition=Q(closed_at__isnull=True, part__isnull=True, application__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["part", "kind"],
                name="petitionclock_one_of_part",
                condition=Q(closed_at__isnull=True, part__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["application"],
                name="petitionclock_one_of_application",
                condition=Q(closed_at__isnull=True, application__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.get_kind_display()}"


class PetitionEvent(models.Model):
    """One thing that happened to a petition: who, when, from which state to which, why. Never changed."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="events", verbose_name=_("诉求"))
    at = models.DateTimeField(_("时间"))
    verb = models.CharField(_("动作"), max_length=12, choices=Verb.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("操作人"),
    )
    actor = models.CharField(_("身份"), max_length=20, blank=True, help_text=_("没有账号的一方：居民、热线、系统"))
    old_state = models.CharField(max_length=12, blank=True)
    new_state = models.CharField(max_length=12)
    text = models.TextField(_("说明"), blank=True)
    data = models.JSONField(_("数据"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("办理记录")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["by", "at"], name="petitionevent_by", condition=Q(by__isnull=False)),
            models.Index(fields=["at"], name="petitionevent_up", condition=Q(verb=Verb.ESCALATE)),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {localtime(self.at):%Y-%m-%d %H:%M}"
