"""Forms of ballots: setting one up, counting, annulling, and votes as workers enter them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.actions import ballots
from councils.actions.counting import ballot_count
from councils.actions.papers import box_count
from councils.ballot_rules import Amount, Choice, Group, Unit
from councils.ballot_words import DM2_IN_M2, rule_words, vote_words
from councils.forms.base import ActForm, line_field, words_field
from councils.models import Ballot, Council, Topic, VoteRule
from councils.workflow import OPEN_TOPICS
from residents import photos

LONGEST_MOTION = 4000
OPEN_OR_SECRET = [
    ("", gettext_lazy("记名：谁怎么投的留有记录")),
    ("1", gettext_lazy("无记名：谁投了知道，投了什么不留")),
]


def time_field(label: Any, hint: Any = "") -> forms.DateTimeField:
    """A day and a time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=hint, widget=widget)


def rules_for(council: Council, day: Any) -> list[VoteRule]:
    """The rules that a council may vote by on a day; one query."""
    rows = VoteRule.objects.filter(bodies__contains=[council.kind], active=True)
    return [row for row in rows if (row.valid_until is None or row.valid_until >= day)]


class BallotForm(ActForm):
    """A ballot's draft. The rule and who has a vote are one choice, shown with everything it asks for."""

    button = gettext_lazy("保存，看名单")
    title = gettext_lazy("准备一次表决")
    name = line_field(gettext_lazy("表决什么"), gettext_lazy("一句话，例如“用维修资金更换 3 号楼电梯”"))
    text = forms.CharField(
        label=gettext_lazy("议案全文"),
        help_text=gettext_lazy("大家投票前看到的就是这些字；公告以后不能改。"),
        max_length=LONGEST_MOTION,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    how = forms.ChoiceField(label=gettext_lazy("按什么规则"), widget=forms.RadioSelect)
    secret = forms.ChoiceField(
        label=gettext_lazy("记名不记名"), choices=OPEN_OR_SECRET, widget=forms.RadioSelect, required=False
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("怎么投票"), choices=Ballot.Channel.choices, widget=forms.CheckboxSelectMultiple
    )
    opens_at = time_field(gettext_lazy("开始投票"))
    closes_at = time_field(gettext_lazy("截止投票"))
    topic = forms.ModelChoiceField(Topic.objects.none(), label=gettext_lazy("哪个议题"), required=False)
    names = forms.CharField(
        label=gettext_lazy("党员名单"),
        help_text=gettext_lazy("只有党员大会要填，一行一个姓名"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def prepare(self) -> None:
        """The subject is the council, or the ballot that is being changed."""
        ballot = self.subject if isinstance(self.subject, Ballot) else None
        self.ballot, self.council = ballot, ballot.council if ballot else self.subject
        self.rules = {str(rule.pk): rule for rule in rules_for(self.council, localtime(self.now).date())}
        self.ways = [(f"{rule.pk}:{unit}", rule, Unit(unit)) for rule in self.rules.values() for unit in rule.units]
        how: Any = self.fields["how"]
        how.choices = [(value, f"{rule.name}，{vote_words(unit)}") for value, rule, unit in self.ways]
        topic: Any = self.fields["topic"]
        topic.queryset = Topic.objects.filter(council=self.council, state__in=OPEN_TOPICS).order_by("-id")
        topic.label_from_instance = lambda row: f"{row.number} {row.title}"
        if not any(Unit.MEMBER in rule.units for rule in self.rules.values()):
            del self.fields["names"]
        for name, value in _initial(ballot, self.ways).items():
            self.initial.setdefault(name, value)

    @property
    def explained(self) -> list[dict[str, Any]]:
        """Every rule to choose from with what it asks for in plain words, and where it comes from."""
        field = self["how"]
        return [
            {
                "value": value,
                "label": label,
                "checked": str(field.value() or "") == value,
                "words": rule_words(rule.rule(), unit),
                "rule": rule,
            }
            for (value, label), (_value, rule, unit) in zip(field.field.choices, self.ways, strict=True)  # type: ignore[attr-defined]
        ]

    def act(self) -> Ballot:
        """Save the draft."""
        said = dict(self.cleaned_data)
        seen = said.pop("version")
        rule, unit = said.pop("how").split(":")
        said |= {"title": said.pop("name"), "rule": self.rules[rule], "unit": unit, "secret": said["secret"] == "1"}
        said.setdefault("names", "")
        if self.ballot:
            return ballots.ballot_edit(self.ballot.pk, by=self.staff, at=self.now, seen=seen, **said)
        return ballots.ballot_create(self.council.pk, by=self.staff, at=self.now, **said)

    def tell(self, error: ValidationError) -> None:
        """What the action refused, at the fields of this form."""
        names = {"rule": "how", "unit": "how", "title": "name"}
        for field, texts in error.message_dict.items():
            for text in texts:
                self.add_error(names.get(field, field), text)


def _initial(ballot: Ballot | None, ways: list[Any]) -> dict[str, Any]:
    if ballot is None:
        first = ways[0][0] if len(ways) == 1 else ""
        return {"how": first, "channels": [Ballot.Channel.ONLINE, Ballot.Channel.PAPER], "secret": ""}
    return {
        "name": ballot.title,
        "text": ballot.text,
        "how": f"{ballot.rule_id}:{ballot.unit}",
        "secret": "1" if ballot.secret else "",
        "channels": ballot.channels,
        "opens_at": ballot.opens_at,
        "closes_at": ballot.closes_at,
        "topic": ballot.topic_id,
        "names": ballot.names,
    }


class AnnounceForm(ActForm):
    """Fix rule and roll."""

    title, button, done = gettext_lazy("公告并固定名单"), gettext_lazy("公告"), gettext_lazy("已公告，名单已固定")

    def act(self) -> Ballot:
        """Announce it."""
        return ballots.ballot_announce(self.subject.pk, by=self.staff, at=self.now, seen=self.cleaned_data["version"])


class CountForm(ActForm):
    """Who counted, and who watched."""

    title, button, done = gettext_lazy("计票"), gettext_lazy("计票，得出结果"), gettext_lazy("已计票")
    counted_by = line_field(gettext_lazy("计票人"), most=40)
    supervised_by = line_field(gettext_lazy("监票人"), gettext_lazy("居民或业主推选，不能是计票人"), most=40)

    def act(self) -> Ballot:
        """Count it."""
        said = dict(self.cleaned_data)
        return ballot_count(self.subject.pk, by=self.staff, at=self.now, seen=said.pop("version"), **said)


class AnnulForm(ActForm):
    """Why it is void."""

    title, button, done = gettext_lazy("作废这次表决"), gettext_lazy("作废"), gettext_lazy("已作废")
    reason = words_field(gettext_lazy("为什么作废"), gettext_lazy("会一直留着，居民也看得到"), rows=2)

    def act(self) -> Ballot:
        """Make it void."""
        return ballots.ballot_annul(self.subject.pk, by=self.staff, at=self.now, reason=self.cleaned_data["reason"])


ACT_FORMS: dict[str, type[ActForm]] = {
    "edit": BallotForm,
    "announce": AnnounceForm,
    "count": CountForm,
    "annul": AnnulForm,
}


class EntryForm(forms.Form):
    """One vote as a worker enters it: the channel, what the paper says, and what proves it."""

    channel = forms.ChoiceField(label=gettext_lazy("怎么来的"), widget=forms.RadioSelect)
    choice = forms.ChoiceField(label=gettext_lazy("意见"), choices=Choice.choices, widget=forms.RadioSelect)
    proxy = line_field(
        gettext_lazy("代理人"), gettext_lazy("本人投的不填；代投的写代理人姓名，委托书收好"), required=False, most=40
    )
    note = line_field(
        gettext_lazy("上门情况"), gettext_lazy("谁在场、怎样表示的；有照片可以不写"), required=False, most=200
    )
    photo = forms.FileField(
        label=gettext_lazy("签字照片"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        ways = [each for each in (Ballot.Channel.PAPER, Ballot.Channel.DOOR) if each in ballot.channels]
        channel: Any = self.fields["channel"]
        channel.choices = [(each.value, each.label) for each in ways]
        if ballot.counting().quorum and any(each.part == Group.PRESENT for each in ballot.counting().quorum):
            channel.choices = [*channel.choices, (PRESENT, _("只登记到会，还没投"))]
        self.initial.setdefault("channel", channel.choices[0][0] if channel.choices else "")
        if ballot.secret:
            del self.fields["choice"]
        else:
            self.fields["choice"].required = False
        if ballot.proxies == 0:
            del self.fields["proxy"]
        if Ballot.Channel.DOOR not in ballot.channels:
            del self.fields["note"], self.fields["photo"]

    def clean_photo(self) -> bytes | None:
        """The picture drawn anew."""
        sent = self.cleaned_data["photo"]
        if not sent:
            return None
        try:
            return photos.redraw(sent.file, sent.size)
        except photos.PhotoRefused as error:
            raise ValidationError(str(error)) from error


PRESENT = "present"


class BoxForm(forms.Form):
    """What one person counted in the box: papers of each kind, with their area where the rule asks for it."""

    def __init__(self, *args: Any, by_area: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.by_area = by_area
        for choice in Choice:
            self.fields[choice] = forms.IntegerField(label=choice.label, min_value=0, initial=0)
            if by_area:
                self.fields[f"{choice}_area"] = forms.DecimalField(
                    label=_("%s面积（平方米）") % choice.label, min_value=0, max_digits=12, decimal_places=2, initial=0
                )

    def figures(self) -> dict[str, Amount]:
        """The amounts by choice."""
        said = self.cleaned_data
        return {
            choice: Amount(said[choice], int(said.get(f"{choice}_area", Decimal(0)) * DM2_IN_M2)) for choice in Choice
        }

    def act(self, ballot: Ballot, *, by: Any, at: datetime) -> None:
        """Keep the count. Raises CouncilRefused."""
        box_count(ballot.pk, by=by, at=at, figures=self.figures())
