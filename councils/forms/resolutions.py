"""Resolutions and their tasks."""

from datetime import date

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.actions import resolutions
from councils.actions.resolutions import Job
from councils.forms.base import ActForm, body_field, line_field, words_field
from councils.forms.topics import people_of
from councils.models import (
    AgendaItem,
    Ballot,
    Resolution,
    ResolutionTask,
)
from grid.models import Organisation, Staff
from residents.forms.base import date_field


class DraftForm(ActForm):
    """A resolution; `subject` is the council."""

    title, button, done = gettext_lazy("写决议"), gettext_lazy("存为拟稿"), gettext_lazy("已拟稿，加上任务后议定")
    headline = line_field(gettext_lazy("标题"))
    text = body_field(gettext_lazy("正文"))
    item = forms.ModelChoiceField(
        AgendaItem.objects.none(),
        label=gettext_lazy("哪次会议定的"),
        required=False,
        empty_label=gettext_lazy("没有"),
    )
    ballot = forms.ModelChoiceField(
        Ballot.objects.none(),
        label=gettext_lazy("依据的表决"),
        required=False,
        empty_label=gettext_lazy("没有"),
    )
    convention = line_field(
        gettext_lazy("公约名称（立公约才填）"),
        gettext_lazy("同名的公约会成为新的版本，例如“停车公约”"),
        required=False,
        most=60,
    )
    in_force_on = date_field(gettext_lazy("生效日期"), required=False, hint=gettext_lazy("空着就是议定那天。"))

    def prepare(self) -> None:
        """Offers the council's items that ended in a resolution, and its closed ballots."""
        item, ballot = self.fields["item"], self.fields["ballot"]
        assert isinstance(item, forms.ModelChoiceField)
        assert isinstance(ballot, forms.ModelChoiceField)
        own = AgendaItem.objects.filter(meeting__council=self.subject, resolution__isnull=True, outcome="resolved")
        item.queryset = own.select_related("meeting", "topic").order_by("-id")
        ballot.queryset = Ballot.objects.filter(council=self.subject, state=Ballot.State.CLOSED).order_by("-id")

    def act(self) -> Resolution:
        """Write it down."""
        said = self.cleaned_data
        return resolutions.resolution_draft(
            self.subject.pk, by=self.staff, at=self.now, title=said["headline"], text=said["text"], item=said["item"],
            ballot=said["ballot"], topic=said["ballot"].topic if said["ballot"] else None,
            convention=said["convention"], in_force_on=said["in_force_on"],
        )  # fmt: skip


class WriteForm(ActForm):
    """Change a draft, with its duties."""

    title, button, done = gettext_lazy("改拟稿"), gettext_lazy("保存"), gettext_lazy("已保存")
    headline = line_field(gettext_lazy("标题"))
    text = body_field(gettext_lazy("正文"))
    duties = words_field(
        gettext_lazy("职责"),
        gettext_lazy("一行一条，写成“职责：谁”，例如“放车进院：门岗老周”“管钱：3 号楼李老师”“监督收支：监督小组”"),
        required=False,
    )

    def prepare(self) -> None:
        """What stands there now."""
        self.initial.setdefault("headline", self.subject.title)
        self.initial.setdefault("text", self.subject.text)
        self.initial.setdefault("duties", "\n".join(f"{each.what}：{each.who}" for each in self.subject.duties.all()))

    def clean_duties(self) -> list[tuple[str, str]]:
        """Pairs of duty and person."""
        found = []
        for number, line in enumerate(self.cleaned_data["duties"].splitlines(), 1):
            if not line.strip():
                continue
            what, colon, who = line.replace(":", "：").partition("：")
            if not (colon and what.strip() and who.strip()):
                raise forms.ValidationError(_("第 %d 行请写成“职责：谁”") % number)
            found.append((what.strip()[:80], who.strip()[:60]))
        return found

    def act(self) -> Resolution:
        """Save it."""
        said = self.cleaned_data
        return resolutions.resolution_write(
            self.subject.pk, by=self.staff, at=self.now, title=said["headline"], text=said["text"],
            duties=said["duties"], version=said["version"],
        )  # fmt: skip


class PassForm(ActForm):
    """It holds."""

    title, button, done = gettext_lazy("议定"), gettext_lazy("议定"), gettext_lazy("已议定，任务时限开始计算")

    def act(self) -> Resolution:
        """Pass it."""
        return resolutions.resolution_pass(
            self.subject.pk, by=self.staff, at=self.now, version=self.cleaned_data["version"]
        )


