"""Time and terms: extensions, suspensions, pledges, levels, reports, returns beyond the rule, reviews, avoidance."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.ui.forms import choice_field
from community_portal.worktime.querysets import work_calendar
from grid.access import scope_of
from petitions.actions import applying, pressing, triage
from petitions.catalogue import catalogue
from petitions.forms.acts.base import ActForm, day_field, text_field
from petitions.models import ClockRule
from petitions.querysets import handlers_for, organisations_for
from petitions.workflow import Verb

Kind = ClockRule.Kind


class AskExtendForm(ActForm):
    """More time."""

    verb = Verb.ASK_EXTEND
    title, button, done = _("申请延期"), _("提交延期申请"), _("已提交，批准后时限改到新的日子")
    action = staticmethod(applying.petition_ask_extend)
    until = day_field(_("延期到哪一天"), _("当天下班前。"))
    text = text_field(_("为什么要延期"), _("写明卡在哪里、什么时候能办好。批准后这段话会告诉居民。"))

    def prepare(self) -> None:
        """Whose decision it is, and what the resident will hear."""
        self.consequence = _(
            "现在的办结时限是%s。到期前提出，要上一级批准；批准后会告诉居民，批准前时限照走。"
        ) % self.due(Kind.RESOLVE)

    def values(self) -> dict[str, Any]:
        """The end of that day's work."""
        return {"until": work_calendar().closing(self.cleaned_data["until"]), "text": self.cleaned_data["text"]}


class AskSuspendForm(ActForm):
    """A pause."""

    verb = Verb.ASK_SUSPEND
    title, button, done = _("申请挂起"), _("提交挂起申请"), _("已提交，批准后时限暂停")
    action = staticmethod(applying.petition_ask_suspend)
    consequence = _("要上一级批准。挂起期间时限不走，到这一天早上自动恢复，剩下的时间接着算；会告诉居民。")
    until = day_field(_("挂起到哪一天"))
    text = text_field(_("在等什么"), _("等鉴定、等施工季节、等居民回来……批准后这段话会告诉居民。"))

    def values(self) -> dict[str, Any]:
        """The beginning of that day's work."""
        return {"until": work_calendar().opening(self.cleaned_data["until"]), "text": self.cleaned_data["text"]}


class AskReturnForm(ActForm):
    """A return that the rule does not allow any more."""

    verb = Verb.ASK_RETURN
    title, button, done = _("退单申请"), _("提交退单申请"), _("已提交，由上一级决定归谁")
    action = staticmethod(applying.petition_ask_return)
    consequence = _("过了退单时限或已派过多次，由上一级决定。决定以前还由您办，时限照走。")
    text = text_field(_("退单理由和依据"), _("为什么不归您办，应该归谁，依据是什么。"))


class ResumeForm(ActForm):
    """Before its time."""

    verb = Verb.RESUME
    title, button, done = _("恢复办理"), _("现在恢复"), _("已恢复办理，剩下的时间接着算")
    action = staticmethod(applying.petition_resume)
    consequence = _("时限从现在接着走，会告诉居民。")
    text = text_field(_("为什么提前恢复"))


class PledgeForm(ActForm):
    """A day before the deadline."""

    verb = Verb.PLEDGE
    title, button, done = _("限期办"), _("答应这个时间"), _("已答应，办结时限改到这个时间")
    action = staticmethod(triage.petition_pledge)
    until = forms.DateTimeField(
        label=_("什么时候办好"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"required": _("请选择时间"), "invalid": _("时间写法不对")},
    )
    text = text_field(_("对居民说几句"), _("可以不写。"), required=False)

    def prepare(self) -> None:
        """What it replaces."""
        self.consequence = _("办结时限从%s提前到您答应的时间，会告诉居民；过了就算超时。") % self.due(Kind.RESOLVE)

    def values(self) -> dict[str, Any]:
        """The instant and the words."""
        until: datetime = self.cleaned_data["until"]
        return {"until": until, "text": self.cleaned_data["text"]}


class ReportForm(ActForm):
    """Up to the street."""

    verb = Verb.REPORT
    title, button, done = _("上报街道"), _("上报"), _("已上报，街道会收到通知")
    action = staticmethod(triage.petition_report)
    consequence = _("社区办不了的，由街道协调、改派。时限照走，社区仍看得到。")
    text = text_field(_("为什么社区办不了"), _("已经做了什么，需要谁来。"))


