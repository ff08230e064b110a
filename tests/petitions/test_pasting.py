"""Pasting into the desk form: what is filled in, what stays, what is kept."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from petitions.form_tokens import new_token
from petitions.models import Category, Original, Petition
from tests.factories import Cast, make_petition

NEW, FILL = "/petitions/new/", "/petitions/new/fill/"
ORDER = (
    "工单编号：GD-1\n来电人：李四\n电话：13800000009（女儿）\n诉求内容：楼道灯不亮\n诉求地址：双合家园3号楼2单元302\n"
    "类别：公共设施\n紧急程度：特急\n回访要求：晚上"
)
TWO = "工单编号：A-1 来电人：张三 诉求内容：停水\n工单编号：A-2 诉求内容：门口有垃圾 地址：双合家园1号楼"


def text_of(answer: Any) -> str:
    return answer.content.decode()


def values(answer: Any) -> dict[str, Any]:
    """What stands in the form."""
    form = answer.context["form"]
    return {name: form[name].value() for name in form.fields}


def filled(client: Client, pasted: str, **typed: str) -> dict[str, Any]:
    return values(client.post(FILL, {"pasted": pasted, "kind": "help", "source": "phone", **typed}))


def send(client: Client, said: dict[str, Any], **over: Any) -> Any:
    data = {name: value for name, value in said.items() if value not in (None, "", False)}
    return client.post(NEW, {**data, "token": new_token(timezone.now()), **over}, follow=True)


@pytest.fixture
def head(client: Client, cast: Cast) -> Client:
    client.force_login(cast.head)
    return client


def test_everything_is_filled_in(head: Client, cast: Cast) -> None:
    found = filled(head, ORDER)
    facility = Category.objects.get(code="facility")
    assert {name: found[name] for name in ("order_no", "caller_name", "caller_phone", "text", "where")} == {
        "order_no": "GD-1",
        "caller_name": "李四",
        "caller_phone": "13800000009",
        "text": "楼道灯不亮",
        "where": "双合家园3号楼2单元302",
    }
    assert (found["category"], found["source"], found["kind"]) == (str(facility.pk), "hotline", "help")
    assert found["remarks"].splitlines() == ["电话：13800000009（女儿）", "回访要求：晚上", "级别：特急"]


def test_the_answer_says_where_it_goes_and_what_is_alike(head: Client, cast: Cast) -> None:
    other = make_petition(cast, at=timezone.now(), title="楼道灯坏了", text="双合家园3号楼2单元楼道灯不亮")
    shown = text_of(head.post(FILL, {"pasted": ORDER}))
    for words in ("按地址 3号楼 到第一网格", "马雪", "3号楼2单元302", "可能是同一件事", other.number, "7 天件"):
        assert words in shown


def test_what_was_typed_stays_and_the_paste_goes_to_the_rest(head: Client) -> None:
    found = filled(head, ORDER, caller_name="李女士", text="我自己写的")
    assert (found["caller_name"], found["text"], found["caller_phone"]) == ("李女士", "我自己写的", "13800000009")
    assert {"怎么称呼：李四", "什么事：楼道灯不亮"} < set(found["remarks"].splitlines())


def test_another_paste_replaces_what_the_first_one_gave(head: Client) -> None:
    first = filled(head, ORDER)
    typed = {name: value for name, value in first.items() if value} | {"where": "我改过的地址"}
    second = values(head.post(FILL, {**typed, "pasted": "内容：停水"}))
    assert (second["text"], second["caller_name"], second["order_no"], second["remarks"]) == ("停水", "", "", "")
    assert (second["where"], second["source"]) == ("我改过的地址", "phone")


def test_own_remarks_stay(head: Client) -> None:
    found = filled(head, ORDER, remarks="老人行动不便")
    assert found["remarks"].splitlines()[0] == "老人行动不便"
    assert "回访要求：晚上" in found["remarks"]


def test_without_script_the_button_fills_the_whole_page(head: Client) -> None:
    answer = head.post(NEW, {"pasted": ORDER, "fill": "1"})
    assert values(answer)["caller_name"] == "李四"
    for words in ("已填好，请核对", "<title>登记诉求", "请写明什么事"):
        assert (words in text_of(answer)) == (words != "请写明什么事")
    assert not Petition.objects.exists()


def test_it_is_registered_with_its_number_and_its_original(head: Client, cast: Cast) -> None:
    send(head, filled(head, ORDER))
    petition = Petition.objects.get()
    assert (petition.source, petition.outside_no, petition.household) == ("hotline", "GD-1", cast.household)
    event = petition.events.get(verb="register")
    assert "回访要求：晚上" in event.data["remarks"]
    assert "13800000009" not in event.data["remarks"]
    assert Original.objects.get(petition=petition).text == ORDER
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM petitions_original")
        assert "楼道灯" not in str(cursor.fetchone()[0])


def test_the_original_is_shown_for_a_purpose_only(head: Client, cast: Cast) -> None:
    page = text_of(send(head, filled(head, ORDER)))
    number = Petition.objects.get().number
    assert "来文里还有：" in page
    assert "女儿" in page
    assert "13800000009" not in page
    shown = text_of(head.post(reverse("petition-reveal", args=[number]), {"purpose": "identity"}))
    assert "13800000009（女儿）" in shown
    head.force_login(cast.outsider)
    assert head.post(reverse("petition-reveal", args=[number]), {"purpose": "identity"}).status_code == 404


def test_the_same_number_again_is_the_same_petition(head: Client) -> None:
    send(head, filled(head, ORDER))
    again = send(head, filled(head, ORDER.replace("楼道灯不亮", "楼道灯还是不亮")))
    assert "登记过，就是这一件" in text_of(again)
    petition = Petition.objects.get()
    assert petition.events.get(verb="supplement").text == "楼道灯还是不亮"


def test_a_number_of_another_place_is_no_way_in(head: Client, cast: Cast) -> None:
    send(head, filled(head, ORDER))
    head.force_login(cast.outsider)
    answer = send(head, filled(head, ORDER.replace("楼道灯不亮", "别的事")))
    assert "这个来单编号已用于另一件工单" in text_of(answer)
    assert Petition.objects.get().number not in text_of(answer)


def test_two_orders_come_one_after_the_other(head: Client) -> None:
    first = head.post(FILL, {"pasted": TWO})
    assert values(first)["text"] == "停水"
    assert "有 2 件" in text_of(first)
    assert filled(head, TWO, order="2")["text"] == "门口有垃圾"
    second = send(head, values(first))
    assert "已登记" in text_of(second)
    assert (values(second)["text"], values(second)["caller_name"]) == ("门口有垃圾", "")
    last = send(head, values(second))
    assert last.redirect_chain
    assert [each.text for each in Original.objects.order_by("id")] == [*TWO.splitlines(keepends=True)]


def test_a_book_is_refused_and_kept(head: Client) -> None:
    long = "诉求内容：" + "停水" * 10_001
    answer = text_of(head.post(NEW, {"pasted": long, "text": "停水", "token": new_token(timezone.now())}))
    assert "一次最多贴 20000 个字" in answer
    assert long in answer


def test_filling_costs_few_statements(head: Client, django_assert_max_num_queries: Any) -> None:
    filled(head, ORDER)
    with django_assert_max_num_queries(12):
        filled(head, ORDER)
