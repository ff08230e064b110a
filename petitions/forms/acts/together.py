"""Several units on one petition, their parts, and decisions about applications."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.ui.forms import choice_field
from grid.access import scope_of
from petitions.actions import applying, together
from petitions.forms.acts.base import LONGEST, ActForm, text_field
from petitions.forms.files import FilesField
from petitions.models import Application, Petition
from petitions.querysets import organisations_for
from petitions.workflow import Verb


class JoinForm(ActForm):
    """Units beside the lead."""

    verb = Verb.JOIN
    wide = False
    title, button, done = _("请单位联办"), _("请他们联办"), _("已发出，单位各有自己的时限")
    action = staticmethod(together.petition_join)
    consequence = _("您这边仍是牵头；每个单位按自己的时限报到、答复，都答复了才能办结。")
    organisations = forms.TypedMultipleChoiceField(
        label=_("哪些单位"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择单位")},
    )
    text = text_field(_("请他们办什么"))

    def prepare(self) -> None:
        """Units within reach; whom it complains about is not among them."""
        reach = organisations_for(scope_of(self.staff, self.today), wide=self.wide)
        units = [unit for unit in reach if unit.pk != self.petition.about_organisation_id]
        choices = [(unit.pk, f"{unit.name}（{unit.get_kind_display()}）") for unit in units]
        choice_field(self, "organisations").choices = choices


class SummonForm(JoinForm):
    """The street's whistle."""

    verb = Verb.SUMMON
    wide = True
    title, button, done = _("吹哨报到"), _("吹哨"), _("已吹哨，单位各自报到、答复")
    action = staticmethod(together.petition_summon)
    consequence = _("街道召集单位到场：每个单位按自己的时限报到、答复，全部答复后吹哨关闭。")


class PartForm(forms.Form):
    """What one unit, or somebody for it, says on its part."""

    text = text_field(_("情况"), required=False)
    attached = FilesField(help_text=_("办好后的照片等，一次最多 5 个，诉求人看不到。"))

    def __init__(self, *args: Any, verb: Verb, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["text"].label = LABELS[verb]
        self.fields["text"].required = verb != Verb.CHECK_IN
        if verb != Verb.ANSWER:
            del self.fields["attached"]


LABELS = {
    Verb.CHECK_IN: _("到场的情况，可以不写"),
    Verb.ANSWER: _("办了什么、结果怎样"),
    Verb.RELEASE: _("为什么不用了"),
}
PART_ACTIONS: dict[Verb, Callable[..., Petition]] = {
    Verb.CHECK_IN: together.part_check_in,
    Verb.ANSWER: together.part_answer,
    Verb.RELEASE: together.part_release,
}


class DecideForm(forms.Form):
    """Granted or not, and why."""

    granted = forms.ChoiceField(label=_("决定"), widget=forms.RadioSelect, error_messages={"required": _("请选择")})
    text = forms.CharField(
        label=_("意见"),
        max_length=LONGEST,
        required=False,
        help_text=_("不批准的要写理由，申请人马上收到。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        words = REVIEW_WORDS if application.kind in applying.REVIEWS else WORDS
        choice_field(self, "granted").choices = words


WORDS = [("yes", _("批准")), ("no", _("不批准"))]
REVIEW_WORDS = [("yes", _("重新办理")), ("no", _("维持原答复"))]
TOGETHER: tuple[type[ActForm], ...] = (JoinForm, SummonForm)
