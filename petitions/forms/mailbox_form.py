"""Where one's messages go besides the portal."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 120


class MailboxForm(forms.Form):
    """An address; an empty one ends the letters."""

    address = forms.EmailField(
        label=_("工作邮箱"),
        help_text=_("派单、催办、升级等消息也会发到这里；留空就不发邮件，工作台里照样看得到。"),
        max_length=LONGEST,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("邮箱写法不对，应像 name@example.cn")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.label_suffix = ""
