"""What must happen by when around a council, on the portal's one clock engine."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.worktime import ladder
from community_portal.worktime.deadlines import Unit
from community_portal.worktime.models import Clock
from councils.models.bodies import Council
from councils.models.publication import Objection
from councils.models.resolutions import ResolutionTask
from councils.models.topics import Topic
from petitions.models import Sourced

RESPONSIBLE = "handler"
RUNGS = (RESPONSIBLE, "community_head", "street", "district")


class ClockKind(models.TextChoices):
    """What a council's clocks wait for."""

    TRIAGE = "triage", _("分类")
    ON_SPOT = "on_spot", _("当场办")
    DATED = "dated", _("限期办")
    REPORT = "report", _("上报协调")
    AGENDA = "agenda", _("上会")
    TASK = "task", _("落实")
    OBJECTION = "objection", _("答复异议")


class TimeRule(Sourced):
    """How long a kind of clock runs, and its ladder (worktime.ladder.Step). A task's own date replaces the amount."""

    kind = models.CharField(_("时限"), max_length=12, choices=ClockKind.choices, unique=True)
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
    ladder = models.JSONField(_("升级阶梯"), default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("议事时限")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def clean(self) -> None:
        """Refuses a ladder whose steps are unknown, lead to nobody, or are out of order."""
        try:
            ladder.validate(self.snapshot())
            for step in ladder.steps_of(self.snapshot()):
                if step.to not in RUNGS or (step.to == RESPONSIBLE and step.action == ladder.StepAction.ESCALATE):
                    raise ValueError(step.to)
        except (KeyError, TypeError, ValueError) as error:
            raise ValidationError({"ladder": _("阶梯写法不对：%s") % error}) from error

    def snapshot(self) -> dict[str, object]:
        """What a clock remembers of this rule."""
        return {"amount": self.amount, "unit": str(self.unit), "ladder": self.ladder}


class CouncilClock(Clock):
    """A deadline of one topic, task or objection of a council. One of a kind is open for each."""

    class Rung(models.IntegerChoices):
        NONE = 0, _("未升级")
        COMMUNITY = 1, _("社区书记")
        STREET = 2, _("街道")
        DISTRICT = 3, _("区级")

    council = models.ForeignKey(Council, models.PROTECT, related_name="clocks", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="clocks", db_index=False)
    task = models.ForeignKey(
        ResolutionTask, models.CASCADE, null=True, blank=True, related_name="clocks", db_index=False
    )
    objection = models.ForeignKey(
        Objection, models.CASCADE, null=True, blank=True, related_name="clocks", db_index=False
    )
    kind = models.CharField(_("时限"), max_length=12, choices=ClockKind.choices)
    reached = models.PositiveSmallIntegerField(_("已升级到"), choices=Rung, default=Rung.NONE)

    class Meta(Clock.Meta):
        verbose_name = verbose_name_plural = _("议事时钟")
        constraints = [
            *Clock.Meta.constraints,
            models.CheckConstraint(
                name="councilclock_one_subject",
                condition=Q(topic__isnull=False, task__isnull=True, objection__isnull=True)
                | Q(topic__isnull=True, task__isnull=False, objection__isnull=True)
                | Q(topic__isnull=True, task__isnull=True, objection__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["topic", "kind"], name="councilclock_topic_open",
                condition=Q(closed_at__isnull=True, topic__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["task", "kind"], name="councilclock_task_open",
                condition=Q(closed_at__isnull=True, task__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["objection", "kind"], name="councilclock_objection_open",
                condition=Q(closed_at__isnull=True, objection__isnull=False),
            ),
        ]  # fmt: skip
        indexes = [
            *Clock.Meta.indexes,
            models.Index(fields=["topic", "-id"], name="councilclock_topic", condition=Q(topic__isnull=False)),
            models.Index(fields=["task", "-id"], name="councilclock_task", condition=Q(task__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.topic_id or self.task_id or self.objection_id}"
