"""Founding a council, and who sits on it."""

from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.actions import bodies
from councils.forms.base import ActForm, line_field
from councils.models import Council, Party, Representative, ResidentsGroup
from grid.access import COMMUNITY, scope_of
from grid.models import Organisation
from residents.forms.base import check_phone, date_field
from residents.models import Building, Community, Estate


class FoundForm(ActForm):
    """A new body."""

    title, button, done = (
        gettext_lazy("建立议事组织"),
        gettext_lazy("建立"),
        gettext_lazy("已建立，接着登记五方"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=Council.Kind.choices, widget=forms.RadioSelect)
    level = forms.ChoiceField(label=gettext_lazy("层级"), choices=Council.Level.choices, widget=forms.RadioSelect)
    name = line_field(gettext_lazy("名称"), gettext_lazy("例如“双合家园小区议事会”"), most=60)
    estate = forms.ModelChoiceField(
        Estate.objects.none(), label=gettext_lazy("小区"), required=False, empty_label=gettext_lazy("整个社区")
    )
    buildings = forms.ModelMultipleChoiceField(
        Building.objects.none(), label=gettext_lazy("楼栋（楼院层级才选）"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    venue = forms.ChoiceField(
        label=gettext_lazy("议事场所"), choices=Council.Venue.choices, widget=forms.RadioSelect,
        initial=Council.Venue.HALL,
    )  # fmt: skip
    place = line_field(gettext_lazy("地点"), required=False)
    founded_on = date_field(gettext_lazy("成立日期"))

    def prepare(self) -> None:
        """Offers the estates and buildings of the viewer's community; `subject` is that community."""
        community: Community = self.subject
        estate, buildings = self.fields["estate"], self.fields["buildings"]
        assert isinstance(estate, forms.ModelChoiceField)
        assert isinstance(buildings, forms.ModelMultipleChoiceField)
        estate.queryset = Estate.objects.filter(community=community).order_by("name")
        buildings.queryset = Building.objects.filter(community=community).order_by("position")
        self.initial.setdefault("founded_on", localtime(self.now).date())

    def act(self) -> Council:
        """Found it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return bodies.council_found(self.subject.pk, by=self.staff, at=self.now, **said)


class PartyForm(ActForm):
    """One of the five parties, or the residents' side."""

    title, button, done = gettext_lazy("登记一方"), gettext_lazy("登记"), gettext_lazy("已登记")
    kind = forms.ChoiceField(label=gettext_lazy("哪一方"), choices=Party.Kind.choices)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=gettext_lazy("单位"),
        required=False,
        empty_label=gettext_lazy("不在名单里"),
    )
    name = line_field(gettext_lazy("名称"), gettext_lazy("选了单位可以不填"), required=False, most=60)
    joined_on = date_field(gettext_lazy("加入日期"))

    def prepare(self) -> None:
        """Offers the organisations that serve the community or its street."""
        division = self.subject.community.division
        organisation = self.fields["organisation"]
        assert isinstance(organisation, forms.ModelChoiceField)
        around = Organisation.objects.filter(division__in=[division.pk, division.parent_id])
        organisation.queryset = around.order_by("name")
        self.initial.setdefault("joined_on", localtime(self.now).date())

    def clean(self) -> dict[str, Any]:
        """Wants a name from one of the two places."""
        values = super().clean() or {}
        if not values.get("name") and not values.get("organisation"):
            self.add_error("name", _("请选单位或填名称"))
        return values

    def act(self) -> Party:
        """Register it."""
        said = self.cleaned_data
        return bodies.party_join(
            self.subject.pk, by=self.staff, at=self.now, kind=said["kind"], organisation=said["organisation"],
            name=said["name"], joined_on=said["joined_on"],
        )  # fmt: skip


class SeatForm(ActForm):
    """A representative's term."""

    title, button, done = gettext_lazy("登记一位代表"), gettext_lazy("登记"), gettext_lazy("已登记")
    party = forms.ModelChoiceField(Party.objects.none(), label=gettext_lazy("代表哪一方"), empty_label=None)
    group = forms.ModelChoiceField(
        ResidentsGroup.objects.none(),
        label=gettext_lazy("居民小组"),
        required=False,
        empty_label=gettext_lazy("没有"),
    )
    name = line_field(gettext_lazy("姓名"), most=40)
    phone = forms.CharField(
        label=gettext_lazy("电话"), help_text=gettext_lazy("开会通知发到这里"), required=False, max_length=30,
        validators=[check_phone], widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    how = forms.ChoiceField(
        label=gettext_lazy("怎么产生"), choices=Representative.How.choices, widget=forms.RadioSelect
    )
    chosen_on = date_field(gettext_lazy("推选或推荐日期"))
    chosen_by = line_field(gettext_lazy("由谁推选或推荐"), gettext_lazy("例如“3 号楼居民小组会”"), required=False)
    votes_for = forms.IntegerField(label=gettext_lazy("得票"), required=False, min_value=0)
    votes_cast = forms.IntegerField(label=gettext_lazy("投票数"), required=False, min_value=1)
    leads = forms.BooleanField(label=gettext_lazy("任召集人"), required=False)
    starts_on = date_field(gettext_lazy("任期起"))
    ends_on = date_field(gettext_lazy("任期止（含）"), required=False)

    def prepare(self) -> None:
        """Offers the council's parties and the community's groups."""
        party, group = self.fields["party"], self.fields["group"]
        assert isinstance(party, forms.ModelChoiceField)
        assert isinstance(group, forms.ModelChoiceField)
        party.queryset = Party.objects.filter(council=self.subject, left_on__isnull=True)
        group.queryset = ResidentsGroup.objects.filter(community=self.subject.community_id, ended_on__isnull=True)
        for name in ("chosen_on", "starts_on"):
            self.initial.setdefault(name, localtime(self.now).date())

    def clean(self) -> dict[str, Any]:
        """Votes belong to the elected, both or none; a term ends after it starts."""
        values = super().clean() or {}
        votes = (values.get("votes_for"), values.get("votes_cast"))
        if values.get("how") != Representative.How.ELECTED and votes != (None, None):
            self.add_error("votes_for", _("只有推选的才填得票"))
        elif (votes[0] is None) != (votes[1] is None):
            self.add_error("votes_cast", _("得票和投票数要一起填"))
        elif votes[0] is not None and votes[1] is not None and votes[0] > votes[1]:
            self.add_error("votes_for", _("得票不能多于投票数"))
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("任期止不能早于任期起"))
        return values

    def act(self) -> Representative:
        """Register the term."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return bodies.representative_seat(self.subject.pk, by=self.staff, at=self.now, **said)


class LeaveForm(ActForm):
    """A term ends before its time."""

    button, done = gettext_lazy("离任"), gettext_lazy("已登记离任")
    left_by = forms.ChoiceField(label=gettext_lazy("原因"), choices=Representative.Left.choices)
    day = date_field(gettext_lazy("最后一天"))

    def prepare(self) -> None:
        """Today unless said otherwise."""
        self.initial.setdefault("day", localtime(self.now).date())

    def act(self) -> Representative:
        """End it."""
        said = self.cleaned_data
        return bodies.representative_leave(
            self.subject.pk, by=self.staff, at=self.now, left_by=said["left_by"], day=said["day"]
        )


class GroupForm(ActForm):
    """A residents' or self-management group."""

    title, button, done = gettext_lazy("登记一个小组"), gettext_lazy("登记"), gettext_lazy("已登记")
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=ResidentsGroup.Kind.choices, widget=forms.RadioSelect)
    name = line_field(gettext_lazy("名称"), most=40)
    leader_name = line_field(gettext_lazy("组长"), required=False, most=40)
    leader_phone = forms.CharField(
        label=gettext_lazy("组长电话"), required=False, max_length=30, validators=[check_phone],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    def act(self) -> ResidentsGroup:
        """Register it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return bodies.group_found(self.subject.pk, by=self.staff, at=self.now, **said)


def own_communities(form_staff: Any, now: Any) -> list[int]:
    """The communities that a clerk or a head serves."""
    return sorted(scope_of(form_staff, localtime(now).date()).ids(COMMUNITY))
