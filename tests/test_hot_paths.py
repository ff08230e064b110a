"""The helpers of the hot paths: prepared queries, rows in one message, answers remembered for a minute."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from community_portal import remembered
from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.prepared import Prepared
from community_portal.remembered import Remembered
from community_portal.rows import Insert, insert
from grid.models import Division
from petitions.models import Petition, PetitionEvent
from petitions.workflow import Verb
from tests.factories import NOW, Cast, make_petition


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

    def test_nothing_to_insert_asks_nothing(self, db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        with django_assert_num_queries(0):
            insert(Insert([]))


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
