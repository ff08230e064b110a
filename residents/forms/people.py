"""Forms about people: who they are, where they go, births, deaths, marriages."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.id_number import birth_date_of, sex_of
from community_portal.privacy.normal import ID_NUMBER, normalise
from community_portal.privacy.sealing import index_of
from community_portal.ui.forms import choice_field
from grid.access import scope_of
from residents import checks
from residents.actions.base import FileRefused
from residents.actions.life import birth_record, death_record, marriage_record
from residents.actions.moves import residents_move
from residents.actions.persons import HERE, PERSON, resident_add, resident_edit
from residents.forms.base import (
    CLEAR,
    FileForm,
    choices_of,
    date_field,
    day_field,
    phone_field,
    relation_field,
    stays_here,
)
from residents.models import Household, Resident, Stay
from residents.places import locate
from residents.querysets import households_visible_to


class WhoForm(FileForm):
    """A form that asks who somebody is. The ID number fills in the date of birth and the sex when they are left out."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=40, widget=forms.TextInput({"autocomplete": "off"}))
    id_number = forms.CharField(
        label=gettext_lazy("身份证号"), required=False, max_length=30, widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy("填了会自动带出出生日期和性别。"),
    )  # fmt: skip
    sex = forms.ChoiceField(label=gettext_lazy("性别"), required=False, choices=[("", "—"), *Resident.Sex.choices])
    birth_date = date_field(gettext_lazy("出生日期"), required=False)
    phone = phone_field(gettext_lazy("手机"))

    def clean_id_number(self) -> str:
        """In one spelling."""
        return normalise(ID_NUMBER, self.cleaned_data["id_number"])

    def clean(self) -> dict[str, Any]:
        """The date of birth and the sex by the ID number; without one they must be there."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not said.get("name") and not said.get("id_number") and not self.asked():
            return said
        number = said.get("id_number", "")
        said["birth_date"] = said.get("birth_date") or birth_date_of(number)
        said["sex"] = said.get("sex") or sex_of(number) or ""
        for name, words in (("birth_date", _("请填出生日期")), ("sex", _("请选性别"))):
            if not said[name] and name not in self.errors:
                self.add_error(name, words)
        if said["birth_date"] and said["birth_date"] > self.today:
            self.add_error("birth_date", _("出生日期还没有到"))
        return said

    def asked(self) -> bool:
        """Whether these facts are needed at all."""
        return True

    def odd_person(self) -> list[str]:
        """A broken ID number, one that says otherwise, one that belongs to somebody registered elsewhere."""
        said = self.cleaned_data
        number = said["id_number"] or self.kept_number()
        if not number:
            return []
        found = checks.person_problems(number, said["birth_date"], said["sex"])
        return [*found.values()] + [_("这个人已登记在 %s") % home for home in self.elsewhere(number)]

    def kept_number(self) -> str:
        """The number that stays when none was typed."""
        return ""

    def elsewhere(self, number: str) -> list[Household]:
        """The other households in scope where somebody with this number lives."""
        visible = households_visible_to(scope_of(self.staff, self.today))
        index = index_of(ID_NUMBER, number)
        stays = Stay.objects.current().filter(resident__id_number_index=index, household__in=visible)
        others = stays.exclude(household=self.household).select_related("household__building")
        return [stay.household for stay in others.order_by("id")[:3]] if index else []


class PersonForm(WhoForm):
    """Somebody who lives here and is not on the file yet."""

    title, button, done = gettext_lazy("登记一位居民"), gettext_lazy("登记"), gettext_lazy("已登记")
    field_order = ["name", "relation", "id_number", "sex", "birth_date", "phone", "other_phone"]
    other_phone = phone_field(gettext_lazy("其他电话"))
    relation = relation_field()
    registered_here = forms.BooleanField(label=gettext_lazy("户籍在本户"), required=False, initial=True)
    registered_at = forms.CharField(
        label=gettext_lazy("户籍地"), required=False, max_length=120, help_text=gettext_lazy("户籍不在本户时写。")
    )
    day = day_field(gettext_lazy("入住日期"))

    def prepare(self) -> None:
        """The first one is the head."""
        self.initial.setdefault("relation", "" if stays_here(self.household) else Stay.HEAD)

    def warnings(self) -> list[str]:
        """A second head, one person more than there are beds, and what is odd about the person."""
        stays = [stay for stay in stays_here(self.household) if self.who is None or stay.pk != self.who.pk]
        relations = [*(stay.relation for stay in stays), self.cleaned_data["relation"]]
        known = checks.household_problems(relations, self.household.beds)
        return [*self.odd_person(), *(words for kind, words in known.items() if kind != checks.HEADLESS)]

    def act(self) -> None:
        """Register."""
        said = self.said(*PERSON, "relation", "registered_here")
        resident_add(self.household.pk, by=self.staff, at=self.now, person=said, day=self.on_day)


class EditForm(PersonForm):
    """Somebody who is on the file."""

    title, button, done = gettext_lazy("改居民信息"), gettext_lazy("保存"), gettext_lazy("已保存")
    masked = {"name": "name", "id_number": "id", "phone": "phone", "other_phone": "phone"}
    day = None  # type: ignore[assignment]
    moved_in = date_field(gettext_lazy("入住日期"), required=False)

    def subject(self) -> Resident:
        """The person."""
        assert self.who is not None
        return self.who.resident

    def prepare(self) -> None:
        """What is there now, as far as it is not masked."""
        assert self.who is not None
        for row, names in ((self.who.resident, PERSON), (self.who, HERE)):
            for name in names:
                if name not in self.masked:
                    self.initial.setdefault(name, getattr(row, name))

    def kept_number(self) -> str:
        """The number on file."""
        return "" if self.cleaned_data.get(CLEAR + "id_number") else self.subject().id_number

    def act(self) -> None:
        """Save."""
        resident_edit(
            self.household.pk,
            self.subject().pk,
            by=self.staff,
            at=self.now,
            values=self.said(*PERSON, *HERE),
            version=self.cleaned_data["version"],
        )


class MoveForm(FileForm):
    """Some of them, or all, move out."""

    title, button, done = gettext_lazy("搬家或迁出"), gettext_lazy("登记搬家"), gettext_lazy("已登记搬家")
    people = forms.TypedMultipleChoiceField(
        label=gettext_lazy("谁搬走"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    to = forms.CharField(
        label=gettext_lazy("搬到辖区里的哪一户"), required=False, max_length=60,
        help_text=gettext_lazy("写门牌，如 3号楼2单元501。搬出辖区的空着。"),
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("迁往外地的哪里"), required=False, max_length=60)
    relation = relation_field(required=False, hint=gettext_lazy("在新住处的身份；全家搬进空房可以空着。"))
    registered = forms.BooleanField(label=gettext_lazy("户籍一起迁过去"), required=False)
    day = day_field(gettext_lazy("搬走日期"))

    def prepare(self) -> None:
        """Who lives here, the one it was opened for ticked."""
        choice_field(self, "people").choices = choices_of(stays_here(self.household))
        if self.who:
            self.initial.setdefault("people", [self.who.resident_id])

    def clean_to(self) -> Household | None:
        """The dwelling with that address in the scope."""
        text = self.cleaned_data["to"].strip()
        if not text:
            return None
        found = locate(text, self.household.community.division, self.household.building).household
        visible = households_visible_to(scope_of(self.staff, self.today)).select_related("building")
        home = visible.filter(pk=found.pk).first() if found else None
        if home is None:
            raise forms.ValidationError(_("您的范围里没有这个门牌，请写清楼号、单元和房号"))
        return home

    def warnings(self) -> list[str]:
        """The head leaves others behind."""
        leaving = set(self.cleaned_data["people"])
        staying = [stay for stay in stays_here(self.household) if stay.resident_id not in leaving]
        if staying and all(stay.relation != Stay.HEAD for stay in staying):
            return [_("户主搬走后，这一户没有户主")]
        return []

    def act(self) -> None:
        """Move."""
        home = self.cleaned_data["to"]
        said = self.said("people", "place", "relation", "registered", "day")
        residents_move(self.household.pk, by=self.staff, at=self.now, to=home.pk if home else None, **said)


class BirthForm(WhoForm):
    """A child was born."""

    title, button, done = gettext_lazy("登记出生"), gettext_lazy("登记"), gettext_lazy("已登记出生")
    relation = relation_field()
    registered_here = forms.BooleanField(label=gettext_lazy("户籍落在本户"), required=False, initial=True)
    phone = None  # type: ignore[assignment]

    def prepare(self) -> None:
        """Most are the head's child."""
        self.initial.setdefault("relation", "子女")

    def warnings(self) -> list[str]:
        """What is odd about the number."""
        return self.odd_person()

    def act(self) -> None:
        """Register."""
        said = self.said("name", "id_number", "sex", "birth_date", "relation", "registered_here")
        birth_record(self.household.pk, by=self.staff, at=self.now, child=said)


