"""The form of a checklist."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ChecklistForm(forms.Form):
    """A name, what to do line by line, and whether others may take it."""

    name = forms.CharField(label=_("叫什么"), max_length=20)
    items = forms.CharField(label=_("做什么，一行一条"), widget=forms.Textarea(attrs={"rows": 6}))
    shared = forms.BooleanField(label=_("别的社区也可以拿去用"), required=False)

    def clean_items(self) -> list[str]:
        """The lines."""
        text: str = self.cleaned_data["items"]
        return text.splitlines()
