"""What residents, workers and leaders want settled, and the neighbours who want it too."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel
from councils.models.bodies import Council, ResidentsGroup
from councils.workflow import OPEN_TOPICS, TopicState, TopicWay
from petitions.models import Petition
from residents.models import Building, Household


class Topic(SealedModel):
    """One matter for a council: who brought it, how, where it stands. `due_at` repeats its open clock's deadline.

    `council` is the body that has it now: a referred topic moves to the body above. `backers` counts its supports.
    """

    class Source(models.TextChoices):
        STAIRWAY = "stairway", _("楼道扫码")
        PAPER = "paper", _("纸质意见")
        PETITIONS = "petitions", _("诉求转来")
        STAFF = "staff", _("工作人员提出")
        LEADER = "leader", _("召集人或组长提出")

    number = models.CharField(_("议题号"), max_length=20, unique=True)
    query_code = models.CharField(_("查询码"), max_length=8)
    council = models.ForeignKey(
        Council, models.PROTECT, related_name="topics", db_index=False, verbose_name=_("议事组织")
    )
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    form_no = models.CharField(_("表单编号"), max_length=64, blank=True, editable=False)
    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("内容"))
    group = models.ForeignKey(
        ResidentsGroup, models.PROTECT, null=True, blank=True, related_name="topics", verbose_name=_("小组")
    )
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("楼栋")
    )
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("户")
    )
    petitions = models.ManyToManyField(Petition, blank=True, related_name="topics", verbose_name=_("来自诉求"))
    proposer_name = SealedTextField(_("提出人"), blank=True)
    proposer_phone = SealedTextField(_("电话"), blank=True)
    proposer_phone_index = BlindIndexField(source="proposer_phone", kind="phone")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("登记人"),
    )  # fmt: skip
    proposed_at = models.DateTimeField(_("提出时间"))
    state = models.CharField(_("状态"), max_length=10, choices=TopicState.choices, default=TopicState.PROPOSED)
    way = models.CharField(_("分类"), max_length=10, choices=TopicWay.choices, blank=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("办理人"),
    )  # fmt: skip
    raised_as = models.ForeignKey(
        Petition, models.PROTECT, null=True, blank=True, related_name="raised_from", verbose_name=_("上报的诉求")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from", verbose_name=_("并入")
    )
    due_at = models.DateTimeField(_("时限"), null=True)
    answer = models.TextField(_("答复"), blank=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True)
    satisfied = models.BooleanField(_("提出人满意"), null=True)
    backers = models.PositiveIntegerField(_("附议户数"), default=0)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("议题")
        constraints = [
            models.UniqueConstraint(fields=["form_no"], name="topic_form_once", condition=~Q(form_no="")),
            models.CheckConstraint(
                name="topic_merged_when_merged",
                condition=Q(state=TopicState.MERGED, merged_into__isnull=False)
                | (~Q(state=TopicState.MERGED) & Q(merged_into__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["council", "-id"], name="topic_latest"),
            models.Index(
                fields=["council", "due_at", "id"], name="topic_open", condition=Q(state__in=list(OPEN_TOPICS))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class TopicSupport(models.Model):
    """A household that wants a topic settled too (附议), once, by the code of its letter or entered by a worker."""

    class How(models.TextChoices):
        CODE = "code", _("住户码")
        STAFF = "staff", _("工作人员登记")

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="supports", db_index=False, verbose_name=_("议题"))
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False, verbose_name=_("户"))
    how = models.CharField(_("方式"), max_length=8, choices=How)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("登记人"),
    )  # fmt: skip
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("附议")
        constraints = [models.UniqueConstraint(fields=["topic", "household"], name="topicsupport_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.household_id}"


class HouseholdCode(SealedModel):
    """The code of a household's letter: who holds it speaks for the household. A new one makes the old one void.

    `digest` is a keyed hash by which a typed code is found; the code itself is sealed, for printing the letter again.
    """

    household = models.OneToOneField(Household, models.PROTECT, related_name="code", verbose_name=_("户"))
    code = SealedTextField(_("住户码"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(_("发放时间"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("发放人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("住户码")

    def __str__(self) -> str:
        return str(self.household_id)
