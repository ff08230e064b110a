"""Patrols: rounds that begin and end once, finds that become petitions, days against the norm."""

import threading
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from grid.access import scope_of
from grid.models import Staff
from petitions import patrols
from petitions.actions.base import ActionRefused
from petitions.actions.patrols import Found, patrol_end, patrol_find, patrol_start, patrols_end_forgotten
from petitions.catalogue import catalogue
from petitions.files import Ready
from petitions.models import Patrol, PatrolFind, PatrolNorm, Petition
from tests.factories import NOW, TODAY, Cast

HOUR = timedelta(hours=1)
PICTURE = Ready("picture", "image/jpeg", "a.jpg", b"picture")
MAX_QUERIES = 12


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def start(cast: Cast, at: datetime = NOW, *, by: Staff | None = None) -> Patrol:
    return patrol_start(by=by or cast.worker, at=at, grid_id=cast.grid.pk, key=uuid.uuid4())


def find(patrol: Patrol, at: datetime = NOW, **over: Any) -> PatrolFind:
    said = {"key": uuid.uuid4(), "text": "3号楼门前堆着纸箱", **over}
    return patrol_find(patrol.pk, Found(**said), by=patrol.staff, at=at)


# Rounds


def test_one_round_at_a_time_and_each_start_counts_once(cast: Cast) -> None:
    key = uuid.uuid4()
    first = patrol_start(by=cast.worker, at=NOW, grid_id=cast.grid.pk, key=key)
    assert patrol_start(by=cast.worker, at=NOW, grid_id=cast.grid.pk, key=key) == first
    with pytest.raises(ActionRefused, match="还没有结束"):
        start(cast)
    patrol_end(first.pk, by=cast.worker, at=NOW + HOUR, note="一切正常")
    patrol_end(first.pk, by=cast.worker, at=NOW + 2 * HOUR)
    first.refresh_from_db()
    assert (first.ended_at, first.note) == (NOW + HOUR, "一切正常")
    start(cast, NOW + HOUR)


def test_nobody_patrols_where_they_have_no_business(cast: Cast) -> None:
    with pytest.raises(ActionRefused, match="自己辖区"):
        patrol_start(by=cast.outsider, at=NOW, grid_id=cast.grid.pk, key=uuid.uuid4())
    with pytest.raises(Patrol.DoesNotExist):
        patrol_end(start(cast).pk, by=cast.deputy, at=NOW)


def test_a_round_that_nobody_ended_ends_with_its_last_find(cast: Cast) -> None:
    walked, empty = start(cast), start(cast, by=cast.deputy)
    find(walked, NOW + HOUR)
    assert patrols_end_forgotten(at=NOW + 2 * HOUR) == 0
    assert patrols_end_forgotten(at=NOW + timedelta(days=1)) == 2
    for patrol in (walked, empty):
        patrol.refresh_from_db()
    assert (walked.ended_at, walked.forgotten) == (NOW + HOUR, True)
    assert empty.ended_at == empty.started_at


def test_the_next_morning_begins_although_yesterday_was_forgotten(cast: Cast) -> None:
    yesterday = start(cast)
    start(cast, NOW + timedelta(days=1))
    yesterday.refresh_from_db()
    assert yesterday.forgotten


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_one_round(cast: Cast) -> None:
    refused: list[str] = []

    def begin() -> None:
        try:
            start(cast)
        except ActionRefused as error:
            refused.append(str(error))
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Patrol.objects.count(), len(refused)) == (1, 3)


# Finds


def test_a_find_is_a_petition_with_its_clocks_that_goes_to_whom_it_concerns(cast: Cast) -> None:
    row = find(start(cast), text="马路边路口坑洼积水", category=catalogue().category("road"), before=[PICTURE])
    petition = row.petition
    assert (petition.source, petition.jurisdiction, petition.community) == ("patrol", "outer", cast.community)
    assert petition.handler == cast.outer_worker
    assert petition.clocks.filter(closed_at__isnull=True).count() == 3
    assert petition.files.get().stage == "asked"
    inner = find(Patrol.objects.get(), building=cast.buildings[0])
    assert (inner.petition.building, inner.petition.handler) == (cast.buildings[0], cast.worker)


def test_what_is_put_right_on_the_spot_is_filed_at_once_with_both_pictures(cast: Cast) -> None:
    row = find(start(cast), building=cast.building, before=[PICTURE], after=[PICTURE], measure="已请户主搬走")
    petition = Petition.objects.get(pk=row.petition_id)
    assert (petition.state, petition.answer, row.fixed) == ("closed", "已请户主搬走", True)
    assert not petition.clocks.filter(closed_at__isnull=True).exists()
    assert [file.stage for file in petition.files.all()] == ["asked", "after"]
    assert [event.verb for event in petition.events.all()] == ["register", "dispatch", "accept", "resolve", "close"]
    assert petition.asked_satisfied is None


