"""Planning a meeting, calling it, who comes, and files."""

from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.actions import meetings, seats
from councils.actions.base import CouncilRefused
from councils.actions.files import Sent, accept
from councils.forms.base import ActForm, line_field, words_field
from councils.models import Attendance, Council, CouncilFile, Meeting, MeetingKind, Party
from councils.querysets import unplanned_topics
from councils.workflow import Verb
from residents.forms.base import phone_field

LONGEST_ITEM = 80


class TimeField(forms.DateTimeField):
    """A day and a time in local time, by the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **kwargs)


class PlanForm(ActForm):
    """A meeting with its agenda; `subject` is the council."""

    title, button, done = gettext_lazy("筹备一个会"), gettext_lazy("排好了"), gettext_lazy("已排好，确认后发通知")
    kind = forms.ModelChoiceField(
        MeetingKind.objects.none(), label=gettext_lazy("什么会"), empty_label=None,
        error_messages={"required": gettext_lazy("请选会议类别")},
    )  # fmt: skip
    headline = line_field(gettext_lazy("会议名称"), gettext_lazy("例如“11 月议事会”"))
    starts_at = TimeField(
        label=gettext_lazy("什么时候"), error_messages={"required": gettext_lazy("请填开会时间")}
    )  # fmt: skip
    place = line_field(gettext_lazy("在哪里"))
    chair = line_field(gettext_lazy("谁主持"), required=False, most=40)
    called_by = forms.ChoiceField(label=gettext_lazy("由谁召集"), choices=Meeting.CalledBy.choices)
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("待议的议题"), required=False, widget=forms.CheckboxSelectMultiple
    )
    items = words_field(
        gettext_lazy("其他议程"), gettext_lazy("一行一项，例如“通报上月事项办理情况”"), required=False, rows=3
    )

    def prepare(self) -> None:
        """Offers the kinds that this body may hold, and the topics that wait."""
        council: Council = self.subject
        kind, topics = self.fields["kind"], self.fields["topics"]
        assert isinstance(kind, forms.ModelChoiceField)
        assert isinstance(topics, forms.MultipleChoiceField)
        kind.queryset = MeetingKind.objects.filter(bodies__contains=[council.kind], active=True)
        waiting = unplanned_topics(council)
        topics.choices = [(row.number, f"{row.title}（{row.backers} 户附议）") for row in waiting]
        self.initial.setdefault("topics", [row.number for row in waiting])
        self.initial.setdefault("place", council.place)

    def clean_items(self) -> list[str]:
        """The lines that say something."""
        found = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        if any(len(line) > LONGEST_ITEM for line in found):
            raise forms.ValidationError(_("一项议程最多 %d 个字") % LONGEST_ITEM)
        return found

    def act(self) -> Meeting:
        """Plan it."""
        said = self.cleaned_data
        return meetings.meeting_plan(
            self.subject.pk, by=self.staff, at=self.now, kind=said["kind"], title=said["headline"],
            starts_at=said["starts_at"], place=said["place"], chair=said["chair"], called_by=said["called_by"],
            topics=said["topics"], items=said["items"],
        )  # fmt: skip


class CallForm(ActForm):
    """The notice."""

    title, button, done = gettext_lazy("发出通知"), gettext_lazy("发出通知"), gettext_lazy("通知已发出")
    reason = words_field(gettext_lazy("不够提前天数的理由"), gettext_lazy("够天数就空着"), required=False, rows=2)

    def act(self) -> Meeting:
        """Send it."""
        said = self.cleaned_data
        return meetings.meeting_call(
            self.subject.pk, by=self.staff, at=self.now, reason=said["reason"], version=said["version"]
        )


class OpenForm(ActForm):
    """It begins."""

    title, button, done = gettext_lazy("开会"), gettext_lazy("开会"), gettext_lazy("会议开始，可以签到和记录")

    def act(self) -> Meeting:
        """Open it."""
        return meetings.meeting_open(self.subject.pk, by=self.staff, at=self.now, version=self.cleaned_data["version"])


class CloseForm(ActForm):
    """It ends."""

    title, button = gettext_lazy("散会"), gettext_lazy("散会")
    done = gettext_lazy("已散会，议题已按结果流转；请到会的人确认纪要")

    def act(self) -> Meeting:
        """Close it."""
        return meetings.meeting_close(self.subject.pk, by=self.staff, at=self.now, version=self.cleaned_data["version"])


class CancelForm(ActForm):
    """It does not take place."""

    title, button, done = gettext_lazy("取消会议"), gettext_lazy("取消"), gettext_lazy("已取消，通知过的人会收到短信")
    text = words_field(gettext_lazy("为什么取消"), rows=2)

    def act(self) -> Meeting:
        """Cancel it."""
        said = self.cleaned_data
        return meetings.meeting_cancel(
            self.subject.pk, by=self.staff, at=self.now, text=said["text"], version=said["version"]
        )


FORMS: dict[Verb, type[ActForm]] = {
    Verb.CALL: CallForm,
    Verb.OPEN: OpenForm,
    Verb.CLOSE: CloseForm,
    Verb.CANCEL: CancelForm,
}


class SeatAddForm(ActForm):
    """Somebody more: an invited person, or an observer."""

    title, button, done = gettext_lazy("加一个人"), gettext_lazy("加上"), gettext_lazy("已加上")
    name = line_field(gettext_lazy("姓名"), most=40)
    phone = phone_field(gettext_lazy("电话"))
    role = forms.ChoiceField(label=gettext_lazy("身份"), choices=Attendance.Role.choices)
    party = forms.ModelChoiceField(
        Party.objects.none(), label=gettext_lazy("哪一方"), required=False, empty_label=gettext_lazy("都不是")
    )

    def prepare(self) -> None:
        """Offers the council's parties."""
        party = self.fields["party"]
        assert isinstance(party, forms.ModelChoiceField)
        party.queryset = Party.objects.filter(council=self.subject.council_id, left_on__isnull=True)
        invited = self.subject.rule.get("entitled") == MeetingKind.Entitled.INVITED
        self.initial.setdefault("role", Attendance.Role.MEMBER if invited else Attendance.Role.OBSERVER)

    def act(self) -> Attendance:
        """Add them."""
        said = self.cleaned_data
        return seats.seat_add(
            self.subject.pk, by=self.staff, at=self.now, name=said["name"], phone=said["phone"], role=said["role"],
            party=said["party"],
        )  # fmt: skip


