"""Forms of the funds: the budget, an item, and each step of its way."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.ui.forms import row_field
from councils.actions import funds as actions
from councils.actions.books import IN_FORCE
from councils.forms.money import DATE, MoneyForm, PhotosField, YuanField
from councils.fund_rules import Step
from councils.models import Fund, FundItem, FundKind, FundUse, Resolution

AREA = {"rows": 3}


class GrantForm(MoneyForm):
    """What a fund was given."""

    kind = forms.ChoiceField(
        label=_("哪一种经费"), choices=FundKind.choices, widget=forms.RadioSelect, initial="service"
    )
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    amount = YuanField(label=_("金额（元）"))
    day = forms.DateField(label=_("下达日期"), widget=DATE)
    text = forms.CharField(label=_("文件"), max_length=100, help_text=_("哪份文件下达的，追加的也写明"))


class ItemForm(MoneyForm):
    """Something a fund is to pay for. Forbidden uses stand in the list too: choosing one names the rule."""

    title = forms.CharField(label=_("办什么事"), max_length=60)
    reason = forms.CharField(label=_("为什么办，惠及谁"), max_length=300, widget=forms.Textarea(attrs=AREA))
    use = forms.ModelChoiceField(label=_("用途"), queryset=FundUse.objects.none(), empty_label=_("请选择"))
    amount = YuanField(label=_("预算（元）"))

    def __init__(self, *args: Any, fund: Fund, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uses = FundUse.objects.filter(kind=fund.kind)
        field = row_field(self, "use")
        field.queryset = uses
        named = {True: "%s", False: _("%s（规定不能用）")}
        field.choices = [("", _("请选择")), *((use.pk, str(named[use.allowed]) % use.name) for use in uses)]


class StepForm(MoneyForm):
    """Base of the steps: a title, a button, what is said afterwards, and the action."""

    title: Any = ""
    button: Any = ""
    done: Any = ""
    action: Any = None

    def __init__(self, *args: Any, item: FundItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the item."""

    def act(self, **who: Any) -> None:
        """Do it."""
        type(self).action(self.item.pk, **who, **self.cleaned_data)


def _words(label: Any, hint: Any = "", length: int = 200) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, max_length=length, widget=forms.Textarea(attrs=AREA))


class AgreeForm(StepForm):
    """The council agreed."""

    title, button, done = _("议事会商议"), _("议事会同意，报街道备案"), _("已报街道，街道收到了通知")
    action = staticmethod(actions.item_agree)
    resolution = forms.ModelChoiceField(
        label=_("决议"), queryset=Resolution.objects.none(), required=False, empty_label=_("决议不在门户里")
    )
    basis = forms.CharField(label=_("依据"), max_length=160, required=False, help_text=_("没有选决议时写哪次会议"))

    def prepare(self) -> None:
        """The community's resolutions in force."""
        community = self.item.fund.council.community_id
        rows = Resolution.objects.filter(council__community=community, state__in=IN_FORCE).order_by("-id")
        row_field(self, "resolution").queryset = rows


class FileForm(StepForm):
    """The street files it."""

    title, button, done = _("街道备案"), _("备案"), _("已备案，社区收到了通知")
    action = staticmethod(actions.item_file)
    filing_no = forms.CharField(label=_("备案号"), max_length=40)


class ReturnForm(StepForm):
    """The street sends it back."""

    title, button, done = _("退回社区"), _("退回"), _("已退回，社区收到了通知")
    action = staticmethod(actions.item_return)
    reason = _words(_("为什么退回"))


class PayForm(StepForm):
    """Paid."""

    title, button, done = _("付款"), _("登记付款"), _("已记账")
    action = staticmethod(actions.item_pay)
    amount = YuanField(label=_("实付（元）"))
    payee = forms.CharField(label=_("付给谁"), max_length=60)
    day = forms.DateField(label=_("付款日期"), widget=DATE)
    pictures = PhotosField(label=_("发票、合同照片"))

    def prepare(self) -> None:
        """The budget as a start."""
        self.fields["amount"].initial = self.item.amount


class TakeBackForm(StepForm):
    """Paid wrongly."""

    title, button, done = _("冲销付款"), _("冲销"), _("已冲销，可以重新付款")
    action = staticmethod(actions.item_take_back)
    reason = _words(_("为什么冲销"))


class FinishForm(StepForm):
    """Done."""

    title, button, done = _("办完"), _("报告办完，等验收"), _("已报告，请另一位同事验收")
    action = staticmethod(actions.item_finish)
    outcome = _words(_("办成了什么"), _("会公示：做了什么、多少人受益"), 300)


class RedoForm(StepForm):
    """Not accepted."""

    title, button, done = _("验收不通过"), _("不通过"), _("已退回去办")
    action = staticmethod(actions.item_redo)
    reason = _words(_("还差什么"))


class AcceptForm(StepForm):
    """Accepted."""

    title, button, done = _("验收"), _("验收通过"), _("已验收，可以公示")
    action = staticmethod(actions.item_accept)
    accepted_by = forms.CharField(
        label=_("验收人和意见"), max_length=200, help_text=_("会公示：几位居民代表看过，满意不满意")
    )


class PublishForm(StepForm):
    """Published."""

    title, button, done = _("公示"), _("公示"), _("已公示")
    action = staticmethod(actions.item_publish)


class DropForm(StepForm):
    """Given up."""

    title, button, done = _("不办了"), _("不办了"), _("已记下，经费放回可用")
    action = staticmethod(actions.item_drop)
    reason = _words(_("为什么不办了"))


STEP_FORMS: dict[Step, type[StepForm]] = {
    Step.AGREE: AgreeForm,
    Step.FILE: FileForm,
    Step.RETURN: ReturnForm,
    Step.PAY: PayForm,
    Step.TAKE_BACK: TakeBackForm,
    Step.FINISH: FinishForm,
    Step.REDO: RedoForm,
    Step.ACCEPT: AcceptForm,
    Step.PUBLISH: PublishForm,
    Step.DROP: DropForm,
}
