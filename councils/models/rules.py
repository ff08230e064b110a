"""Rules by which bodies vote: versions as data, each with its source and how sure that is."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from councils.ballot_rules import Rule, Unit, rule_from
from councils.models.bodies import Council
from petitions.models import Sourced


class VoteRule(Sourced):
    """One version of a rule. `clauses` is what ballot_rules.rule_from reads; a ballot keeps its own copy of them.

    `units` says who may have one vote each, the ballot picks one. `notice_days` is how many days before its opening a
    ballot is announced, `proxies` for how many others one person may vote.
    """

    code = models.SlugField(_("代码"), max_length=30)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    name = models.CharField(_("名称"), max_length=60)
    bodies = ArrayField(models.CharField(max_length=16, choices=Council.Kind), verbose_name=_("哪些组织用"))
    units = ArrayField(models.CharField(max_length=16, choices=Unit), verbose_name=_("谁有一票"))
    clauses = models.JSONField(_("条件"))
    proxies = models.PositiveSmallIntegerField(
        _("一人最多代几票"), null=True, blank=True, default=0, help_text=_("0：不能委托；空着：不限")
    )
    notice_days = models.PositiveSmallIntegerField(_("提前几天公告"), default=0)
    publish_days = models.PositiveSmallIntegerField(_("结果公示几天"), default=7)
    called_by = models.CharField(_("谁可以提议召开"), max_length=200, blank=True)
    valid_from = models.DateField(_("起用"), null=True, blank=True)
    valid_until = models.DateField(_("用到（含）"), null=True, blank=True)
    active = models.BooleanField(_("使用"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("表决规则")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="voterule_version"),
            models.CheckConstraint(
                name="voterule_ends_after_start",
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("止日不能早于起日"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for clauses that cannot be."""
        try:
            self.rule()
        except (ValueError, KeyError, TypeError, ZeroDivisionError) as error:
            raise ValidationError({"clauses": _("读不懂这些条件：%s") % error}) from error

    def rule(self) -> Rule:
        """The clauses, ready to count with."""
        return rule_from(self.clauses)
