"""One answer for everybody who asked about the same event."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.ui.forms import choice_field
from petitions import workflow
from petitions.forms.acts.base import text_field
from petitions.same import Group

LONGEST = 2000


class SameAnswerForm(forms.Form):
    """Whom, what, and how those were reached who have not been."""

    members = forms.TypedMultipleChoiceField(
        label=_("答复哪几位"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一件"), "invalid_choice": _("有的已经答复过了，请看一遍再提交")},
    )
    text = text_field(
        _("给居民的答复"), _("每个人在自己的查询页看到这段话，留有手机的还会收到短信；各自评价、各自回访。")
    )
    outcome = forms.ChoiceField(
        label=_("办理结果"), choices=[("", _("不写")), *workflow.OUTCOMES.items()], required=False
    )
    contact = forms.CharField(
        label=_("还没联系过的，是怎样联系上的"),
        help_text=_("写了就给他们记一笔首次联系；不写，没联系过的这次先不答复。"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        choices = [(each.pk, f"{each.title}（{each.number}，{each.get_state_display()}）") for each in group.waiting]
        choice_field(self, "members").choices = choices
        self.initial.setdefault("members", [pk for pk, _words in choices])
        self.initial.setdefault("text", group.answer)
