"""A new token."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.interfaces.kinds import ACTING, Kind

DAYS = [(30, _("30 天")), (90, _("90 天")), (180, _("半年")), (365, _("一年"))]


class TokenForm(forms.Form):
    """What it is for, what it may reach, and for how long."""

    name = forms.CharField(
        label=_("用来做什么"),
        help_text=_("写明是哪个系统用，以后认得出来，例如：街道数据看板。"),
        max_length=40,
        error_messages={"required": _("请写明用途")},
    )
    reads = forms.MultipleChoiceField(
        label=_("可以读"), choices=Kind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    acts = forms.MultipleChoiceField(
        label=_("可以办（签收、办结等，算您办的）"),
        choices=[(kind.value, kind.label) for kind in ACTING],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(label=_("有效期"), choices=DAYS, coerce=int, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
