"""Petitions, their clocks and events, and the data that decides how they are handled."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from community_portal.worktime import ladder
from community_portal.worktime.deadlines import Unit
from community_portal.worktime.models import Clock
from grid.models import Division, GridUnit, Organisation
from grid.querysets import LADDER_ROLES
from petitions.workflow import OPEN, WAITING, State, Verb
from residents.models import Building, Household

HANDLER = "handler"


WEB_FORM, DESK_FORM = FORM_SYSTEMS = ("web-form", "desk-form")
"""The portal's own forms as systems: their numbers only keep a form that was sent twice from becoming two petitions."""


class Sourced(models.Model):
    """A default that somebody decided: where it comes from and how sure that is (DOMAIN.md)."""

    class Certainty(models.TextChoices):
        VERIFIED = "V", _("已核对原文")
        SECONDARY = "S", _("见于二手来源")
        PRESS = "P", _("报道的做法")
        UNVERIFIED = "?", _("未核实")

    source = models.CharField(_("依据"), max_length=200, blank=True)
    certainty = models.CharField(_("可信程度"), max_length=1, choices=Certainty, default=Certainty.UNVERIFIED)

    class Meta:
        abstract = True


class ResponseLevel(Sourced):
    """A response level: how long each clock runs and who is told when it does not stop in time."""

    code = models.SlugField(_("代码"), unique=True)
    name = models.CharField(_("名称"), max_length=30)
    rank = models.PositiveSmallIntegerField(_("急缓"), help_text=_("越小越急"))

    class Meta:
        verbose_name = verbose_name_plural = _("响应级别")
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.name


class ClockRule(models.Model):
    """One clock of a level: amount and unit, and its ladder of steps (see worktime.ladder.Step)."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("签收")
        CONTACT = "contact", _("首次联系")
        RESOLVE = "resolve", _("办结")

    level = models.ForeignKey(ResponseLevel, models.CASCADE, related_name="clock_rules", verbose_name=_("级别"))
    kind = models.CharField(_("时限"), max_length=10, choices=Kind)
    amount = models.PositiveSmallIntegerField(_("时长"))
    unit = models.CharField(
        _("单位"),
        max_length=10,
        choices=[
            (Unit.MINUTE, _("分钟")),
            (Unit.HOUR, _("小时")),
            (Unit.DAY, _("自然日")),
            (Unit.WORKHOUR, _("工作小时")),
            (Unit.WORKDAY, _("工作日")),
        ],
    )
    ladder = models.JSONField(_("升级阶梯"), default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("时限规则")
        ordering = ["level", "kind"]
        constraints = [models.UniqueConstraint(fields=["level", "kind"], name="clock_rule_key")]

    def __str__(self) -> str:
        return f"{self.level} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuses a ladder whose steps are unknown, lead to nobody, or are out of order."""
        try:
            ladder.validate(self.snapshot())
            for step in ladder.steps_of(self.snapshot()):
                if step.to not in LADDER_ROLES and (step.to != HANDLER or step.action == ladder.StepAction.ESCALATE):
                    raise ValueError(step.to)
        except (KeyError, TypeError, ValueError) as error:
            raise ValidationError({"ladder": _("阶梯写法不对：%s") % error}) from error

    def snapshot(self) -> dict[str, object]:
        """What a clock remembers of this rule."""
        return {"amount": self.amount, "unit": str(self.unit), "ladder": self.ladder}


class Category(models.Model):
    """What a petition is about: its level, whose side of the wall it is, and the words that give it away."""

    class Jurisdiction(models.TextChoices):
        INNER = "inner", _("墙内，社区办")
        OUTER = "outer", _("墙外，街道管")

    code = models.SlugField(_("代码"), unique=True)
    name = models.CharField(_("名称"), max_length=30)
    rank = models.PositiveSmallIntegerField(_("排序"), default=0)
    level = models.ForeignKey(ResponseLevel, models.PROTECT, verbose_name=_("响应级别"))
    jurisdiction = models.CharField(_("管辖"), max_length=10, choices=Jurisdiction, default=Jurisdiction.INNER)
    helper = models.CharField(_("联办单位"), max_length=12, choices=Organisation.Kind, blank=True)
    keywords = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("关键词"))

    class Meta:
        verbose_name = verbose_name_plural = _("诉求类别")
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name


class Petition(SealedModel):
    """One request, whatever its channel. `due_at` repeats the nearest deadline of its open clocks, for sorting."""

    class Source(models.TextChoices):
        HOTLINE = "hotline", _("12345")
        WEB = "web", _("居民表单")
        DESK = "desk", _("社区窗口")
        PHONE = "phone", _("电话")
        FILE = "file", _("文件导入")
        PATROL = "patrol", _("巡查发现")

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
    level = models.ForeignKey(ResponseLevel, models.PROTECT, verbose_name=_("响应级别"))
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
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="+")

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
            models.Index(fields=["id"], name="petition_undated", condition=Q(due_at__isnull=True, state__in=OPEN)),
            GinIndex(fields=["search"], name="petition_search"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def outside_no(self) -> str:
        """The number that another system knows it by; the portal's own forms give none that people should see."""
        return "" if self.external_system in FORM_SYSTEMS else self.external_no


class PetitionClock(Clock):
    """A deadline of a petition."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="clocks", verbose_name=_("诉求"))
    kind = models.CharField(_("时限"), max_length=10, choices=ClockRule.Kind)
    reached = models.PositiveSmallIntegerField(_("已升级到"), choices=Petition.Step, default=Petition.Step.NONE)
    acknowledged_until = models.DateTimeField(_("已知悉，暂缓到"), null=True)

    class Meta(Clock.Meta):
        verbose_name = verbose_name_plural = _("诉求时限")
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["petition", "kind"], name="petitionclock_one_open", condition=Q(closed_at__isnull=True)
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
            models.Index(fields=["by", "at"], name="petitionevent_by"),
            models.Index(fields=["at"], name="petitionevent_up", condition=Q(verb=Verb.ESCALATE)),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {localtime(self.at):%Y-%m-%d %H:%M}"


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
        """Where every process remembers the client with this key."""
        return f"hotline-client:{key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and lets every process forget what it remembered: a client switched off is out at once."""
        super().save(*args, **kwargs)
        transaction.on_commit(lambda: cache.delete(self.cache_key(self.key)))


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
