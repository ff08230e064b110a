"""The pages for residents: asking, following, rating; what they refuse and what they never show."""

import re
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from redis.exceptions import ConnectionError as ValkeyGone

from community_portal.worktime.models import CalendarDay
from community_portal.worktime.querysets import forget_calendar
from petitions.actions import ending, handling, pressing
from petitions.form_tokens import SALT, new_token
from petitions.limits import Limit, client_address
from petitions.models import Petition, PetitionEvent
from residents.models import Community
from tests.factories import NOW, PHONE, Cast, make_community, make_division, make_petition

TEXT = "单元门口的路灯坏了"


@pytest.fixture(autouse=True)
def _no_waiting(settings: Settings) -> None:
    settings.PUBLIC_FORM_MIN_SECONDS = 0


def url(cast: Cast, query: str = "") -> str:
    return reverse("ask", args=[cast.community.code]) + query


def said(**over: Any) -> dict[str, Any]:
    values = {"text": TEXT, "where": "3号楼2单元", "contact": "phone", "phone": "138 0000 0009", "name": "李四"}
    return {**values, "token": new_token(timezone.now()), "website": "", **over}


def at_time(at: datetime) -> Any:
    """The portal's clock stands at an instant."""
    return patch("django.utils.timezone.now", return_value=at)


def page(answer: Any) -> str:
    return answer.content.decode()


def test_home_lists_the_communities(client: Client, cast: Cast) -> None:
    shown = page(client.get("/"))
    for place in ("双合家园社区", "翠城馨园社区", "南路西里社区", "查进度", "工作人员登录"):
        assert place in shown
    assert "翠城馨园" not in page(client.get("/?q=双合"))
    assert "没有叫“火星”的社区" in page(client.get("/?q=火星"))


def test_home_with_one_community_leads_straight_to_its_form(client: Client, db: None) -> None:
    assert "还没有开通社区" in page(client.get("/"))
    street = make_division(None, 4, "110105019000", "垡头街道", "垡头")
    division = make_community(street, "110105019029", "双合家园社区居民委员会", "双合家园")
    shown = page(client.get("/"))
    assert reverse("ask", args=[division.code]) in shown
    assert "您在哪个社区" not in shown


def test_the_form_is_filled_in_by_the_code_at_the_door(client: Client, cast: Cast) -> None:
    answer = client.get(url(cast, f"?b={cast.building.pk}&u=2"))
    assert 'value="3号楼 2 单元"' in page(answer)
    assert "网格员马**接单" in page(answer)


@pytest.mark.parametrize("query", ["?b=x", "?b=99999999999999", "?b=-1", "?b=1e3&u=²", "?b=٣"])
def test_a_made_up_door_is_left_out(client: Client, cast: Cast, query: str) -> None:
    assert client.get(url(cast, query)).status_code == 200


def test_a_door_of_another_community_is_left_out(client: Client, cast: Cast) -> None:
    assert cast.far_building.name not in page(client.get(url(cast, f"?b={cast.far_building.pk}")))


def test_an_unknown_community_does_not_exist(client: Client, cast: Cast) -> None:
    assert client.get(reverse("ask", args=[cast.street_division.code])).status_code == 404


def test_a_request_becomes_a_petition_with_a_receipt(client: Client, cast: Cast) -> None:
    answer = client.post(url(cast), said(), follow=True)

    petition = Petition.objects.get()
    assert (petition.source, petition.handler, petition.building) == ("web", cast.worker, cast.building)
    assert (petition.caller_name, petition.caller_phone, petition.anonymous) == ("李四", "138 0000 0009", False)
    assert answer.redirect_chain[0][0] == reverse("ask-done", args=[petition.number, petition.query_code])
    for shown in (petition.number, petition.query_code, "<svg", "前有人联系您"):
        assert shown in page(answer)
    assert "李四" not in page(answer)
    assert "13800000009" not in page(answer).replace(" ", "")


def test_without_a_phone_nothing_personal_is_kept(client: Client, cast: Cast) -> None:
    answer = client.post(url(cast), said(contact="none"), follow=True)
    petition = Petition.objects.get()
    assert (petition.anonymous, petition.caller_phone, petition.caller_name) == (True, "", "")
    assert "前有人接手" in page(answer)


