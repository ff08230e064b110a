"""What came of it in the handler's word: in the history and in the petitioner's story, apart from the follow-up."""

import pytest
from django.urls import reverse

from petitions.actions.base import ActionRefused
from petitions.actions.handling import petition_contact, petition_resolve
from petitions.models import Petition
from petitions.workflow import OUTCOMES, State, Verb
from tests.factories import NOW, Cast
from tests.petitions.acts import LATER, REASON, petition_in
from tests.petitions.pages import client_of, set_now, text_of


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
