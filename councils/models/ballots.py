"""Ballots: the motion, who took part, and, apart from that, what the votes say.

Who took part (Participation) and what the votes say are kept apart. In an open ballot a Vote joins them. In a secret
one nothing does: a vote only raises the sealed figures in the one row of the BallotBox, which keep no order, no time
and no single vote, and whose row version tells at most who voted last.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.fields import SealedTextField
from community_portal.privacy.models import SealedModel
from councils.ballot_rules import Choice, Outcome, Rule, Unit, rule_from
from councils.models.bodies import Council
from councils.models.meetings import AgendaItem
from councils.models.rolls import Entitled
from councils.models.rules import VoteRule
from councils.models.topics import Topic


class Ballot(models.Model):
    """One motion put to the vote.

    While a draft, `joined` (lists of household ids of one owner), `left_out` (key of an entry to the reason) and
    `names` (party members, one a line) say how its roll differs from the files. Its announcement copies the rule's
    clauses and `proxies` and fixes the roll as of `rolled_on`; `result` has the final figures, amounts as [votes,
    square decimetres].
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("准备中")
        OPEN = "open", _("已公告")
        CLOSED = "closed", _("已计票")
        ANNULLED = "annulled", _("已作废")

    class Channel(models.TextChoices):
        ONLINE = "online", _("网上")
        PAPER = "paper", _("纸票")
        DOOR = "door", _("上门")

    council = models.ForeignKey(Council, models.PROTECT, related_name="ballots", verbose_name=_("议事组织"))
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="ballots", verbose_name=_("议题")
    )
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="ballots", verbose_name=_("议程")
    )
    title = models.CharField(_("表决什么"), max_length=80)
    text = models.TextField(_("议案全文"), max_length=4000)
    rule = models.ForeignKey(VoteRule, models.PROTECT, related_name="ballots", verbose_name=_("表决规则"))
    unit = models.CharField(_("谁有一票"), max_length=16, choices=Unit)
    clauses = models.JSONField(_("条件"), default=list, blank=True)
    proxies = models.PositiveSmallIntegerField(_("一人最多代几票"), null=True, blank=True, default=0)
    secret = models.BooleanField(_("无记名"), default=False)
    channels = ArrayField(models.CharField(max_length=8, choices=Channel), verbose_name=_("投票方式"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    opens_at = models.DateTimeField(_("开始投票"))
    closes_at = models.DateTimeField(_("截止投票"))
    joined = models.JSONField(_("同一业主"), default=list, blank=True)
    left_out = models.JSONField(_("不列入"), default=dict, blank=True)
    names = models.TextField(_("名单"), blank=True)
    rolled_on = models.DateField(_("名单日期"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("发起")
    )
    created_at = models.DateTimeField(_("建立时间"))
    announced_at = models.DateTimeField(_("公告时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("计票或作废时间"), null=True, blank=True)
    counted_by = models.CharField(_("计票人"), max_length=40, blank=True)
    supervised_by = models.CharField(_("监票人"), max_length=40, blank=True)
    annulled_for = models.CharField(_("作废理由"), max_length=200, blank=True)
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome, blank=True)
    result = models.JSONField(_("计票"), default=dict, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("表决")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="ballot_closes_after_opening",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("截止要晚于开始"),
            ),
            models.CheckConstraint(
                name="ballot_outcome_when_closed",
                condition=Q(state="closed") & ~Q(outcome="") | ~Q(state="closed") & Q(outcome=""),
            ),
        ]
        indexes = [models.Index(fields=["council", "-id"], name="ballot_latest")]

    def __str__(self) -> str:
        return self.title

    def counting(self) -> Rule:
        """The rule that it is counted by: its own copy, or, while a draft, the rule as it stands."""
        return rule_from(self.clauses or self.rule.clauses)


class BallotBox(SealedModel):
    """What the votes of a ballot come to so far by choice, sealed (councils.actions.ballot_base.as_text).

    Written only by whoever has locked the ballot: one vote after the other, and none after the count.
    """

    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="box")
    figures = SealedTextField(_("合计"))

    class Meta:
        verbose_name = verbose_name_plural = _("票箱")

    def __str__(self) -> str:
        return f"{self.ballot_id}"


class Participation(SealedModel):
    """That an entitled one took part: one row whatever the channel. Says nothing about the vote.

    Without a channel they came to the meeting and handed in no vote. `photo` is the encrypted file of the evidence.
    """

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="participations", verbose_name=_("表决"))
    entitled = models.OneToOneField(Entitled, models.PROTECT, related_name="participation")
    channel = models.CharField(_("方式"), max_length=8, choices=Ballot.Channel, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("经办")
    )
    proxy = models.CharField(_("代理人"), max_length=40, blank=True)
    note = models.CharField(_("上门情况"), max_length=200, blank=True)
    photo = models.UUIDField(_("凭证照片"), null=True, blank=True)
    photo_key = SealedTextField(_("照片密钥"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("参加表决")
        constraints = [
            models.CheckConstraint(
                name="participation_door_evidence",
                condition=~Q(channel="door") | Q(photo__isnull=False) | ~Q(note=""),
                violation_error_message=_("上门的要有照片或写明情况"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.entitled_id} {self.get_channel_display()}"


class Vote(models.Model):
    """What somebody said in an open ballot. Secret ballots have none."""

    participation = models.OneToOneField(Participation, models.PROTECT, primary_key=True, related_name="vote")
    choice = models.CharField(_("意见"), max_length=8, choices=Choice)

    class Meta:
        verbose_name = verbose_name_plural = _("记名票")

    def __str__(self) -> str:
        return self.choice


class PaperEntry(models.Model):
    """A paper of an open ballot as one person read it; it counts when another person read the same."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="papers", verbose_name=_("表决"))
    entitled = models.ForeignKey(Entitled, models.PROTECT, related_name="papers", db_index=False)
    choice = models.CharField(_("意见"), max_length=8, choices=Choice)
    proxy = models.CharField(_("代理人"), max_length=40, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("录入")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("纸票录入")
        constraints = [models.UniqueConstraint(fields=["entitled", "by"], name="paperentry_once_each")]

    def __str__(self) -> str:
        return f"{self.entitled_id} {self.choice}"


class BoxCount(SealedModel):
    """The papers in a secret ballot's box as one person counted them, sealed like a BallotBox."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="counts", verbose_name=_("表决"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("清点")
    )
    figures = SealedTextField(_("合计"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("票箱清点")
        constraints = [models.UniqueConstraint(fields=["ballot", "by"], name="boxcount_once_each")]

    def __str__(self) -> str:
        return f"{self.ballot_id}"