def test_the_scanned_building_counts_unless_another_is_written(client: Client, cast: Cast) -> None:
    door = f"?b={cast.building.pk}"
    client.post(url(cast, door), said(where="门口"))
    client.post(url(cast, door), said(where="1号楼门口"))
    assert [row.building for row in Petition.objects.order_by("id")] == [cast.building, cast.buildings[0]]


def test_sent_twice_it_is_one_petition_with_one_receipt(client: Client, cast: Cast) -> None:
    form = said()
    first, second = client.post(url(cast), form), client.post(url(cast), form)
    assert first["Location"] == second["Location"]
    assert Petition.objects.count() == 1


def test_changed_words_under_the_same_token_are_a_request_of_their_own(client: Client, cast: Cast) -> None:
    form = said()
    client.post(url(cast), form)
    client.post(url(cast), {**form, "text": "还有一件：电梯也坏了"})
    assert Petition.objects.count() == 2


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"text": " "}, "请写一下什么事"),
        ({"text": "字" * 5001}, "最多写 5000 个字"),
        ({"phone": ""}, "请填 11 位手机号"),
        ({"phone": "12345"}, "请填 11 位手机号"),
        ({"contact": ""}, "请选怎么回复您"),
        ({"token": ""}, "页面放得太久了"),
        ({"token": "made:up"}, "页面放得太久了"),
        ({"website": "http://spam.example"}, "提交得太快了"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    client: Client, cast: Cast, over: dict[str, str], says: str
) -> None:
    answer = client.post(url(cast), said(**over))
    assert says in page(answer)
    assert (over.get("text", TEXT).strip() or "3号楼2单元") in page(answer)
    assert not Petition.objects.exists()


@pytest.mark.parametrize(
    "phone", ["13800000009", "+86 138-0000-0009", "１３８０００００００９", "010-67301234", "67301234"]
)
def test_any_number_that_can_be_called_is_taken(client: Client, cast: Cast, phone: str) -> None:
    assert client.post(url(cast), said(phone=phone)).status_code == 302


def test_the_next_press_goes_through_after_a_stale_token(client: Client, cast: Cast) -> None:
    old = said(token=new_token(timezone.now() - timedelta(days=2)))
    fresh = re.search(r'name="token" value="([^"]+)"', page(client.post(url(cast), old)))
    assert fresh
    assert client.post(url(cast), {**old, "token": fresh[1]}).status_code == 302


def test_a_token_signed_for_something_else_is_none(client: Client, cast: Cast) -> None:
    forged = signing.Signer(salt=SALT + "x").sign_object(["n", 1])
    assert "页面放得太久了" in page(client.post(url(cast), said(token=forged)))


def test_a_form_sent_at_once_asks_for_another_press(client: Client, cast: Cast, settings: Settings) -> None:
    settings.PUBLIC_FORM_MIN_SECONDS = 3
    form = said()
    assert "提交得太快了" in page(client.post(url(cast), form))
    later = said(token=new_token(timezone.now() - timedelta(seconds=4)))
    assert client.post(url(cast), later).status_code == 302


def test_too_many_from_one_address_wait_and_lose_nothing(client: Client, cast: Cast, settings: Settings) -> None:
    settings.PUBLIC_FORM_PER_HOUR = 2
    Community.objects.filter(division=cast.community).update(phone="010-67300000")
    for number in range(2):
        assert client.post(url(cast), said(text=f"第 {number} 件")).status_code == 302
    answer = client.post(url(cast), said())
    assert answer.status_code == 429
    for shown in ("分钟后再按", "010-67300000", TEXT, "138 0000 0009"):
        assert shown in page(answer)
    assert client.post(url(cast), said(), REMOTE_ADDR="10.0.0.9").status_code == 302


def test_the_form_works_when_the_counter_is_away(client: Client, cast: Cast) -> None:
    with patch("petitions.limits.cache.add", side_effect=ValkeyGone):
        assert client.post(url(cast), said()).status_code == 302


def test_the_form_needs_its_csrf_token(cast: Cast) -> None:
    assert Client(enforce_csrf_checks=True).post(url(cast), said()).status_code == 403


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "9.9.9.9"),
        (1, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (1, "::ffff:1.1.1.1", "::ffff:1.1.1.1"),
    ],
)
def test_the_address_is_what_the_outermost_own_proxy_saw(
    rf: Any, settings: Settings, count: int, forwarded: str, address: str
) -> None:
    settings.PROXY_COUNT = count
    request = rf.get("/", HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="9.9.9.9")
    found = client_address(request)
    assert found in (address, "::ffff:101:101") if "ffff" in address else found == address


