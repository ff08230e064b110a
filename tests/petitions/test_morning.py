"""The morning sheet: made by itself each working day, once; each reads what their scope reaches."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from community_portal.worktime.deadlines import ZONE
from grid.actions.duties import leave_take, rota_fill
from petitions.actions.morning import make_sheets
from petitions.models import MorningSheet
from residents.actions.schedule import schedule
from residents.models import Household, VisitDue
from tests.factories import NOW, TODAY, Cast, make_petition
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

FRIDAY_NIGHT = datetime(2026, 11, 20, 22, 0, tzinfo=ZONE)
MEETING = datetime(2026, 11, 23, 7, 30, tzinfo=ZONE)


@pytest.fixture
def weekend(cast: Cast) -> Cast:
    """Orders of Friday night and Sunday, a visit that is late, a desk, a phone, somebody away."""
    make_petition(cast, at=FRIDAY_NIGHT)
    make_petition(
        cast, text="2号楼1单元101水管爆了，水往外喷", address="2号楼1单元101", at=MEETING - timedelta(hours=20)
    )
    make_petition(cast, text="早就登记过的事", at=FRIDAY_NIGHT - timedelta(days=20))
    Household.objects.filter(pk=cast.household.pk).update(statuses=["owner", "solitary_elder"])
    schedule(at=FRIDAY_NIGHT)
    VisitDue.objects.update(due_at=FRIDAY_NIGHT)
    for kind, person in (("desk", cast.head), ("phone", cast.community_worker)):
        rota_fill(
            cast.community.pk, by=cast.head, at=FRIDAY_NIGHT, kind=kind, staff_ids=[person.pk],
            first=FRIDAY_NIGHT.date(), last=TODAY,
        )  # fmt: skip
    leave_take(
        cast.community.pk, by=cast.colleague, at=FRIDAY_NIGHT, staff_id=cast.colleague.pk, first=TODAY, last=TODAY,
        substitute_id=cast.deputy.pk,
    )  # fmt: skip
    return cast


def sheet_of(cast: Cast) -> MorningSheet:
    """Today's."""
    return MorningSheet.objects.get(community=cast.community, day=TODAY)


def test_it_is_made_once_each_working_day_and_not_before_its_hour(weekend: Cast) -> None:
    assert make_sheets(at=MEETING - timedelta(minutes=1)) == 0
    assert make_sheets(at=MEETING - timedelta(days=1)) == 0
    assert make_sheets(at=MEETING) == 3
    assert make_sheets(at=MEETING + timedelta(hours=1)) == 0
    assert sheet_of(weekend).made_at == MEETING


def test_nothing_is_guessed_where_the_calendar_ends(weekend: Cast) -> None:
    assert make_sheets(at=datetime(2031, 3, 3, 8, 0, tzinfo=ZONE)) == 0


def test_what_it_says(weekend: Cast) -> None:
    make_sheets(at=MEETING)
    content = sheet_of(weekend).content
    assert [row["who"] for row in content["came"]] == ["马雪", "赵强"]
    assert any("水管爆了" in row["title"] for row in content["stuck"])
    assert [(row["place"], row["late"]) for row in content["visits"]] == [("3号楼2单元302", True)]
    assert content["duty"] == {"desk": "林书记", "phone": "孙丽"}
    assert content["away"] == [{"who": "赵强", "substitute": "周敏"}]
    assert {row["who"] for row in content["hands"]} >= {"马雪", "赵强"}


def test_everybody_reads_what_their_scope_reaches(weekend: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW)
    assert "还没有晨会单" in text_of(weekend.head, reverse("morning"))
    make_sheets(at=MEETING)
    words = text_of(weekend.head, reverse("morning"))
    assert "11 月 23 日 星期一 晨会" in words
    assert "窗口 林书记 · 值班电话 孙丽 · 赵强 请假（周敏 顶班）" in words
    assert "水管爆了" in words
    assert "水管爆了" not in text_of(weekend.worker, reverse("morning"))
    assert "3号楼2单元302" in text_of(weekend.worker, reverse("morning"))
    assert "水管爆了" in text_of(weekend.street, f"{reverse('morning')}?community={weekend.community.code}")
    far = f"{reverse('morning')}?community={weekend.community.code}"
    assert client_of(weekend.other_street).get(far).status_code == 404
    assert client_of(weekend.head).get(f"{reverse('morning')}?day=2026-13-99").status_code == 200
    assert queries_of(client_of(weekend.head), reverse("morning")) <= MOST_QUERIES
