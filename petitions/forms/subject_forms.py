"""A resident who asks what the portal holds about them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.holdings import Subject
from community_portal.privacy.id_number import valid_id
from community_portal.privacy.normal import PHONE, normalise

MIN_DIGITS = 7


class SubjectForm(forms.Form):
    """A phone, an ID number or both, and that the person stands before you and is who they say."""

    phone = forms.CharField(
        label=gettext_lazy("手机或座机"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    id_number = forms.CharField(
        label=gettext_lazy("身份证号"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    checked = forms.BooleanField(
        label=gettext_lazy("已当面核对证件，是本人或本人书面委托的人"),
        error_messages={"required": gettext_lazy("先核对证件，再勾选这一项")},
    )

    def clean_phone(self) -> str:
        """Something that can be a number."""
        phone: str = self.cleaned_data["phone"].strip()
        bare = normalise(PHONE, phone)
        if phone and not (bare.isascii() and bare.isdigit() and len(bare) >= MIN_DIGITS):
            raise forms.ValidationError(_("电话应有 7 位以上数字"))
        return phone

    def clean_id_number(self) -> str:
        """A number whose check digit is right."""
        number: str = self.cleaned_data["id_number"].strip()
        if number and not valid_id(number):
            raise forms.ValidationError(_("身份证号应为 18 位，请核对有没有输错"))
        return number

    def clean(self) -> dict[str, Any]:
        """One of the two at least."""
        values = super().clean() or {}
        given = values.get("phone") or values.get("id_number")
        if not given and not self.errors.keys() & {"phone", "id_number"}:
            raise forms.ValidationError(_("请填写电话或身份证号"))
        return values

    def subject(self) -> Subject:
        """Whom a valid form asks about."""
        return Subject.of(self.cleaned_data["phone"], self.cleaned_data["id_number"])
