"""What all forms of councils share: who, when, about what, and the version that was seen."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from grid.models import Staff

LONGEST, LONGEST_BODY = 2000, 10_000


class ActForm(forms.Form):
    """Base: the version that the actor saw travels along, so that nobody overwrites what they have not read."""

    title: Any = ""
    button: Any = _("保存")
    done: Any = _("已保存")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, staff: Staff, now: datetime, subject: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": getattr(subject, "version", None), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.staff, self.now, self.subject = staff, now, subject
        self.label_suffix = ""
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the subject or the viewer."""

    def act(self) -> Any:
        """Do it. Raises CouncilRefused or CouncilChanged."""
        raise NotImplementedError

    def keep(self, refusal: str) -> None:
        """Come back with the reason on top and every word still there; sent once more it takes up what is now."""
        data = cast(QueryDict, self.data).copy()
        data["version"] = str(getattr(self.subject, "version", ""))
        self.data = data
        self.add_error(None, refusal)


def words_field(label: Any, hint: Any = "", *, required: bool = True, rows: int = 4) -> forms.CharField:
    """Some lines of text."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("请写明情况或理由")},
    )


def line_field(label: Any, hint: Any = "", *, required: bool = True, most: int = 80) -> forms.CharField:
    """One line of text."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=most,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def body_field(label: Any, hint: Any = "") -> forms.CharField:
    """A text of several paragraphs."""
    return forms.CharField(
        label=label, help_text=hint, max_length=LONGEST_BODY, widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("请写正文")},
    )  # fmt: skip
