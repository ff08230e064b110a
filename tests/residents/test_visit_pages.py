"""The round and the visit's form: who sees which doors, in which order, and what is kept."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from community_portal.privacy.retention import apply_rule
from grid.access import scope_of
from petitions.models import Petition
from residents.actions import schedule as scheduling
from residents.actions.visits import Entry, visit_record, visits_record
from residents.models import CareClass, Household, Visit
from residents.retention import VISIT_PHOTOS
from tests.factories import NOW, Cast
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW)


@pytest.fixture
def due(cast: Cast) -> Household:
    """The cast's household and three more have a weekly visit that is due or late by now."""
    homes = Household.objects.filter(community=cast.community.pk, room__in=["302", "101"])
    homes.update(statuses=["owner", "solitary_elder"])
    for home in homes:
        Visit.objects.create(
            household=home, by=cast.worker, at=NOW - timedelta(days=8), entered_at=NOW, result=Visit.Result.SEEN,
            fulfils=True, note="耳背，多敲两次门",
        )  # fmt: skip
    scheduling.schedule(at=NOW)
    return cast.household


def test_a_worker_walks_the_own_doors_in_order(cast: Cast, due: Household) -> None:
    words = text_of(cast.worker, reverse("visit-round"))
    assert "今天必走 8 户" in words
    assert "8 户已过期限" in words
    stairs = ["1号楼 1 单元", "1号楼 2 单元", "3号楼 1 单元", "3号楼 2 单元"]
    assert sorted(stairs, key=words.index) == stairs
    assert words.index("101") < words.index("302")
    assert "2号楼" not in words
    assert "上次：11 月 15 日 10:00 马雪 见到本人：耳背，多敲两次门" in words
    assert "问：药按时吃了吗" in words


def test_one_building_at_a_time(cast: Cast, due: Household) -> None:
    words = text_of(cast.worker, f"{reverse('visit-round')}?building={cast.building.pk}")
    assert "今天必走 4 户" in words
    assert "1号楼 1 单元" not in words


def test_what_the_file_says_to_ask_is_asked(cast: Cast, due: Household) -> None:
    Household.objects.filter(pk=due.pk).update(lease_ends_on=TODAY + timedelta(days=20))
    cast.resident.birth_date = date(1946, 11, 26)
    cast.resident.save()
    words = text_of(cast.worker, reverse("visit-round"))
    assert "租期到 12 月 13 日" in words
    assert "张**快过 80 岁生日" in words


def test_the_round_costs_the_same_for_any_number_of_doors(cast: Cast, due: Household) -> None:
    client = client_of(cast.worker)
    few = queries_of(client, f"{reverse('visit-round')}?building={cast.building.pk}")
    assert queries_of(client, reverse("visit-round")) == few <= MOST_QUERIES


def test_nobody_else_sees_the_door(cast: Cast, due: Household) -> None:
    assert "今天必走 4 户" in text_of(cast.colleague, reverse("visit-round"))
    for name in ("outsider", "other_street", "nobody"):
        assert "该走的都走到了" in text_of(getattr(cast, name), reverse("visit-round"))


def test_a_visit_is_written_down_and_its_need_becomes_a_petition(cast: Cast, due: Household) -> None:
    client = client_of(cast.worker)
    said = {"result": "seen", "note": "精神好", "need": "家里水管漏水，请帮忙找人修", "visited_at": ""}
    page = client.post(reverse("visit-new", args=[due.pk]), said, follow=True)
    words = page.content.decode()
    petition = Petition.objects.get()
    assert f"3号楼2单元302：见到本人，已记下；下次 11 月 30 日 18:00 前；已登记诉求 {petition.number}" in words
    assert (petition.source, petition.household, petition.handler) == ("patrol", due, cast.worker)
    visit = due.visits.latest("id")
    assert (visit.note, visit.by, visit.fulfils) == ("精神好", cast.worker, True)
    assert "今天必走 7 户" in words


