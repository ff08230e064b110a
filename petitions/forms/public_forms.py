"""What residents fill in without an account."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from petitions.forms.contact import caller_name_field, caller_phone_field, is_callable
from petitions.forms.files import FilesField
from petitions.forms.once import OnceForm
from petitions.numbers import ALPHABET, CODE_LENGTH
from residents.addresses import parse_place
from residents.models import Building

BY_PHONE, BY_CODE = "phone", "none"
NUMBER = re.compile(r"SQ([0-9]{8})-?([0-9]{6})")


class GuardedForm(OnceForm):
    """A form for people without an account: sent by a person, who takes a moment, and not by a program."""

    website = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off", "aria-hidden": "true"}),
    )

    def clean(self) -> dict[str, Any]:
        """Asks to press once more when the field that nobody sees is filled in, or hardly any time has passed."""
        values = super().clean()
        assert self.shown is not None
        if values.get("website") or self.shown.age < settings.PUBLIC_FORM_MIN_SECONDS:
            self.refresh(website="")
            raise forms.ValidationError(_("提交得太快了，请看一遍再按“提交”。您写的都还在。"))
        return values


class AskForm(GuardedForm):
    """A resident's request: what, where, and how to answer."""

    text = forms.CharField(
        label=gettext_lazy("什么事"),
        help_text=gettext_lazy("用自己的话说就行，例如“路灯坏了”“想申请上门量血压”"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写一下什么事"), "max_length": gettext_lazy("最多写 5000 个字")},
    )
    where = forms.CharField(
        label=gettext_lazy("在哪里"),
        help_text=gettext_lazy("写到楼号和单元，我们找得更快"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    attached = FilesField(label=gettext_lazy("照片、录音（可不传）"))
    contact = forms.ChoiceField(
        label=gettext_lazy("怎么回复您"),
        choices=[(BY_PHONE, gettext_lazy("打我电话")), (BY_CODE, gettext_lazy("不留电话，我自己查进度"))],
        initial=BY_PHONE,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选怎么回复您")},
    )
    phone = caller_phone_field(gettext_lazy("手机号"), checked=False)
    name = caller_name_field()

    def __init__(self, data: Any = None, *, building: Building | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.building = building

    def clean(self) -> dict[str, Any]:
        """Wants a number that can be called from those who want a call; forgets name and number of the others."""
        values = super().clean()
        if values.get("contact") == BY_CODE:
            values |= {"phone": "", "name": ""}
        elif values.get("contact") == BY_PHONE and not is_callable(values.get("phone", "")):
            self.add_error("phone", _("请填 11 位手机号或带区号的座机；不想留电话，请选下面一项"))
        return values

    @property
    def known_building(self) -> Building | None:
        """The building whose code was scanned, unless another one was written over it."""
        written = parse_place(self.data.get("where", "")).building
        return self.building if self.building and written in ("", self.building.number) else None


class TrackForm(forms.Form):
    """Number and query code from the receipt, however they are typed."""

    number = forms.CharField(
        label=gettext_lazy("工单号"),
        help_text=gettext_lazy("SQ 开头，例如 SQ20261123-000123"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请填工单号")},
    )
    code = forms.CharField(
        label=gettext_lazy("查询码"),
        help_text=gettext_lazy("6 位字母和数字，在回执上"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请填查询码")},
    )

    def clean_number(self) -> str:
        """SQ20261123-000123 from any spelling; what is no such number stays as it is and finds nothing."""
        bare = re.sub(r"[\s—－–-]+", "", self.cleaned_data["number"]).upper()
        match = NUMBER.fullmatch(bare if bare.startswith("SQ") else f"SQ{bare}")
        return f"SQ{match[1]}-{match[2]}" if match else bare

    def clean_code(self) -> str:
        """Six capitals and digits; anything else finds nothing."""
        return re.sub(r"\s+", "", self.cleaned_data["code"]).upper()


def is_code(text: str) -> bool:
    """Whether a text can be a query code at all."""
    return len(text) == CODE_LENGTH and set(text) <= set(ALPHABET)


class SupplementForm(forms.Form):
    """What the petitioner adds later."""

    text = forms.CharField(
        label=gettext_lazy("补充说明"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": gettext_lazy("最多写 2000 个字")},
    )
    attached = FilesField(label=gettext_lazy("照片、录音（可不传）"))

    def clean(self) -> dict[str, Any]:
        """Words or files, one of them at least."""
        values = super().clean() or {}
        if not self.errors and not values.get("text") and not values.get("attached"):
            self.add_error("text", _("请写一下要补充什么，或选照片"))
        return values


class ReviewForm(forms.Form):
    """A complaint about the handling: the office above looks at it again."""

    text = forms.CharField(
        label=gettext_lazy("对办理有什么意见"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "id": "id_review"}),
        error_messages={"required": gettext_lazy("请写明对办理的意见"), "max_length": gettext_lazy("最多写 2000 个字")},
    )


def _yes_no(label: Any, yes: Any, no: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("1", yes), ("0", no)],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项")},
    )


class RatingForm(forms.Form):
    """The petitioner's own follow-up answers."""

    contacted = _yes_no(gettext_lazy("联系过您吗"), gettext_lazy("联系过"), gettext_lazy("没有"))
    solved = _yes_no(gettext_lazy("解决了吗"), gettext_lazy("解决了"), gettext_lazy("没解决"))
    satisfied = _yes_no(gettext_lazy("满意吗"), gettext_lazy("满意"), gettext_lazy("不满意"))
    text = forms.CharField(
        label=gettext_lazy("想说的话（可不填）"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
