"""Taking on the month's topic, and writing down what becomes of it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.ui.forms import choice_field
from grid.models import Staff
from petitions.actions.monthly import LONGEST_TITLE
from petitions.forms.acts.base import day_field, text_field
from petitions.querysets import handlers_for


class TopicForm(forms.Form):
    """What, who, until when, how."""

    title = forms.CharField(label=_("题目"), max_length=LONGEST_TITLE, error_messages={"required": _("请写明题目")})
    owner = forms.TypedChoiceField(
        label=_("谁负责"),
        coerce=int,
        error_messages={"required": _("请选择"), "invalid_choice": _("请选择本辖区在岗的人员")},
    )
    due_on = day_field(_("什么时候办好"))
    plan = text_field(_("打算怎么办"), _("查清什么、找谁、分几步。"))

    def __init__(self, *args: Any, staff: Staff, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        posts = {post.staff_id: post for post in handlers_for(staff, today)}
        people = [
            (pk, f"{post.staff.name}（{post.get_role_display()}）") for pk, post in posts.items() if pk != staff.pk
        ]
        me = (staff.pk, _("%s（我自己）") % staff.name)
        choice_field(self, "owner").choices = [("", _("请选择")), me, *people]


class TopicSayForm(forms.Form):
    """A word on it; `version` is what its writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = text_field(_("情况"))
