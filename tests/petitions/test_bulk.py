"""One action for many: done one by one, what was refused is named, a killed run goes on, and two workers share it."""

import pytest
from django.urls import reverse

from petitions.actions.base import ActionRefused
from petitions.actions.bulk import BULK, MOST, bulk_create, bulk_run
from petitions.models import BulkRun, Petition
from petitions.workflow import State, Verb
from tests.factories import Cast, make_petition
from tests.petitions.acts import LATER, petition_in
from tests.petitions.pages import client_of, set_now
from tests.threads import at_once


def many(cast: Cast, number: int = 3) -> list[Petition]:
    """So many that wait for their worker."""
    return [make_petition(cast, title=f"第{n}件") for n in range(number)]


def create(cast: Cast, petitions: list[Petition], verb: Verb = Verb.ACCEPT, **values: object) -> BulkRun:
    return bulk_create(by=cast.worker, verb=verb, petitions=[row.pk for row in petitions], values=values, at=LATER)


def test_each_is_done_as_if_by_hand(cast: Cast) -> None:
    petitions = many(cast)
    run = bulk_run(create(cast, petitions).pk, now=lambda: LATER)
    assert (run.done, run.refused, run.finished_at) == (3, [], LATER)
    assert set(Petition.objects.values_list("state", flat=True)) == {State.ACCEPTED}
    assert all(row.events.get(verb=Verb.ACCEPT).by == cast.worker for row in petitions)


def test_what_cannot_be_done_is_named_and_the_others_are(cast: Cast) -> None:
    taken = petition_in(State.ACCEPTED, cast)
    elsewhere = make_petition(cast, text="2号楼的灯不亮")
    run = bulk_run(create(cast, [taken, *many(cast, 2), elsewhere]).pk, now=lambda: LATER)
    assert [each["number"] for each in run.refused] == [taken.number, ""]
    assert "不能再“签收”" in run.refused[0]["text"]
    assert Petition.objects.filter(state=State.ACCEPTED).count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_nothing_twice(cast: Cast) -> None:
    petitions = many(cast, 6)
    run = create(cast, petitions, Verb.SUPPLEMENT, text="都去看一遍")
    at_once(lambda: bulk_run(run.pk, now=lambda: LATER), lambda: bulk_run(run.pk, now=lambda: LATER))
    assert [row.events.filter(verb=Verb.SUPPLEMENT).count() for row in petitions] == [1] * 6


@pytest.mark.parametrize("number", [0, MOST + 1])
def test_nothing_and_too_many_are_refused(cast: Cast, number: int) -> None:
    with pytest.raises(ActionRefused, match="请选择 1 到 200 件工单"):
        bulk_create(by=cast.worker, verb=Verb.ACCEPT, petitions=[1] * number, values={}, at=LATER)


def test_what_is_decided_one_by_one_is_refused(cast: Cast) -> None:
    assert Verb.EXTEND not in BULK
    with pytest.raises(ActionRefused):
        create(cast, many(cast, 1), Verb.EXTEND)


def test_the_pages_lead_from_the_filter_to_the_run(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, LATER)
    petitions, client = many(cast), client_of(cast.head)
    address = reverse("petition-bulk")
    chosen = client.get(address).content.decode()
    assert all(f'value="{row.pk}" checked' in chosen for row in petitions)
    picks = [row.pk for row in petitions[:2]]
    form = client.get(address, {"pick": picks, "verb": "press"}).content.decode()
    assert "催办：2 件一起" in form
    response = client.post(address, {"pick": picks, "verb": "press", "text": "请先回个话"})
    run = BulkRun.objects.get()
    assert response["Location"] == reverse("bulk-detail", args=[run.pk])
    bulk_run(run.pk, now=lambda: LATER)
    assert "办完了" in client.get(response["Location"]).content.decode()
    assert [row.events.filter(verb=Verb.PRESS).count() for row in petitions] == [1, 1, 0]
    assert client_of(cast.street).get(response["Location"]).status_code == 404
