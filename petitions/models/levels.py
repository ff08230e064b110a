"""The data that decides how petitions are handled: response levels, their clocks, categories."""

import re

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.worktime import ladder
from community_portal.worktime.deadlines import Unit
from grid.models import Organisation
from grid.querysets import LADDER_ROLES

HANDLER = "handler"
CODE = re.compile(r"[A-Za-z0-9_]{1,40}")
UNITS = [
    (Unit.MINUTE, _("分钟")),
    (Unit.HOUR, _("小时")),
    (Unit.DAY, _("自然日")),
    (Unit.WORKHOUR, _("工作小时")),
    (Unit.WORKDAY, _("工作日")),
]


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
    """A response level: how long each clock runs and who is told when it does not stop in time.

    Hotline contest (draft rule, DOMAIN.md): a wrong assignment is returned within 1 working day, a complex one
    within 2; after three assignments the level above decides.
    """

    code = models.SlugField(_("代码"), unique=True)
    name = models.CharField(_("名称"), max_length=30)
    rank = models.PositiveSmallIntegerField(_("急缓"), help_text=_("越小越急"))
    return_amount = models.PositiveSmallIntegerField(
        _("退单时限"), default=1, help_text=_("派单后多久之内可以退单，过后由接单人办")
    )
    return_unit = models.CharField(_("退单时限单位"), max_length=10, choices=UNITS, default=Unit.WORKDAY)
    most_assignments = models.PositiveSmallIntegerField(
        _("派单次数上限"), default=3, help_text=_("派到这么多次还要退，由上一级决定")
    )
    most_extensions = models.PositiveSmallIntegerField(_("延期次数上限"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("响应级别")
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.name


class ClockRule(models.Model):
    """One clock of a level: amount and unit, and its ladder of steps (see worktime.ladder.Step).

    The handling clocks start with the petition, the others with what they time; a suspension brings its own end.
    """

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("签收")
        CONTACT = "contact", _("首次联系")
        RESOLVE = "resolve", _("办结")
        FOLLOW_UP = "follow_up", _("回访")
        CHECK_IN = "check_in", _("报到")
        ANSWER = "answer", _("单位答复")
        DECIDE = "decide", _("审批")
        REVIEW = "review", _("复查答复")
        SUSPENSION = "suspension", _("挂起")

    level = models.ForeignKey(ResponseLevel, models.CASCADE, related_name="clock_rules", verbose_name=_("级别"))
    kind = models.CharField(_("时限"), max_length=10, choices=Kind)
    amount = models.PositiveSmallIntegerField(_("时长"))
    unit = models.CharField(_("单位"), max_length=10, choices=UNITS)
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


DATATYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")


def check_questions(questions: object) -> None:
    """Refuses what Open311 clients could not ask: [{code, text, datatype, required, help, values: [[key, name]]}].

    Raises ValidationError.
    """
    if not isinstance(questions, list):
        raise ValidationError(_("应为一个列表，每个问题一项"))
    codes = []
    for number, question in enumerate(questions, 1):
        try:
            codes.append(question["code"])
            names = [name for _key, name in question.get("values", [])]
            sound = bool(question["text"]) and question["datatype"] in DATATYPES and CODE.fullmatch(codes[-1])
            sound = sound and bool(names) == question["datatype"].endswith("list")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValidationError(_("第 %d 个问题写法不对：要有 code、text、datatype") % number) from error
        if not sound:
            raise ValidationError(_("第 %d 个问题写法不对：datatype 不认识，或选项与它不符") % number)
    if len(set(codes)) < len(codes):
        raise ValidationError(_("两个问题的 code 相同"))


HANDLING = (ClockRule.Kind.SIGN_IN, ClockRule.Kind.CONTACT, ClockRule.Kind.RESOLVE)
"""The clocks of the handling itself: they alone make a petition due, late or escalated."""


class LevelVersion(models.Model):
    """A response level as it stood after an edit. Never changed; clocks keep the rule that they started with."""

    level = models.ForeignKey(ResponseLevel, models.CASCADE, related_name="versions", verbose_name=_("级别"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("修改人")
    )
    data = models.JSONField(_("内容"))

    class Meta:
        verbose_name = verbose_name_plural = _("级别的历史")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.level} {localtime(self.at):%Y-%m-%d %H:%M}"


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
    is_public = models.BooleanField(
        _("对外开放"),
        default=False,
        help_text=_("Open311 上可以报这一类、看这一类办到哪一步；看不到原话、人和房号"),
    )
    questions = models.JSONField(_("要问的"), default=list, blank=True, validators=[check_questions])
    keywords = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("关键词"))

    class Meta:
        verbose_name = verbose_name_plural = _("诉求类别")
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name
