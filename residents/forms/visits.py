"""The form of a visit."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from residents import photos
from residents.actions.visit_photos import MOST
from residents.actions.visits import LONGEST_NOTE
from residents.models import CareClass, Checklist, Visit

LONGEST_NEED = 500


class ManyPhotos(forms.ClearableFileInput):
    """A chooser for several photos; phones offer the camera."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Up to MOST photos; cleans to JPEGs drawn anew: no place, no camera."""

    widget = ManyPhotos({"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """The pictures; each that cannot be kept is named with the reason."""
        sent = list(data) if isinstance(data, list | tuple) else [data] if data else []
        if len(sent) > MOST:
            raise forms.ValidationError(_("一次最多 %(most)d 张"), params={"most": MOST})
        found, problems = [], []
        for file in sent:
            try:
                found.append(photos.redraw(file.file, file.size))
            except photos.PhotoRefused as error:
                problems.append(f"“{file.name}”{error}")
        if problems:
            raise forms.ValidationError(problems)
        return found


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
    photos = PhotosField(
        label=_("照片"), required=False, help_text=_("最多 3 张，加密留存一年；照片里的位置信息会去掉")
    )
    visited_at = forms.DateTimeField(
        label=_("走访时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("刚刚走访的不用填；补登写当时的时间，最多补 7 天"),
    )

    def __init__(self, *args: Any, checklists: Sequence[Checklist] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in checklists:
            self.fields[f"check_{each.pk}"] = forms.MultipleChoiceField(
                label=each.name,
                required=False,
                choices=[(item, item) for item in each.items],
                widget=forms.CheckboxSelectMultiple,
            )
        self.lists = {f"check_{each.pk}": each.pk for each in checklists}

    def clean(self) -> dict[str, Any]:
        """What was ticked, list by list, as `checks`."""
        said: dict[str, Any] = super().clean() or {}
        return {
            **{name: value for name, value in said.items() if name not in self.lists},
            "checks": {pk: said.get(name, []) for name, pk in self.lists.items()},
        }

    @property
    def ticks(self) -> list[forms.BoundField]:
        """The fields of the checklists."""
        return [self[name] for name in self.lists]

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


class CallForm(forms.Form):
    """A visit for an occasion: out of hospital, bereaved."""

    care_class = forms.ModelChoiceField(
        label=_("哪一类"), queryset=CareClass.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    occasion = forms.CharField(label=_("为什么"), max_length=60, help_text=_("昨天出院；老伴去世"))

    def __init__(self, classes: Sequence[CareClass], data: Any = None) -> None:
        called = [each.pk for each in classes if each.within_hours is not None]
        super().__init__(data, prefix="call", initial={"care_class": called[0] if called else None})
        field = self.fields["care_class"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = CareClass.objects.filter(pk__in=called)


class DecideForm(forms.Form):
    """The household is visited otherwise than its tags say, until a day."""

    care_class = forms.ModelChoiceField(
        label=_("多久走一次"),
        queryset=CareClass.objects.none(),
        required=False,
        empty_label=_("不用走访"),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("住到女儿家了；本人书面谢绝"))
    until = forms.DateField(
        label=_("到哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text=_("最长一年")
    )

    def __init__(self, classes: Sequence[CareClass], today: date, data: Any = None) -> None:
        super().__init__(data, prefix="decide", initial={"until": today + timedelta(days=90)})
        field = self.fields["care_class"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = CareClass.objects.filter(pk__in=[each.pk for each in classes if each.every_days is not None])
