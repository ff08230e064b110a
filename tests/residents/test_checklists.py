"""Working methods as checklists: written by a community, shared with others, ticked at the door."""

import pytest
from django.urls import reverse

from residents.actions.checklists import checklist_save
from residents.defaults import load_checklists
from residents.models import Checklist, VisitCheck
from tests.factories import NOW, Cast
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

ADDRESS = "checklists"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW)


def test_a_community_writes_one_and_ticks_it_at_the_door(cast: Cast) -> None:
    client, address = client_of(cast.head), reverse(ADDRESS)
    said = {"verb": "save", "name": "冬季三查", "items": "看烟道\n\n 查软管 \n试报警器", "shared": "on"}
    assert client.post(address, {**said, "items": " "}).status_code == 422
    client.post(address, said)
    assert "已经有一份叫" in client.post(address, said).content.decode()
    mine = Checklist.objects.get(community=cast.community.pk)
    assert mine.items == ["看烟道", "查软管", "试报警器"]
    form = reverse("visit-new", args=[cast.household.pk])
    assert "冬季三查" in text_of(cast.worker, form)
    client_of(cast.worker).post(form, {"result": "seen", f"check_{mine.pk}": ["查软管", "试报警器"]})
    check = VisitCheck.objects.get()
    assert (check.checklist, check.done) == (mine, ["查软管", "试报警器"])
    assert "做了：查软管、试报警器" in text_of(cast.worker, form)
    client.post(f"{address}?edit={mine.pk}", {**said, "items": "只看烟道", "name": "冬查"})
    assert "做了：查软管、试报警器" in text_of(cast.worker, form)
    client.post(address, {"verb": "drop", "checklist": mine.pk})
    assert "只看烟道" not in text_of(cast.worker, form)


def test_others_take_a_copy_of_what_is_shared(cast: Cast) -> None:
    items = ["一条"]
    given = checklist_save(cast.community.pk, by=cast.head, at=NOW, name="好办法", items=items, shared=True)
    kept = checklist_save(cast.community.pk, by=cast.head, at=NOW, name="自己用", items=items)
    client, address = client_of(cast.outsider), reverse(ADDRESS)
    assert "好办法" in text_of(cast.outsider, address)
    assert "自己用" not in text_of(cast.outsider, address)
    client.post(address, {"verb": "take", "checklist": given.pk})
    assert client.post(address, {"verb": "take", "checklist": kept.pk}).status_code == 404
    assert Checklist.objects.get(community=cast.next_community.pk).items == items
    assert client_of(cast.worker).post(address, {"verb": "take", "checklist": given.pk}).status_code == 404
    assert queries_of(client, address) <= MOST_QUERIES


def test_what_comes_with_the_portal_is_there_to_be_taken(cast: Cast) -> None:
    assert load_checklists() == 1
    assert load_checklists() == 0
    words = text_of(cast.head, reverse(ADDRESS))
    assert "五常五送" in words
    assert "常敲空巢老人门，嘘寒问暖送贴心" in words
