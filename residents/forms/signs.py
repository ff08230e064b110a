"""The forms of a watch: agreeing on it, and lending somebody a link."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from residents.models import Resident
from residents.sign_rules import hours

CLOCK = {"type": "time"}


class WatchForm(forms.Form):
    """Who is looked after, from which side, and by when they are missed."""

    resident = forms.TypedChoiceField(label=_("看谁家的"), coerce=int, widget=forms.RadioSelect)
    face = forms.CharField(
        label=_("看哪一面"),
        required=False,
        max_length=10,
        help_text=_("窗户朝哪边：南面、临街。同一面的一下全记好"),
    )
    morning_by = forms.TimeField(label=_("早上几点前该拉开窗帘"), widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"))
    evening_by = forms.TimeField(label=_("晚上几点前该亮灯"), widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"))

    def __init__(self, people: Sequence[Resident], data: Any = None) -> None:
        common = hours()
        super().__init__(
            data,
            initial={
                "morning_by": common.morning_by,
                "evening_by": common.evening_by,
                "resident": people[0].pk if people else None,
            },
        )
        resident = self.fields["resident"]
        assert isinstance(resident, forms.TypedChoiceField)
        resident.choices = [(person.pk, person.name) for person in people]

    def clean(self) -> dict[str, Any]:
        """The morning is before the evening."""
        said: dict[str, Any] = super().clean() or {}
        morning, evening = said.get("morning_by"), said.get("evening_by")
        if morning and evening and not morning < evening:
            self.add_error("evening_by", _("晚上的时间要在早上的后面"))
        return said


class LendForm(forms.Form):
    """Who gets a link."""

    name = forms.CharField(label=_("请谁照看"), max_length=40, help_text=_("邻居或志愿者怎么称呼：楼下老赵"))
