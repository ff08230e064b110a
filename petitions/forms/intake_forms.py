"""What staff fill in: a request at the desk or by phone, and a file of orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grid.models import Division
from petitions.actions.importing import DEFAULT_SYSTEM
from petitions.forms.once import OnceForm
from petitions.models import Category, Petition, ResponseLevel
from petitions.pasted.guesses import time_in

MEGABYTE = 1024 * 1024
SOURCES = (Petition.Source.PHONE, Petition.Source.DESK, Petition.Source.PATROL, Petition.Source.HOTLINE)
LONGEST_PASTE = 20_000


class HomeChoice(forms.ModelChoiceField):
    """One of the divisions a person works for; with a single one there is nothing to choose."""

    def offer(self, homes: Sequence[Division]) -> None:
        """Offer these, the highest first."""
        self.queryset = Division.objects.filter(pk__in=[home.pk for home in homes]).order_by("level", "code")
        self.initial = homes[0].pk if homes else None
        if len(homes) < 2:
            self.widget = forms.HiddenInput()


class DeskForm(OnceForm):
    """A request that somebody brings or phones in; the fields stand in the order of the conversation."""

    caller_phone = forms.CharField(
        label=gettext_lazy("来电号码"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "autofocus": True}),
    )
    caller_name = forms.CharField(
        label=gettext_lazy("怎么称呼"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("什么事"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写明什么事"), "max_length": gettext_lazy("最多写 5000 个字")},
    )
    where = forms.CharField(
        label=gettext_lazy("在哪里"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "buildings", "autocomplete": "off"}),
    )
    category = forms.ModelChoiceField(
        Category.objects.all(), label=gettext_lazy("类别"), required=False, empty_label=gettext_lazy("按内容判断")
    )
    level = forms.ModelChoiceField(
        ResponseLevel.objects.all(), label=gettext_lazy("级别"), required=False, empty_label=gettext_lazy("按类别")
    )
    kind = forms.ChoiceField(label=gettext_lazy("性质"), choices=Petition.Kind.choices, initial=Petition.Kind.HELP)
    source = forms.ChoiceField(
        label=gettext_lazy("来源"),
        choices=[(each.value, each.label) for each in SOURCES],
        initial=Petition.Source.PHONE,
    )
    anonymous = forms.BooleanField(label=gettext_lazy("来人要求匿名"), required=False)
    pasted = forms.CharField(
        label=gettext_lazy("把收到的文字贴在这里"),
        help_text=gettext_lazy("微信、邮件、12345 的工单都行，认出来的填到下面，您写过的不动"),
        max_length=LONGEST_PASTE,
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "autocomplete": "off",
                "placeholder": gettext_lazy("工单编号：… 来电人：… 电话：… 诉求内容：…"),
            }
        ),
        error_messages={"max_length": gettext_lazy("一次最多贴 %d 个字") % LONGEST_PASTE},
    )
    filled = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    order_no = forms.CharField(label=gettext_lazy("来单编号"), max_length=64, required=False)
    received = forms.CharField(label=gettext_lazy("受理时间"), max_length=40, required=False)
    title = forms.CharField(label=gettext_lazy("标题"), max_length=120, required=False)
    remarks = forms.CharField(
        label=gettext_lazy("来文里还有"),
        help_text=gettext_lazy("没有对应栏目的内容，随工单一起留存"),
        max_length=LONGEST_PASTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    home = HomeChoice(Division.objects.none(), label=gettext_lazy("归属"), empty_label=None)

    def __init__(self, data: Any = None, *, at: datetime, homes: Sequence[Division], **kwargs: Any) -> None:
        super().__init__(data, at=at, **kwargs)
        field = self.fields["home"]
        assert isinstance(field, HomeChoice)
        field.offer(homes)

    def clean_received(self) -> datetime | None:
        """The time as people write it, None when nothing is said."""
        said = self.cleaned_data["received"]
        moment = time_in(said, self.at) if said else None
        if said and moment is None:
            raise forms.ValidationError(_("认不出这个时间，请写成 2026-11-23 09:30，不能晚于现在"))
        return moment

    def clean(self) -> dict[str, Any]:
        """Orders of the hotline have a number."""
        values = super().clean()
        if values.get("source") == Petition.Source.HOTLINE and not values.get("order_no"):
            self.add_error("order_no", _("12345 的来单要填来单编号"))
        return values

    @property
    def has_more(self) -> bool:
        """Whether anything stands in the fields that only pasted text fills."""
        return any(self[name].value() or self[name].errors for name in ("order_no", "received", "title", "remarks"))


class ImportForm(forms.Form):
    """A file of orders, and which system it comes from."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("Excel（.xlsx、.xls）、CSV 或 JSON，最多 20 万行；列名认得出就行，不必改表头"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv,.txt,.json"}),
        error_messages={"required": gettext_lazy("请选择文件"), "empty": gettext_lazy("文件是空的")},
    )
    system = forms.CharField(
        label=gettext_lazy("来单系统"),
        help_text=gettext_lazy("编号在一个系统里不重复；不同系统的文件请写不同的名称"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": DEFAULT_SYSTEM, "autocomplete": "off"}),
    )
    home = HomeChoice(Division.objects.none(), label=gettext_lazy("归属"), empty_label=None)

    def __init__(self, *args: Any, homes: Sequence[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["home"]
        assert isinstance(field, HomeChoice)
        field.offer(homes)

    def clean_file(self) -> UploadedFile:
        """Not too large to be taken in at once."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_MAX_BYTES:
            most = settings.IMPORT_MAX_BYTES // MEGABYTE
            raise forms.ValidationError(_("文件超过 %d MB，请分成几个文件上传") % most)
        return file
