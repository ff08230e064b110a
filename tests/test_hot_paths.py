"""The helpers of the hot paths: prepared queries, kept connections, rows in one message, answers remembered."""

import socket
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from community_portal import remembered
from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.prepared import Prepared
from community_portal.remembered import Remembered
from community_portal.rows import Insert, fresh, insert
from community_portal.valkey import get_and_add
from grid.access import Role, scope_of, staff_with_scope
from grid.models import Appointment, Division, Staff
from petitions.models import Petition, PetitionClock, PetitionEvent
from petitions.workflow import State, Verb
from tests.factories import NOW, TODAY, Cast, make_petition
from tests.processes import end_backend

RELATED = {"petition", "by", "community"}


def planned(part: str) -> list[tuple[int, int]]:
    """How often each prepared statement with these words in it ran with the plan for any value, and with others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{part}%"]
        )
        return list(cursor.fetchall())


class TestPrepared:
    def test_it_answers_as_the_queryset_does(self, cast: Cast) -> None:
        def of_street(parent: int, level: int) -> QuerySet[Division, tuple[str]]:
            return Division.objects.filter(parent=parent, level=level).order_by("code").values_list("code")

        below = Prepared(of_street, parent=-1, level=98)
        for street in (cast.street_division, cast.far_street):
            assert below(parent=street.pk, level=5) == list(of_street(street.pk, 5)) != []

    def test_values_are_never_part_of_the_sql(self, cast: Cast) -> None:
        named = Prepared(lambda name: Division.objects.filter(name=name).values_list("pk"), name="<name>")
        assert named(name="' OR 1=1 --") == []
        assert named(name=cast.community.name) == [(cast.community.pk,)]

    def test_a_mark_that_the_query_does_not_ask_for_is_a_mistake(self, db: None) -> None:
        lost = Prepared(lambda level, other: Division.objects.filter(level=level).values_list("pk"), level=98, other=-2)
        with pytest.raises(ImproperlyConfigured, match="other"):
            lost(level=5, other=1)

    def test_a_list_of_any_length_is_one_value(self, cast: Cast) -> None:
        some = Prepared(
            lambda ids: Division.objects.filter(pk__any_of=ids).order_by("code").values_list("name"), ids=[-1]
        )
        children = Prepared(lambda ids: Division.objects.filter(parent__any_of=ids).values_list("pk"), ids=[-1])
        assert some(ids=[cast.community.pk, cast.far_street.pk]) == [(cast.community.name,), (cast.far_street.name,)]
        assert some(ids=[]) == []
        assert children(ids=[cast.far_street.pk]) == [(cast.far_community.pk,)]

    def test_one_plan_serves_every_value(self, cast: Cast) -> None:
        called = Prepared(lambda name: Division.objects.filter(short_name=name).values_list("pk"), name="<name>")
        for name in (cast.community.short_name, "无", cast.street_division.short_name):
            called(name=name)
        assert planned('"short_name" = $1') == [(3, 0)]

    def test_without_kept_plans_the_answers_are_the_same(self, cast: Cast, settings: Any) -> None:
        settings.PREPARED_STATEMENTS = False
        coded = Prepared(lambda code: Division.objects.filter(code=code).values_list("pk"), code="<code>")
        assert coded(code=cast.community.code) == [(cast.community.pk,)]
        assert planned('"code" = $1') == []

    @pytest.mark.django_db(transaction=True)
    def test_a_statement_that_the_connection_lost_is_prepared_anew(self) -> None:
        names = Prepared(lambda level: Division.objects.filter(level=level).values_list("name"), level=98)
        assert names(level=5) == []
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        assert names(level=5) == []

    @pytest.mark.django_db(transaction=True)
    def test_a_migration_does_not_break_kept_plans(self) -> None:
        names = Prepared(lambda level: Division.objects.filter(level=level).values_list("name"), level=98)
        assert names(level=5) == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE grid_division ALTER COLUMN name TYPE varchar(61)")
        try:
            assert names(level=5) == []
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE grid_division ALTER COLUMN name TYPE varchar(60)")

    def test_no_prepared_query_reads_a_whole_table_of_petitions(self, client: Client, cast: Cast) -> None:
        """A plan for any value cannot use a partial index whose condition the query leaves to the value."""
        make_petition(cast, external_system="12345", external_no="1")
        client.force_login(cast.street, backend="grid.backends.StaffBackend")
        for address in ("workbench", "petition-list", "escalations"):
            assert client.get(reverse(address)).status_code == 200
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; DISCARD PLANS")
            cursor.execute("SELECT name, cardinality(parameter_types) FROM pg_prepared_statements")
            for name, places in cursor.fetchall():
                cursor.execute(f"EXPLAIN EXECUTE {name} ({', '.join(['NULL'] * places)})")
                plan = "\n".join(line for (line,) in cursor.fetchall())
                assert "Seq Scan on petitions_petition" not in plan, plan
            cursor.execute("DISCARD PLANS")


class TestHealth:
    """Connections are kept between requests (CONN_MAX_AGE)."""

    def between_requests(self) -> None:
        """What Django does before a request."""
        connection.health_check_enabled, connection.health_check_done = True, False

    @pytest.mark.django_db(transaction=True)
    def test_a_silent_connection_is_not_asked(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        Division.objects.count()
        kept = connection.connection
        self.between_requests()
        with django_assert_num_queries(1):
            Division.objects.count()
        assert connection.connection is kept

    @pytest.mark.django_db(transaction=True)
    def test_one_that_the_server_ended_is_replaced(self) -> None:
        Division.objects.count()
        kept = connection.connection
        end_backend(kept.info.backend_pid)
        self.between_requests()
        assert Division.objects.count() == 0
        assert connection.connection is not kept


class TestSignedIn:
    def test_a_person_comes_with_the_scope_in_one_query(
        self, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for staff in (cast.worker, cast.head, cast.street, cast.district, cast.nobody):
            with django_assert_num_queries(1):
                found = staff_with_scope(staff.pk, TODAY)
                assert found is not None
                scope = scope_of(found, TODAY)
            assert (found, scope) == (staff, scope_of(Staff.objects.get(pk=staff.pk), TODAY))
        assert staff_with_scope(-5, TODAY) is None

    def test_two_posts_make_one_scope(self, cast: Cast) -> None:
        Appointment.objects.create(
            staff=cast.worker, role=Role.COMMUNITY_WORKER, division=cast.next_community, starts_on=TODAY
        )
        found = staff_with_scope(cast.worker.pk, TODAY)
        assert found is not None
        assert scope_of(found, TODAY) == scope_of(Staff.objects.get(pk=cast.worker.pk), TODAY)
        assert len(scope_of(found, TODAY).posts) == 2

    def test_the_phone_is_read_when_somebody_looks_at_it(self, cast: Cast) -> None:
        found = staff_with_scope(cast.worker.pk, TODAY)
        assert found is not None
        assert found.phone == "13800000011"


class TestRows:
    def notice(self, cast: Cast, event: str) -> Notice:
        return outbox.to_staff(cast.worker.pk, event=event, at=NOW, title="催办")

    def event(self, petition: Petition, text: str) -> PetitionEvent:
        return PetitionEvent(petition=petition, at=NOW, verb=Verb.NOTE, new_state=petition.state, text=text)

    def test_all_parts_are_one_statement(self, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        petition = make_petition(cast)
        with django_assert_num_queries(1):
            insert(
                Insert([self.event(petition, "一"), self.event(petition, "100%; '二'")]),
                Insert([self.notice(cast, "a")]),
                Insert([]),
            )
        assert list(petition.events.filter(verb=Verb.NOTE).values_list("text", flat=True)) == ["一", "100%; '二'"]
        assert Notice.objects.filter(event="a").count() == 1

    def test_a_known_row_is_left_out_only_when_asked(self, cast: Cast) -> None:
        insert(Insert([self.notice(cast, "a")]))
        insert(Insert([self.notice(cast, "a"), self.notice(cast, "b")], skip_known=True))
        assert set(Notice.objects.filter(event__in="ab").values_list("event", flat=True)) == {"a", "b"}
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(Insert([self.notice(cast, "a")]))

    def test_sealed_fields_open_again(self, cast: Cast) -> None:
        insert(Insert([outbox.to_resident("13800000009", event="sms", at=NOW, title="已答复")]))
        assert Notice.objects.get(event="sms").phone == "13800000009"

    def test_one_plan_serves_any_number_of_rows(self, cast: Cast) -> None:
        petition = make_petition(cast)
        for count in (1, 3, 2):
            insert(Insert([self.event(petition, str(n)) for n in range(count)]))
        plans = [each for each in planned('INSERT INTO "petitions_petitionevent"') if each[0]]
        assert [custom for _any_value, custom in plans] == [0] * len(plans) != []

    def test_values_arrive_as_the_orm_writes_them(self, cast: Cast) -> None:
        data = {"一": ["\\", '"', "'", "\n", None, 1.5, True], "家": {"2": State.CLOSED, "%s": "; DROP"}}
        made = self.event(make_petition(cast), "字 \\x00 \U00020bb7 %")
        made.data, made.at = data, NOW.replace(microsecond=7).astimezone(UTC)
        insert(Insert([made]))
        inserted = PetitionEvent.objects.get(text=made.text)
        made.save()
        saved = PetitionEvent.objects.exclude(pk=inserted.pk).get(text=made.text)
        for field in PetitionEvent._meta.concrete_fields:
            if not field.primary_key:
                assert getattr(inserted, field.attname) == getattr(saved, field.attname), field.name

    def test_what_the_database_cannot_hold_is_an_error(self, cast: Cast) -> None:
        for text, error in (("a\x00b", DataError), ("\ud800", TypeError)):
            with pytest.raises(error), transaction.atomic():
                insert(Insert([self.event(make_petition(cast), text)]))

    def test_all_parts_or_none(self, cast: Cast) -> None:
        petition = make_petition(cast)
        insert(Insert([self.notice(cast, "a")]))
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(Insert([self.event(petition, "一")]), Insert([self.notice(cast, "a")]))
        assert not petition.events.filter(verb=Verb.NOTE).exists()

    def test_without_kept_plans_the_rows_are_the_same(self, cast: Cast, settings: Any) -> None:
        settings.PREPARED_STATEMENTS = False
        petition = make_petition(cast)
        insert(Insert([self.event(petition, "100%")]), Insert([self.notice(cast, "a")]))
        assert petition.events.filter(text="100%").exists()
        assert Notice.objects.filter(event="a").exists()

    def test_nothing_to_insert_asks_nothing(self, db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(0):
            insert(Insert([]))


class TestFresh:
    """Rows made without the model's constructor."""

    def test_it_is_what_the_model_makes(self, cast: Cast) -> None:
        petition = make_petition(cast)
        values: dict[type[Model], dict[str, Any]] = {
            PetitionEvent: {"petition": petition, "at": NOW, "verb": Verb.NOTE, "by": None, "text": "看过"},
            PetitionClock: {"petition": petition, "part_id": 7, "kind": "resolve", "started_at": NOW},
            Notice: {"event": "a", "staff_id": 3, "phone": "13800000009", "row_key": petition.row_key},
            Petition: {"id": 9, "community": cast.community, "row_key": petition.row_key, "caller_phone": "1"},
        }
        for model, said in values.items():
            quick, usual = fresh(model, **said), model(**said)
            for field in model._meta.concrete_fields:
                assert getattr(quick, field.attname) == getattr(usual, field.attname), field
            assert (quick.pk, quick._state.adding) == (usual.pk, True)
            assert quick._state.fields_cache == {name: said[name] for name in said if name in RELATED}

    def test_rows_share_nothing_that_changes(self) -> None:
        one, other = fresh(PetitionEvent), fresh(PetitionEvent)
        one.data["seen"] = True
        assert other.data == {}
        assert fresh(Notice).row_key != fresh(Notice).row_key

    def test_a_name_that_is_no_column_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            fresh(PetitionEvent, txt="看过")


