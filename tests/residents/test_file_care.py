"""Tags given and overridden, contacts, consents, photos of papers, faults and their remedies, the nightly run."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from community_portal.privacy.models import AccessLog
from community_portal.privacy.retention import apply_rule
from grid.access import scope_of
from residents import photos
from residents.actions.base import FileRefused
from residents.actions.care import tag_end, tag_give
from residents.actions.consents import consent_give, consent_withdraw, contact_drop, contact_save
from residents.actions.documents import document_drop, document_keep, document_show
from residents.actions.mending import fault_accept, fault_mend
from residents.actions.tags import recompute, recompute_all
from residents.care import Said
from residents.models import Document, EmergencyContact, Fault, FileEvent, Household, Resident, Stay
from residents.querysets import faults_visible_to
from residents.retention import PAPERS
from tests.factories import NOW, TODAY, Cast, make_resident
from tests.residents.acts import LATER, history, names_in, room, tags_of, with_check_digit

WRONG = "0" if with_check_digit("99000119460307001")[-1] != "0" else "1"
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def elder(cast: Cast) -> Resident:
    """Alone in 301, 79 years old until 7 March."""
    number = with_check_digit("99000119470307001")
    someone = make_resident(room(cast, "301"), "王大爷", birth_date=date(1947, 3, 7), id_number=number)
    recompute([room(cast, "301").pk], day=TODAY, at=NOW, by=None)
    return someone


class TestTags:
    def test_a_derived_tag_is_switched_off_with_a_reason_until_a_day(self, cast: Cast, elder: Resident) -> None:
        home = room(cast, "301")
        assert tags_of(home) == {"solitary_elder"}
        said, until = Said("solitary_elder", reason="女儿白天都在"), TODAY + timedelta(days=30)
        tag_give(home.pk, by=cast.worker, at=NOW, said=said, holds=False, until=until)
        assert tags_of(home) == set()
        recompute_all(at=NOW + timedelta(days=30))
        assert tags_of(home) == set()
        assert recompute_all(at=NOW + timedelta(days=31)) == 1
        assert tags_of(home) == {"solitary_elder"}

    @pytest.mark.parametrize(
        ("said", "over", "field"),
        [
            (Said("solitary_elder"), {"holds": False, "until": TODAY}, "reason"),
            (Said("solitary_elder", reason="女儿在"), {"holds": False}, "until"),
            (Said("aid"), {"holds": False}, "code"),
            (Said("disabled", grade=2), {}, "kind"),
            (Said("disabled", "肢体", 5), {}, "grade"),
            (Said("aid"), {"until": TODAY - timedelta(days=1)}, "until"),
        ],
    )
    def test_what_a_tag_needs_is_asked_for(self, cast: Cast, said: Said, over: dict[str, Any], field: str) -> None:
        with pytest.raises(ValidationError) as wrong:
            tag_give(cast.household.pk, by=cast.worker, at=NOW, said=said, **over)
        assert field in wrong.value.message_dict

    def test_a_sealed_tag_stands_nowhere_in_plain_text(self, cast: Cast) -> None:
        tag = tag_give(
            cast.household.pk, by=cast.worker, at=NOW, said=Said("disabled", "肢体", 2), resident=cast.resident.pk
        )
        home = Household.objects.get(pk=cast.household.pk)
        assert (home.statuses, home.care) == (["owner"], "disabled")
        assert "disabled" not in str([*FileEvent.objects.values_list("text", "changes"), home.statuses])
        tag_end(home.pk, tag.pk, by=cast.worker, at=LATER, reason="复评后撤销")
        assert tags_of(home) == set()
        with pytest.raises(FileRefused, match="已经撤销"):
            tag_end(home.pk, tag.pk, by=cast.worker, at=LATER, reason="复评后撤销")

    def test_a_tag_of_a_child_ends_when_the_child_grows_up(self, cast: Cast) -> None:
        child = Resident.objects.get(name="张小明")
        tag_give(cast.household.pk, by=cast.worker, at=NOW, said=Said("left_child"), resident=child.pk)
        assert tags_of(cast.household) == {"left_child"}
        recompute_all(at=NOW.replace(year=2028, month=9, day=1))
        assert tags_of(cast.household) == set()


class TestNightly:
    def test_a_birthday_makes_a_tag_and_the_history_says_so(self, cast: Cast, elder: Resident) -> None:
        recompute_all(at=NOW)
        birthday = NOW.replace(year=2027, month=3, day=7)
        assert recompute_all(at=birthday - timedelta(days=1)) == 0
        assert recompute_all(at=birthday) == 1
        assert tags_of(room(cast, "301")) == {"solitary_elder", "senior"}
        assert recompute_all(at=birthday) == 0
        last = history(room(cast, "301"), "tag")[-1]
        assert last == ("tag", "", {"tags": ["solitary_elder", "senior solitary_elder"]})

    def test_its_statements_do_not_grow_with_the_households(self, cast: Cast, elder: Resident) -> None:
        recompute_all(at=NOW)
        counts = []
        for _round in range(2):
            with CaptureQueriesContext(connection) as asked:
                assert recompute_all(at=NOW) == 0
            counts.append(len(asked))
            for home in cast.building.households.all():
                make_resident(home, "李四", relation="同住")
            recompute_all(at=NOW)
        assert counts[0] == counts[1] <= 8

    def test_an_empty_dwelling_has_no_elders(self, cast: Cast, elder: Resident) -> None:
        Household.objects.filter(pk=room(cast, "301").pk).update(living="registered_only")
        recompute_all(at=NOW)
        assert tags_of(room(cast, "301")) == set()


class TestPapers:
    def test_no_photo_without_consent(self, cast: Cast) -> None:
        with pytest.raises(FileRefused, match="还没有同意"):
            keep(cast)
        assert not Document.objects.exists()

    def test_a_photo_is_kept_encrypted_and_shown_with_a_word_in_the_log(
        self, cast: Cast, settings: Settings, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        agree(cast)
        document = keep(cast)
        (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert b"JFIF" not in file.read_bytes()
        picture = document_show(cast.household.pk, document.pk, by=cast.worker, at=LATER, purpose="走访")
        assert Image.open(BytesIO(picture)).size == (40, 30)
        assert AccessLog.objects.get().subject == f"residents.Document:{document.pk}"
        with pytest.raises(Household.DoesNotExist):
            document_show(cast.household.pk, document.pk, by=cast.colleague, at=LATER, purpose="走访")
        with pytest.raises(FileRefused):
            document_show(cast.household.pk, document.pk, by=cast.street, at=LATER, purpose="走访")

    @pytest.mark.parametrize("way", ["dropped", "withdrawn", "expired"])
    def test_a_photo_goes_for_good(
        self, cast: Cast, settings: Settings, tmp_path: Path, way: str,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:  # fmt: skip
        settings.MEDIA_ROOT = tmp_path
        consent, document = agree(cast), keep(cast)
        with django_capture_on_commit_callbacks(execute=True):
            if way == "dropped":
                document_drop(cast.household.pk, document.pk, by=cast.worker, at=LATER)
            elif way == "withdrawn":
                consent_withdraw(cast.household.pk, consent.pk, by=cast.worker, at=LATER)
            else:
                assert apply_rule(PAPERS, at=NOW + timedelta(days=90)) == 0
                assert apply_rule(PAPERS, at=NOW + timedelta(days=91)) == 1
        document.refresh_from_db()
        assert document.key == ""
        assert document.removed_at is not None
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_a_picture_is_drawn_anew_without_what_it_hides(self) -> None:
        secret = Image.new("RGB", (3000, 1500), "white")
        exif = Image.Exif()
        exif[0x010E] = "secret place"
        sent = BytesIO()
        secret.save(sent, "JPEG", exif=exif)
        redrawn = photos.redraw(BytesIO(sent.getvalue() + b"<?php foreign ?>"), len(sent.getvalue()))
        assert Image.open(BytesIO(redrawn)).size == (2000, 1000)
        assert b"secret" not in redrawn
        assert b"php" not in redrawn

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\xff\xd8\xff\xe0 torn", b"<svg/>"])
    def test_what_is_no_photo_is_refused(self, content: bytes) -> None:
        with pytest.raises(photos.PhotoRefused):
            photos.redraw(BytesIO(content), len(content))
        with pytest.raises(photos.PhotoRefused, match="10 MB"):
            photos.redraw(BytesIO(content), photos.MOST_BYTES + 1)


class TestContactsAndConsents:
    def test_a_contact_comes_and_goes(self, cast: Cast) -> None:
        contact = contact_save(
            cast.household.pk,
            cast.resident.pk,
            by=cast.worker,
            at=NOW,
            name="张四",
            relation="弟弟",
            phone="13800000066",
        )
        contact_drop(cast.household.pk, contact.pk, by=cast.worker, at=LATER)
        assert not EmergencyContact.objects.exists()
        assert [words for _verb, words, _changes in history(cast.household)] == ["登记紧急联系人", "删除紧急联系人"]

    def test_a_consent_is_given_once_and_stays_on_record(self, cast: Cast) -> None:
        consent = agree(cast)
        with pytest.raises(FileRefused, match="已经同意过"):
            agree(cast)
        consent_withdraw(cast.household.pk, consent.pk, by=cast.worker, at=TOMORROW)
        consent.refresh_from_db()
        assert (consent.given_on, consent.withdrawn_on) == (TODAY, TOMORROW.date())


class TestFaults:
    def kinds(self, household: Household) -> set[str]:
        return set(Fault.objects.filter(household=household).values_list("kind", flat=True))

    def found(self, household: Household) -> set[str]:
        recompute([household.pk], day=TODAY, at=NOW, by=None)
        return self.kinds(household)

    def test_a_sound_file_has_none(self, cast: Cast, elder: Resident) -> None:
        assert self.found(room(cast, "301")) == set()

    @pytest.mark.parametrize(
        ("over", "kind"),
        [
            ({"id_number": "99000119460307001" + WRONG}, "id_number"),
            ({"id_number": with_check_digit("99000119460308001")}, "birth"),
            ({"id_number": with_check_digit("99000119460307002")}, "sex"),
            ({"id_number": "E12345678"}, None),
            ({"id_number": ""}, None),
        ],
    )
    def test_a_number_is_held_against_the_person(self, cast: Cast, over: dict[str, str], kind: str | None) -> None:
        home = room(cast, "101")
        someone = make_resident(home, "王大爷", **{"birth_date": date(1946, 3, 7), **over})
        assert self.found(home) == ({kind} if kind else set())
        if kind in ("birth", "sex"):
            fault_mend(Fault.objects.get().pk, by=cast.worker, at=LATER)
            someone.refresh_from_db()
            assert self.kinds(home) == set()
            assert history(home, "edit")[-1][1] == "按身份证更正"
        elif kind:
            with pytest.raises(FileRefused, match="对着身份证"):
                fault_mend(Fault.objects.get().pk, by=cast.worker, at=LATER)

    def test_two_heads_become_one(self, cast: Cast) -> None:
        second = make_resident(cast.household, "李四")
        assert self.found(cast.household) == {"heads"}
        fault_mend(Fault.objects.get().pk, by=cast.worker, at=LATER, choice=second.pk)
        heads = cast.household.stays.filter(relation=Stay.HEAD)
        assert (list(heads.values_list("resident", flat=True)), self.kinds(cast.household)) == ([second.pk], set())

    def test_more_people_than_beds_can_be_so_in_life(self, cast: Cast) -> None:
        Household.objects.filter(pk=cast.household.pk).update(beds=1)
        assert self.found(cast.household) == {"beds"}
        fault_accept(Fault.objects.get().pk, by=cast.worker, at=LATER)
        scope = scope_of(cast.worker, TODAY)
        assert not faults_visible_to(scope).exists()
        assert self.found(cast.household) == {"beds"}
        assert not faults_visible_to(scope).exists()
        make_resident(cast.household, "李四", relation="同住")
        Household.objects.filter(pk=cast.household.pk).update(beds=3)
        assert self.found(cast.household) == set()

    @pytest.mark.parametrize("same_row", [True, False])
    def test_one_person_in_two_households_is_in_one_by_a_press(
        self, cast: Cast, elder: Resident, same_row: bool
    ) -> None:
        here, there = room(cast, "301"), room(cast, "101")
        if same_row:
            Stay.objects.create(household=there, resident=elder)
        else:
            make_resident(there, "王大爷", birth_date=elder.birth_date, id_number=elder.id_number)
        assert self.found(there) == {"double"}
        assert self.kinds(here) == {"double"}
        fault_mend(faults_visible_to(scope_of(cast.worker, TODAY)).get().pk, by=cast.worker, at=LATER, choice=there.pk)
        assert (names_in(here), names_in(there)) == ([], ["王大爷"])
        assert not Fault.objects.exists()
        assert tags_of(here) == set()

    def test_of_a_household_out_of_reach_nothing_is_said(self, cast: Cast, elder: Resident) -> None:
        far = cast.buildings[1].households.first()
        assert far is not None
        Stay.objects.create(household=far, resident=elder)
        assert self.found(far) == {"double"}
        fault = Fault.objects.earliest("household_id")
        assert fault not in faults_visible_to(scope_of(cast.worker, TODAY))
        assert fault in faults_visible_to(scope_of(cast.head, TODAY))
        with pytest.raises(Fault.DoesNotExist):
            fault_mend(fault.pk, by=cast.worker, at=LATER, choice=far.pk)


def agree(cast: Cast) -> Any:
    return consent_give(cast.household.pk, cast.resident.pk, by=cast.worker, at=NOW, purpose="documents", how="paper")


def keep(cast: Cast) -> Document:
    sent = BytesIO()
    Image.new("RGB", (40, 30), "white").save(sent, "PNG")
    picture = photos.redraw(BytesIO(sent.getvalue()), len(sent.getvalue()))
    return document_keep(
        cast.household.pk, cast.resident.pk, by=cast.worker, at=NOW, picture=picture, kind="identity", purpose="aid"
    )
