"""The escalation page: what reached whom and why, and what can be done at once."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from grid.models import Staff
from petitions.actions import clocks, handling, pressing
from petitions.models import Petition
from tests.factories import NOW, Cast, make_petition
from tests.petitions.pages import client_of, set_now, text_of

URGENT = "3号楼2单元302电箱冒烟"


@pytest.fixture
def late(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Petition:
    """An order that nobody signed in for forty minutes: it has reached the community head."""
    petition = make_petition(cast, text=URGENT)
    pass_time(monkeypatch, NOW + timedelta(minutes=40))
    return petition


def pass_time(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    clocks.sweep(at=at)
    set_now(monkeypatch, at)


def said_to(staff: Staff) -> str:
    return text_of(staff, reverse("escalations"))


def test_it_says_whose_it_is_and_which_deadline_passed(cast: Cast, late: Petition) -> None:
    said = said_to(cast.head)
    assert "1 件升级到您这里" in said
    assert URGENT in said
    assert "马雪 · 待签收" in said
    assert "签收时限 今天 10:15 过时限 25 分" in said
    assert "办理人 已催办 社区书记 已升级 街道 今天 11:15 升级" in said
    assert "还没有人写过办理情况" in said


def test_the_last_word_is_shown(cast: Cast, late: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    pressing.petition_supervise(late.pk, by=cast.head, at=NOW + timedelta(minutes=40), text="马上去")
    assert "林书记 督办 马上去" in said_to(cast.head)


def test_it_reaches_the_street_later(cast: Cast, late: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "没有升级上来的工单" in said_to(cast.street)
    pass_time(monkeypatch, NOW + timedelta(hours=2))
    assert "1 件升级到您这里" in said_to(cast.street)
    assert "没有升级上来的工单" in said_to(cast.district)
    assert "没有升级上来的工单" in said_to(cast.other_street)
    pass_time(monkeypatch, NOW + timedelta(hours=6))
    assert "1 件升级到您这里" in said_to(cast.district)


def test_taking_note_comes_back_here(cast: Cast, late: Petition) -> None:
    response = client_of(cast.head).post(
        reverse("petition-act", args=[late.number, "acknowledge"]),
        {"version": late.version, "text": "配件下午到", "hours": 2, "back": "escalations"},
        follow=True,
    )
    assert response.redirect_chain == [(reverse("escalations"), 302)]
    assert "已知悉，今天 12:40 前不再升级" in said_to(cast.head)
    assert "林书记 知悉 配件下午到" in said_to(cast.head)


def test_taking_note_at_the_top_of_the_ladder_is_remembered_too(
    cast: Cast, late: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = NOW + timedelta(days=5)
    pass_time(monkeypatch, at)
    pressing.petition_acknowledge(late.pk, by=cast.district, at=at, text="明早去现场", hours=24)
    said = said_to(cast.district)
    assert "待签收 · 已知悉 " in said
    assert "再次知悉" in said


def test_the_way_back_leads_nowhere_else(cast: Cast, late: Petition) -> None:
    response = client_of(cast.head).post(
        reverse("petition-act", args=[late.number, "acknowledge"]),
        {"version": late.version, "text": "配件下午到", "hours": 2, "back": "https://evil.example/"},
    )
    assert response.url == reverse("petition-detail", args=[late.number])


def test_one_that_was_dealt_with_moves_to_the_second_list(
    cast: Cast, late: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    handling.petition_accept(late.pk, by=cast.worker, at=NOW + timedelta(minutes=41))
    said = said_to(cast.head)
    assert "没有升级上来的工单" in said
    assert URGENT in said.split("最近升级过的")[1]
    assert "最近升级过的" not in said_to(cast.street)
    set_now(monkeypatch, NOW + timedelta(days=15))
    assert "最近升级过的" not in said_to(cast.head)


@pytest.mark.parametrize("name", ["worker", "colleague", "community_worker", "outer_worker"])
def test_it_is_for_heads_and_above(cast: Cast, late: Petition, name: str) -> None:
    said = said_to(getattr(cast, name))
    assert "这一页给社区书记、街道和区级看" in said
    assert URGENT not in said