def test_what_was_typed_stays_when_it_cannot_be_kept(cast: Cast, due: Household) -> None:
    said = {"result": "", "note": "写了很多", "need": "", "visited_at": "2026-11-24T10:00"}
    page = client_of(cast.worker).post(reverse("visit-new", args=[due.pk]), said)
    assert page.status_code == 422
    assert "写了很多" in page.content.decode()
    said["result"] = "seen"
    page = client_of(cast.worker).post(reverse("visit-new", args=[due.pk]), said)
    assert (page.status_code, due.visits.count()) == (422, 1)
    assert "走访时间还没到" in page.content.decode()


def test_the_wall_and_the_file_show_what_is_due(cast: Cast, due: Household) -> None:
    assert "8 件走访待办" in text_of(cast.worker, reverse("wall"))
    words = text_of(cast.worker, reverse("household-panel", args=[due.pk]))
    assert "每周必访" in words
    assert "记录走访" in words
    visit_record(due.pk, by=cast.worker, at=NOW, result=Visit.Result.SEEN)
    assert "今天 10:00 · 马雪" in text_of(cast.worker, reverse("visit-new", args=[due.pk]))


def test_a_stairway_is_written_down_together(cast: Cast, due: Household) -> None:
    doors = Household.objects.filter(building=cast.building, unit=2, room__in=["101", "302"])
    client = client_of(cast.worker)
    said = {"door": [str(door.pk) for door in doors], "result": "seen", "building": str(cast.building.pk)}
    page = client.post(reverse("visit-together"), said, follow=True)
    assert "2 户都记下了：见到本人" in page.content.decode()
    assert "今天必走 2 户" in page.content.decode()
    assert Visit.objects.filter(household__in=doors, at=NOW, fulfils=True).count() == 2
    assert "先勾选去过的户" in client.post(reverse("visit-together"), {"result": "seen"}, follow=True).content.decode()
    strange = Household.objects.filter(building=cast.buildings[1]).first()
    assert strange
    said["door"].append(str(strange.pk))
    assert client.post(reverse("visit-together"), said).status_code == 404
    assert Visit.objects.filter(at=NOW).count() == 2


def test_a_stairway_costs_as_many_statements_as_a_door(cast: Cast, due: Household) -> None:
    doors = list(Household.objects.filter(building=cast.building, room__in=["101", "302"]).order_by("pk"))
    scope_of(cast.worker, TODAY)
    with CaptureQueriesContext(connection) as one:
        visits_record([Entry(doors[0].pk, "seen")], by=cast.worker, at=NOW)
    with CaptureQueriesContext(connection) as many:
        visits_record([Entry(door.pk, "seen") for door in doors[1:]], by=cast.worker, at=NOW)
    assert len(many) == len(one)


class TestOverview:
    def test_each_worker_with_what_is_late_and_why(self, cast: Cast, due: Household) -> None:
        visit_record(due.pk, by=cast.worker, at=NOW, result=Visit.Result.NOBODY)
        made = Household.objects.get(building=cast.building, unit=1, room="302")
        visit_record(made.pk, by=cast.worker, at=NOW, result=Visit.Result.SEEN)
        words = text_of(cast.head, reverse("visit-overview"))
        assert "11 户过了期限还没走到" in words
        assert "第一网格 周敏、马雪" in words or "第一网格 马雪、周敏" in words
        assert "7 户过期没走 ：还没去过 6、家里没人 1" in words
        assert "应走 8 · 走了 1（1 次走晚了） · 按时 0%" in words
        assert "4 户过期没走" in words

    def test_whom_nobody_ever_met(self, cast: Cast, due: Household) -> None:
        Visit.objects.filter(household=due).update(result=Visit.Result.AFAR)
        words = text_of(cast.worker, f"{reverse('visit-overview')}?days=7")
        assert "1 户排在走访里，还从来没有见到过人" in words
        assert "从没见到过人 3号楼2单元302" in words

    def test_a_street_reads_community_by_community(self, cast: Cast, due: Household) -> None:
        words = text_of(cast.street, reverse("visit-overview"))
        assert "各社区 双合家园 垡头" in words
        assert "该走的都走到了" in text_of(cast.other_street, reverse("visit-overview"))

    def test_it_costs_the_same_for_any_number_of_doors(self, cast: Cast, due: Household) -> None:
        assert queries_of(client_of(cast.district), reverse("visit-overview")) <= MOST_QUERIES


