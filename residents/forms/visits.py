"""The form of a visit."""

from datetime import datetime

from django import forms
from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from residents.actions.visits import LONGEST_NOTE
from residents.models import Visit

LONGEST_NEED = 500


class VisitForm(forms.Form):
    """What happened at the door. Left empty, the time is now."""

    result = forms.ChoiceField(label=_("结果"), choices=Visit.Result.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("记一笔"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("下次来的人看得到：耳背，多敲两次门；药放在床头"),
    )
    need = forms.CharField(
        label=_("需要办的事"),
        required=False,
        max_length=LONGEST_NEED,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写了就登记成一件诉求，马上派单、计时"),
    )
    visited_at = forms.DateTimeField(
        label=_("走访时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("刚刚走访的不用填；补登写当时的时间，最多补 7 天"),
    )

    def clean_visited_at(self) -> datetime | None:
        """A time in the portal's zone."""
        when: datetime | None = self.cleaned_data["visited_at"]
        return localtime(when) if when else None


class TogetherForm(forms.Form):
    """Several doors of a stairway with one result."""

    door = forms.TypedMultipleChoiceField(
        label=_("去过哪几户"), coerce=int, error_messages={"required": _("先勾选去过的户")}
    )
    result = forms.ChoiceField(label=_("结果"), choices=Visit.Result.choices)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        door = self.fields["door"]
        assert isinstance(door, forms.TypedMultipleChoiceField)
        door.choices = [(value, value) for value in data.getlist("door") if value.isdecimal()]
