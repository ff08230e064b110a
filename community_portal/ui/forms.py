"""How every form of the portal is drawn, fields as what they are, and the sign-in form."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _


class PortalRenderer(TemplatesSetting):
    """Draws forms and fields by templates/ui/forms/: label, hint and error bound to the field, 必填 in words."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """A form's field that offers choices, to be given them. Raises KeyError, TypeError for a field of another kind."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    return field


def row_field(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    """A form's field that offers rows, to be given them. Raises KeyError, TypeError for a field of another kind."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(name)
    return field


class SignInForm(AuthenticationForm):
    """Account and password; a refused sign-in keeps the account."""

    error_messages = {
        "invalid_login": _("账号或密码不对，请再输一次。连续输错多次会暂时锁定。"),
        "inactive": _("这个账号已停用，请联系管理员。"),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"].label = _("账号")
        self.fields["username"].widget.attrs["spellcheck"] = "false"
        self.fields["password"].label = _("密码")