class TestExchange:
    """What intake asks Valkey."""

    def test_two_questions_are_one_message(self) -> None:
        cache.set("look", {"a": 1}, 60)
        assert get_and_add("look", "added", 1.5, 60) == ({"a": 1}, True)
        assert get_and_add("look", "added", 2.5, 60) == ({"a": 1}, False)
        assert get_and_add("nothing", "added", 2.5, 60) == (None, False)
        assert cache.get("added") == 1.5

    def test_a_connection_that_was_lost_is_made_anew(self) -> None:
        cache.set("look", 1, 60)
        pool = caches["default"]._cache.get_client(None, write=True).connection_pool
        lost = pool.get_connection()
        lost._sock.shutdown(socket.SHUT_RDWR)
        pool.release(lost)
        assert get_and_add("look", "added", 1, 60) == (1, True)


class TestRemembered:
    def test_an_answer_is_asked_for_once_a_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = timedelta(hours=1).total_seconds()
        monkeypatch.setattr(remembered.time, "monotonic", lambda: clock)
        asked: list[str] = []
        memory: Remembered[str, int] = Remembered()

        def look(key: str) -> int:
            return memory.get(key, lambda: len(asked.append(key) or asked))

        assert [look("a"), look("a"), look("b"), look("a")] == [1, 1, 2, 1]
        clock += remembered.SECONDS + 1
        assert look("a") == 3
        memory.forget()
        assert look("a") == 4

    def test_nothing_is_an_answer_too(self) -> None:
        memory: Remembered[str, None] = Remembered()
        asked: list[int] = []
        for _again in range(3):
            assert memory.get("a", lambda: asked.append(1)) is None
        assert asked == [1]
