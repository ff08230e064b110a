"""What all forms of a household's file share: the version that was seen, masked fields, warnings before saving."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.masking import mask_id, mask_name, mask_phone
from community_portal.privacy.normal import PHONE, normalise
from grid.models import Staff
from residents.models import Household, Stay

RELATIONS = ("户主", "配偶", "子女", "父母", "孙子女", "兄弟姐妹", "同住", "租客")
Mask = Callable[[str], str]
MASKS: dict[str, Mask] = {"name": mask_name, "phone": mask_phone, "id": mask_id}
CLEAR = "clear_"


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def date_field(label: Any, required: bool = True, hint: Any = "") -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, required=required, help_text=hint, widget=DateInput())


def day_field(label: Any = "") -> forms.DateField:
    """The day on which something happened; today when left empty."""
    return date_field(label or gettext_lazy("发生日期"), required=False, hint=gettext_lazy("空着就是今天。"))


def check_phone(text: str) -> None:
    """Raises ValidationError for what cannot be a number: fewer than 7 or more than 13 digits, or letters."""
    number = normalise(PHONE, text)
    if not (number.isdigit() and 7 <= len(number) <= 13):
        raise ValidationError(_("电话号码只有数字，7 到 13 位"))


def phone_field(label: Any, required: bool = False) -> forms.CharField:
    """A telephone number in any writing."""
    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    return forms.CharField(label=label, required=required, max_length=30, validators=[check_phone], widget=widget)


def relation_field(required: bool = True, hint: Any = "") -> forms.CharField:
    """What somebody is to the head of the household."""
    widget = forms.TextInput(attrs={"list": "relations", "autocomplete": "off"})
    label = gettext_lazy("与户主关系")
    return forms.CharField(label=label, required=required, max_length=20, help_text=hint, widget=widget)


class FileForm(forms.Form):
    """Base. `section` is where on the page it opens; `who` and `row` are the person and the line it is about."""

    title: Any = ""
    button: Any = gettext_lazy("保存")
    done: Any = gettext_lazy("已保存")
    section = "people"
    multipart = False
    masked: Mapping[str, str] = {}
    """Fields that show what is there masked, and keep it when left empty: name to kind of mask."""
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, staff: Staff, now: datetime, household: Household, who: Stay | None, row: int | None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.staff, self.now, self.household, self.who, self.row = staff, now, household, who, row
        self.today = localtime(now).date()
        self.label_suffix = ""
        subject = self.subject()
        if subject is not None:
            self.initial.setdefault("version", subject.version)
        for name, kind in self.masked.items():
            self._mask(name, MASKS[kind], getattr(subject, name, ""))
        self.prepare()

    def subject(self) -> Any:
        """The row whose version counts, if any."""
        return None

    def prepare(self) -> None:
        """Fill in what depends on the household."""

    def warnings(self) -> list[str]:
        """What looks odd about the valid input; it can be saved all the same."""
        return []

    def act(self) -> None:
        """Do it. Raises FileRefused, FileChanged, ValidationError."""
        raise NotImplementedError

    @property
    def in_person(self) -> bool:
        """Whether it opens inside the person it is about."""
        return self.section == "people" and self.who is not None

    @property
    def on_day(self) -> date | None:
        """The day that was typed."""
        day: date | None = self.cleaned_data.get("day")
        return day

    def said(self, *names: str) -> dict[str, Any]:
        """What was typed in these fields; a masked field left empty says nothing, one to be cleared says ""."""
        found = {}
        for name in names:
            value = self.cleaned_data[name]
            if name in self.masked and not value:
                if not self.cleaned_data.get(CLEAR + name):
                    continue
                value = ""
            found[name] = value
        return found

    def _mask(self, name: str, mask: Mask, value: str) -> None:
        field = self.fields[name]
        if not value:
            return
        field.required = False
        field.help_text = _("现在是 %s，空着就不改。") % mask(value)
        if name != "name":
            self.fields[CLEAR + name] = forms.BooleanField(label=_("删去%s") % field.label, required=False)


def stays_here(household: Household) -> list[Stay]:
    """Who belongs to the household now, the head first; kept on the household for this request."""
    known = getattr(household, "_stays_here", None)
    if known is None:
        rows = household.stays.current().select_related("resident").order_by("id")
        known = sorted(rows, key=lambda stay: stay.relation != Stay.HEAD)
        household._stays_here = known  # type: ignore[attr-defined]
    return list(known)


def choices_of(stays: list[Stay]) -> list[tuple[int, str]]:
    """People to pick from, their names masked."""
    return [(stay.resident_id, f"{mask_name(stay.resident.name)}（{stay.relation}）") for stay in stays]
