"""The loop: from dispatch to filing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.ui.forms import choice_field
from grid.access import place_name
from grid.models import Appointment
from petitions import workflow
from petitions.actions import ending, handling, placing, public, triage
from petitions.catalogue import catalogue
from petitions.forms.acts.base import ActForm, text_field
from petitions.forms.files import FilesField
from petitions.models import Category, Ground
from petitions.querysets import handlers_for
from petitions.workflow import Verb

ON_SITE = "on_site"
BIGGEST = 2**63 - 1
YES_NO = [("yes", _("是")), ("no", _("否")), ("", _("没问到"))]
ANSWERS = {"yes": True, "no": False}


class DispatchForm(ActForm):
    """To whom."""

    verb = Verb.DISPATCH
    title, button, done = _("派单"), _("派给他"), _("已派单，对方会收到通知")
    action = staticmethod(handling.petition_dispatch)
    consequence = _("签收的时限从现在重新计算，联系和办结的时限照走。原来的办理人会收到通知。")
    appointment = forms.TypedChoiceField(
        label=_("派给谁"),
        coerce=int,
        error_messages={"required": _("请选择派给谁"), "invalid_choice": _("请选择本辖区在岗的人员")},
    )
    text = text_field(_("交代几句"), _("可以不写。"), required=False)

    def prepare(self) -> None:
        """Everybody the viewer may hand out to, by place."""
        posts = handlers_for(self.staff, self.today)
        choice_field(self, "appointment").choices = [("", _("请选择")), *_by_place(posts)]

    def values(self) -> dict[str, Any]:
        """The appointment's id and the words that go with it."""
        return {"appointment_id": self.cleaned_data["appointment"], "text": self.cleaned_data["text"]}


class AcceptForm(ActForm):
    """Sign in: nothing to fill in."""

    verb = Verb.ACCEPT
    title, button, done = _("签收这件工单"), _("签收"), _("已签收")
    action = staticmethod(handling.petition_accept)


