"""Registering at the desk and on the phone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.form_tokens import new_token
from petitions.models import Category, Petition, ResponseLevel
from tests.factories import NOW, PHONE, Cast, make_petition

NEW = "/petitions/new/"


def said(cast: Cast, **over: Any) -> dict[str, Any]:
    values = {
        "text": "楼道灯不亮",
        "where": "双合家园3号楼2单元302",
        "caller_phone": "13800000009",
        "caller_name": "李四",
        "kind": "complaint",
        "source": "phone",
        "home": cast.community.pk,
        "token": new_token(timezone.now()),
    }
    return {**values, **over}


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_a_request_is_registered_and_its_number_read_out(client: Client, cast: Cast) -> None:
    client.force_login(cast.community_worker)
    answer = client.post(NEW, said(cast), follow=True)

    petition = Petition.objects.get()
    assert (petition.source, petition.kind, petition.handler) == ("phone", "complaint", cast.worker)
    assert (petition.household, petition.caller_name) == (cast.household, "李四")
    assert petition.events.get(verb="register").by == cast.community_worker
    assert answer.redirect_chain[-1][0] == reverse("petition-detail", args=[petition.number])
    for shown in (petition.number, petition.query_code, "再登一件"):
        assert shown in text_of(answer)
    assert petition.external_no not in text_of(answer)


def test_chosen_category_and_level_win(client: Client, cast: Cast) -> None:
    client.force_login(cast.head)
    category, level = Category.objects.get(code="noise"), ResponseLevel.objects.get(code="h2")
    client.post(NEW, said(cast, category=category.pk, level=level.pk, anonymous="on", source="desk"))
    petition = Petition.objects.get()
    assert (petition.category, petition.level, petition.anonymous, petition.source) == (category, level, True, "desk")


def test_sent_twice_it_is_one_petition(client: Client, cast: Cast) -> None:
    client.force_login(cast.head)
    form = said(cast)
    assert client.post(NEW, form)["Location"] == client.post(NEW, form)["Location"]
    assert Petition.objects.count() == 1


def test_what_goes_to_another_grid_is_said_and_leaves_an_empty_form(client: Client, cast: Cast) -> None:
    client.force_login(cast.colleague)
    answer = client.post(NEW, said(cast), follow=True)
    assert answer.redirect_chain[-1][0] == NEW
    assert "派到了别的网格" in text_of(answer)
    assert Petition.objects.get().number in text_of(answer)


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"text": ""}, "请写明什么事"),
        ({"token": "x"}, "页面放得太久了"),
        ({"kind": "x"}, "不在可用的选项中"),
        ({"source": "hotline"}, "12345 的来单要填来单编号"),
        ({"source": "web"}, "不在可用的选项中"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    client: Client, cast: Cast, over: dict[str, str], says: str
) -> None:
    client.force_login(cast.head)
    answer = text_of(client.post(NEW, said(cast, **over)))
    for shown in (says, "双合家园3号楼2单元302", "13800000009", "李四"):
        assert shown in answer
    assert not Petition.objects.exists()


def test_nobody_registers_for_another_place(client: Client, cast: Cast) -> None:
    client.force_login(cast.head)
    assert client.post(NEW, said(cast, home=cast.next_community.pk)).status_code == 200
    assert not Petition.objects.exists()
    client.force_login(cast.street)
    client.post(NEW, said(cast, home=cast.street_division.pk))
    assert Petition.objects.get().community == cast.community


def test_without_an_appointment_or_account_there_is_no_form(client: Client, cast: Cast) -> None:
    assert client.get(NEW).status_code == 302
    client.force_login(cast.nobody)
    assert "还没有任职" in text_of(client.get(NEW))
    assert "还没有任职" in text_of(client.post(NEW, said(cast)))
    assert not Petition.objects.exists()


def test_a_household_of_the_wall_fills_in_the_place(client: Client, cast: Cast) -> None:
    client.force_login(cast.worker)
    assert 'value="双合家园3号楼2单元302"' in text_of(client.get(NEW, {"household": cast.household.pk}))
    far = cast.far_building.households.first()
    for pk in (far.pk, 0, "x", "9" * 30):
        assert client.get(NEW, {"household": pk}).status_code == 404


def test_only_own_buildings_are_offered(client: Client, cast: Cast) -> None:
    client.force_login(cast.outsider)
    shown = text_of(client.get(NEW))
    assert "翠城馨园1号楼" in shown
    assert "双合家园" not in shown


def caller(client: Client, phone: str) -> str:
    return text_of(client.post(reverse("petition-caller"), {"caller_phone": phone}))


def test_a_known_number_brings_up_household_and_earlier_requests(client: Client, cast: Cast) -> None:
    petition = make_petition(cast, at=NOW, title="上次的灯")
    client.force_login(cast.worker)
    shown = caller(client, "138-0000 0001")
    for words in ("张**", "双合家园3号楼2单元302", "上次的灯", reverse("petition-detail", args=[petition.number])):
        assert words in shown
    assert "张三" not in shown
    assert PHONE not in shown
    assert "没有登记过这个号码" in caller(client, "13900000000")
    assert caller(client, "1380").strip() == ""


def test_somebody_who_asks_again_and_again_is_shown_as_such(client: Client, cast: Cast) -> None:
    client.force_login(cast.worker)
    for count, often in ((1, False), (2, False), (3, True)):
        make_petition(cast, at=NOW)
        shown = caller(client, PHONE)
        assert f"以前的诉求 {count} 件" in shown
        assert ("多次来电" in shown) == often


def test_a_number_of_another_place_is_not_known_here(client: Client, cast: Cast) -> None:
    make_petition(cast, at=NOW, title="上次的灯")
    for staff in (cast.outsider, cast.other_street):
        client.force_login(staff)
        assert "没有登记过这个号码" in caller(client, PHONE)


def test_the_preview_says_where_it_goes_and_by_when(client: Client, cast: Cast) -> None:
    client.force_login(cast.head)
    shown = text_of(client.post(reverse("petition-preview"), said(cast, text="停水了", token="")))
    for words in ("水电气热", "24 小时件", "马雪", "前首次联系", "按地址 3号楼 到第一网格"):
        assert words in shown
    assert "前签收" in text_of(client.post(reverse("petition-preview"), {"text": "停水了"}))


def test_the_form_costs_few_statements(client: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    client.force_login(cast.head)
    client.get(NEW)
    with django_assert_max_num_queries(12):
        client.get(NEW, {"household": cast.household.pk})
