"""Forms about money: what they share, and those of levies. Yuan on the page, cents behind it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.ui.forms import row_field
from councils.actions.books import IN_FORCE, MoneyRefused
from councils.models import Council, Levy, Resolution
from councils.models.levies import WHOLE
from councils.money_words import yuan
from residents.models import Building
from residents.photos import PhotoRefused, redraw

MOST_YUAN = Decimal("99999999.99")
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class YuanField(forms.DecimalField):
    """An amount typed in yuan, whole cents; its value is integer cents."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"})
        super().__init__(
            **{"min_value": Decimal("0.01"), "max_value": MOST_YUAN, "decimal_places": 2, "widget": widget, **kwargs}
        )
        self.error_messages |= {
            "invalid": _("请写金额，如 3.75"), "max_decimal_places": _("最多到分"), "min_value": _("金额要大于 0"),
        }  # fmt: skip

    def to_python(self, value: Any) -> Any:
        """The yuan typed, commas and 元 or not."""
        return super().to_python(str(value or "").replace(",", "").replace("，", "").removesuffix("元").strip())

    def clean(self, value: Any) -> Any:
        """Integer cents; None for an empty field that may be."""
        number = super().clean(value)
        return None if number is None else int(number * 100)

    def prepare_value(self, value: Any) -> Any:
        """Cents as yuan; what was typed stays as it was typed."""
        return yuan(value).replace(",", "") if isinstance(value, int) else value


class PhotosField(forms.FileField):
    """Several photos, each drawn anew as a JPEG; its value is a list of bytes."""

    class Input(forms.ClearableFileInput):
        allow_multiple_selected = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=self.Input(attrs={"accept": "image/jpeg,image/png,image/webp"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Raises ValidationError for a file that is no photo."""
        files = data if isinstance(data, list | tuple) else [data]
        found = []
        for each in files:
            file = super().clean(each, initial)
            if not file:
                continue
            try:
                found.append(redraw(file, file.size))
            except PhotoRefused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return found


class MoneyForm(forms.Form):
    """Base: who acts, when; a refusal goes to the field that it is about."""

    def refuse(self, refusal: MoneyRefused) -> None:
        """Show why it was not done."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class LevyForm(MoneyForm):
    """A levy's facts."""

    purpose = forms.CharField(
        label=_("用来做什么"), max_length=60, widget=forms.TextInput(attrs={"placeholder": _("更换楼道灯")})
    )
    resolution = forms.ModelChoiceField(label=_("依据的决议"), queryset=Resolution.objects.none(), required=False,
                                        empty_label=_("决议不在门户里"))  # fmt: skip
    basis = forms.CharField(
        label=_("依据"), max_length=160, required=False, help_text=_("没有选决议时写：哪次会议、哪天、怎样通过的")
    )
    way = forms.ChoiceField(label=_("怎样分"), choices=Levy.Way.choices, widget=forms.RadioSelect, initial="equal")
    amount = YuanField(label=_("金额（元）"), help_text=_("总额；“每份固定金额”写一份多少"))
    count = forms.ChoiceField(
        label=_("份数从哪里来"), choices=Levy.Count.choices, initial="one",
        help_text=_("按份数、每份固定金额时用；之后每一户都可以单独改"),
    )  # fmt: skip
    share_word = forms.CharField(label=_("一份叫什么"), max_length=10, initial="份", help_text=_("车、人、份"))
    ties = forms.ChoiceField(
        label=_("分不尽的零头，舍去一样多时先给谁加一分"),
        choices=Levy.Ties.choices,
        widget=forms.RadioSelect,
        initial="up",
    )
    buildings = forms.ModelMultipleChoiceField(
        label=_("哪些楼"), queryset=Building.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选就是全部"),
    )  # fmt: skip
    due_on = forms.DateField(label=_("缴费截止"), widget=DATE)
    supervisor = forms.CharField(
        label=_("监督人"), max_length=40, help_text=_("看每一笔支出凭证并签字的居民，姓名会公示")
    )

    def __init__(self, *args: Any, council: Council, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        resolutions = Resolution.objects.filter(council__community=council.community_id, state__in=IN_FORCE)
        row_field(self, "resolution").queryset = resolutions.order_by("-id")
        buildings = Building.objects.filter(community=council.community_id)
        if council.level == Council.Level.COURTYARD:
            buildings = buildings.filter(councils=council)
        elif council.level == Council.Level.ESTATE:
            buildings = buildings.filter(estate=council.estate_id)
        row_field(self, "buildings").queryset = buildings.order_by("estate__name", "position")

    @staticmethod
    def first_values(levy: Levy) -> dict[str, Any]:
        """A levy as the form shows it."""
        names = ("purpose", "resolution", "way", "count", "share_word", "ties", "due_on", "supervisor")
        basis = "" if levy.resolution_id else levy.basis
        amount = levy.price if levy.price is not None else levy.total
        buildings = list(levy.buildings.values_list("pk", flat=True))
        return {name: getattr(levy, name) for name in names} | {
            "basis": basis, "amount": amount, "buildings": buildings,
        }  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        values = dict(self.cleaned_data)
        amount, priced = values.pop("amount"), values["way"] == Levy.Way.PRICE
        values["buildings"] = [building.pk for building in values["buildings"]]
        return values | {"total": None if priced else amount, "price": amount if priced else None}


class LineForm(MoneyForm):
    """What differs for one household."""

    shares = forms.DecimalField(
        label=_("份数"), min_value=0, max_value=100_000, decimal_places=2, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}),
        help_text=_("空着就按规则算"),
    )  # fmt: skip
    exempt = forms.CharField(
        label=_("免缴理由"), max_length=80, required=False, help_text=_("决议同意免缴的，写明依据；不免就空着")
    )

    def values(self) -> dict[str, Any]:
        """Hundredths of a share, and the reason."""
        shares = self.cleaned_data["shares"]
        return {"weight": None if shares is None else int(shares * WHOLE), "exempt": self.cleaned_data["exempt"]}


def today(now: datetime) -> Any:
    """The day at an instant, for date fields."""
    return localtime(now).date()
