"""Forms of money that comes and goes: the till, refunds, waivers, spendings, reversals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from councils.forms.money import DATE, MoneyForm, PhotosField, YuanField
from councils.models import Account, Payment
from petitions.forms.once import OnceForm

REASON = {"required": _("请写明原因")}


def _way() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("方式"), choices=Payment.Way.choices, widget=forms.RadioSelect, initial="cash")


class TakeForm(MoneyForm, OnceForm):
    """Money taken for one bill; two presses of Enter when nothing is out of the ordinary."""

    amount = YuanField(label=_("实收（元）"))
    way = _way()
    reference = forms.CharField(
        label=_("流水号或手写收据号"), max_length=40, required=False, help_text=_("转账的交易单号；没有就空着"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    day = forms.DateField(label=_("日期"), widget=DATE)

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        names = ("amount", "way", "reference", "day")
        assert self.shown is not None
        return {name: self.cleaned_data[name] for name in names} | {"once": self.shown.nonce}


class RefundForm(MoneyForm):
    """Money given back."""

    amount = YuanField(label=_("退多少（元）"))
    way = _way()
    day = forms.DateField(label=_("日期"), widget=DATE)
    text = forms.CharField(label=_("原因"), max_length=200, error_messages=REASON)


class WaiveForm(MoneyForm):
    """A household let off."""

    amount = YuanField(label=_("减免多少（元）"))
    decision = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("哪次会议同意的，为什么"),
        error_messages={"required": _("请写明依据")},
    )


class ReasonForm(MoneyForm):
    """Why something is taken back."""

    reason = forms.CharField(label=_("原因"), max_length=200, error_messages=REASON)


class SpendForm(MoneyForm):
    """Money paid out, with its vouchers."""

    text = forms.CharField(label=_("买了什么、做了什么"), max_length=100)
    amount = YuanField(label=_("金额（元）"))
    payee = forms.CharField(label=_("付给谁"), max_length=60, help_text=_("公示时写店名、公司名；个人只写“个人”"))
    way = _way()
    day = forms.DateField(label=_("付款日期"), widget=DATE)
    pictures = PhotosField(label=_("发票、收据照片"), help_text=_("可以选几张；监督人看得到，公示页不显示"))


class MoveForm(MoneyForm):
    """Cash to the bank, or back."""

    to = forms.ChoiceField(
        label=_("做什么"),
        choices=[(Account.BANK, _("存入银行")), (Account.CASH, _("取出现金"))],
        widget=forms.RadioSelect,
        initial=Account.BANK,
    )
    amount = YuanField(label=_("金额（元）"))
    day = forms.DateField(label=_("日期"), widget=DATE)


class SignForm(MoneyForm):
    """What the supervisor says."""

    agrees = forms.ChoiceField(choices=[("1", ""), ("0", "")])
    text = forms.CharField(max_length=200, required=False)
