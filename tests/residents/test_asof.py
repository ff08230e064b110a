"""The file on a past day is the file as it stood at the end of that day, whatever happened since."""

from datetime import datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any

from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from grid.access import scope_of
from grid.models import Staff
from residents.actions.care import tag_end, tag_give
from residents.actions.consents import consent_give, consent_withdraw, contact_drop, contact_save
from residents.actions.documents import document_drop, document_keep
from residents.actions.facts import household_edit
from residents.actions.life import birth_record, death_record
from residents.actions.moves import residents_move
from residents.actions.persons import resident_add, resident_edit
from residents.care import Said
from residents.file_page import FilePage, file_on, file_page
from residents.models import CareTag, Household, Stay
from tests.conftest import forget
from tests.factories import NOW, Cast, make_cast
from tests.residents.acts import person, room

FACTS = st.fixed_dictionaries(
    {},
    optional={
        "living": st.sampled_from(["owner", "rented", "borrowed", "elsewhere"]),
        "area": st.sampled_from([None, 60, 88]),
        "beds": st.sampled_from([None, 2, 4]),
        "owner_name": st.sampled_from(["", "赵六", "钱七"]),
        "owner_phone": st.sampled_from(["", "13800000055", "13900000077"]),
        "lease_ends_on": st.sampled_from([None, NOW.date(), NOW.date() + timedelta(days=400)]),
        "vehicles": st.lists(st.sampled_from(["京A1", "京B2"]), max_size=2, unique=True),
        "utilities_off": st.lists(st.sampled_from(["gas", "water"]), max_size=2, unique=True),
        "note": st.sampled_from(["", "有狗"]),
    },
)
STEPS = st.one_of(
    st.tuples(st.just("facts"), FACTS),
    st.tuples(st.just("add"), st.integers(1, 95)),
    st.tuples(st.just("born"), st.none()),
    st.tuples(st.just("person"), st.sampled_from(["王五", "赵小六"])),
    st.tuples(st.just("head"), st.sampled_from(["户主", "同住"])),
    st.tuples(st.just("tag"), st.sampled_from(["disabled", "hard_child"])),
    st.tuples(st.sampled_from(["move", "die", "tag", "untag"]), st.sampled_from(["disabled", "aid"])),
    st.tuples(st.sampled_from(["contact", "contact", "uncontact"]), st.sampled_from(["张大", "张二"])),
    st.tuples(st.sampled_from(["agree", "agree", "withdraw", "paper", "paper", "unpaper"]), st.none()),
)
FILE = ("living", "area", "beds", "owner_name", "owner_phone", "lease_ends_on", "vehicles", "utilities_off", "note")


def shown(page: FilePage) -> dict[str, Any]:
    """What a reader sees of the dwelling, its people and its tags; ages and masks included."""
    facts = {name: getattr(page.household, name) for name in FILE}
    people = sorted(
        (each.pk, each.name, each.relation, each.sex, each.age, each.phone, sorted(tag.name for tag in each.tags))
        for each in page.people
    )
    around = sorted(
        (
            each.pk,
            sorted((contact.name, contact.relation, contact.phone) for contact in each.contacts),
            [consent.purpose for consent in each.consents],
            [paper.pk for paper in each.documents],
        )
        for each in page.people
    )
    return {**facts, "people": people, "around": around, "tags": sorted(tag.name for tag in page.tags)}


class AsOf(TestCase):
    """Random lives of one household."""

    cast: Cast

    @classmethod
    def setUpClass(cls) -> None:
        """Papers are kept in a folder of the test."""
        folder = cls.enterClassContext(TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder))
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        forget()
        cls.cast = make_cast()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEPS, min_size=3, max_size=8))
    def test_every_past_day_is_as_it_was(self, steps: list[tuple[str, Any]]) -> None:
        home, by = self.cast.household, Staff.objects.get(pk=self.cast.worker.pk)
        begun = NOW - timedelta(days=10)
        kept = {}
        for number, step in enumerate(steps):
            at = begun + timedelta(days=number)
            self.take(home, by, at, *step)
            row = Household.objects.select_related("building", "community__division__parent").get(pk=home.pk)
            kept[at.date()] = shown(file_page(row, scope_of(by, at.date()), at))
        row = Household.objects.select_related("building", "community__division__parent").get(pk=home.pk)
        for day, then in kept.items():
            assert shown(file_on(row, scope_of(by, NOW.date()), day)) == then, (day, steps)

    def take(self, home: Household, by: Staff, at: datetime, verb: str, said: Any) -> None:
        """One step, when there is somebody to take it with."""
        who: dict[str, Any] = {"by": by, "at": at}
        first = Stay.objects.current().filter(household=home).order_by("id").first()
        if verb == "facts":
            household_edit(home.pk, facts=said, **who)
        elif verb == "add":
            born = at.date() - timedelta(days=said * 366)
            resident_add(home.pk, person=person(name="李四", birth_date=born, relation="同住"), **who)
        elif verb == "born":
            birth_record(home.pk, child={"name": "张新", "sex": "female", "birth_date": at.date()}, **who)
        elif first is not None:
            self.take_with(first, who, verb, said)

    def take_with(self, first: Stay, who: dict[str, Any], verb: str, said: Any) -> None:
        """One step that concerns the person who is longest here."""
        home, pk = self.cast.household.pk, first.resident_id
        if verb == "person":
            resident_edit(home, pk, values={"name": said, "phone": "13800000099"}, **who)
        elif verb == "head":
            resident_edit(home, pk, values={"relation": said}, **who)
        elif verb == "move":
            residents_move(home, people=[pk], to=room(self.cast, "301").pk, **who)
        elif verb == "die":
            death_record(home, pk, **who)
        elif verb in ("contact", "uncontact", "agree", "withdraw", "paper", "unpaper"):
            self.take_around(first, who, verb, said)
        elif verb == "tag":
            words = Said(said, "肢体", 2) if said == "disabled" else Said(said)
            tag_give(home, said=words, resident=None if said == "aid" else pk, **who)
        elif tag := CareTag.objects.filter(resident=pk, ended_at=None).first():
            tag_end(home, tag.pk, reason="复评", **who)

    def take_around(self, first: Stay, who: dict[str, Any], verb: str, said: Any) -> None:
        """One step about whom to call, what was agreed to, and papers."""
        home, resident, pk = self.cast.household.pk, first.resident, first.resident_id
        agreed = resident.consents.filter(withdrawn_on=None).first()
        paper = resident.documents.filter(removed_at=None).first()
        contact = resident.contacts.first()
        if verb == "contact":
            contact_save(home, pk, name=said, relation="亲戚", phone="13800000066", **who)
        elif verb == "uncontact" and contact:
            contact_drop(home, contact.pk, **who)
        elif verb == "agree" and not agreed:
            consent_give(home, pk, purpose="documents", how="paper", **who)
        elif verb == "withdraw" and agreed:
            consent_withdraw(home, agreed.pk, **who)
        elif verb == "paper" and agreed:
            document_keep(home, pk, picture=b"a picture", kind="identity", purpose="aid", **who)
        elif verb == "unpaper" and paper:
            document_drop(home, paper.pk, **who)