class TestPhotos:
    def photo(self, name: str = "门口.png") -> SimpleUploadedFile:
        """A small picture as a phone sends it."""
        out = BytesIO()
        Image.new("RGB", (40, 30), "red").save(out, "PNG")
        return SimpleUploadedFile(name, out.getvalue(), "image/png")

    def test_they_are_drawn_anew_and_seen_by_those_in_scope_alone(
        self, cast: Cast, due: Household, settings: Any, tmp_path: Path
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        said = {"result": "seen", "photos": [self.photo(), self.photo("厨房.png")]}
        client_of(cast.worker).post(reverse("visit-new", args=[due.pk]), said)
        visit = due.visits.latest("id")
        kept = visit.photos.latest("id")
        address = reverse("visit-photo", args=[due.pk, kept.pk])
        answer = client_of(cast.worker).get(address)
        assert answer.content.startswith(b"\xff\xd8")
        assert "no-store" in answer["Cache-Control"]
        assert all(b"JFIF" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert "照片 1 照片 2" in text_of(cast.head, reverse("visit-new", args=[due.pk]))
        for stranger in (cast.colleague, cast.outsider, cast.nobody):
            assert client_of(stranger).get(address).status_code == 404
        wrong = reverse("visit-photo", args=[Household.objects.exclude(pk=due.pk)[0].pk, kept.pk])
        assert client_of(cast.head).get(wrong).status_code == 404
        apply_rule(VISIT_PHOTOS, at=NOW + timedelta(days=366))
        assert client_of(cast.worker).get(address).status_code == 404
        kept.refresh_from_db()
        assert (kept.key, kept.removed_at) == ("", NOW + timedelta(days=366))

    def test_what_is_no_photo_is_named_and_nothing_typed_is_lost(self, cast: Cast, due: Household) -> None:
        said = {"result": "seen", "note": "写了很多", "photos": [SimpleUploadedFile("a.exe", b"MZ" * 50)]}
        page = client_of(cast.worker).post(reverse("visit-new", args=[due.pk]), said)
        assert page.status_code == 422
        assert "a.exe" in page.content.decode()
        assert "写了很多" in page.content.decode()
        said["photos"] = [self.photo(f"{nth}.png") for nth in range(4)]
        page = client_of(cast.worker).post(reverse("visit-new", args=[due.pk]), said)
        assert "一次最多 3 张" in page.content.decode()
        assert due.visits.count() == 1


class TestPlan:
    def test_a_visit_is_called_and_a_household_decided_upon(self, cast: Cast, due: Household) -> None:
        address = reverse("visit-plan", args=[due.pk])
        called = CareClass.objects.get(code="after_event")
        said = {"verb": "call", "call-care_class": called.pk, "call-occasion": "昨天出院"}
        page = client_of(cast.worker).post(address, said, follow=True)
        assert "明天 10:00 前要有人去" in page.content.decode()
        assert client_of(cast.worker).post(address, {**said, "call-occasion": ""}).status_code == 422
        decided = {
            "verb": "decide",
            "decide-care_class": "",
            "decide-reason": "住到女儿家",
            "decide-until": "2026-12-31",
        }
        assert client_of(cast.worker).post(address, decided).status_code == 404
        client_of(cast.head).post(address, decided)
        assert "不用走访 ，到 2026 年 12 月 31 日：住到女儿家" in text_of(cast.head, address)
        wrong = client_of(cast.head).post(address, {**decided, "decide-until": "2029-01-01"})
        assert "一年以内" in wrong.content.decode()
        assert "由社工或社区书记决定" in text_of(cast.worker, address)
