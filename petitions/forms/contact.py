"""How people without an account say who they are: the same two fields in every form for residents."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.normal import PHONE, normalise

CALLABLE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}|[2-8][0-9]{6,7}")


def is_callable(text: str) -> bool:
    """Whether somebody can be called under a number, in whatever writing: a mobile, or a line with or without area."""
    return CALLABLE.fullmatch(normalise(PHONE, text)) is not None


def check_callable(text: str) -> None:
    """Raises ValidationError for a number that nobody can be called under; none at all is fine."""
    if text and not is_callable(text):
        raise ValidationError(_("请填 11 位手机号或带区号的座机，不想留就空着"))


def caller_phone_field(label: Any, help_text: Any = "", *, checked: bool = True) -> forms.CharField:
    """The number somebody wants to be called under; `checked` by itself, or by a form that knows when it is needed."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=30,
        required=False,
        validators=[check_callable] if checked else [],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


def caller_name_field() -> forms.CharField:
    """How somebody wants to be called."""
    return forms.CharField(
        label=gettext_lazy("怎么称呼您（可不填）"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