def test_what_others_answer_for_cannot_be_filed_on_the_spot(cast: Cast) -> None:
    patrol = start(cast)
    with pytest.raises(ActionRefused, match="归别的岗位办"):
        find(patrol, text="马路坑洼", category=catalogue().category("road"), measure="填了点土")
    assert not Petition.objects.exists()


def test_a_find_sent_twice_is_one_and_may_arrive_after_the_round(cast: Cast) -> None:
    patrol, key = start(cast), uuid.uuid4()
    first = find(patrol, key=key)
    assert find(patrol, key=key) == first
    patrol_end(patrol.pk, by=cast.worker, at=NOW + HOUR)
    assert find(patrol, NOW + HOUR, key=key) == first
    assert find(patrol, NOW + HOUR / 2).at == NOW + HOUR / 2
    with pytest.raises(ActionRefused, match="已经结束"):
        find(patrol, NOW + 2 * HOUR)


def test_a_point_finds_the_building_beside_it(cast: Cast) -> None:
    building = cast.buildings[0]
    building.lon, building.lat = 116.49, 39.87
    building.save()
    petition = find(start(cast), text="井盖松动", point=(116.4901, 39.8701)).petition
    assert petition.building == building
    assert "位置：北纬 39.87010，东经 116.49010" in petition.text


# Days


def test_a_day_says_honestly_how_much_was_patrolled(cast: Cast) -> None:
    morning = start(cast)
    find(morning, measure="扶正了", text="3号楼锥桶倒了", building=cast.building)
    find(morning)
    patrol_end(morning.pk, by=cast.worker, at=NOW + HOUR)
    start(cast, NOW + 2 * HOUR)
    scope = scope_of(cast.head, TODAY)
    [day] = patrols.days(scope, cast.head, TODAY, TODAY, NOW + 3 * HOUR)
    assert (day.name, day.rounds, day.minutes, day.finds, day.fixed) == (cast.worker.name, 2, 120, 2, 1)
    assert day.short
    assert day.hours == "2 小时 0 分"
    PatrolNorm.objects.create(division=cast.community, rounds=2, minutes=90)
    [day] = patrols.days(scope, cast.head, TODAY, TODAY, NOW + 3 * HOUR)
    assert not day.short


def test_a_worker_sees_the_own_rounds_and_a_head_those_of_all(cast: Cast) -> None:
    find(start(cast))
    find(start(cast, by=cast.deputy))

    def seen(staff: Staff) -> tuple[int, int]:
        scope = scope_of(staff, TODAY)
        return len(patrols.days(scope, staff, TODAY, TODAY, NOW)), len(patrols.log(scope, staff, TODAY, TODAY))

    assert seen(cast.worker) == (1, 1)
    assert seen(cast.head) == seen(cast.street) == (2, 2)
    assert seen(cast.outsider) == seen(cast.colleague) == (0, 0)


# Pages


def test_a_round_on_the_phone_from_start_to_log(client: Client, cast: Cast) -> None:
    client.force_login(cast.worker)
    page = text_of(client.get(reverse("patrol")))
    assert "今天还没有巡查" in page
    assert "不记录走过的路线" in page
    said = {"grid": cast.grid.pk, "key": str(uuid.uuid4())}
    assert f"正在巡查{cast.grid.name}" in text_of(client.post(reverse("patrol-start"), said, follow=True))
    form = {"key": str(uuid.uuid4()), "text": "3号楼门前堆物", "building": cast.building.pk}
    missing = text_of(client.post(reverse("patrol-find"), {**form, "text": ""}))
    assert "请写一下发现什么" in missing
    for _twice in range(2):
        page = text_of(client.post(reverse("patrol-find"), {**form, "measure": "当场清走"}, follow=True))
    assert "已记下，当场办结" in page
    assert PatrolFind.objects.count() == 1
    assert "这一趟巡查结束了" in text_of(client.post(reverse("patrol-end"), {"note": "平安"}, follow=True))
    log = text_of(client.get(reverse("patrol-log")))
    for word in ("3号楼门前堆物", "当场清走", "当场办结", "不足"):
        assert word in log
    assert text_of(client.get(reverse("patrol-log") + "?from=2026-13-40&to=x"))


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("name", ["patrol", "patrol-log"])
def test_pages_cost_the_same_however_much_was_found(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.worker)
    patrol = patrol_start(by=cast.worker, at=timezone.now(), grid_id=cast.grid.pk, key=uuid.uuid4())
    client.get(reverse(name))
    counts = []
    for _more in range(2):
        find(patrol, timezone.now())
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(name))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MAX_QUERIES