class FileForm(forms.Form):
    """A photograph or a PDF."""

    kind = forms.ChoiceField(label=gettext_lazy("是什么"), choices=CouncilFile.Kind.choices)
    title = line_field(gettext_lazy("名称"), required=False)
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("照片（JPG、PNG、WebP）或 PDF，最大 10 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        error_messages={"required": gettext_lazy("请选一个文件")},
    )
    sent: Sent

    def clean_file(self) -> Any:
        """Only what can be kept."""
        upload = self.cleaned_data["file"]
        try:
            self.sent = accept(upload.read())
        except CouncilRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload


class SaidForm(forms.Form):
    """Sign in, or confirm: by code or phone."""

    said = forms.CharField(
        label=gettext_lazy("签到码或手机号"),
        help_text=gettext_lazy("通知短信里的 8 位签到码，或收到通知的手机号；按户开会的填信上的住户码"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请填签到码或手机号")},
    )


class ConfirmForm(SaidForm):
    """Confirm the minutes, or say what one sees otherwise."""

    objection = words_field(gettext_lazy("有不同意见就写在这里"), required=False, rows=3)


def when(meeting: Meeting) -> str:
    """11 月 27 日 10:00."""
    start = localtime(meeting.starts_at)
    return f"{start.month} 月 {start.day} 日 {start:%H:%M}"
