"""The forms of handovers and the duty rota."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grid.actions.handovers import BY_HAND, LONGEST
from grid.models import Duty, HandoverItem, Staff


class SayForm(forms.Form):
    """What only the leaver knows, and no file says."""

    kind = forms.ChoiceField(
        label=_("是哪一类"),
        choices=[(kind.value, kind.label) for kind in HandoverItem.Kind if kind in BY_HAND],
        widget=forms.RadioSelect,
        initial=HandoverItem.Kind.PROMISE,
    )
    said = forms.CharField(
        label=_("写下来"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("答应过谁什么、几时之前；哪把钥匙、开哪扇门、放在哪里"),
    )


DAY = {"type": "date"}


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, as the browser picks it."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **options)


class RotaForm(forms.Form):
    """Who takes turns at the desk or with the phone, from a day to a day."""

    kind = forms.ChoiceField(
        label=_("班次"), choices=Duty.Kind.choices, widget=forms.RadioSelect, initial=Duty.Kind.PHONE
    )
    staff = forms.TypedMultipleChoiceField(label=_("谁轮流值"), coerce=int, widget=forms.CheckboxSelectMultiple)
    first = day_field(_("从"))
    last = day_field(_("到"))
    days_each = forms.IntegerField(
        label=_("几天换一次"), min_value=1, max_value=183, initial=1, help_text=_("天天换写 1，一周写 7，半年写 183")
    )

    def __init__(self, people: Sequence[Staff], today: date, data: Any = None) -> None:
        super().__init__(data, initial={"first": today, "last": today + timedelta(days=27)}, prefix="rota")
        staff = self.fields["staff"]
        assert isinstance(staff, forms.TypedMultipleChoiceField)
        staff.choices = [(person.pk, person.name) for person in people]


class LeaveForm(forms.Form):
    """Who is away from when to when, and who stands in."""

    staff = forms.TypedChoiceField(label=_("谁请假"), coerce=int)
    first = day_field(_("从"))
    last = day_field(_("到"))
    substitute = forms.TypedChoiceField(
        label=_("谁顶班"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("这几天派给请假人的事、该他值的班都归顶班的人"),
    )

    def __init__(self, people: Sequence[Staff], today: date, me: int, data: Any = None) -> None:
        super().__init__(data, initial={"staff": me, "first": today, "last": today}, prefix="leave")
        names = [(person.pk, person.name) for person in people]
        for name, choices in (("staff", names), ("substitute", [("", _("没有人")), *names])):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = choices
