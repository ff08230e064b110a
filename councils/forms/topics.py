"""Bringing topics in, and what staff do with them."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.actions import settling
from councils.forms.base import ActForm, line_field, words_field
from councils.models import Council, ResidentsGroup, Topic
from councils.workflow import TopicWay, Verb
from grid.access import in_force
from grid.models import Staff
from petitions.forms.contact import caller_name_field, caller_phone_field
from petitions.forms.once import OnceForm
from petitions.forms.public_forms import GuardedForm
from residents.forms.base import date_field, phone_field
from residents.models import Building

MOST_TEXT = 5000


def _text_field(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": gettext_lazy("请写一下什么事"),
            "max_length": gettext_lazy("最多写 %d 个字") % MOST_TEXT,
        },
    )


class ProposeForm(GuardedForm):
    """A resident's own form, from the code in the stairway."""

    text = _text_field(
        gettext_lazy("想让大家商量什么事"),
        gettext_lazy("例如“楼道灯的电费怎么分摊”“院里的车怎么停”。请不要写别人的姓名和电话。"),
    )
    phone = caller_phone_field(
        gettext_lazy("手机号（可不填）"), gettext_lazy("留了会收到短信，告诉您商量的结果；只有经办人看得到。")
    )
    name = caller_name_field()


class BuildingChoice(forms.ModelChoiceField):
    """Buildings of a council's ground."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Building.objects.none(), required=False, empty_label=gettext_lazy("没有说到"), **kwargs)


class StaffTopicForm(OnceForm):
    """A topic that a worker writes down: from paper, from a leader, or their own."""

    source = forms.ChoiceField(
        label=gettext_lazy("怎么来的"),
        choices=[(each.value, each.label) for each in (Topic.Source.PAPER, Topic.Source.LEADER, Topic.Source.STAFF)],
        widget=forms.RadioSelect,
        initial=Topic.Source.PAPER,
    )
    text = _text_field(gettext_lazy("什么事"), gettext_lazy("照原话写；纸质意见请把原件收好。"))
    title = line_field(
        gettext_lazy("标题"), gettext_lazy("空着就取内容的第一句；公示时用它，请不要写人名。"), required=False
    )
    group = forms.ModelChoiceField(
        ResidentsGroup.objects.none(), label=gettext_lazy("哪个小组提的"), required=False,
        empty_label=gettext_lazy("不是小组提的"),
    )  # fmt: skip
    building = BuildingChoice(label=gettext_lazy("哪栋楼的事"))
    name = line_field(gettext_lazy("提出人"), required=False, most=40)
    phone = phone_field(gettext_lazy("提出人电话"))

    def __init__(self, data: Any = None, *, at: datetime, council: Council, **kwargs: Any) -> None:
        super().__init__(data, at=at, **kwargs)
        group, building = self.fields["group"], self.fields["building"]
        assert isinstance(group, forms.ModelChoiceField)
        assert isinstance(building, forms.ModelChoiceField)
        group.queryset = ResidentsGroup.objects.filter(community=council.community_id, ended_on__isnull=True)
        building.queryset = Building.objects.filter(community=council.community_id).order_by("position")


class FromPetitionsForm(forms.Form):
    """Several petitions become a topic of a council."""

    council = forms.ModelChoiceField(
        Council.objects.none(), label=gettext_lazy("交给哪个议事会"), empty_label=None,
        error_messages={"required": gettext_lazy("请选一个议事会")},
    )  # fmt: skip
    numbers = forms.MultipleChoiceField(
        label=gettext_lazy("哪些诉求"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选一件")},
    )
    title = line_field(gettext_lazy("标题"), gettext_lazy("公示时用它，请不要写人名。"))
    text = _text_field(gettext_lazy("要商量什么"), gettext_lazy("写清楚事情和要决定的问题。"))


class TriageForm(ActForm):
    """Sorting."""

    title, button, done = gettext_lazy("给议题分类"), gettext_lazy("分好了"), gettext_lazy("已分类，时限开始计算")
    way = forms.ChoiceField(
        label=gettext_lazy("怎么办"),
        choices=TopicWay.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一种办法")},
    )
    until = date_field(
        gettext_lazy("限期办到哪天"), required=False, hint=gettext_lazy("只有限期办要填；空着按规定的天数。")
    )
    handler = forms.ChoiceField(label=gettext_lazy("谁来办"))
    headline = line_field(gettext_lazy("公示用的标题"), gettext_lazy("居民会看到，请不要写人名和电话。"))
    text = words_field(gettext_lazy("交代一句"), required=False, rows=2)

    def prepare(self) -> None:
        """Offers the people of the community, the viewer first."""
        choice = self.fields["handler"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = people_of(self.subject.council, self.staff, self.now)
        self.initial.setdefault("headline", self.subject.title)
        self.initial.setdefault("handler", self.subject.handler_id or self.staff.pk)

    def act(self) -> Topic:
        """Sort it."""
        said = self.cleaned_data
        return settling.topic_triage(
            self.subject.number, by=self.staff, at=self.now, version=said["version"], way=said["way"],
            handler_id=int(said["handler"]), until=said["until"], title=said["headline"], text=said["text"],
        )  # fmt: skip


def people_of(council: Council, viewer: Staff, now: datetime) -> list[tuple[int, str]]:
    """The workers of a council's community to choose from: the viewer first, then by role; one query."""
    place = council.community_id
    posts = in_force(localtime(now).date())
    rows = (posts.filter(division=place) | posts.filter(grid__division=place)).select_related("staff", "grid")
    found = {viewer.pk: _("我（%s）") % viewer.name}
    for post in rows.order_by("role", "grid__code", "id"):
        where = post.grid.name if post.grid else post.get_role_display()
        found.setdefault(post.staff_id, f"{post.staff.name}（{where}）")
    return list(found.items())