class DeathForm(FileForm):
    """Somebody has died."""

    title, button, done = gettext_lazy("登记去世"), gettext_lazy("登记去世"), gettext_lazy("已登记去世")
    day = day_field(gettext_lazy("去世日期"))
    head = forms.TypedChoiceField(label=gettext_lazy("谁接着做户主"), coerce=int, required=False, empty_value=None)

    def prepare(self) -> None:
        """A new head only when the head has died and others stay."""
        assert self.who is not None
        others = [stay for stay in stays_here(self.household) if stay.pk != self.who.pk]
        if self.who.relation == Stay.HEAD and others:
            choice_field(self, "head").choices = [("", _("以后再定")), *choices_of(others)]
        else:
            del self.fields["head"]

    def act(self) -> None:
        """Record."""
        assert self.who is not None
        head = self.cleaned_data.get("head")
        death_record(self.household.pk, self.who.resident_id, by=self.staff, at=self.now, day=self.on_day, head=head)


class MarriageForm(WhoForm):
    """Two people marry: with somebody of the household, with somebody who moves in."""

    title, button, done = gettext_lazy("登记结婚"), gettext_lazy("登记结婚"), gettext_lazy("已登记结婚")
    field_order = ["spouse", "name", "id_number", "sex", "birth_date", "phone", "day"]
    spouse = forms.TypedChoiceField(
        label=gettext_lazy("和谁"), coerce=int, required=False, empty_value=None,
        help_text=gettext_lazy("对方还没住在这里的，选“另填”，在下面写；身份证号在辖区里查到的，按搬来登记。"),
    )  # fmt: skip
    day = day_field(gettext_lazy("结婚日期"))

    def prepare(self) -> None:
        """The others who live here."""
        assert self.who is not None
        others = [stay for stay in stays_here(self.household) if stay.pk != self.who.pk]
        choice_field(self, "spouse").choices = [("", _("另填")), *choices_of(others)]
        self.fields["name"].required = False

    def asked(self) -> bool:
        """Only for somebody who is not here yet."""
        return self.cleaned_data.get("spouse") is None

    def clean(self) -> dict[str, Any]:
        """A name for whoever comes from elsewhere."""
        said = super().clean()
        if self.asked() and not said.get("name"):
            self.add_error("name", _("请填对方姓名"))
        return said

    def act(self) -> None:
        """Record; somebody known by the ID number moves here from where they are."""
        assert self.who is not None
        said = self.cleaned_data
        spouse, spouse_from, newcomer = said["spouse"], None, None
        if spouse is None:
            homes = self.elsewhere(said["id_number"])
            if len(homes) > 1:
                raise FileRefused(_("对方登记在不止一户，请先到“档案疑点”里更正"))
            if homes:
                spouse_from, index = homes[0].pk, index_of(ID_NUMBER, said["id_number"])
                spouse = homes[0].stays.current().get(resident__id_number_index=index).resident_id
            else:
                newcomer = self.said("name", "id_number", "sex", "birth_date", "phone")
        marriage_record(
            self.household.pk, self.who.resident_id, by=self.staff, at=self.now, day=self.on_day, spouse=spouse,
            spouse_from=spouse_from, newcomer=newcomer,
        )  # fmt: skip
