"""Turning everything to new keys: nothing is lost, nothing goes missing meanwhile, a second run changes nothing."""

import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.privacy import rotation
from community_portal.privacy.models import AccessLog, AccessLogHead, KeyRotation
from community_portal.privacy.querysets import verify_chain
from community_portal.privacy.rotation import DATA, INDEX, rotate
from community_portal.privacy.sealing import SM4, blind_index, key_name
from tests.factories import NOW, PHONE, Cast, make_petition
from tests.privacy.models import Card

pytestmark = pytest.mark.usefixtures("sealed_tables")
NEW, NEWER = os.urandom(32), os.urandom(32)


def stored(column: str = "phone") -> list[bytes]:
    """What the database really holds, row by row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM privacy_tests_card ORDER BY id")
        return [bytes(row[0]) for row in cursor.fetchall()]


def cards(count: int) -> list[Card]:
    return [Card.objects.create(phone=f"1380000{n:04d}", remark="注" * (n % 3)) for n in range(count)]


def add_data_key(settings: Settings) -> None:
    settings.DATA_KEYS = [("new", NEW), *settings.DATA_KEYS]


def add_index_key(settings: Settings) -> None:
    settings.INDEX_KEY, settings.OLDER_INDEX_KEYS = NEW, [settings.INDEX_KEY]


def command(*options: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *options, stdout=out)
    return out.getvalue()


class TestDataKeys:
    def test_every_value_gets_the_newest_key_and_reads_as_before(self, settings: Settings) -> None:
        made = cards(25)
        add_data_key(settings)
        turned = rotate(Card, DATA, rows=7)
        assert (turned.looked, turned.written, turned.failed) == (25, 25, [])
        assert {key_name(blob) for column in ("phone", "remark") for blob in stored(column)} == {"new", ""}
        settings.DATA_KEYS = [("new", NEW)]
        assert [card.phone for card in Card.objects.order_by("pk")] == [card.phone for card in made]
        assert [card.remark for card in Card.objects.order_by("pk")] == [card.remark for card in made]

    def test_a_second_run_writes_nothing(self, settings: Settings) -> None:
        cards(3)
        add_data_key(settings)
        rotate(Card, DATA)
        before = stored()
        assert rotate(Card, DATA).looked == 0
        assert stored() == before

    def test_another_cipher_is_a_new_key_too(self, settings: Settings) -> None:
        cards(2)
        settings.DATA_CIPHER = SM4
        assert rotate(Card, DATA).written == 2
        assert {blob[0] for blob in stored()} == {2}
        assert Card.objects.first().phone == "13800000000"  # type: ignore[union-attr]

    def test_a_row_saved_while_keys_are_rotated_gets_the_newest_key(self, settings: Settings) -> None:
        cards(1)
        loaded = Card.objects.get()
        add_data_key(settings)
        rotate(Card, DATA)
        loaded.title = "改"
        loaded.save()
        assert [key_name(blob) for blob in stored()] == ["new"]

    def test_large_values_go_in_small_batches(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rotation, "BATCH_BYTES", 1000)
        Card.objects.bulk_create([Card(remark="长" * 500) for _ in range(3)])
        add_data_key(settings)
        heard: list[int] = []
        rotate(Card, DATA, told=lambda turned: heard.append(turned.looked))
        assert heard == [1, 2, 3]

    def test_it_goes_on_behind_the_last_batch(self, settings: Settings) -> None:
        made = cards(6)
        add_data_key(settings)
        KeyRotation.objects.create(model="privacy_tests.card", target=rotation.target_name(DATA), last_pk=made[3].pk)
        assert rotate(Card, DATA).looked == 2
        assert not KeyRotation.objects.exists()
        assert rotate(Card, DATA).looked == 4

    def test_a_value_whose_key_is_lost_stops_nobody(self, settings: Settings) -> None:
        made = cards(3)
        kept = settings.DATA_KEYS
        settings.DATA_KEYS = [("lost", NEWER)]
        lost = Card.objects.create(phone=PHONE)
        settings.DATA_KEYS = [("new", NEW), *kept]
        turned = rotate(Card, DATA)
        assert (turned.written, turned.failed) == (len(made), [lost.pk])
        with pytest.raises(CommandError, match="有 1 行没有换"):
            command()


class TestIndexKey:
    def found(self, number: str) -> list[Card]:
        return list(Card.objects.filter(phone_index=blind_index("phone", number)).order_by("pk"))

    def test_a_phone_is_found_before_in_the_middle_and_after(self, settings: Settings) -> None:
        old, untouched = cards(2)
        add_index_key(settings)
        new = Card.objects.create(phone=old.phone)
        assert self.found(old.phone) == [old, new]
        listed = Card.objects.filter(phone_index__in=[blind_index("phone", c.phone) for c in (old, untouched)])
        assert listed.count() == 3
        assert rotate(Card, INDEX).written == 2
        assert self.found(old.phone) == [old, new]
        settings.OLDER_INDEX_KEYS = []
        assert self.found(old.phone) == [old, new]
        assert self.found(untouched.phone) == [untouched]
        assert rotate(Card, INDEX).written == 0

    def test_both_keys_are_looked_for_in_the_index(self, settings: Settings) -> None:
        add_index_key(settings)
        asked = Card.objects.filter(phone_index=blind_index("phone", PHONE))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "Index" in asked.explain()

    def test_a_row_saved_meanwhile_gets_the_new_index(self, settings: Settings) -> None:
        cards(1)
        loaded = Card.objects.get()
        add_index_key(settings)
        loaded.title = "改"
        loaded.save()
        settings.OLDER_INDEX_KEYS = []
        assert self.found("13800000000") == [loaded]

    def test_a_message_names_its_recipient_anew(self, settings: Settings, cast: Cast) -> None:
        outbox.save([outbox.to_resident(PHONE, event="x:1", at=NOW, title="已受理")])
        outbox.save([outbox.to_staff(cast.worker.pk, event="x:1", at=NOW, title="催办")])
        add_index_key(settings)
        rotate(Notice, INDEX)
        assert set(Notice.objects.values_list("recipient", flat=True)) == {
            f"phone:{blind_index('phone', PHONE).hex()}",
            f"staff:{cast.worker.pk}",
        }
        outbox.save([outbox.to_resident(PHONE, event="x:1", at=NOW, title="已受理")])
        assert Notice.objects.count() == 2

    def test_where_only_one_row_may_have_a_number_the_second_one_is_named(self, settings: Settings) -> None:
        first, second = cards(2)
        with connection.cursor() as cursor:
            cursor.execute("CREATE UNIQUE INDEX one_phone ON privacy_tests_card (phone_index)")
        add_index_key(settings)
        twin = Card.objects.create(phone=first.phone)
        turned = rotate(Card, INDEX)
        assert (turned.written, turned.clashing) == (1, [first.pk])
        assert self.found(first.phone) == [first, twin]
        assert self.found(second.phone) == [second]


class TestCommand:
    def test_it_says_what_it_did_and_the_log_knows(self, settings: Settings, cast: Cast) -> None:
        make_petition(cast)
        cards(2)
        add_data_key(settings)
        said = command()
        assert "privacy_tests.Card：看了 2 行，换了 2 行" in said
        assert "petitions.Petition：看了 1 行，换了 1 行" in said
        entry = AccessLog.objects.get()
        assert (entry.action, entry.subject, entry.field) == ("rotate", "keys:data", "data:1:new")
        assert "旧密钥可以从配置里去掉了" in command()

    def test_a_dry_run_counts_by_key_and_changes_nothing(self, settings: Settings, cast: Cast) -> None:
        make_petition(cast)
        add_data_key(settings)
        before = AccessLog.objects.count()
        said = command("--dry-run")
        assert "petitions.Petition.caller_phone：AES-256-GCM:local1 1" in said
        assert "petitions.Petition：看了 1 行，要换 1 行" in said
        assert rotation.key_counts(Card) == {"phone": {}, "remark": {}}
        assert AccessLog.objects.count() == before
        add_index_key(settings)
        assert "petitions.Petition：看了 1 行，要换 1 行" in command("--index", "--dry-run")
        assert "还有" in command("--dry-run")

    def test_the_access_log_holds_through_both_rotations(self, settings: Settings) -> None:
        command()
        add_data_key(settings)
        add_index_key(settings)
        command()
        command("--index")
        settings.DATA_KEYS, settings.OLDER_INDEX_KEYS = settings.DATA_KEYS[:1], []
        assert AccessLogHead.objects.get().entries == 3
        assert (verify_chain().fault, verify_chain().entries) == ("", 3)
