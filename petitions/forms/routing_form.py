"""Trying the routing rules on a text."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.ui.forms import choice_field, row_field
from grid.models import Division
from petitions.catalogue import catalogue
from petitions.models import Petition

AUTOMATIC = ("", _("按文字认"))


class RoutingForm(forms.Form):
    """What a request would say, and how and when it would come."""

    text = forms.CharField(
        label=_("诉求内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("可以带上地址。")
    )
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    home = forms.ModelChoiceField(label=_("来自"), queryset=Division.objects.none(), required=False)
    category = forms.ChoiceField(label=_("类别"), required=False)
    kind = forms.ChoiceField(label=_("性质"), choices=Petition.Kind.choices, initial=Petition.Kind.HELP)
    source = forms.ChoiceField(label=_("来源"), choices=Petition.Source.choices, initial=Petition.Source.HOTLINE)
    at = forms.DateTimeField(
        label=_("什么时候"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, *args: Any, homes: list[Division], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self._now, self._homes = now, homes
        places = Division.objects.select_related("parent__parent__parent__parent")
        row_field(self, "home").queryset = places.filter(pk__in=[row.pk for row in homes])
        row_field(self, "home").empty_label = homes[0].name if homes else None
        rows = sorted(catalogue().categories.values(), key=lambda row: row.rank)
        choice_field(self, "category").choices = [AUTOMATIC, *((row.code, row.name) for row in rows)]
        self.fields["at"].initial = localtime(now).strftime("%Y-%m-%dT%H:%M")

    def said(self) -> dict[str, Any]:
        """What routing is asked."""
        found = self.cleaned_data
        text = found["text"]
        return {
            "text": text,
            "address": found["address"],
            "home": found["home"] or self._homes[0],
            "category": catalogue().categories.get(found["category"]) or catalogue().propose(text),
            "kind": found["kind"],
            "source": found["source"],
            "at": found["at"] or self._now,
        }
