"""What the head of a community fills in about its colours."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from residents.models import ColourRule

PAIRS = {"ground": "#fbe0e8", "ink": "#5c1230", "dark_ground": "#8a3d58", "dark_ink": "#ffe3ec"}
COLOUR = {"type": "color"}


def _colour(label: Any, name: str) -> forms.CharField:
    widget = forms.TextInput(COLOUR)
    return forms.CharField(label=label, max_length=7, required=False, initial=PAIRS[name], widget=widget)


class RuleForm(forms.Form):
    """One colour of the wall; an empty one at the end is a colour to add."""

    label = forms.CharField(label=_("文字"), max_length=20)
    symbol = forms.CharField(label=_("符号"), max_length=2, required=False)
    swatch = forms.ChoiceField(label=_("色块"), choices=ColourRule.Swatch.choices, initial=ColourRule.Swatch.PINK)
    ground = _colour(_("底色"), "ground")
    ink = _colour(_("字色"), "ink")
    dark_ground = _colour(_("深色主题底色"), "dark_ground")
    dark_ink = _colour(_("深色主题字色"), "dark_ink")
    statuses = forms.MultipleChoiceField(
        label=_("代表哪些户"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选：其余所有的户"),
    )
    drop = forms.BooleanField(label=_("去掉这种颜色"), required=False)

    def __init__(self, *args: Any, statuses: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["statuses"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = statuses

    @property
    def own(self) -> bool:
        """Whether the colour is one of the community's own."""
        return self["swatch"].value() == ColourRule.Swatch.OWN

    def clean(self) -> dict[str, Any]:
        """Colours of one's own are checked for contrast, each theme at its ink."""
        values = super().clean() or self.cleaned_data
        if not values.get("drop") and not self.errors:
            rule = self.rule()
            rule.full_clean(exclude=["scheme", "rank", "statuses"], validate_unique=False, validate_constraints=False)
        return values

    def rule(self) -> ColourRule:
        """The colour as it was filled in."""
        values = {name: self.cleaned_data[name] for name in ("label", "symbol", "swatch", "statuses")}
        own = values["swatch"] == ColourRule.Swatch.OWN
        return ColourRule(**values, **{name: self.cleaned_data[name].lower() if own else "" for name in PAIRS})


RuleFormSet = forms.formset_factory(RuleForm, extra=1, max_num=20, absolute_max=20)


def first_values(rules: Sequence[ColourRule]) -> list[dict[str, Any]]:
    """The form's values for the colours as they are."""
    names = ("label", "symbol", "swatch", "statuses")
    return [
        {name: getattr(rule, name) for name in names} | {name: getattr(rule, name) or PAIRS[name] for name in PAIRS}
        for rule in rules
    ]
