"""Publications, objections to them, and joint work of the member organisations."""

from django import forms
from django.utils.translation import gettext_lazy

from councils.actions import publishing
from councils.forms.base import ActForm, body_field, line_field, words_field
from councils.models import Agreement, JointActivity, Objection, Party, Publication
from councils.models.publication import DEFAULT_DAYS
from petitions.forms.contact import caller_phone_field
from petitions.forms.public_forms import GuardedForm
from residents.forms.base import date_field

DAYS = [(3, gettext_lazy("3 天")), (5, gettext_lazy("5 天")), (DEFAULT_DAYS, gettext_lazy("7 天"))]


class PublishForm(ActForm):
    """A publication; `subject` is the resolution."""

    title, button, done = gettext_lazy("公示"), gettext_lazy("开始公示"), gettext_lazy("已公示，请打印贴到公示栏")
    days = forms.TypedChoiceField(
        label=gettext_lazy("公示几天"), choices=DAYS, coerce=int, widget=forms.RadioSelect, initial=DEFAULT_DAYS
    )
    text = body_field(gettext_lazy("公示内容"), gettext_lazy("居民会看到，请不要写人名、电话和谁没交钱。"))

    def prepare(self) -> None:
        """The resolution's own words."""
        self.initial.setdefault("text", self.subject.text)

    def act(self) -> Publication:
        """Publish it."""
        said = self.cleaned_data
        kind = Publication.Kind.CONVENTION if self.subject.convention_id else Publication.Kind.RESOLUTION
        return publishing.publish(
            self.subject.council_id, by=self.staff, at=self.now, kind=kind, title=self.subject.title,
            text=said["text"], days=said["days"], resolution=self.subject,
        )  # fmt: skip


class ObjectForm(GuardedForm):
    """A resident's objection to a publication."""

    text = forms.CharField(
        label=gettext_lazy("有什么异议"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写一下有什么异议")},
    )  # fmt: skip
    phone = caller_phone_field(gettext_lazy("手机号（可不填）"), gettext_lazy("留了会收到答复的短信。"))


class AnswerForm(ActForm):
    """The answer to an objection; `subject` is the objection."""

    title, button, done = gettext_lazy("答复异议"), gettext_lazy("答复"), gettext_lazy("已答复")
    upheld = forms.TypedChoiceField(
        label=gettext_lazy("异议成立吗"), choices=[("1", gettext_lazy("成立")), ("0", gettext_lazy("不成立"))],
        coerce=lambda value: value == "1", widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项")},
    )  # fmt: skip
    text = words_field(gettext_lazy("答复"))

    def act(self) -> Objection:
        """Answer it."""
        said = self.cleaned_data
        return publishing.objection_answer(
            self.subject.pk, by=self.staff, at=self.now, text=said["text"], upheld=said["upheld"]
        )


class WithdrawForm(ActForm):
    """Take a publication down."""

    title, button, done = gettext_lazy("撤下公示"), gettext_lazy("撤下"), gettext_lazy("已撤下")
    text = words_field(gettext_lazy("为什么撤下"), rows=2)

    def act(self) -> Publication:
        """Withdraw it."""
        return publishing.publication_withdraw(
            self.subject.pk, by=self.staff, at=self.now, reason=self.cleaned_data["text"]
        )


class AgreementForm(ActForm):
    """A signed agreement; `subject` is the council."""

    title, button, done = gettext_lazy("登记共建协议"), gettext_lazy("登记"), gettext_lazy("已登记")
    party = forms.ModelChoiceField(Party.objects.none(), label=gettext_lazy("成员单位"), empty_label=None)
    headline = line_field(gettext_lazy("协议名称"))
    promises = words_field(gettext_lazy("承诺事项"))
    signed_on = date_field(gettext_lazy("签订日期"))
    ends_on = date_field(gettext_lazy("到期（含）"), required=False)
    meetings_a_year = forms.IntegerField(label=gettext_lazy("每年联席会议几次"), min_value=0, max_value=50, initial=2)
    activities_a_year = forms.IntegerField(label=gettext_lazy("每年共同活动几次"), min_value=0, max_value=99, initial=4)

    def prepare(self) -> None:
        """Offers the council's parties."""
        party = self.fields["party"]
        assert isinstance(party, forms.ModelChoiceField)
        party.queryset = Party.objects.filter(council=self.subject, left_on__isnull=True)

    def act(self) -> Agreement:
        """Register it."""
        said = self.cleaned_data
        return publishing.agreement_sign(
            self.subject.pk, by=self.staff, at=self.now, party=said["party"], title=said["headline"],
            promises=said["promises"], signed_on=said["signed_on"], ends_on=said["ends_on"],
            meetings_a_year=said["meetings_a_year"], activities_a_year=said["activities_a_year"],
        )  # fmt: skip


class ActivityForm(ActForm):
    """Something done together; `subject` is the council."""

    title, button, done = gettext_lazy("登记共同活动"), gettext_lazy("登记"), gettext_lazy("已登记")
    headline = line_field(gettext_lazy("活动"))
    held_on = date_field(gettext_lazy("哪天"))
    parties = forms.ModelMultipleChoiceField(
        Party.objects.none(), label=gettext_lazy("参加单位"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请选参加单位")},
    )  # fmt: skip
    text = words_field(gettext_lazy("情况"), required=False, rows=3)

    def prepare(self) -> None:
        """Offers the council's parties."""
        parties = self.fields["parties"]
        assert isinstance(parties, forms.ModelMultipleChoiceField)
        parties.queryset = Party.objects.filter(council=self.subject, left_on__isnull=True)

    def act(self) -> JointActivity:
        """Record it."""
        said = self.cleaned_data
        return publishing.activity_record(
            self.subject.pk, by=self.staff, at=self.now, title=said["headline"], held_on=said["held_on"],
            parties=list(said["parties"]), text=said["text"],
        )  # fmt: skip


JOINT_FORMS: dict[str, type[ActForm]] = {"agreement": AgreementForm, "activity": ActivityForm}
