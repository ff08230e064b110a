"""Meetings: their kinds with the rules, the agenda with what was said on each item, and who came."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from councils.models.bodies import Council, Party, Representative
from councils.models.topics import Topic
from councils.workflow import MeetingState
from petitions.models import Sourced
from residents.models import Household


class MeetingKind(Sourced):
    """A kind of meeting and its rules: whose it is, who is entitled, how early they are told, how many must come.

    The quorum is the fraction `quorum_of`/`quorum_in` of the entitled; `quorum_over` wants more than it, not just as
    much. 0/1: none. A meeting keeps a snapshot, so editing a kind changes no meeting that was called.
    """

    class Entitled(models.TextChoices):
        REPRESENTATIVES = "representatives", _("任期内的代表")
        PARTIES = "parties", _("成员单位各一人")
        HOUSEHOLDS = "households", _("每户一人")
        ADULTS = "adults", _("十八周岁以上居民")
        OWNERS = "owners", _("业主")
        INVITED = "invited", _("受邀的人")

    code = models.SlugField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=20)
    rank = models.PositiveSmallIntegerField(_("排序"), default=0)
    bodies = ArrayField(models.CharField(max_length=16), verbose_name=_("哪类组织可开"))
    entitled = models.CharField(_("谁有资格"), max_length=16, choices=Entitled)
    notice_days = models.PositiveSmallIntegerField(_("提前几天通知"))
    quorum_of = models.PositiveSmallIntegerField(_("到会比例分子"), default=0)
    quorum_in = models.PositiveSmallIntegerField(_("到会比例分母"), default=1, validators=[MinValueValidator(1)])
    quorum_over = models.BooleanField(_("要超过这个比例"), default=False)
    proxies = models.PositiveSmallIntegerField(_("一人最多代几人"), default=0, help_text=_("0：不能委托"))
    active = models.BooleanField(_("使用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("会议类别")
        ordering = ["rank", "code"]
        constraints = [
            models.CheckConstraint(
                name="meetingkind_quorum",
                condition=Q(quorum_in__gte=1, quorum_of__lte=F("quorum_in")),
                violation_error_message=_("到会比例不能超过 1"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def snapshot(self) -> dict[str, object]:
        """What a called meeting remembers of these rules."""
        return {
            "entitled": str(self.entitled),
            "notice_days": self.notice_days,
            "quorum": [self.quorum_of, self.quorum_in],
            "over": self.quorum_over,
            "proxies": self.proxies,
            "source": self.source,
            "certainty": self.certainty,
        }


class Meeting(models.Model):
    """One meeting of a body. `rule` is its kind's snapshot and `entitled` how many could come, both as of the notice.

    The minutes are the record of each agenda item with the decisions; `minutes_version` guards what belongs to none.
    """

    class CalledBy(models.TextChoices):
        COMMITTEE = "committee", _("居委会召集")
        LEADER = "leader", _("召集人召集")
        ADULTS = "adults", _("五分之一以上成年居民提议")
        HOUSEHOLDS = "households", _("五分之一以上的户提议")
        GROUPS = "groups", _("三分之一以上居民小组提议")

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="meetings", db_index=False, verbose_name=_("议事组织")
    )
    kind = models.ForeignKey(MeetingKind, models.PROTECT, related_name="+", verbose_name=_("会议类别"))
    title = models.CharField(_("名称"), max_length=80)
    called_by = models.CharField(_("由谁召集"), max_length=10, choices=CalledBy, default=CalledBy.COMMITTEE)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=80)
    chair = models.CharField(_("主持"), max_length=40, blank=True)
    recorder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("记录"),
    )  # fmt: skip
    state = models.CharField(_("状态"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    rule = models.JSONField(_("规则快照"), default=dict)
    entitled = models.PositiveIntegerField(_("应到"), default=0)
    called_at = models.DateTimeField(_("通知时间"), null=True)
    closing = models.TextField(_("其他事项"), blank=True)
    minutes_version = models.PositiveIntegerField(_("纪要版本"), default=1)
    confirmed_at = models.DateTimeField(_("纪要确认时间"), null=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("筹备人")
    )
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("会议")
        indexes = [models.Index(fields=["council", "-starts_at"], name="meeting_latest")]
        constraints = [
            models.CheckConstraint(
                name="meeting_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                violation_error_message=_("结束时间不能早于开始时间"),
            )
        ]

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    """One item of a meeting: a topic, or something to report. `record` is what was said; `version` guards the writers.

    `outcome` is what came of it: a resolution, or where it goes from here.
    """

    class Outcome(models.TextChoices):
        OPEN = "", _("还没议")
        RESOLVED = "resolved", _("形成决议")
        SETTLED = "settled", _("当场议定")
        DEFERRED = "deferred", _("下次再议")
        REFERRED = "referred", _("提交上级会议")
        RAISED = "raised", _("上报街道")
        HEARD = "heard", _("听取通报")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda", db_index=False, verbose_name=_("会议"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    title = models.CharField(_("事项"), max_length=80)
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="agenda_items", verbose_name=_("议题")
    )
    record = models.TextField(_("议事情况"), blank=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("议程")
        ordering = ["meeting", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"], name="agendaitem_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["meeting", "topic"], name="agendaitem_topic_once", condition=Q(topic__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Opinion(models.Model):
    """What one party said on an item (各方意见)."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="opinions", verbose_name=_("议程"))
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", db_index=False, verbose_name=_("哪一方"))
    text = models.TextField(_("意见"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("记录人")
    )
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("各方意见")
        ordering = ["item", "party__kind", "id"]
        constraints = [models.UniqueConstraint(fields=["item", "party"], name="opinion_of_party")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.party_id}"


class Attendance(SealedModel):
    """One seat at a meeting: who was entitled or invited, whether they came and how that is known.

    Those entitled through a term or a household are entered when the notice goes out (households only when they come:
    an assembly has thousands). A seat whose `proxy` is named was held by that other person.
    """

    class Role(models.TextChoices):
        MEMBER = "member", _("出席")
        OBSERVER = "observer", _("列席")

    class State(models.TextChoices):
        INVITED = "invited", _("未签到")
        PRESENT = "present", _("到会")
        EXCUSED = "excused", _("请假")
        ABSENT = "absent", _("缺席")

    class How(models.TextChoices):
        CODE = "code", _("扫码")
        LIST = "list", _("名单勾选")
        PAPER = "paper", _("纸质签到")

    class Confirmed(models.TextChoices):
        NOT_YET = "", _("未确认")
        CODE = "code", _("凭码确认")
        SHEET = "sheet", _("签字")
        OBJECTED = "objected", _("有不同意见")

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="attendance", db_index=False, verbose_name=_("会议")
    )
    representative = models.ForeignKey(
        Representative, models.PROTECT, null=True, blank=True, related_name="attendance", verbose_name=_("代表")
    )
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("户")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("哪一方")
    )
    role = models.CharField(_("身份"), max_length=10, choices=Role, default=Role.MEMBER)
    name = models.CharField(_("姓名"), max_length=40)
    phone = SealedTextField(_("电话"), blank=True)
    phone_index = BlindIndexField(source="phone", kind="phone")
    state = models.CharField(_("到会情况"), max_length=10, choices=State, default=State.INVITED)
    how = models.CharField(_("签到方式"), max_length=8, choices=How, blank=True)
    arrived_at = models.DateTimeField(_("签到时间"), null=True, blank=True)
    proxy = models.CharField(_("受托人"), max_length=40, blank=True)
    reason = models.CharField(_("请假原因"), max_length=80, blank=True)
    confirmed = models.CharField(_("纪要"), max_length=8, choices=Confirmed, default=Confirmed.NOT_YET, blank=True)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    objection = models.CharField(_("不同意见"), max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("到会")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "representative"],
                name="attendance_representative",
                condition=Q(representative__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["meeting", "household"], name="attendance_household", condition=Q(household__isnull=False)
            ),
            models.CheckConstraint(
                name="attendance_proxy_present",
                condition=Q(proxy="") | Q(state="present"),
                violation_error_message=_("委托的要到会才算"),
            ),
        ]
        indexes = [models.Index(fields=["meeting", "state"], name="attendance_meeting")]

    def __str__(self) -> str:
        return f"{self.name} {self.get_state_display()}"
