"""Every row of every table, as a database dump holds it: no phone and no identity number of anybody in plain.

What people wrote in their own words (a petition's text, an answer, what was said along the way) is the record of what
they said and stays as written, masked wherever the public sees it and when its time is over; every copy that the portal
makes of it is searched here like everything else.
"""

import io
import json
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from community_portal.notices.models import Notice
from community_portal.privacy.id_number import valid_id
from community_portal.privacy.normal import PHONE as PHONE_KIND
from community_portal.privacy.normal import normalise
from grid.models import Staff
from petitions.actions.hotline import hotline_client_create
from petitions.actions.importing import import_create, import_run
from petitions.actions.public import petition_supplement
from petitions.demo import load as loading
from petitions.demo.cast import PASSWORD
from petitions.hotline_auth import sign
from petitions.models import Petition
from residents.models import Community, Resident
from tests.factories import NOW, PHONE, Cast, make_petition
from tests.petitions.order_files import csv_of, order
from tests.petitions.pages import client_of

MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])")
ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9X](?![0-9A-Za-z])")
IN_PLACES = "13711112222"
ID_IN_PLACES = "11010519491231002X"
OWN_WORDS = {("petitions_petition", "text"), ("petitions_petition", "address"), ("petitions_petitionevent", "text")}


def cells() -> Iterator[tuple[str, str, str]]:
    """Every value of every table as COPY writes it: table, column, text; bytes as the text that they would be."""
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            written = io.StringIO()
            cursor.copy_expert(f'COPY "{table}" TO STDOUT (FORMAT text)', written)
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            for line in written.getvalue().splitlines():
                for column, value in zip(columns, line.split("\t"), strict=True):
                    yield table, column, _text(value)


def _text(value: str) -> str:
    return bytes.fromhex(value[3:]).decode("latin-1") if value.startswith("\\\\x") else value


def plain(value: str) -> list[str]:
    """The numbers of people in a text."""
    return [*MOBILE.findall(value), *(number for number in ID_NUMBER.findall(value) if valid_id(number))]


def leaks() -> dict[tuple[str, str], str]:
    """Where in the database a number stands in plain, with one of the values."""
    return {(table, column): value[:200] for table, column, value in cells() if plain(value)}


def held_numbers() -> set[str]:
    """Every phone and identity number that the portal keeps sealed, spelt out."""
    phones = [row.phone for model in (Resident, Staff, Notice) for row in model.objects.all()]
    phones += [row.caller_phone for row in Petition.objects.all()]
    ids = [row.id_number for row in Resident.objects.all()]
    return {normalise(PHONE_KIND, text) for text in [*phones, *ids] if len(text) >= 7}


def test_the_search_itself_finds_what_it_looks_for(cast: Cast) -> None:
    assert plain(f"找{PHONE}或{ID_IN_PLACES}。") == [PHONE, ID_IN_PLACES]
    make_petition(cast, text=f"请打{IN_PLACES}")
    assert leaks().keys() == {("petitions_petition", "text")}


def test_the_demo_holds_no_number_in_plain(db: None) -> None:
    loading.load(households=300, petitions=120, seed=1, at=NOW)
    numbers = held_numbers()
    assert len(numbers) > 400
    assert leaks() == {}
    everything = "\n".join(value for _table, _column, value in cells())
    assert [number for number in numbers if number in everything] == []


def test_nothing_that_is_done_with_a_number_leaves_it_in_plain(cast: Cast) -> None:
    """Each way in and out, with numbers where they belong and where people put them all the same."""
    loud = {"text": f"我是{ID_IN_PLACES}，电话{IN_PLACES}，楼道灯不亮", "address": f"3号楼2单元302，{IN_PLACES}"}
    petition = make_petition(cast, title=f"回电{IN_PLACES}", **loud)
    make_petition(cast, **loud, data={"columns": {"备注": f"家属{IN_PLACES}"}})
    petition_supplement(petition.pk, at=NOW, text=f"改打{IN_PLACES}")
    _by_the_public_form(cast)
    _by_file(cast)
    _by_hotline(cast)
    _at_the_desk(cast, petition)
    assert leaks().keys() == OWN_WORDS
    kept = [value for table, column, value in cells() if (table, column) not in OWN_WORDS]
    assert [number for number in held_numbers() | {IN_PLACES, ID_IN_PLACES} if number in "\n".join(kept)] == []


def test_a_number_in_the_title_is_still_found_by_its_petition(cast: Cast) -> None:
    petition = make_petition(cast, title=f"回电{IN_PLACES}", caller_phone=IN_PLACES)
    assert petition.title == "回电137****2222"
    found = client_of(cast.head).get("/petitions/", {"q": IN_PLACES}).content.decode()
    assert petition.number in found


def _by_the_public_form(cast: Cast) -> None:
    served = Community.objects.get(division=cast.community)
    address = f"/c/{served.division.code}/ask/"
    browser = Client()
    token = re.search(r'name="token" value="([^"]+)"', browser.get(address).content.decode())
    assert token
    said = {"text": "门禁坏了", "where": "3号楼", "contact": "phone", "phone": "137 3333 4444", "name": "王五"}
    browser.post(address, {**said, "token": token[1]})
    browser.post(address, {**said, "token": token[1], "phone": "1373333"})


def _by_file(cast: Cast) -> None:
    rows = [
        order(1, 诉求主题=f"回电 {IN_PLACES}", 处室=f"找{IN_PLACES}"),
        order(2, 受理编号="", 受理时间=f"昨天{IN_PLACES}"),
        order(3, 诉求主题="", 诉求详情="", 身份证号=ID_IN_PLACES),
    ]
    batch = import_create(
        by=cast.head, division=cast.community, file_name="a.csv", content=csv_of(rows), system="", at=NOW
    )
    import_run(batch.pk, now=lambda: NOW)


def _by_hotline(cast: Cast) -> None:
    client, secret = hotline_client_create(name="12345", division=cast.street_division, at=timezone.now())
    body = json.dumps(
        {
            "order_no": "BJ1", "received_at": timezone.now().isoformat(), "text": "灯不亮",
            "caller_phone": "13755556666",            "title": "长" * 130 + IN_PLACES, "category": f"热线 {IN_PLACES}",
        }
    ).encode()  # fmt: skip
    timestamp = str(int(timezone.now().timestamp()))
    headers = {
        "X-Portal-Key": client.key, "X-Portal-Timestamp": timestamp,
        "X-Portal-Signature": sign(secret, timestamp, body),
    }  # fmt: skip
    answer = Client().post("/api/v1/hotline/orders/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 201


def _at_the_desk(cast: Cast, petition: Petition) -> None:
    browser = client_of(cast.head)
    browser.post("/sign-in/", {"username": PHONE, "password": PASSWORD})
    browser.post(f"/petitions/{petition.number}/reveal/", {"purpose": "petition"})
    browser.post("/privacy/subject/", {"phone": PHONE, "id_number": ID_IN_PLACES, "checked": "on"})
    browser.get("/petitions/", {"q": PHONE})
    browser.post(f"/petitions/{petition.number}/urge/", {"text": f"快打{IN_PLACES}"})


@pytest.mark.parametrize("number", ["13800000001", "11010519491231002X"])
def test_bytes_are_searched_as_the_text_they_would_be(number: str) -> None:
    assert plain(_text("\\\\x" + f"电话 {number}。".encode().hex())) == [number]
