"""One form for each thing that staff do to a petition. Each knows its action and decides nothing itself."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from grid.access import place_name
from grid.models import Appointment, Staff
from petitions import workflow
from petitions.actions import handling, placing, public
from petitions.models import Category, Petition
from petitions.querysets import handlers_for
from petitions.workflow import Verb

LONGEST = 2000
BIGGEST = 2**63 - 1
YES_NO = [("yes", _("是")), ("no", _("否")), ("", _("没问到"))]
ANSWERS = {"yes": True, "no": False}


class ActForm(forms.Form):
    """Base: the version that the actor saw travels along, so that nobody overwrites what they have not read."""

    title: Any = ""
    button: Any = ""
    done: Any = ""
    action: Any = None
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    back = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, staff: Staff, now: datetime, petition: Petition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff, self.now, self.petition = staff, now, petition
        self.label_suffix = ""
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the petition or the viewer."""

    def values(self) -> dict[str, Any]:
        """What the action gets beside who, when and which version."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "back")}

    def act(self) -> Petition:
        """Do it. Raises ActionRefused or Changed."""
        action = type(self).action
        petition: Petition = action(
            self.petition.pk, by=self.staff, at=self.now, version=self.cleaned_data["version"], **self.values()
        )
        return petition


def _text(label: Any, hint: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": required}),
        error_messages={"required": _("请写明情况或理由")},
    )


class AcceptForm(ActForm):
    """Sign in: nothing to fill in."""

    title, button, done = _("签收这件工单"), _("签收"), _("已签收")
    action = staticmethod(handling.petition_accept)


class ContactForm(ActForm):
    """The first contact."""

    title, button, done = _("联系居民"), _("记下这次联系"), _("已记下首次联系")
    action = staticmethod(handling.petition_contact)
    text = _text(_("联系的情况"), _("什么时候、怎么联系的，约定了什么。记下后首次联系的时限就停了。"))


class NoteForm(ActForm):
    """Progress."""

    title, button, done = _("记一笔"), _("记下"), _("已记下")
    action = staticmethod(handling.petition_note)
    text = _text(_("办理的进展"), _("只在内部看得到，居民看不到。"))


class ResolveForm(ActForm):
    """The answer."""

    title, button, done = _("办结并答复"), _("办结并发出答复"), _("已办结，答复已发给诉求人")
    action = staticmethod(handling.petition_resolve)
    text = _text(
        _("给居民的答复"), _("办了什么、结果怎样、以后找谁。居民在查询页看到的就是这段话，留有手机的还会收到短信。")
    )


class ReturnForm(ActForm):
    """Back to the dispatcher."""

    title, button, done = _("退单"), _("退回待派单"), _("已退回待派单")
    action = staticmethod(handling.petition_return)
    text = _text(_("退单理由和依据"), _("为什么不归您办，应该归谁。时限照走，不会重新计算。"))


class ReopenForm(ActForm):
    """Again."""

    title, button, done = _("重办"), _("重新办理"), _("已重新开始办理，时限重新计算")
    action = staticmethod(handling.petition_reopen)
    text = _text(_("为什么重办"), _("原办理人会收到通知。"))


class SupplementForm(ActForm):
    """More from the petitioner, written down by staff."""

    title, button, done = _("补充内容"), _("加到工单里"), _("已补充")
    action = staticmethod(public.petition_supplement)
    text = _text(_("补充了什么"), _("诉求人后来又说的、现场看到的。办理人会收到通知。"))


class PlaceForm(ActForm):
    """Where it is: a building, or a household of it."""

    done = _("地址已确定")
    action = staticmethod(placing.petition_place)
    building = forms.IntegerField(min_value=1, max_value=BIGGEST)
    household = forms.IntegerField(min_value=1, max_value=BIGGEST, required=False)

    def values(self) -> dict[str, Any]:
        """The ids of both."""
        return {"building_id": self.cleaned_data["building"], "household_id": self.cleaned_data["household"]}


class ClassifyForm(ActForm):
    """Another category."""

    title, button, done = _("改类别"), _("改成这一类"), _("已改类别，以后判断会更准")
    action = staticmethod(handling.petition_classify)
    category = forms.TypedChoiceField(
        label=_("应该是哪一类"),
        help_text=_("级别、时限和办理人不变。"),
        coerce=int,
        error_messages={"required": _("请选择类别"), "invalid_choice": _("请选择类别")},
    )

    def prepare(self) -> None:
        """Every category but the present one."""
        rows = Category.objects.exclude(pk=self.petition.category_id or 0)
        self.fields["category"].choices = [("", _("请选择")), *rows.values_list("pk", "name")]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The category's id."""
        return {"category_id": self.cleaned_data["category"]}


