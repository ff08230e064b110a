"""REST as a program uses it: tokens, the asker's scope, masks, pages, fields, ETags, verbs, errors, limits."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community_portal.interfaces.actions.tokens import MOST_TOKENS, token_make, token_revoke
from community_portal.interfaces.kinds import ACTING, Kind
from community_portal.interfaces.models import ApiToken
from community_portal.interfaces.rest import base
from grid.models import Staff
from petitions.limits import Limit
from tests.factories import Cast, make_petition

PETITIONS = "/api/v1/petitions/"
MOST_QUERIES = 12


class Program:
    """A client with somebody's token."""

    def __init__(self, staff: Staff, *, reads: Any = Kind.values, acts: Any = tuple(ACTING)) -> None:
        self.token, text = token_make(by=staff, at=timezone.now(), name="看板", reads=reads, acts=acts, days=30)
        self.headers = {"Authorization": f"Bearer {text}"}
        self.client = Client()

    def get(self, path: str, **query: Any) -> Any:
        """One GET."""
        return self.client.get(path, query, headers=self.headers)

    def post(self, path: str, said: Any) -> Any:
        """One POST of JSON."""
        return self.client.post(path, json.dumps(said), content_type="application/json", headers=self.headers)


class TestTokens:
    def test_only_its_fingerprint_is_kept(self, cast: Cast) -> None:
        token, text = token_make(by=cast.head, at=timezone.now(), name="看板", reads=["places"], acts=[], days=1)
        assert text not in str(ApiToken.objects.filter(pk=token.pk).values_list())
        assert Client().get("/api/v1/grids/", headers={"Authorization": f"Bearer {text}"}).status_code == 200

    def test_a_token_reaches_what_it_names_and_no_more(self, cast: Cast) -> None:
        program = Program(cast.head, reads=["petitions"], acts=[])
        number = make_petition(cast).number
        assert program.get(PETITIONS).status_code == 200
        assert program.get("/api/v1/households/").json()["code"] == "not_granted"
        assert program.post(f"{PETITIONS}{number}/note/", {"text": "看过"}).status_code == 403

    @pytest.mark.parametrize("end", ["revoke", "expire", "leave"])
    def test_it_ends(self, cast: Cast, end: str) -> None:
        program = Program(cast.head)
        if end == "revoke":
            assert token_revoke(program.token.pk, by=cast.head, at=timezone.now())
        elif end == "expire":
            ApiToken.objects.filter(pk=program.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        else:
            Staff.objects.filter(pk=cast.head.pk).update(is_active=False)
        answer = program.get(PETITIONS)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        assert answer["WWW-Authenticate"] == "Bearer"

    def test_nobody_else_revokes_it(self, cast: Cast) -> None:
        program = Program(cast.head)
        assert not token_revoke(program.token.pk, by=cast.worker, at=timezone.now())
        assert program.get(PETITIONS).status_code == 200

    def test_the_day_of_use_is_noted(self, cast: Cast) -> None:
        program = Program(cast.head)
        program.get(PETITIONS)
        assert ApiToken.objects.get(pk=program.token.pk).used_on == timezone.localdate()

    def test_what_cannot_be_granted_is_refused(self, cast: Cast) -> None:
        wrong: list[dict[str, Any]] = [
            {"reads": [], "acts": []}, {"reads": ["secrets"]}, {"acts": ["visits"]}, {"days": 0}, {"days": 4000},
        ]  # fmt: skip
        for over in wrong:
            said = {"name": "看板", "reads": ["places"], "acts": [], "days": 1, **over}
            with pytest.raises(ValidationError):
                token_make(by=cast.head, at=timezone.now(), **said)

    def test_nobody_collects_them(self, cast: Cast) -> None:
        for _each in range(MOST_TOKENS):
            Program(cast.head)
        with pytest.raises(ValidationError, match="最多"):
            Program(cast.head)

    def test_by_command(self, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("create_api_token", "head", "看板", "--read", "places", "--days", "7")
        text = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("令牌")).split()[1]
        headers = {"Authorization": f"Bearer {text}"}
        assert Client().get("/api/v1/grids/", headers=headers).status_code == 200
        call_command("revoke_api_token", str(ApiToken.objects.get().pk))
        assert Client().get("/api/v1/grids/", headers=headers).status_code == 401
        with pytest.raises(CommandError):
            call_command("create_api_token", "nobody-such", "看板")


class TestPage:
    @pytest.fixture
    def client(self, cast: Cast) -> Client:
        client = Client()
        client.force_login(cast.head, backend=settings.AUTHENTICATION_BACKENDS[-1])
        return client

    def test_a_token_is_made_shown_once_and_made_void(self, client: Client, cast: Cast) -> None:
        answer = client.post("/interfaces/", {"name": "看板", "reads": ["places"], "days": "30"})
        text = answer.context["made"]
        assert text in answer.content.decode()
        assert text not in client.get("/interfaces/").content.decode()
        client.post(f"/interfaces/tokens/{ApiToken.objects.get().pk}/revoke/")
        assert Client().get("/api/v1/grids/", headers={"Authorization": f"Bearer {text}"}).status_code == 401

    def test_what_is_wrong_stands_at_the_field_and_nothing_is_lost(self, client: Client) -> None:
        page = client.post("/interfaces/", {"name": "街道看板", "days": "30"}).content.decode()
        assert "请至少选一类" in page
        assert "街道看板" in page


class TestReading:
    def test_the_scope_of_the_pages_holds(self, cast: Cast) -> None:
        number = make_petition(cast).number
        assert [row["number"] for row in Program(cast.worker).get(PETITIONS).json()["results"]] == [number]
        assert Program(cast.colleague).get(PETITIONS).json()["results"] == []
        assert Program(cast.colleague).get(f"{PETITIONS}{number}/").json()["code"] == "not_found"

    def test_people_are_masked(self, cast: Cast) -> None:
        number = make_petition(cast).number
        whole = Program(cast.head).get(f"{PETITIONS}{number}/").json()
        assert (whole["caller_name"], whole["caller_phone"]) == ("张**", "138****0001")
        assert Program(cast.district).get(f"{PETITIONS}{number}/").json()["caller_phone"] == ""
        people = Program(cast.head).get("/api/v1/residents/", household=cast.household.pk).content.decode()
        assert "张三" not in people
        assert "13800000001" not in people

    def test_a_petition_is_told_with_its_clocks_its_history_and_what_can_be_done(self, cast: Cast) -> None:
        whole = Program(cast.worker).get(f"{PETITIONS}{make_petition(cast).number}/").json()
        assert {clock["kind"] for clock in whole["clocks"]} >= {"sign_in", "resolve"}
        assert [event["verb"] for event in whole["events"]] == ["register", "dispatch"]
        assert "accept" in whole["verbs"]

    def test_pages_follow_one_another_and_miss_nothing(self, cast: Cast) -> None:
        numbers = {make_petition(cast).number for _each in range(5)}
        program, found, address = Program(cast.head), [], f"{PETITIONS}?size=2"
        while address:
            page = program.get(address.replace("http://testserver", "")).json()
            found += [row["number"] for row in page["results"]]
            address = page["next"]
        assert len(found) == 5
        assert set(found) == numbers

    def test_only_the_fields_asked_for(self, cast: Cast) -> None:
        make_petition(cast)
        [row] = Program(cast.head).get(PETITIONS, fields="number,state").json()["results"]
        assert set(row) == {"number", "state"}

    def test_filters_are_those_of_the_list(self, cast: Cast) -> None:
        make_petition(cast)
        program = Program(cast.head)
        assert program.get(PETITIONS, state="closed").json()["results"] == []
        assert len(program.get(PETITIONS, state="dispatched", q="302").json()["results"]) == 1

    @pytest.mark.parametrize(
        ("name", "value"),
        [("cursor", "nonsense"), ("size", "0"), ("size", "201"), ("fields", "secret"), ("state", "no"), ("grid", "x")],
    )
    def test_what_cannot_be_read_is_named(self, cast: Cast, name: str, value: str) -> None:
        answer = Program(cast.head).get(PETITIONS, **{name: value})
        assert (answer.status_code, answer.json()["code"], list(answer.json()["fields"])) == (400, "invalid", [name])

    def test_nothing_new_is_told_in_a_word(self, cast: Cast) -> None:
        program, number = Program(cast.worker), make_petition(cast).number
        tag = program.get(f"{PETITIONS}{number}/")["ETag"]
        again = {**program.headers, "If-None-Match": tag}
        assert program.client.get(f"{PETITIONS}{number}/", headers=again).status_code == 304
        program.post(f"{PETITIONS}{number}/accept/", {})
        assert program.client.get(f"{PETITIONS}{number}/", headers=again).status_code == 200

    @pytest.mark.parametrize("name", ["petitions", "households", "residents", "visits-due", "buildings", "meetings"])
    def test_a_list_costs_the_same_however_long(self, cast: Cast, name: str) -> None:
        for _each in range(3):
            make_petition(cast)
        program = Program(cast.head)
        program.get(f"/api/v1/{name}/")
        costs = []
        for size in (1, 50):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert program.get(f"/api/v1/{name}/", size=size).status_code == 200
            costs.append(len(asked))
        assert costs[0] == costs[1] <= MOST_QUERIES

    def test_a_petition_costs_few_queries(self, cast: Cast) -> None:
        program, number = Program(cast.worker), make_petition(cast).number
        program.get(f"{PETITIONS}{number}/")
        with CaptureQueriesContext(connection) as asked:
            program.get(f"{PETITIONS}{number}/")
        assert len(asked) <= MOST_QUERIES


class TestActing:
    def test_the_loop_by_a_program(self, cast: Cast) -> None:
        program, number = Program(cast.worker), make_petition(cast).number

        def act(verb: str, **said: Any) -> Any:
            answer = program.post(f"{PETITIONS}{number}/{verb}/", said)
            assert answer.status_code == 200, answer.json()
            return answer.json()

        assert act("accept")["state"] == "accepted"
        act("contact", text="打过电话，下午去")
        done = act("resolve", text="灯换好了", outcome="solved")
        assert (done["state"], done["answer"]) == ("resolved", "灯换好了")
        assert [event["by"] for event in done["events"][-3:]] == ["马雪"] * 3

    def test_what_is_missing_is_named_by_field(self, cast: Cast) -> None:
        program, number = Program(cast.worker), make_petition(cast).number
        program.post(f"{PETITIONS}{number}/accept/", {})
        answer = program.post(f"{PETITIONS}{number}/resolve/", {"text": ""})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert set(answer.json()["fields"]) == {"text", "outcome"}

    def test_who_comes_second_is_told(self, cast: Cast) -> None:
        program, number = Program(cast.worker), make_petition(cast).number
        assert program.post(f"{PETITIONS}{number}/accept/", {"version": 7}).status_code == 409
        assert program.post(f"{PETITIONS}{number}/accept/", {}).status_code == 200
        assert program.post(f"{PETITIONS}{number}/accept/", {}).json()["code"] == "changed"

    def test_a_role_does_what_it_may(self, cast: Cast) -> None:
        program, number = Program(cast.worker), make_petition(cast).number
        assert program.post(f"{PETITIONS}{number}/exclude/", {"ground": "mistake", "text": "x"}).status_code == 409

    @pytest.mark.parametrize(
        ("send", "status", "code"),
        [
            (lambda p, path: p.client.post(path, "{", "application/json", headers=p.headers), 400, "not_json"),
            (lambda p, path: p.client.post(path, "[" * 99_999, "application/json", headers=p.headers), 400, "not_json"),
            (lambda p, path: p.client.post(path, "a=1", "text/plain", headers=p.headers), 415, "wrong_type"),
            (lambda p, path: p.post(path, ["accept"]), 400, "invalid"),
            (lambda p, path: p.post(path, {"text": "x" * 300_000}), 413, "too_big"),
            (lambda p, path: p.client.put(path, headers=p.headers), 405, "wrong_method"),
            (lambda p, path: p.post(path.replace("accept", "explode"), {}), 404, "not_found"),
        ],
    )
    def test_every_error_has_one_form(
        self, cast: Cast, send: Callable[[Program, str], Any], status: int, code: str
    ) -> None:
        answer = send(Program(cast.worker), f"{PETITIONS}{make_petition(cast).number}/accept/")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert set(answer.json()) == {"code", "message", "fields"}

    def test_a_session_needs_its_form_token(self, cast: Cast) -> None:
        client, number = Client(enforce_csrf_checks=True), make_petition(cast).number
        client.force_login(cast.worker, backend=settings.AUTHENTICATION_BACKENDS[-1])
        assert client.get(f"{PETITIONS}{number}/").status_code == 200
        answer = client.post(f"{PETITIONS}{number}/accept/", "{}", "application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_granted")


def test_too_much_is_refused_for_a_while(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "READS", Limit("few", 2, 3600))
    program = Program(cast.head)
    answers = [program.get("/api/v1/grids/") for _each in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "too_many"
    assert int(answers[-1]["Retry-After"]) > 0
