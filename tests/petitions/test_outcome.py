"""What came of it in the handler's word, and the pictures that show it: in the history and the petitioner's story."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import Settings

from petitions.actions.base import ActionRefused
from petitions.actions.handling import petition_contact, petition_note, petition_resolve
from petitions.actions.together import petition_join
from petitions.models import Petition
from petitions.workflow import OUTCOMES, State, Verb
from tests.factories import NOW, Cast
from tests.petitions.acts import LATER, REASON, petition_in
from tests.petitions.pages import client_of, set_now, text_of
from tests.petitions.test_files import photo


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are looked at then."""
    set_now(monkeypatch, LATER)


def contacted(cast: Cast) -> Petition:
    """A petition that can be answered."""
    petition = petition_in(State.ACCEPTED, cast)
    petition_contact(petition.pk, by=cast.worker, at=NOW, text=REASON)
    petition.refresh_from_db()
    return petition


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_it_stands_in_the_history_and_in_the_petitioners_story(cast: Cast, outcome: str) -> None:
    petition = petition_resolve(contacted(cast).pk, by=cast.worker, at=LATER, text="办了", outcome=outcome)
    assert petition.events.get(verb=Verb.RESOLVE).data == {"outcome": outcome}
    assert f"办结答复 {cast.worker.name} {OUTCOMES[outcome]}。办了" in text_of(
        cast.worker, reverse("petition-detail", args=[petition.number])
    )
    told = client_of(None).get(reverse("track-detail", args=[petition.number, petition.query_code]))
    assert f"答复：{OUTCOMES[outcome]}" in told.content.decode()


def test_another_word_is_refused(cast: Cast) -> None:
    petition = contacted(cast)
    with pytest.raises(ActionRefused, match="请选择办理结果"):
        petition_resolve(petition.pk, by=cast.worker, at=LATER, text="办了", outcome="perfect")
    petition.refresh_from_db()
    assert petition.state == State.ACCEPTED


def test_the_form_asks_for_it(cast: Cast) -> None:
    petition = contacted(cast)
    page = reverse("petition-act", args=[petition.number, "resolve"])
    said = client_of(cast.worker).post(page, {"text": "灯已换", "version": petition.version}).content.decode()
    assert "请选择办理结果" in said
    assert "灯已换" in said


class TestEvidence:
    @pytest.fixture(autouse=True)
    def _folder(self, settings: Settings, tmp_path: Path) -> None:
        settings.MEDIA_ROOT = tmp_path

    def test_pictures_go_with_the_answer_and_its_petitioner_sees_them(self, cast: Cast) -> None:
        petition = contacted(cast)
        page, client = reverse("petition-act", args=[petition.number, "resolve"]), client_of(cast.worker)
        assert 'enctype="multipart/form-data"' in client.get(page).content.decode()
        sent = {"text": "灯已换", "outcome": "solved", "version": petition.version}
        client.post(page, {**sent, "attached": [photo("a.jpg"), photo("b.jpg")]})
        kept = list(petition.files.all())
        assert [(row.stage, row.shown) for row in kept] == [("after", True)] * 2
        told = petition.events.get(verb=Verb.RESOLVE)
        assert told.data == {"outcome": "solved", "files": [str(row.name) for row in kept]}
        seen = reverse("track-file", args=[petition.number, petition.query_code, kept[0].name])
        assert client_of(None).get(seen)["Content-Type"] == "image/jpeg"

    def test_what_is_no_picture_is_named_and_nothing_is_done(self, cast: Cast) -> None:
        petition = contacted(cast)
        page = reverse("petition-act", args=[petition.number, "resolve"])
        sent = {"text": "灯已换", "outcome": "solved", "version": petition.version}
        bad = SimpleUploadedFile("表.exe", b"MZ")
        said = client_of(cast.worker).post(page, {**sent, "attached": [photo(), bad]}).content.decode()
        assert "表.exe" in said
        assert "灯已换" in said
        petition.refresh_from_db()
        assert (petition.state, petition.files.count()) == (State.ACCEPTED, 0)

    def test_who_was_slower_is_told_to_choose_them_again(self, cast: Cast) -> None:
        petition = contacted(cast)
        seen = petition.version
        petition_note(petition.pk, by=cast.head, at=LATER, text="我也看过")
        page = reverse("petition-act", args=[petition.number, "resolve"])
        sent = {"text": "灯已换", "outcome": "solved", "version": seen, "attached": [photo()]}
        said = client_of(cast.worker).post(page, sent).content.decode()
        assert "照片、文件要重新选一次" in said
        assert "灯已换" in said

    def test_a_unit_shows_what_it_did_to_the_office_alone(self, cast: Cast) -> None:
        petition = petition_in(State.ACCEPTED, cast)
        petition_join(petition.pk, by=cast.street, at=NOW, organisations=[cast.department.pk], text="看线路")
        part = petition.parts.get()
        page = reverse("petition-part", args=[petition.number, part.pk, "answer"])
        client_of(cast.other_member).post(page, {"text": "已查", "attached": [photo()]})
        (kept,) = petition.files.all()
        assert (kept.by, kept.shown) == (cast.other_member, False)
        there = reverse("petition-file", args=[petition.number, kept.name])
        assert [client_of(who).get(there).status_code for who in (cast.worker, cast.outsider)] == [200, 404]