class SuperviseForm(ActForm):
    """From above."""

    title, button, done = _("督办"), _("发出督办"), _("督办已发给办理人和社区书记")
    action = staticmethod(handling.petition_supervise)
    text = _text(_("督办要求"), _("要办到什么程度，什么时候回话。办理人和社区书记马上收到。"))


class AcknowledgeForm(ActForm):
    """Taking note of what was escalated."""

    title, button, done = _("知悉"), _("知悉，暂缓升级"), _("已知悉，升级暂缓")
    action = staticmethod(handling.petition_acknowledge)
    text = _text(_("打算怎么办"), _("写明原因和安排，“经过”里看得到。"))
    hours = forms.TypedChoiceField(
        label=_("多久内不再升级"),
        coerce=int,
        choices=[(hours, _("%d 小时") % hours) for hours in handling.HOLD_HOURS],
        initial=handling.HOLD_HOURS[0],
        widget=forms.RadioSelect,
    )


class RefuseForm(ActForm):
    """Not to be taken up."""

    title, button, done = _("不予受理"), _("不予受理并告知诉求人"), _("已不予受理，诉求人会收到说明")
    action = staticmethod(handling.petition_refuse)
    ground = forms.ChoiceField(
        label=_("属于哪种情形"),
        choices=list(workflow.REFUSAL_GROUNDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择不予受理的情形")},
    )
    text = _text(_("补充说明"), _("会和上面的情形一起告诉诉求人，可以不写。"), required=False)


def _asked(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=YES_NO, required=False, initial="", widget=forms.RadioSelect)


class CloseForm(ActForm):
    """The follow-up: three answers, kept apart."""

    title, button, done = _("回访归档"), _("记下回访并归档"), _("已回访，工单归档")
    action = staticmethod(handling.petition_close)
    contacted = _asked(_("有人联系过您吗？"))
    solved = _asked(_("问题解决了吗？"))
    satisfied = _asked(_("对办理满意吗？"))
    text = _text(_("诉求人还说了什么"), _("可以不写。"), required=False)

    def values(self) -> dict[str, Any]:
        """The three answers as True, False or None (not reached)."""
        asked = {name: ANSWERS.get(self.cleaned_data[name]) for name in ("contacted", "solved", "satisfied")}
        return {**asked, "text": self.cleaned_data["text"]}


class DispatchForm(ActForm):
    """To whom."""

    title, button, done = _("派单"), _("派给他"), _("已派单，对方会收到通知")
    action = staticmethod(handling.petition_dispatch)
    appointment = forms.TypedChoiceField(
        label=_("派给谁"),
        coerce=int,
        error_messages={"required": _("请选择派给谁"), "invalid_choice": _("请选择本辖区在岗的人员")},
    )
    text = _text(_("交代几句"), _("可以不写。"), required=False)

    def prepare(self) -> None:
        """Everybody the viewer may hand out to, by place."""
        posts = handlers_for(self.staff, localtime(self.now).date())
        self.fields["appointment"].choices = [("", _("请选择")), *_by_place(posts)]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The appointment's id and the words that go with it."""
        return {"appointment_id": self.cleaned_data["appointment"], "text": self.cleaned_data["text"]}


def _by_place(posts: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    places: dict[str, list[tuple[int, str]]] = {}
    for post in posts:
        places.setdefault(_place(post), []).append((post.pk, f"{post.staff.name}（{post.get_role_display()}）"))
    return list(places.items())


def _place(post: Appointment) -> str:
    if post.grid:
        return f"{place_name(post.grid.division)} {post.grid.name}"
    assert post.division is not None
    return place_name(post.division)


FORMS: dict[Verb, type[ActForm]] = {
    Verb.DISPATCH: DispatchForm,
    Verb.ACCEPT: AcceptForm,
    Verb.CONTACT: ContactForm,
    Verb.NOTE: NoteForm,
    Verb.RESOLVE: ResolveForm,
    Verb.CLOSE: CloseForm,
    Verb.RETURN: ReturnForm,
    Verb.REOPEN: ReopenForm,
    Verb.REFUSE: RefuseForm,
    Verb.SUPPLEMENT: SupplementForm,
    Verb.CLASSIFY: ClassifyForm,
    Verb.ACKNOWLEDGE: AcknowledgeForm,
    Verb.SUPERVISE: SuperviseForm,
}