class ContactForm(ActForm):
    """The first contact; at the on-site level, having come or the reason why not."""

    verb = Verb.CONTACT
    title, button, done = _("联系居民"), _("记下这次联系"), _("已记下首次联系")
    action = staticmethod(handling.petition_contact)
    arrived = forms.TypedChoiceField(
        label=_("5 分钟内到现场了吗？"),
        choices=[("yes", _("到了")), ("no", _("没到，原因写在下面"))],
        coerce=ANSWERS.get,
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    text = text_field(_("联系的情况"), _("什么时候、怎么联系的，约定了什么。记下后首次联系的时限就停了。"))

    def prepare(self) -> None:
        """The on-site question for that level alone; the anonymous read what is written here."""
        if self.petition.level.code != ON_SITE:
            del self.fields["arrived"]
        if self.petition.anonymous:
            self.fields["text"].label = _("给诉求人的话")
            self.fields["text"].help_text = _(
                "诉求人匿名，只能在这里联系：这段话会原样出现在他的查询页，他可以在那里回话。"
            )


class NoteForm(ActForm):
    """Progress."""

    verb = Verb.NOTE
    title, button, done = _("记一笔"), _("记下"), _("已记下")
    action = staticmethod(handling.petition_note)
    text = text_field(_("办理的进展"), _("只在内部看得到，居民看不到。"))


class ResolveForm(ActForm):
    """The answer."""

    verb = Verb.RESOLVE
    title, button, done = _("办结并答复"), _("办结并发出答复"), _("已办结，答复已发给诉求人")
    action = staticmethod(handling.petition_resolve)
    consequence = _("所有时限停止，居民收到答复并可以评价；次日起由社区回访。")
    text = text_field(
        _("给居民的答复"), _("办了什么、结果怎样、以后找谁。居民在查询页看到的就是这段话，留有手机的还会收到短信。")
    )
    outcome = forms.ChoiceField(
        label=_("办理结果"),
        help_text=_("照实选：解决没有，回访时再问居民。"),
        choices=list(workflow.OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择办理结果")},
    )
    attached = FilesField(help_text=_("办好后的照片等，一次最多 5 个，和答复一起给诉求人看；别拍到别人家里。"))


class OnSpotForm(ResolveForm):
    """Settled at first sight."""

    verb = Verb.ON_SPOT
    title, button, done = _("当场办结"), _("当场办结并答复"), _("已当场办结，答复已发给诉求人")
    action = staticmethod(triage.petition_on_spot)
    consequence = _("不再派单：由您签收、办结，所有时限停止，居民收到答复并可以评价。")


def _asked(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=YES_NO, required=False, initial="", widget=forms.RadioSelect)


class CloseForm(ActForm):
    """The follow-up: three answers, kept apart."""

    verb = Verb.CLOSE
    title, button, done = _("回访归档"), _("记下回访并归档"), _("已回访，工单归档")
    action = staticmethod(ending.petition_close)
    channel = forms.ChoiceField(
        label=_("怎么回访的"), choices=list(ending.CHANNELS.items()), initial="phone", required=False
    )
    contacted = _asked(_("有人联系过您吗？"))
    solved = _asked(_("问题解决了吗？"))
    satisfied = _asked(_("对办理满意吗？"))
    again = forms.BooleanField(label=_("没解决或不满意：马上重办，时限重新计算"), required=False)
    text = text_field(_("诉求人还说了什么"), _("可以不写。"), required=False)

    def values(self) -> dict[str, Any]:
        """The three answers as True, False or None (not reached)."""
        said = self.cleaned_data
        asked = {name: ANSWERS.get(said[name]) for name in ("contacted", "solved", "satisfied")}
        return {**asked, "channel": said["channel"], "again": said["again"], "text": said["text"]}


class ReopenForm(ActForm):
    """Again."""

    verb = Verb.REOPEN
    title, button, done = _("重办"), _("重新办理"), _("已重新开始办理，时限重新计算")
    action = staticmethod(ending.petition_reopen)
    text = text_field(_("为什么重办"), _("原办理人会收到通知。"))


class RefuseForm(ActForm):
    """Not to be taken up."""

    verb = Verb.REFUSE
    title, button, done = _("不予受理"), _("不予受理并告知诉求人"), _("已不予受理，诉求人会收到说明")
    action = staticmethod(ending.petition_refuse)
    consequence = _("所有时限停止，联办和申请一并取消；诉求人会收到理由和该去的地方。")
    ground = forms.ChoiceField(
        label=_("属于哪种情形"),
        choices=lambda: catalogue().choices(Ground.Use.REFUSE),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择不予受理的情形")},
    )
    text = text_field(_("补充说明"), _("会和上面的情形一起告诉诉求人，可以不写。"), required=False)


class SupplementForm(ActForm):
    """More from the petitioner, written down by staff."""

    verb = Verb.SUPPLEMENT
    title, button, done = _("补充内容"), _("加到工单里"), _("已补充")
    action = staticmethod(public.petition_supplement)
    text = text_field(_("补充了什么"), _("诉求人后来又说的、现场看到的。办理人会收到通知。"))


class PlaceForm(ActForm):
    """Where it is: a building, or a household of it. It has no page: one press on a place that is offered."""

    verb = Verb.SUPPLEMENT
    done = _("地址已确定")
    action = staticmethod(placing.petition_place)
    building = forms.IntegerField(min_value=1, max_value=BIGGEST)
    household = forms.IntegerField(min_value=1, max_value=BIGGEST, required=False)

    def values(self) -> dict[str, Any]:
        """The ids of both."""
        return {"building_id": self.cleaned_data["building"], "household_id": self.cleaned_data["household"]}


class ClassifyForm(ActForm):
    """Another category."""

    verb = Verb.CLASSIFY
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
        choice_field(self, "category").choices = [("", _("请选择")), *rows.values_list("pk", "name")]

    def values(self) -> dict[str, Any]:
        """The category's id."""
        return {"category_id": self.cleaned_data["category"]}


class ReturnForm(ActForm):
    """Back to the dispatcher."""

    verb = Verb.RETURN
    title, button, done = _("退单"), _("退回待派单"), _("已退回待派单")
    action = staticmethod(triage.petition_return)
    text = text_field(_("退单理由"), _("为什么不归您办，应该归谁。"))
    basis = forms.CharField(
        label=_("依据"), help_text=_("职责清单、地界等，可以不写。"), max_length=200, required=False
    )

    def prepare(self) -> None:
        """Until when it may be returned."""
        until = triage.returnable_until(self.petition)
        words = _("退回待派单，时限照走，不会重新计算。")
        self.consequence = (
            _("%(until)s前可以退。%(words)s") % {"until": self.moment(until), "words": words} if until else words
        )


def _by_place(posts: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    places: dict[str, list[tuple[int, str]]] = {}
    for post in posts:
        places.setdefault(_place(post), []).append((post.pk, f"{post.staff.name}（{post.get_role_display()}）"))
    return list(places.items())


def _place(post: Appointment) -> str:
    if post.organisation:
        return f"{post.organisation.get_kind_display()} {post.organisation.name}"
    if post.grid:
        return f"{place_name(post.grid.division)} {post.grid.name}"
    assert post.division is not None
    return place_name(post.division)


LOOP: tuple[type[ActForm], ...] = (
    DispatchForm,
    AcceptForm,
    ContactForm,
    NoteForm,
    ResolveForm,
    OnSpotForm,
    CloseForm,
    ReopenForm,
    RefuseForm,
    SupplementForm,
    ClassifyForm,
    ReturnForm,
)