class LevelForm(ActForm):
    """Another response level."""

    verb = Verb.LEVEL
    title, button, done = _("调整级别"), _("改用这个级别"), _("已调整，时限按新级别重新计算")
    action = staticmethod(triage.petition_level)
    consequence = _("没办完的时限按新级别从头算（挂起的时间不计），原来的时限留在“经过”里；新的答复日期会告诉居民。")
    level = forms.ChoiceField(label=_("新的响应级别"), widget=forms.RadioSelect)
    text = text_field(_("为什么调整"))

    def prepare(self) -> None:
        """Every level but the present one."""
        levels = sorted(catalogue().levels.values(), key=lambda row: row.rank)
        choices = [(row.code, row.name) for row in levels if row.pk != self.petition.level_id]
        choice_field(self, "level").choices = choices


class AvoidForm(ActForm):
    """Whom it complains about."""

    verb = Verb.AVOID
    title, button, done = _("标明投诉的是谁"), _("标明并回避"), _("已标明，对方看不到这件工单")
    action = staticmethod(triage.petition_avoid)
    consequence = _("标明以后，被投诉的人或单位看不到这件工单，也收不到它的消息；正在他手上的，回到待派单。")
    staff_id = forms.TypedChoiceField(label=_("投诉的人"), coerce=int, required=False, empty_value=None)
    organisation_id = forms.TypedChoiceField(label=_("投诉的单位"), coerce=int, required=False, empty_value=None)
    text = text_field(_("根据什么"), _("诉求里的哪句话。"))

    def prepare(self) -> None:
        """People and organisations of the own scope."""
        posts = handlers_for(self.staff, self.today)
        people = {post.staff_id: post.staff.name for post in posts if post.staff_id != self.staff.pk}
        units = organisations_for(scope_of(self.staff, self.today)).values_list("pk", "name")
        nobody = ("", _("没有"))
        choice_field(self, "staff_id").choices = [nobody, *people.items()]
        choice_field(self, "organisation_id").choices = [nobody, *units]


class ReviewForm(ActForm):
    """A complaint about the handling, written down by staff."""

    verb = Verb.REVIEW
    title, button, done = _("登记复查申请"), _("登记申请"), _("已登记，由上一级复查")
    action = staticmethod(applying.petition_review)
    consequence = _("由街道在期限内复查，对复查意见不服的由区级复核；结果会告诉诉求人。")
    text = text_field(_("诉求人对办理有什么意见"))


class AcknowledgeForm(ActForm):
    """Taking note of what was escalated."""

    verb = Verb.ACKNOWLEDGE
    title, button, done = _("知悉"), _("知悉，暂缓升级"), _("已知悉，升级暂缓")
    action = staticmethod(pressing.petition_acknowledge)
    text = text_field(_("打算怎么办"), _("写明原因和安排，“经过”里看得到。"))
    hours = forms.TypedChoiceField(
        label=_("多久内不再升级"),
        coerce=int,
        choices=[(hours, _("%d 小时") % hours) for hours in pressing.HOLD_HOURS],
        initial=pressing.HOLD_HOURS[0],
        widget=forms.RadioSelect,
    )


class SuperviseForm(ActForm):
    """From above."""

    verb = Verb.SUPERVISE
    title, button, done = _("督办"), _("发出督办"), _("督办已发给办理人和社区书记")
    action = staticmethod(pressing.petition_supervise)
    text = text_field(_("督办要求"), _("要办到什么程度，什么时候回话。办理人和社区书记马上收到。"))


class PressForm(ActForm):
    """A nudge."""

    verb = Verb.PRESS
    title, button, done = _("催办"), _("催办"), _("已催办，办理人马上收到")
    action = staticmethod(pressing.petition_press)
    text = text_field(_("说几句"), _("可以不写。一小时内只催一次。"), required=False)


TERMS: tuple[type[ActForm], ...] = (
    AskExtendForm,
    AskSuspendForm,
    AskReturnForm,
    ResumeForm,
    PledgeForm,
    ReportForm,
    LevelForm,
    AvoidForm,
    ReviewForm,
    AcknowledgeForm,
    SuperviseForm,
    PressForm,
)
