"""Forms about the dwelling: its facts, parting and joining."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.ui.forms import choice_field
from residents.actions.facts import FACTS, household_edit, household_merge, household_split
from residents.forms.base import FileForm, choices_of, date_field, day_field, phone_field, stays_here
from residents.models import Household

_BETWEEN = re.compile(r"[\s,，、;；]+")
LONGEST_PLATE = 12
RENTED = (Household.Living.RENTED, Household.Living.BORROWED)


class FactsForm(FileForm):
    """The dwelling's facts."""

    title, section = gettext_lazy("房屋情况"), "facts"
    masked = {"owner_name": "name", "owner_phone": "phone", "landlord_name": "name", "landlord_phone": "phone"}
    living = forms.ChoiceField(label=gettext_lazy("居住状况"), choices=Household.Living.choices)
    use = forms.ChoiceField(label=gettext_lazy("用途"), choices=Household.Use.choices)
    area = forms.DecimalField(
        label=gettext_lazy("建筑面积（平方米）"), required=False, max_digits=7, decimal_places=2, min_value=1
    )
    beds = forms.IntegerField(label=gettext_lazy("可住人数"), required=False, min_value=1, max_value=99)
    owner_name = forms.CharField(label=gettext_lazy("产权人"), required=False, max_length=40)
    owner_phone = phone_field(gettext_lazy("产权人电话"))
    landlord_name = forms.CharField(label=gettext_lazy("出租人"), required=False, max_length=40)
    landlord_phone = phone_field(gettext_lazy("出租人电话"))
    lease_ends_on = date_field(gettext_lazy("租期到"), required=False)
    utilities_off = forms.MultipleChoiceField(
        label=gettext_lazy("停用的水电气暖"), required=False, choices=Household.Utility.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    pets = forms.CharField(label=gettext_lazy("宠物"), required=False, max_length=60)
    vehicles = forms.CharField(
        label=gettext_lazy("车牌"), required=False, max_length=120, help_text=gettext_lazy("几辆车用逗号隔开。")
    )
    note = forms.CharField(
        label=gettext_lazy("上门须知"), required=False, max_length=120,
        help_text=gettext_lazy("进门前要知道的：耳背、有狗、夜班。"),
    )  # fmt: skip

    def subject(self) -> Household:
        """The dwelling."""
        return self.household

    def prepare(self) -> None:
        """What is there now, as far as it is not masked."""
        for name in FACTS:
            if name not in self.masked:
                self.initial.setdefault(name, getattr(self.household, name))
        self.initial["vehicles"] = "，".join(self.household.vehicles)

    def clean_vehicles(self) -> list[str]:
        """The plates one by one, in capitals."""
        plates = [plate for plate in _BETWEEN.split(self.cleaned_data["vehicles"].upper()) if plate]
        if any(len(plate) > LONGEST_PLATE for plate in plates):
            raise forms.ValidationError(_("车牌最多 %d 个字") % LONGEST_PLATE)
        return plates

    def warnings(self) -> list[str]:
        """A lease without a letting, more people than beds."""
        said, people = self.cleaned_data, len(stays_here(self.household))
        found = []
        if said["beds"] and said["beds"] < people:
            found.append(_("登记了 %(people)d 人，可住 %(beds)d 人") % {"people": people, "beds": said["beds"]})
        if said["lease_ends_on"] and said["living"] not in RENTED:
            found.append(_("写了租期，居住状况却不是出租或借住"))
        if said["living"] == Household.Living.VACANT and people:
            found.append(_("写了空置，却还登记着 %d 人") % people)
        return found

    def act(self) -> None:
        """Save."""
        household_edit(
            self.household.pk, by=self.staff, at=self.now, facts=self.said(*FACTS), version=self.cleaned_data["version"]
        )


class SplitForm(FileForm):
    """One dwelling becomes two."""

    title, button, done, section = gettext_lazy("分户"), gettext_lazy("分成两户"), gettext_lazy("已分户"), "facts"
    room = forms.CharField(
        label=gettext_lazy("新户的房号"), max_length=8, validators=Household._meta.get_field("room").validators,
        help_text=gettext_lazy("如 302A。"),
    )  # fmt: skip
    people = forms.TypedMultipleChoiceField(
        label=gettext_lazy("住到新户的人"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("选中的第一位成为新户的户主。"),
    )  # fmt: skip
    day = day_field()

    def prepare(self) -> None:
        """Who lives here; the number that lies nearest."""
        choice_field(self, "people").choices = choices_of(stays_here(self.household))
        self.initial.setdefault("room", f"{self.household.room}A"[:8])

    def act(self) -> None:
        """Part."""
        said = self.said("room", "people", "day")
        household_split(self.household.pk, by=self.staff, at=self.now, **said)


class MergeForm(FileForm):
    """Another dwelling of the unit becomes part of this one."""

    title, button, done, section = gettext_lazy("并户"), gettext_lazy("并到这一户"), gettext_lazy("已并户"), "facts"
    other = forms.TypedChoiceField(
        label=gettext_lazy("并进来的户"), coerce=int,
        help_text=gettext_lazy("它的人会住到这一户，它的档案到那天为止，以前的记录都在。"),
    )  # fmt: skip
    day = day_field()

    def prepare(self) -> None:
        """The dwellings of the same unit, those of the same floor first."""
        here = self.household
        rows = Household.objects.filter(building=here.building_id, unit=here.unit, ended_on__isnull=True)
        found: Any = sorted(
            rows.exclude(pk=here.pk).values_list("floor", "room", "pk"), key=lambda row: (row[0] != here.floor, row)
        )
        choice_field(self, "other").choices = [("", _("请选择")), *((pk, room) for _floor, room, pk in found)]

    def act(self) -> None:
        """Join."""
        household_merge(
            self.household.pk, by=self.staff, at=self.now, other=self.cleaned_data["other"], day=self.on_day
        )
