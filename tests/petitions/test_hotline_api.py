"""The hotline's API as a hotline sees it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from grid.models import Division
from petitions import hotline_auth
from petitions.actions.handling import petition_accept, petition_resolve
from petitions.actions.hotline import hotline_client_create
from petitions.actions.public import petition_rate
from petitions.hotline_auth import SignatureRefused, authenticate, sign
from petitions.models import HotlineClient, Petition, PetitionClock, PetitionEvent
from tests.factories import Cast, make_division

URL = "/api/v1/hotline/orders/"
MAX_QUERIES = 14


class Hotline:
    """A hotline with its key and secret; `post` signs and sends."""

    def __init__(self, division: Division, name: str = "北京12345") -> None:
        self.row, self.secret = hotline_client_create(name=name, division=division, at=timezone.now())

    def headers(self, body: bytes, *, seconds: int = 0) -> dict[str, str]:
        timestamp = str(int(timezone.now().timestamp()) + seconds)
        return {
            "X-Portal-Key": self.row.key,
            "X-Portal-Timestamp": timestamp,
            "X-Portal-Signature": sign(self.secret, timestamp, body),
        }

    def post(self, order: object, *, seconds: int = 0, **over: Any) -> Any:
        body = order if isinstance(order, bytes) else json.dumps(order).encode()
        headers = {**self.headers(body, seconds=seconds), **over.pop("headers", {})}
        return Client(enforce_csrf_checks=True).post(
            URL, body, content_type=over.pop("content_type", "application/json"), headers=headers
        )


@pytest.fixture
def hotline(cast: Cast) -> Hotline:
    return Hotline(cast.street_division)


def order(**over: Any) -> dict[str, Any]:
    """A whole order; the place is the cast's 3号楼2单元302."""
    values = {
        "order_no": "BJ20261123-0001",
        "received_at": (timezone.now() - timedelta(minutes=10)).isoformat(),
        "title": "楼道灯不亮",
        "text": "双合家园3号楼2单元302门口楼道灯不亮，晚上看不清台阶",
        "caller_name": "张三",
        "caller_phone": "138 0000 0001",
        "address": "双合家园3号楼2单元302",
        "category": "公共设施",
        "level": "h24",
        "anonymous": False,
    }
    return {**values, **over}


def test_a_new_order_says_where_it_went_and_what_must_happen(cast: Cast, hotline: Hotline) -> None:
    answer = hotline.post(order())

    assert answer.status_code == 201
    petition = Petition.objects.get()
    assert answer.json() == {
        "number": petition.number,
        "query_code": petition.query_code,
        "state": "dispatched",
        "division": cast.community.code,
        "grid": cast.grid.code,
        "household": "3号楼2单元302",
        "level": "h24",
        "clocks": [
            {"kind": clock.kind, "due_at": timezone.localtime(clock.due_at).isoformat(timespec="seconds")}
            for clock in petition.clocks.order_by("due_at")
        ],
    }
    assert [clock["kind"] for clock in answer.json()["clocks"]] == ["sign_in", "contact", "resolve"]
    assert (petition.source, petition.handler, petition.household) == ("hotline", cast.worker, cast.household)
    assert (petition.caller_name, petition.caller_phone) == ("张三", "138 0000 0001")
    assert petition.external_no == "BJ20261123-0001"


def test_three_fields_are_enough_and_nothing_is_lost_without_a_place(cast: Cast, hotline: Hotline) -> None:
    answer = hotline.post({"order_no": "1", "received_at": "2026-07-15 08:43:42", "text": "公交站牌倒了"})

    assert answer.status_code == 201
    assert answer.json() | {"clocks": [], "number": "", "query_code": ""} == {
        "number": "",
        "query_code": "",
        "state": "dispatched",
        "division": cast.street_division.code,
        "grid": cast.outer_grid.code,
        "household": None,
        "level": "d7",
        "clocks": [],
    }
    assert Petition.objects.get().received_at.isoformat() == "2026-07-15T00:43:42+00:00"


