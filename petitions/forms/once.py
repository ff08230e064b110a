"""A form that is sent once."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from petitions.form_tokens import Token, TokenRefused, new_token, read_token


class OnceForm(forms.Form):
    """Carries a signed token from its showing: sent twice it is one petition, left open too long it is asked again."""

    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, at: datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.at = at
        self.shown: Token | None = None
        self.fields["token"].initial = new_token(at)

    def clean(self) -> dict[str, Any]:
        """Asks to press once more when the token is too old or missing; nothing typed is lost."""
        values = super().clean() or {}
        try:
            self.shown = read_token(values.get("token", ""), self.at)
        except TokenRefused:
            self.refresh(token=new_token(self.at))
            raise forms.ValidationError(_("页面放得太久了，请再按一次“提交”。您写的都还在。")) from None
        return values

    def refresh(self, **values: str) -> None:
        """Show these values instead of what was sent."""
        data = cast(QueryDict, self.data).copy()
        for name, value in values.items():
            data[name] = value
        self.data = data
