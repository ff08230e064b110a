"""The frame around the pages of staff."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve, reverse
from pytest_django import DjangoAssertNumQueries, Settings

from community_portal.navigation import MOST, Frame, frame, waiting
from grid.access import scope_of
from grid.models import Staff
from petitions.models import Petition
from tests.factories import NOW, TODAY, Cast, make_petition


def at(name: str, user: Staff | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get(reverse(name))
    request.user = user
    request.resolver_match = resolve(request.path)
    return request


def seen(name: str, user: Staff | AnonymousUser) -> Frame:
    return frame(at(name, user))["frame"]


def counts(user: Staff) -> tuple[int, int]:
    found = waiting(user, scope_of(user, TODAY))
    return found["workbench"], found["escalations"]


def test_the_frame_names_the_place_and_the_scope(cast: Cast) -> None:
    assert seen("workbench", cast.worker).place == "双合家园社区"
    assert "第一网格" in seen("workbench", cast.worker).detail
    assert seen("workbench", cast.street).place == "垡头街道"


def test_somebody_without_an_appointment_gets_the_portals_name(cast: Cast, settings: Settings) -> None:
    assert seen("workbench", cast.nobody).place == settings.PORTAL_NAME
    assert counts(cast.nobody) == (0, 0)


@pytest.mark.parametrize(
    ("name", "current"), [("workbench", "工作台"), ("petition-new", "诉求工单"), ("wall", "居民墙")]
)
def test_one_part_is_current(cast: Cast, name: str, current: str) -> None:
    assert [part.title for part in seen(name, cast.worker).parts if part.current] == [current]


def test_nobody_is_led_where_they_have_nothing_to_do(cast: Cast) -> None:
    titles = {user: [part.title for part in seen("workbench", user).parts] for user in (cast.worker, cast.head)}
    assert titles[cast.worker] == [
        "工作台",
        "居民墙",
        "走访",
        "诉求工单",
        "巡查",
        "议事协商",
        "值班交接",
        "档案疑点",
    ]
    assert titles[cast.head] == [
        "工作台",
        "居民墙",
        "走访",
        "诉求工单",
        "巡查",
        "议事协商",
        "值班交接",
        "档案疑点",
        "升级督办",
        "统计",
        "导入",
        "分派规则",
        "个人信息答复",
    ]


def test_the_count_is_of_open_petitions_in_hand(cast: Cast) -> None:
    make_petition(cast)
    assert counts(cast.worker) == (1, 0)
    assert counts(cast.colleague) == (0, 0)
    Petition.objects.update(state="closed", due_at=None)
    assert counts(cast.worker) == (0, 0)


def test_what_was_escalated_counts_for_those_it_reached(cast: Cast) -> None:
    make_petition(cast)
    Petition.objects.update(escalated_to=Petition.Step.STREET)
    assert counts(cast.street)[1] == 1
    assert counts(cast.other_street)[1] == 0
    assert counts(cast.district)[1] == 0


def test_more_than_99_are_not_counted_out(cast: Cast) -> None:
    petition = make_petition(cast)
    Petition.objects.bulk_create(
        Petition(
            number=f"SQ-{n}",
            query_code="x",
            source="desk",
            title="灯",
            text="灯",
            level=petition.level,
            grid=cast.grid,
            handler=cast.worker,
            state="accepted",
            received_at=NOW,
            registered_at=NOW,
            due_at=NOW,
        )
        for n in range(MOST + 5)
    )
    assert seen("workbench", cast.worker).parts[0].count == "99+"


def test_scope_and_counts_are_a_query_each_and_only_when_shown(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        unread = seen("workbench", cast.worker)
    with django_assert_num_queries(2):
        assert [unread.place, unread.parts, unread.thumbs, unread.more]


def test_an_anonymous_frame_costs_nothing(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert [part.count for part in seen("workbench", AnonymousUser()).parts] == [""] * 2
