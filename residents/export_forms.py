"""What is asked before a list goes out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from community_portal.privacy.purposes import EMERGENCY, OTHER, PETITION, PURPOSES, REPORT, VISIT, purpose_words
from residents.actions.exporting import CSV, XLSX

OFFERED = [(code, PURPOSES[code]) for code in (VISIT, PETITION, EMERGENCY, REPORT, OTHER)]


class PurposeForm(forms.Form):
    """Why a list goes out, and in which form."""

    purpose = forms.ChoiceField(
        label=_("用途"),
        help_text=_("会记入日志，也会印在表上"),
        choices=OFFERED,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项用途")},
    )
    purpose_words = forms.CharField(
        label=_("做什么用、给谁用"),
        help_text=_("选“上级交办”和“其他”时要写"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    form = forms.ChoiceField(label=_("格式"), choices=[(XLSX, "Excel"), (CSV, "CSV")], widget=forms.RadioSelect)

    def clean(self) -> dict[str, Any]:
        """The purpose in words, as the log and the sheet say it."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if "purpose" in said:
            try:
                said["said"] = purpose_words(said["purpose"], said.get("purpose_words", ""))
            except ValidationError as error:
                self.add_error("purpose_words", error.messages)
        return said
