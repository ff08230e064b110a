"""What the forms of all actions share."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from community_portal.worktime import words
from grid.models import Staff
from petitions.models import Petition, ReplyTemplate
from petitions.workflow import Verb

LONGEST = 2000


class ActForm(forms.Form):
    """Base: the version that the actor saw travels along, so that nobody overwrites what they have not read.

    `consequence` says what will follow before it is done.
    """

    verb: Verb
    title: Any = ""
    button: Any = ""
    done: Any = ""
    action: Any = None
    consequence: Any = ""
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    back = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, staff: Staff, now: datetime, petition: Petition, template: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.staff, self.now, self.petition = staff, now, petition
        self.label_suffix = ""
        self.prepare()
        if chosen := next((each for each in self.templates if str(each.pk) == template), None):
            self.initial["text"] = filled(chosen, petition, now)

    def prepare(self) -> None:
        """Fill in what depends on the petition or the viewer."""

    def values(self) -> dict[str, Any]:
        """What the action gets beside who, when and which version."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "back")}

    def act(self) -> Petition:
        """Do it. Raises ActionRefused or Changed."""
        action = type(self).action
        petition: Petition = action(
            self.petition.pk, by=self.staff, at=self.now, version=self.cleaned_data["version"], **self.values()
        )
        return petition

    @property
    def today(self) -> date:
        """The day of the acting."""
        return localtime(self.now).date()

    @cached_property
    def templates(self) -> list[ReplyTemplate]:
        """The words kept at hand for this verb and petition."""
        return list(templates_for(self.verb, self.petition)) if "text" in self.fields else []

    def moment(self, when: datetime | None) -> str:
        """An instant in words."""
        return words.moment(when, self.now) if when else str(_("时限待定"))

    def due(self, kind: str) -> str:
        """The running handling clock's deadline in words."""
        clock = self.petition.clocks.filter(kind=kind, closed_at__isnull=True).first()
        return self.moment(clock.due_at if clock else None)


def templates_for(verb: str, petition: Petition) -> QuerySet[ReplyTemplate]:
    """The templates in use that fit the verb, the category and the state."""
    fits = (Q(category=None) | Q(category=petition.category_id)) & (Q(state="") | Q(state=petition.state))
    return ReplyTemplate.objects.filter(fits, verb=verb, is_active=True)


def filled(template: ReplyTemplate, petition: Petition, now: datetime) -> str:
    """A template's words about this petition; a brace that names nothing stays as it is."""
    said = {"number": petition.number, "title": petition.title}
    said["due"] = words.moment(petition.due_at, now) if petition.due_at else str(_("时限待定"))
    text = template.text
    for name, value in said.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def text_field(label: Any, hint: Any = "", required: bool = True) -> forms.CharField:
    """Words that go with an action."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": required}),
        error_messages={"required": _("请写明情况或理由")},
    )


def day_field(label: Any, hint: Any = "") -> forms.DateField:
    """A day to come."""
    return forms.DateField(
        label=label,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("请选择日期"), "invalid": _("日期写法不对")},
    )