def test_a_window_ends() -> None:
    limit = Limit("t", 1, 600)
    assert limit.hit("a", NOW) == 0
    assert 0 < limit.hit("a", NOW) <= 10
    assert limit.hit("b", NOW) == 0
    assert limit.hit("a", NOW + timedelta(seconds=600)) == 0


def promise(client: Client, cast: Cast, at: datetime = NOW, **over: Any) -> str:
    with at_time(at):
        return page(client.post(reverse("ask-promise", args=[cast.community.code]), {"text": "", **over}))


def test_the_promise_follows_what_is_typed(client: Client, cast: Cast) -> None:
    assert "明天 18:00 前有人联系您" in promise(client, cast)
    assert "今天 14:00 前有人联系您" in promise(client, cast, text="家里停水了")
    urgent = promise(client, cast, text="楼道电箱冒烟", where="3号楼")
    assert "今天 11:00 前有人联系您" in urgent
    assert "网格员马**接单" in urgent
    assert "119" in urgent
    assert "今天 10:30 前有人接手" in promise(client, cast, text="家里停水了", contact="none")


def test_the_promise_is_kept_as_made(client: Client, cast: Cast) -> None:
    with at_time(NOW):
        shown = promise(client, cast, text="家里停水了", where="3号楼")
        receipt = client.post(url(cast), said(text="家里停水了", where="3号楼"), follow=True)
    assert "今天 14:00 前有人联系您" in shown
    assert "今天 14:00 前有人联系您" in page(receipt)


def test_where_the_calendar_ends_nothing_is_invented(client: Client, cast: Cast) -> None:
    CalendarDay.objects.filter(date__gt=NOW.date()).delete()
    forget_calendar()
    assert "我们会尽快联系您" in promise(client, cast)


# ── following ──────────────────────────────────────────────


@pytest.fixture
def petition(cast: Cast) -> Petition:
    at = timezone.now() - timedelta(hours=1)
    return make_petition(cast, at=at, address="3号楼2单元302", text="我家电话 13800000001，楼道灯不亮")


def own(petition: Petition, name: str = "track-detail") -> str:
    return reverse(name, args=[petition.number, petition.query_code])


@pytest.mark.parametrize("spell", [str, str.lower, lambda text: text.replace("-", " "), lambda text: text[2:]])
def test_number_and_code_lead_to_the_page(client: Client, petition: Petition, spell: Any) -> None:
    answer = client.post(
        reverse("track"), {"number": spell(petition.number), "code": f" {petition.query_code.lower()} "}
    )
    assert (answer.status_code, answer["Location"]) == (302, own(petition))


def test_wrong_number_and_wrong_code_sound_alike(client: Client, petition: Petition) -> None:
    wrong = [{"number": petition.number, "code": "AAAAAA"}, {"number": "SQ20200101-000001", "code": "AAAAAA"}]
    problems = {
        re.search(r"<li>(没有查到[^<]+)", page(client.post(reverse("track"), each)))[1]  # type: ignore[index]
        for each in wrong
    }
    assert len(problems) == 1
    assert client.get(reverse("track-detail", args=[petition.number, "AAAAAA"])).status_code == 404


def test_guessing_ends_after_ten_tries(client: Client, petition: Petition) -> None:
    for _ in range(5):
        client.post(reverse("track"), {"number": petition.number, "code": "AAAAAA"})
        client.get(reverse("track-detail", args=[petition.number, "BBBBBB"]))
    for answer in (client.get(own(petition)), client.post(reverse("track"), {"number": "SQ", "code": "AAAAAA"})):
        assert answer.status_code == 429
        assert "分钟后再试" in page(answer)
    assert client.get(own(petition), REMOTE_ADDR="10.0.0.9").status_code == 200


def test_the_page_says_where_it_stands_and_shows_nothing_personal(
    client: Client, cast: Cast, petition: Petition
) -> None:
    answer = client.get(own(petition))
    for shown in ("已派给马**，等待签收", "前有人接手", "派给马**", "138****0001"):
        assert shown in page(answer)
    for hidden in ("马雪", "张三", PHONE, "302</"):
        assert hidden not in page(answer)
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    assert 'content="noindex, nofollow"' in page(answer)