class FinishForm(ActForm):
    """Carried out."""

    title, button, done = gettext_lazy("落实完成"), gettext_lazy("落实完成"), gettext_lazy("已落实，提出人会收到消息")

    def act(self) -> Resolution:
        """Finish it."""
        return resolutions.resolution_finish(
            self.subject.pk, by=self.staff, at=self.now, version=self.cleaned_data["version"]
        )


class RevokeForm(ActForm):
    """No longer."""

    title, button, done = gettext_lazy("废止"), gettext_lazy("废止"), gettext_lazy("已废止")
    text = words_field(gettext_lazy("为什么废止"), rows=2)

    def act(self) -> Resolution:
        """Revoke it."""
        said = self.cleaned_data
        return resolutions.resolution_revoke(
            self.subject.pk, by=self.staff, at=self.now, text=said["text"], version=said["version"]
        )


class TaskForm(ActForm):
    """A task; `subject` is the resolution."""

    title, button, done = gettext_lazy("加一项任务"), gettext_lazy("交办"), gettext_lazy("已交办")
    text = line_field(gettext_lazy("做什么"), most=200)
    staff_id = forms.ChoiceField(label=gettext_lazy("责任人"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("承办单位"), required=False, empty_label=gettext_lazy("没有")
    )
    who = line_field(gettext_lazy("承办人"), gettext_lazy("不是工作人员的，写在这里"), required=False, most=60)
    due_on = date_field(gettext_lazy("期限（含当天）"))

    def prepare(self) -> None:
        """Offers the people of the community and the organisations around."""
        choice, organisation = self.fields["staff_id"], self.fields["organisation"]
        assert isinstance(choice, forms.ChoiceField)
        assert isinstance(organisation, forms.ModelChoiceField)
        choice.choices = people_of(self.subject.council, self.staff, self.now)
        division = self.subject.council.community.division
        organisation.queryset = Organisation.objects.filter(division__in=[division.pk, division.parent_id])

    def clean_due_on(self) -> date:
        """A day that is still to come."""
        day: date = self.cleaned_data["due_on"]
        if day < localtime(self.now).date():
            raise forms.ValidationError(_("期限不能早于今天"))
        return day

    def act(self) -> ResolutionTask:
        """Give it."""
        said = self.cleaned_data
        job = Job(
            said["text"], Staff.objects.get(pk=said["staff_id"]), said["due_on"], said["organisation"], said["who"]
        )
        return resolutions.task_give(self.subject.pk, job, by=self.staff, at=self.now)


RESOLUTION_FORMS: dict[str, type[ActForm]] = {
    "write": WriteForm,
    "pass": PassForm,
    "task": TaskForm,
    "finish": FinishForm,
    "revoke": RevokeForm,
}


class ReportForm(ActForm):
    """Done; `subject` is the task."""

    title, button, done = gettext_lazy("报告完成"), gettext_lazy("报告完成"), gettext_lazy("已报告，等待验收")
    text = words_field(gettext_lazy("办了什么"))

    def act(self) -> ResolutionTask:
        """Report it."""
        said = self.cleaned_data
        return resolutions.task_report(
            self.subject.pk, by=self.staff, at=self.now, text=said["text"], version=said["version"]
        )


class AcceptForm(ActForm):
    """Accept or send back."""

    title, button, done = gettext_lazy("验收"), gettext_lazy("记下验收"), gettext_lazy("已验收")
    good = forms.TypedChoiceField(
        label=gettext_lazy("办好了吗"), choices=[("1", gettext_lazy("通过")), ("0", gettext_lazy("没办好，退回"))],
        coerce=lambda value: value == "1", widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项")},
    )  # fmt: skip
    text = words_field(gettext_lazy("说明"), gettext_lazy("退回时写明哪里没办好"), required=False, rows=2)

    def act(self) -> ResolutionTask:
        """Accept it or not."""
        said = self.cleaned_data
        return resolutions.task_accept(
            self.subject.pk, by=self.staff, at=self.now, good=said["good"], text=said["text"], version=said["version"]
        )


class DropForm(ActForm):
    """Not any more."""

    title, button, done = gettext_lazy("不再办"), gettext_lazy("不再办"), gettext_lazy("已登记不再办")
    text = words_field(gettext_lazy("为什么"), rows=2)

    def act(self) -> ResolutionTask:
        """Drop it."""
        said = self.cleaned_data
        return resolutions.task_drop(
            self.subject.pk, by=self.staff, at=self.now, text=said["text"], version=said["version"]
        )


TASK_FORMS: dict[str, type[ActForm]] = {"report": ReportForm, "accept": AcceptForm, "drop": DropForm}
