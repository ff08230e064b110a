"""Open311 GeoReport v2 as a stranger's client sees it; the published JSON schemas are the judge."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from petitions.actions.ending import petition_close
from petitions.actions.handling import petition_accept, petition_contact, petition_resolve
from petitions.actions.open311 import open311_key_create
from petitions.catalogue import forget_catalogue
from petitions.models import Category, Open311Key, Petition
from petitions.models.levels import check_questions
from tests.factories import NOW, PHONE, Cast, make_petition

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "open311"
BASE = "/open311/v2"
MAX_QUERIES = 6
LON, LAT = 116.49, 39.87


@pytest.fixture
def key(cast: Cast) -> str:
    """The key of a client that may report from the whole street."""
    return open311_key_create(name="随手拍", division=cast.street_division, at=NOW)[1]


@pytest.fixture
def post(key: str) -> Callable[..., Any]:
    """Report something; names of the form attribute[CODE] are said with a double underscore (attribute__CODE)."""

    def send(fmt: str = "json", headers: dict[str, str] | None = None, **said: Any) -> Any:
        values = {"api_key": key, "service_code": "facility", **said}
        sent = {
            f"attribute[{name.removeprefix('attribute__')}]" if name.startswith("attribute__") else name: value
            for name, value in values.items()
            if value is not None
        }
        client = Client(enforce_csrf_checks=True)
        return client.post(f"{BASE}/requests.{fmt}", sent, headers=headers or {})

    return send


def validate(name: str, content: Any) -> None:
    """Judge an answer by its published schema."""
    names = [path.name for path in FOLDER.glob("schema_*.json")]
    rows = [(each.removeprefix("schema_"), json.loads((FOLDER / each).read_text())) for each in names]
    registry: Registry = Registry().with_resources(
        (each, Resource.from_contents(row, default_specification=DRAFT4)) for each, row in rows
    )
    Draft4Validator(dict(rows)[name], registry=registry).validate(content)


def close(petition: Petition, cast: Cast, at: datetime) -> None:
    """Take it through to its filing."""
    petition_accept(petition.pk, by=cast.worker, at=at)
    petition_contact(petition.pk, by=cast.worker, at=at, text="约好上门")
    petition_resolve(petition.pk, by=cast.worker, at=at, text="修好了")
    petition_close(petition.pk, by=cast.head, at=at, contacted=True, solved=True, satisfied=True)


def get(client: Client, path: str, **query: str) -> Any:
    return client.get(f"{BASE}/{path}.json", query)


def xml(response: Any) -> ElementTree.Element:
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


# A stranger's way: discover, services, post, poll, see it closed


def test_a_client_discovers_asks_reports_and_sees_it_closed_in_json(client: Client, cast: Cast, post: Any) -> None:
    found = get(client, "discovery").json()
    assert found["endpoints"][0]["url"] == "http://testserver/open311/v2"
    assert found["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    services = get(client, "services").json()
    validate("services.json", services)
    assert {"facility", "utility"} <= {row["service_code"] for row in services}
    assert not {"elder", "aid", "staff", "dispute"} & {row["service_code"] for row in services}
    assert next(row for row in services if row["service_code"] == "utility")["metadata"] is True
    definition = get(client, "services/utility").json()
    validate("service-definition.json", definition)
    answer = post(
        service_code="utility", address_string="双合家园3号楼2单元302", description="三天没有暖气", phone=PHONE,
        first_name="三", last_name="张", email="zhang@example.com", attribute__WHAT=["heat", "water"],
    )  # fmt: skip
    assert answer.status_code == 201
    [made] = answer.json()
    petition = Petition.objects.get(number=made["service_request_id"])
    assert petition.query_code in made["service_notice"]
    assert "前有人联系您" in made["service_notice"]
    assert petition.text == "三天没有暖气\n出问题的是：暖气、自来水"
    assert (petition.source, petition.caller_name, petition.caller_phone) == (
        "open311", "张三（zhang@example.com）", PHONE,
    )  # fmt: skip
    assert petition.handler == cast.worker
    assert petition.household == cast.household
    [shown] = get(client, f"requests/{petition.number}").json()
    validate("request.json", shown)
    assert (shown["status"], shown["service_code"]) == ("open", "utility")
    assert shown["address"] == "朝阳区垡头街道双合家园社区3号楼"
    at = timezone.now()
    close(petition, cast, at)
    [shown] = get(client, "requests", service_request_id=petition.number).json()
    assert (shown["status"], shown["status_notes"]) == ("closed", "已归档")
    assert shown["updated_datetime"] == timezone.localtime(at).isoformat(timespec="seconds")
    assert get(client, f"tokens/{petition.number}").json() == [
        {"service_request_id": petition.number, "token": petition.number}
    ]


def test_the_same_in_xml(client: Client, cast: Cast, post: Any) -> None:
    assert xml(client.get(f"{BASE}/discovery.xml")).findtext("endpoints/endpoint/formats/format") == "application/json"
    services = xml(client.get(f"{BASE}/services.xml"))
    assert services.tag == "services"
    assert "facility" in [row.findtext("service_code") for row in services.findall("service")]
    definition = xml(client.get(f"{BASE}/services/utility.xml"))
    assert definition.findtext("attributes/attribute/required") == "true"
    assert definition.findtext("attributes/attribute/values/value/name") == "自来水"
    number = xml(post("xml", address_id=cast.building.pk)).findtext("request/service_request_id")
    shown = xml(client.get(f"{BASE}/requests.xml", {"status": "open"}))
    assert shown.tag == "service_requests"
    assert [row.findtext("service_request_id") for row in shown] == [number]
    refused = client.get(f"{BASE}/requests/none.xml")
    assert refused.status_code == 404
    assert xml(refused).findtext("error/code") == "404"


# Nothing personal goes out


def test_what_anybody_sees_names_no_person_and_no_door(client: Client, cast: Cast, post: Any) -> None:
    said = {"last_name": "张三", "phone": PHONE, "description": f"302张三家门禁坏了，打{PHONE}"}
    post(address_string="双合家园3号楼2单元302", **said)
    for fmt in ("json", "xml"):
        page = client.get(f"{BASE}/requests.{fmt}").content.decode()
        assert "3号楼" in page
        for word in ("302", "张三", PHONE, "单元", "门禁"):
            assert word not in page


def test_what_is_closed_to_the_public_or_anonymous_does_not_exist(client: Client, cast: Cast) -> None:
    rows = catalogue_rows()
    hidden = [
        make_petition(cast, category=rows["elder"]),
        make_petition(cast, category=rows["facility"], anonymous=True),
        make_petition(cast),
    ]
    Petition.objects.filter(pk=hidden[-1].pk).update(category=None)
    shown = make_petition(cast, category=rows["facility"])
    listed = get(client, "requests", start_date=NOW.isoformat()).json()
    assert [row["service_request_id"] for row in listed] == [shown.number]
    for petition in hidden:
        assert get(client, f"requests/{petition.number}").status_code == 404
    Category.objects.filter(code="facility").update(is_public=False)
    forget_catalogue()
    assert get(client, "requests", start_date=NOW.isoformat()).json() == []
    assert get(client, "services/facility").status_code == 404


# Lists


def catalogue_rows() -> dict[str, Category]:
    return {row.code: row for row in Category.objects.select_related("level")}


def test_lists_by_service_state_place_and_time(client: Client, cast: Cast) -> None:
    rows = catalogue_rows()
    old = make_petition(cast, category=rows["facility"], at=NOW - timedelta(days=100))
    first = make_petition(cast, category=rows["facility"], at=NOW - timedelta(days=2))
    other = make_petition(cast, category=rows["sanitation"], at=NOW - timedelta(days=1))
    close(first, cast, NOW)

    def numbers(**query: str) -> list[str]:
        answer = get(client, "requests", **{"end_date": NOW.isoformat(), **query})
        assert answer.status_code == 200
        return [row["service_request_id"] for row in answer.json()]

    assert numbers() == [other.number, first.number]
    assert numbers(service_code="facility") == [first.number]
    assert numbers(service_code="facility,sanitation") == [other.number, first.number]
    assert numbers(status="open") == [other.number]
    assert numbers(status="closed") == [first.number]
    assert numbers(status="open,closed") == [other.number, first.number]
    assert numbers(start_date=(NOW - timedelta(days=101)).isoformat()) == [old.number]
    assert numbers(service_request_id=f"{old.number},{other.number}") == [other.number, old.number]
    assert numbers(jurisdiction_id=cast.community.code) == [other.number, first.number]
    assert numbers(jurisdiction_id=cast.next_community.code) == []
    assert numbers(page_size="1") == [other.number]
    assert numbers(page_size="1", page="2") == [first.number]


def test_a_list_costs_the_same_however_long_it_is(client: Client, cast: Cast) -> None:
    facility = catalogue_rows()["facility"]
    counts = []
    for _more in range(2):
        make_petition(cast, category=facility, received_at=timezone.now())
        with CaptureQueriesContext(
            connection,
        ) as asked:
            listed = get(client, "requests").json()
        counts.append(len(asked))
        assert len(listed) == len(counts)
    assert counts[0] == counts[1] <= MAX_QUERIES


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"status": "done"}, 400, "status 只能是 open、closed"),
        ({"start_date": "yesterday"}, 400, "start_date 应为 ISO 8601 时间"),
        ({"end_date": "0001-01-01T00:00:00+08:00"}, 400, "end_date 应为"),
        ({"page": "0"}, 400, "page 应为 1 到 1000"),
        ({"page_size": "1001"}, 400, "page_size 应为"),
        ({"service_code": "none"}, 404, "没有代码为“none”的服务"),
        ({"jurisdiction_id": "999"}, 404, "没有代码为“999”的辖区"),
    ],
)
def test_a_query_that_cannot_be_answered_is_told_why(
    client: Client, cast: Cast, query: dict[str, str], status: int, words: str
) -> None:
    answer = get(client, "requests", **query)
    assert answer.status_code == status
    [error] = answer.json()
    assert error["code"] == status
    assert words in error["description"]


# Reports


def test_a_point_finds_its_grid_and_the_building_it_is_at(cast: Cast, post: Any) -> None:
    for number, building in enumerate(cast.buildings):
        building.lon, building.lat = LON + number * 0.002, LAT
        building.save()
    cast.grid.boundary = {"type": "Polygon", "coordinates": [_square(LON, LAT, 0.01)]}
    cast.grid.save()
    near = Petition.objects.get(number=post(lat=LAT + 0.0002, long=LON).json()[0]["service_request_id"])
    assert (near.building, near.community) == (cast.buildings[0], cast.community)
    assert "位置：北纬 39.870200，东经 116.490000" in near.text
    far = Petition.objects.get(number=post(lat=LAT + 0.005, long=LON).json()[0]["service_request_id"])
    assert (far.building, far.community) == (None, cast.community)
    beyond = Petition.objects.get(number=post(lat=LAT + 1, long=LON).json()[0]["service_request_id"])
    assert (beyond.community, beyond.street) == (None, cast.street_division)


def _square(lon: float, lat: float, half: float) -> list[list[float]]:
    corners = [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]
    return [[lon + x, lat + y] for x, y in corners]


def test_one_report_sent_twice_stays_one_petition(cast: Cast, post: Any) -> None:
    said = {"address_string": "3号楼", "headers": {"Idempotency-Key": "a1"}}
    assert post(**said).json()[0]["service_request_id"] == post(**said).json()[0]["service_request_id"]
    post(address_string="3号楼")
    assert Petition.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"api_key": None}, 400, "缺少 api_key"),
        ({"api_key": "wrong"}, 403, "api_key 无效或已停用"),
        ({"service_code": None}, 400, "service_code 必填"),
        ({"service_code": "elder"}, 404, "没有代码为“elder”的服务"),
        ({"address_string": None}, 400, "请给出地点"),
        ({"address_string": None, "lat": "39.8"}, 400, "lat 和 long 要一起给"),
        ({"address_string": None, "lat": "116.4", "long": "39.8"}, 400, "lat 应为中国境内的度数"),
        ({"lat": "nan", "long": "116"}, 400, "lat 应为"),
        ({"address_id": "99999999"}, 400, "没有编号为“99999999”的楼"),
        ({"jurisdiction_id": "{far}"}, 404, "不能报"),
        ({"description": "长" * 4001}, 400, "description 最多 4000 个字"),
        ({"description": "a\0b"}, 400, "不能保存的字符"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url 应为"),
        ({"service_code": "utility"}, 400, "attribute[WHAT]：必填"),
        ({"service_code": "utility", "attribute__WHAT": "wine"}, 400, "没有这个选项：wine"),
        ({"service_code": "utility", "attribute__WHAT": "gas", "attribute__SINCE": "昨天"}, 400, "ISO 8601 时间"),
        ({"service_code": "sanitation", "attribute__LASTS": "很久"}, 400, "attribute[LASTS]：应为数字"),
        ({"service_code": "sanitation", "attribute__LASTS": ["1", "2"]}, 400, "只能有一个值"),
    ],
)
def test_a_report_that_cannot_be_taken_is_told_why(
    cast: Cast, post: Any, said: dict[str, Any], status: int, words: str
) -> None:
    said = {name: cast.far_street.code if value == "{far}" else value for name, value in said.items()}
    answer = post(**{"address_string": "3号楼", **said})
    assert answer.status_code == status
    assert words in answer.json()[0]["description"]
    assert not Petition.objects.exists()


def test_other_methods_and_formats_are_refused_in_form(client: Client, cast: Cast) -> None:
    answer = client.delete(f"{BASE}/requests.json")
    assert (answer.status_code, answer.json()[0]["code"]) == (405, 405)
    assert client.get(f"{BASE}/services.yaml").status_code == 404


# Keys and questions


def test_a_key_is_shown_once_and_can_be_switched_off(cast: Cast, post: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_open311_key", "巡查车", "--division", cast.community.code)
    key = capsys.readouterr().out.split("api_key   ")[1].split()[0]
    row = Open311Key.objects.get(name="巡查车")
    assert key not in (row.fingerprint, str(row.__dict__))
    assert post(api_key=key, address_string="3号楼").status_code == 201
    row.is_active = False
    row.save()
    assert post(api_key=key, address_string="3号楼").status_code == 403
    with pytest.raises(CommandError, match="已有名为“巡查车”"):
        call_command("create_open311_key", "巡查车", "--division", cast.community.code)


@pytest.mark.parametrize(
    "questions",
    [
        {},
        [{"code": "A", "text": "什么"}],
        [{"code": "A", "text": "什么", "datatype": "colour"}],
        [{"code": "A B", "text": "什么", "datatype": "string"}],
        [{"code": "A", "text": "什么", "datatype": "singlevaluelist"}],
        [{"code": "A", "text": "什么", "datatype": "string", "values": [["a", "甲"]]}],
        [{"code": "A", "text": "什么", "datatype": "string"}] * 2,
        ["什么"],
    ],
)
def test_questions_that_no_client_could_ask_are_refused(questions: Any) -> None:
    with pytest.raises(ValidationError):
        check_questions(questions)