def test_inner_words_stay_inside(client: Client, cast: Cast, petition: Petition) -> None:
    now = timezone.now()
    handling.petition_accept(petition.pk, by=cast.worker, at=now)
    handling.petition_contact(petition.pk, by=cast.worker, at=now, text="他说话很急")
    handling.petition_note(petition.pk, by=cast.worker, at=now, text="内部便签")
    pressing.petition_supervise(petition.pk, by=cast.head, at=now, text="抓紧")
    shown = page(client.get(own(petition)))
    assert "马**联系了您" in shown
    for hidden in ("他说话很急", "内部便签", "抓紧", "督办"):
        assert hidden not in shown


def test_a_late_one_admits_it(client: Client, petition: Petition) -> None:
    with at_time(timezone.now() + timedelta(days=30)):
        assert "已经晚了" in page(client.get(own(petition)))


def test_a_refused_one_says_why(client: Client, cast: Cast, petition: Petition) -> None:
    ending.petition_refuse(petition.pk, by=cast.head, at=timezone.now(), ground="police", text="请打 110")
    assert "属于紧急警情" in page(client.get(own(petition)))


def test_one_can_add_something(client: Client, petition: Petition) -> None:
    answer = client.post(own(petition, "track-supplement"), {"text": "二层的也坏了"}, follow=True)
    assert "已补充" in page(answer)
    assert "您补充" in page(answer)
    assert PetitionEvent.objects.get(verb="supplement").text == "二层的也坏了"
    assert "请写一下要补充什么" in page(client.post(own(petition, "track-supplement"), {"text": " "}))


def test_adding_is_limited_too(client: Client, petition: Petition, settings: Settings) -> None:
    settings.PUBLIC_FORM_PER_HOUR = 0
    answer = client.post(own(petition, "track-supplement"), {"text": "二层的也坏了"})
    assert (answer.status_code, "二层的也坏了" in page(answer)) == (429, True)


@pytest.fixture
def answered(cast: Cast, petition: Petition) -> Petition:
    now = timezone.now()
    handling.petition_accept(petition.pk, by=cast.worker, at=now)
    handling.petition_contact(petition.pk, by=cast.worker, at=now, text="约好上门")
    handling.petition_resolve(petition.pk, by=cast.worker, at=now, text="灯换好了，有事打 13911112222")
    return petition


def test_an_answer_is_shown_and_rated(client: Client, answered: Petition) -> None:
    shown = page(client.get(own(answered)))
    assert "灯换好了，有事打 139****2222" in shown
    answer = client.post(
        own(answered, "track-rate"), {"contacted": "1", "solved": "1", "satisfied": "1", "text": "谢谢"}, follow=True
    )
    assert "谢谢您的评价" in page(answer)
    assert "已联系、已解决、满意" in page(answer)
    answered.refresh_from_db()
    assert (answered.state, answered.asked_satisfied) == ("closed", True)
    again = client.post(own(answered, "track-rate"), {"contacted": "1", "solved": "0", "satisfied": "0"}, follow=True)
    assert "已经评价过了" in page(again)


def test_a_bad_rating_has_it_done_again(client: Client, answered: Petition) -> None:
    answer = client.post(
        own(answered, "track-rate"), {"contacted": "1", "solved": "0", "satisfied": "0", "text": "又灭了"}, follow=True
    )
    assert "我们重新办理" in page(answer)
    assert "没有解决、不满意" in page(answer)
    answered.refresh_from_db()
    assert answered.state == "dispatched"


def test_a_rating_with_a_gap_says_which(client: Client, answered: Petition) -> None:
    answer = client.post(own(answered, "track-rate"), {"contacted": "1", "text": "我写的"})
    assert page(answer).count("请选一项") == 4
    assert "我写的" in page(answer)
    answered.refresh_from_db()
    assert answered.state == "resolved"


@pytest.mark.parametrize("name", ["ask-done", "track-detail"])
def test_pages_cost_few_statements(
    client: Client, cast: Cast, petition: Petition, name: str, django_assert_max_num_queries: Any
) -> None:
    client.get(own(petition))
    with django_assert_max_num_queries(12):
        assert client.get(own(petition, name)).status_code == 200
    with django_assert_max_num_queries(12):
        client.get(url(cast, f"?b={cast.building.pk}"))
    with django_assert_max_num_queries(12):
        client.get("/")