def test_the_hotlines_own_words_do_not_stand_in_the_way(cast: Cast, hotline: Hotline) -> None:
    answer = hotline.post(order(category="城市管理", level="一般", title="很" * 300, address=None))

    assert answer.status_code == 201
    petition = Petition.objects.get()
    assert (petition.category.code, petition.level.code) == ("facility", "d7")
    assert petition.events.first().data == {"category": "城市管理", "level": "一般", "title": "很" * 300}


def test_an_order_costs_few_statements(cast: Cast, hotline: Hotline) -> None:
    hotline.post(order(order_no="0"))
    with CaptureQueriesContext(connection) as queries:
        assert hotline.post(order()).status_code == 201
    assert len(queries) <= MAX_QUERIES, [query["sql"] for query in queries]


def test_the_same_order_again_gives_the_same_number(cast: Cast, hotline: Hotline) -> None:
    first = hotline.post(order(received_at="2026-11-01T10:00:00+08:00"))
    again = hotline.post(order(received_at="2026-11-01T10:00:00+08:00"), seconds=1)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert (Petition.objects.count(), PetitionClock.objects.count()) == (1, 3)
    assert PetitionEvent.objects.filter(verb="register").count() == 1


def test_two_hotlines_may_use_the_same_numbers(cast: Cast, hotline: Hotline) -> None:
    other = Hotline(cast.street_division, "区热线")
    assert (hotline.post(order()).status_code, other.post(order()).status_code) == (201, 201)


def test_new_words_for_an_order_are_kept_as_a_supplement(cast: Cast, hotline: Hotline) -> None:
    number = hotline.post(order()).json()["number"]
    for seconds in (1, 2):
        again = hotline.post(order(text="市民再次来电：现在整个单元都黑了"), seconds=seconds)
        assert (again.status_code, again.json()["number"]) == (200, number)

    event = PetitionEvent.objects.get(verb="supplement")
    assert (event.text, event.actor) == ("市民再次来电：现在整个单元都黑了", "热线")
    assert Petition.objects.get().text == order()["text"]


def test_new_words_for_a_closed_order_are_kept_too(cast: Cast, hotline: Hotline) -> None:
    hotline.post(order(anonymous=True, caller_phone=""))
    petition, now = Petition.objects.get(), timezone.now()
    petition_accept(petition.pk, by=cast.worker, at=now)
    petition_resolve(petition.pk, by=cast.worker, at=now, text="换好了")
    petition_rate(petition.pk, at=now, contacted=True, solved=True, satisfied=True)

    again = hotline.post(order(text="谢谢，但是二层的也坏了"), seconds=1)

    assert (again.status_code, again.json()["state"], again.json()["clocks"]) == (200, "closed", [])
    assert PetitionEvent.objects.filter(verb="supplement", text="谢谢，但是二层的也坏了").exists()


def test_a_number_used_again_for_another_order_is_refused(cast: Cast, hotline: Hotline) -> None:
    number = hotline.post(order(received_at="2025-03-01T10:00:00+08:00")).json()["number"]
    answer = hotline.post(order(received_at="2026-03-01T10:00:00+08:00", text="另一件事"), seconds=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "order_no_taken")
    assert number in answer.json()["message"]
    assert list(answer.json()["fields"]) == ["order_no"]
    assert not PetitionEvent.objects.filter(verb="supplement").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_bytes", [True, False])
def test_twenty_copies_at_once_make_one_petition(cast: Cast, same_bytes: bool) -> None:
    hotline = Hotline(cast.street_division)
    body = json.dumps(order()).encode()

    def send(turn: int) -> tuple[int, str]:
        try:
            answer = hotline.post(body, seconds=0 if same_bytes else -turn)
            return answer.status_code, answer.json()["number"]
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))

    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({number for _, number in answers}) == 1
    assert (Petition.objects.count(), PetitionClock.objects.count()) == (1, 3)
    assert not PetitionEvent.objects.filter(verb="supplement").exists()