class WordsForm(ActForm):
    """A verb that wants only words."""

    action: Any = None

    def act(self) -> Any:
        """Do it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        action = type(self).action
        return action(self.subject.number, by=self.staff, at=self.now, version=self.cleaned_data["version"], **said)


class NoteForm(WordsForm):
    """Progress."""

    title, button, done = gettext_lazy("记一笔"), gettext_lazy("记下"), gettext_lazy("已记下")
    action = staticmethod(settling.topic_note)
    text = words_field(gettext_lazy("办理的进展"))


class SettleForm(WordsForm):
    """The answer."""

    title, button = gettext_lazy("办结并答复"), gettext_lazy("办结")
    done = gettext_lazy("已办结，提出人会收到答复")
    action = staticmethod(settling.topic_settle)
    text = words_field(gettext_lazy("答复"), gettext_lazy("办了什么、结果怎样。居民在议事页面看到的就是这段话。"))


class DeclineForm(WordsForm):
    """Not for a council."""

    title, button, done = gettext_lazy("不列入"), gettext_lazy("不列入"), gettext_lazy("已答复提出人")
    action = staticmethod(settling.topic_decline)
    text = words_field(gettext_lazy("为什么不列入"), gettext_lazy("提出人会看到；说明该找谁。"))


class MergeForm(WordsForm):
    """The same as another."""

    title, button = gettext_lazy("并入另一个议题"), gettext_lazy("并入")
    done = gettext_lazy("已并入，附议的住户一起转过去")
    action = staticmethod(settling.topic_merge)
    into = line_field(gettext_lazy("并入哪个议题号"), most=20)
    text = words_field(gettext_lazy("说明"), required=False, rows=2)


class ReferForm(WordsForm):
    """To a body above."""

    title, button = gettext_lazy("提交上级会议"), gettext_lazy("提交")
    done = gettext_lazy("已提交上级会议")
    action = staticmethod(settling.topic_refer)
    to = forms.ChoiceField(label=gettext_lazy("交给"))
    text = words_field(gettext_lazy("为什么议不定"))

    def prepare(self) -> None:
        """Offers the bodies above."""
        choice = self.fields["to"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(row.pk, row.name) for row in settling.bodies_above(self.subject.council)]

    def clean_to(self) -> int:
        """An id."""
        return int(self.cleaned_data["to"])


class RaiseForm(WordsForm):
    """To the street."""

    title, button = gettext_lazy("上报街道"), gettext_lazy("上报")
    done = gettext_lazy("已上报，街道会按诉求的时限办理")
    action = staticmethod(settling.topic_raise)
    text = words_field(gettext_lazy("社区做了什么、要街道协调什么"))


class ReopenForm(WordsForm):
    """Again."""

    title, button, done = gettext_lazy("重新办理"), gettext_lazy("重新办理"), gettext_lazy("已重新办理")
    action = staticmethod(settling.topic_reopen)
    text = words_field(gettext_lazy("为什么重新办"))


FORMS: dict[Verb, type[ActForm]] = {
    Verb.TRIAGE: TriageForm,
    Verb.NOTE: NoteForm,
    Verb.SETTLE: SettleForm,
    Verb.RAISE: RaiseForm,
    Verb.REFER: ReferForm,
    Verb.MERGE: MergeForm,
    Verb.DECLINE: DeclineForm,
    Verb.REOPEN: ReopenForm,
}


class SupportForm(forms.Form):
    """Me too: the code of the household's letter."""

    code = forms.CharField(
        label=gettext_lazy("住户码"),
        help_text=gettext_lazy("社区发到您家信上的 8 位字母和数字；一户算一次，不记谁填的。"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请填信上的住户码")},
    )


class DoorForm(forms.Form):
    """Me too, written down by a worker: which household."""

    building = forms.ModelChoiceField(
        Building.objects.none(), label=gettext_lazy("楼栋"), error_messages={"required": gettext_lazy("请选楼栋")}
    )
    unit = forms.IntegerField(label=gettext_lazy("单元"), min_value=0, max_value=99, initial=1)
    room = line_field(gettext_lazy("房号"), most=8)


class SatisfiedForm(forms.Form):
    """Whether whoever raised it is content."""

    satisfied = forms.TypedChoiceField(
        label=gettext_lazy("对结果满意吗"),
        choices=[("1", gettext_lazy("满意")), ("0", gettext_lazy("不满意"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项")},
    )
    text = words_field(gettext_lazy("想说的话（可不填）"), required=False, rows=2)