def refusal(answer: Any, status: int, code: str) -> dict[str, list[str]]:
    """Checks an error's form; returns its fields."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    assert sorted(answer.json()) == ["code", "fields", "message"]
    assert (answer.json()["code"], bool(answer.json()["message"])) == (code, True)
    assert not Petition.objects.exists()
    return answer.json()["fields"]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-Portal-Key": ""}, "unsigned"),
        ({"X-Portal-Timestamp": ""}, "unsigned"),
        ({"X-Portal-Signature": ""}, "unsigned"),
        ({"X-Portal-Key": "hl_nobody"}, "bad_signature"),
        ({"X-Portal-Signature": "0" * 64}, "bad_signature"),
        ({"X-Portal-Signature": "签名"}, "bad_signature"),
        ({"X-Portal-Timestamp": "1"}, "bad_signature"),
    ],
)
def test_what_is_not_signed_by_a_client_is_refused(hotline: Hotline, headers: dict[str, str], code: str) -> None:
    headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    assert refusal(hotline.post(order(), headers=headers), 401, code) == {}


def test_a_changed_body_is_refused(hotline: Hotline) -> None:
    signed = hotline.headers(json.dumps(order()).encode())
    refusal(hotline.post(order(text="改过的内容"), headers=signed), 401, "bad_signature")


@pytest.mark.parametrize("seconds", [-301, 305])
def test_an_old_or_future_request_is_refused(hotline: Hotline, seconds: int) -> None:
    refusal(hotline.post(order(), seconds=seconds), 401, "expired")


@pytest.mark.parametrize("timestamp", ["now", "-5", "1e9", "١٢٣", "9" * 40])
def test_a_timestamp_that_is_no_number_is_refused(hotline: Hotline, timestamp: str) -> None:
    body = json.dumps(order()).encode()
    headers = {"X-Portal-Key": hotline.row.key, "X-Portal-Timestamp": timestamp}
    headers["X-Portal-Signature"] = sign(hotline.secret, timestamp, body)
    with pytest.raises(SignatureRefused) as refused:
        authenticate(headers, body, at=timezone.now())
    assert refused.value.code == "bad_timestamp"


def test_the_same_bytes_are_a_retry_for_ten_seconds_and_a_replay_after_that(hotline: Hotline) -> None:
    body, now = b"{}", timezone.now()
    headers = hotline.headers(body)
    for seconds in (0, 9):
        assert authenticate(headers, body, at=now + timedelta(seconds=seconds)) == hotline.row
    with pytest.raises(SignatureRefused) as refused:
        authenticate(headers, body, at=now + timedelta(seconds=11))
    assert refused.value.code == "replayed"
    upper = {**headers, "X-Portal-Signature": headers["X-Portal-Signature"].upper()}
    with pytest.raises(SignatureRefused):
        authenticate(upper, body, at=now + timedelta(seconds=11))


def test_a_replay_is_refused_by_the_api(hotline: Hotline) -> None:
    body = json.dumps(order()).encode()
    headers = hotline.headers(body)
    assert hotline.post(body, headers=headers).status_code == 201
    later = timezone.now() + timedelta(seconds=30)
    with patch.object(hotline_auth, "RETRY", timedelta(0)), patch("petitions.api.timezone.now", return_value=later):
        answer = hotline.post(body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "replayed")


def test_a_client_switched_off_is_out_at_once(hotline: Hotline, django_capture_on_commit_callbacks: Any) -> None:
    assert hotline.post({}).status_code == 422
    hotline.row.is_active = False
    with django_capture_on_commit_callbacks(execute=True):
        hotline.row.save()
    refusal(hotline.post(order(), seconds=1), 401, "bad_signature")


def test_the_secret_lies_sealed_in_database_and_cache(hotline: Hotline) -> None:
    hotline.post(order())
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM petitions_hotlineclient")
        assert hotline.secret.encode() not in bytes(cursor.fetchone()[0])
    from django.core.cache import cache

    assert isinstance(cache.get(HotlineClient.cache_key(hotline.row.key)), int)


def test_a_changed_client_is_read_anew(hotline: Hotline, cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    hotline.post(order(order_no="1", text="垃圾没有人收", address=None))
    hotline.row.division = cast.far_street
    with django_capture_on_commit_callbacks(execute=True):
        hotline.row.save()
    answer = hotline.post(order(order_no="2", text="垃圾没有人收", address=None))
    assert answer.json()["division"] == cast.far_street.code


def test_a_known_client_costs_no_query(hotline: Hotline, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    hotline_auth.active_client(hotline.row.key)
    with django_assert_num_queries(0):
        known = hotline_auth.active_client(hotline.row.key)
        assert known is not None
        assert known.division.parent is not None


@pytest.mark.parametrize("body", [b"", b"{", b"order_no=1", b"\xff\xfe", b'{"a": NaN}', b"[1]", b'"x"', b"[" * 100_000])
def test_what_is_no_json_object_is_refused(hotline: Hotline, body: bytes) -> None:
    refusal(hotline.post(body), 400, "not_json")


def test_a_body_over_256_kb_is_refused(hotline: Hotline) -> None:
    assert hotline.post(order(text="字" * 60_000)).status_code in (201, 413)
    Petition.objects.all().delete()
    refusal(hotline.post(order(text="x" * 256 * 1024)), 413, "too_big")
    refusal(hotline.post(order(text="x" * 3_000_000)), 413, "too_big")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
def test_another_content_type_is_refused(hotline: Hotline, kind: str) -> None:
    refusal(hotline.post(order(), content_type=kind), 415, "wrong_type")


def test_the_content_type_may_name_its_charset(hotline: Hotline) -> None:
    assert hotline.post(order(), content_type="application/json; charset=utf-8").status_code == 201


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_are_refused(hotline: Hotline, method: str) -> None:
    refusal(getattr(Client(), method)(URL, headers={"Accept": "text/html"}), 405, "wrong_method")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("order_no", None, "不能为空"),
        ("order_no", "  ", "不能为空"),
        ("order_no", "9" * 65, "最多 64 个字"),
        ("order_no", ["1"], "应为文字"),
        ("text", "", "不能为空"),
        ("text", "a\x00b", "字符"),
        ("text", "\ud800", "字符"),
        ("received_at", "昨天", "时间写法不对"),
        ("received_at", "2026-02-30T08:00:00", "时间写法不对"),
        ("received_at", "1989-12-31T23:00:00", "1990"),
        ("received_at", "0001-01-01T00:00:00", "超出范围"),
        ("received_at", "2999-01-01T00:00:00+08:00", "未来"),
        ("caller_phone", "1" * 101, "最多 100 个字"),
        ("anonymous", "也许", "true 或 false"),
    ],
)
def test_a_wrong_field_is_named(hotline: Hotline, field: str, value: object, says: str) -> None:
    fields = refusal(hotline.post(order(**{field: value})), 422, "invalid")
    assert list(fields) == [field]
    assert says in fields[field][0]


def test_every_missing_field_is_named(hotline: Hotline) -> None:
    fields = refusal(hotline.post({}), 422, "invalid")
    assert fields == {"order_no": ["必填"], "received_at": ["必填"], "text": ["必填"]}


def test_an_order_that_could_not_be_served_may_be_sent_again(hotline: Hotline) -> None:
    body = json.dumps(order()).encode()
    headers = hotline.headers(body)
    with patch("petitions.api.register", side_effect=OperationalError("gone")):
        answer = hotline.post(body, headers=headers)
    refusal(answer, 503, "unavailable")
    assert answer["Retry-After"]
    with patch.object(hotline_auth, "RETRY", timedelta(seconds=-1)):
        assert hotline.post(body, headers=headers).status_code == 201


def test_the_command_prints_key_and_secret_once(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="不止一个街道"):
        call_command("create_hotline_client", "北京12345")
    call_command("create_hotline_client", "北京12345", "--division", "110105019")

    client = HotlineClient.objects.get()
    said = capsys.readouterr().out
    assert client.key in said
    assert client.secret in said
    assert client.division == cast.street_division
    with pytest.raises(CommandError, match="已有名为"):
        call_command("create_hotline_client", "北京12345", "--division", "110105019")
    with pytest.raises(CommandError, match="没有代码为"):
        call_command("create_hotline_client", "二号", "--division", "999")


def test_the_command_takes_the_only_street(db: None) -> None:
    with pytest.raises(CommandError, match="还没有社区"):
        call_command("create_hotline_client", "北京12345")
    from tests.factories import make_community

    street = make_division(None, 4, "110105019000", "垡头街道", "垡头")
    make_community(street, "110105019029", "双合家园社区居民委员会", "双合家园")
    call_command("create_hotline_client", "北京12345")
    assert HotlineClient.objects.get().division == street
