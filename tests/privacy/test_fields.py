import copy
import pickle
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.core.serializers import serialize
from django.db import connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import F, Value
from django.forms import Textarea, TextInput, modelform_factory
from pytest_django import DjangoAssertNumQueries, Settings

from community_portal.privacy import fields
from community_portal.privacy.fields import BlindIndexField, Sealed, SealedTextField
from community_portal.privacy.sealing import SealError, blind_index, key_name, seal
from tests.privacy.models import Card, Slip

pytestmark = pytest.mark.usefixtures("sealed_tables")
PHONE, OTHER = "13800138000", "13900139000"


def stored(card: Card, column: str = "phone") -> bytes:
    """What the database really holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM privacy_tests_card WHERE id = %s", [card.pk])
        return bytes(cursor.fetchone()[0])


def store(card: Card, column: str, blob: bytes) -> None:
    """Write bytes behind Django's back."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE privacy_tests_card SET {column} = %s WHERE id = %s", [blob, card.pk])


def reread(card: Card) -> Card:
    return Card.objects.get(pk=card.pk)


def test_created_text_is_read_back_and_not_in_the_database() -> None:
    card = Card.objects.create(phone=PHONE, remark="独居，血压高")
    assert (card.phone, reread(card).phone, reread(card).remark) == (PHONE, PHONE, "独居，血压高")
    assert PHONE.encode() not in stored(card)
    assert "血压".encode() not in stored(card, "remark")


def test_empty_text_is_stored_as_empty_bytes() -> None:
    card = Card.objects.create()
    assert stored(card) == b""
    assert (reread(card).phone, reread(card).phone_index) == ("", None)


def test_a_changed_value_is_saved() -> None:
    card = reread(Card.objects.create(phone=PHONE))
    card.phone = OTHER
    card.save()
    assert reread(card).phone == OTHER


def test_many_rows_at_once() -> None:
    Card.objects.bulk_create([Card(phone=f"1380013{n:04d}", remark="" if n % 2 else "注") for n in range(300)])
    cards = list(Card.objects.order_by("pk"))
    assert [card.phone for card in cards] == [f"1380013{n:04d}" for n in range(300)]
    assert [card.remark for card in cards[:2]] == ["注", ""]
    assert Card.objects.get(phone_index=blind_index("phone", "138 0013 0250")) == cards[250]


def test_refreshing_brings_the_new_value() -> None:
    card = Card.objects.create(phone=PHONE)
    other = reread(card)
    other.phone = OTHER
    other.save()
    card.refresh_from_db()
    assert card.phone == OTHER
    card.phone = "没存"
    card.refresh_from_db(fields=["phone"])
    assert card.phone == OTHER


def test_a_row_that_is_loaded_and_saved_unread_is_never_decrypted() -> None:
    card = Card.objects.create(phone=PHONE, remark="注")
    before = stored(card)
    with patch.object(fields, "open_sealed") as opened:
        loaded = reread(card)
        loaded.title = "新"
        loaded.save()
        list(Slip.objects.select_related("card"))
    assert not opened.called
    assert (stored(card), reread(card).phone, reread(card).title) == (before, PHONE, "新")


def test_a_value_is_decrypted_once() -> None:
    loaded = reread(Card.objects.create(phone=PHONE))
    with patch.object(fields, "open_sealed", wraps=fields.open_sealed) as opened:
        assert [loaded.phone for _ in range(3)] == [PHONE] * 3
    assert opened.call_count == 1


def test_a_deferred_value_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    card = Card.objects.create(phone=PHONE)
    for queryset in (Card.objects.defer("phone"), Card.objects.only("title"), Card.objects.only("row_key", "title")):
        loaded = queryset.get(pk=card.pk)
        with django_assert_num_queries(1):
            assert loaded.phone == PHONE


def test_a_value_named_in_only_takes_no_query_beside_its_row_key(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    card = Card.objects.create(phone=PHONE)
    with django_assert_num_queries(1):
        assert Card.objects.only("row_key", "phone").get(pk=card.pk).phone == PHONE
    assert Card.objects.only("phone").get(pk=card.pk).phone == PHONE


def test_select_related_brings_it(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Slip.objects.create(card=Card.objects.create(phone=PHONE))
    with django_assert_num_queries(1):
        assert Slip.objects.select_related("card").get().card.phone == PHONE


@pytest.mark.parametrize(
    "read",
    [
        lambda: Card.objects.values("phone").get()["phone"],
        lambda: Card.objects.values_list("phone", flat=True).get(),
        lambda: Card.objects.annotate(other=F("phone")).get().other,
        lambda: Card.objects.values_list("phone", named=True).get().phone,
    ],
)
def test_values_give_an_opaque_object(read: Any) -> None:
    Card.objects.create(phone=PHONE)
    value = read()
    assert isinstance(value, Sealed)
    assert PHONE not in f"{value} {value!r}"
    assert value
    assert not Sealed(b"")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda card: pickle.loads(pickle.dumps(card))])
@pytest.mark.parametrize("read_first", [True, False])
def test_copies_and_pickles_open(again: Any, read_first: bool) -> None:
    card = reread(Card.objects.create(phone=PHONE))
    if read_first:
        assert card.phone == PHONE
    made = again(card)
    assert made.phone == PHONE
    made.phone = OTHER
    assert (card.phone, made.phone) == (PHONE, OTHER)


@pytest.mark.parametrize("read_first", [True, False])
def test_a_clone_with_its_own_row_key_is_sealed_anew(read_first: bool) -> None:
    card = Card.objects.create(phone=PHONE)
    clone = reread(card)
    if read_first:
        assert clone.phone == PHONE
    clone.pk, clone.row_key, clone._state.adding = None, Card().row_key, True
    clone.save()
    assert clone.pk != card.pk
    assert (reread(clone).phone, reread(card).phone) == (PHONE, PHONE)


def test_bytes_moved_to_another_row_do_not_open() -> None:
    mine, theirs = Card.objects.create(phone=PHONE), Card.objects.create(phone=OTHER)
    store(mine, "phone", stored(theirs))
    with pytest.raises(SealError, match=r"card\.phone 的密文打不开"):
        _ = reread(mine).phone
    assert reread(theirs).phone == OTHER


def test_bytes_moved_to_another_field_do_not_open() -> None:
    card = Card.objects.create(phone=PHONE)
    store(card, "remark", stored(card))
    with pytest.raises(SealError, match=r"card\.remark 的密文打不开"):
        _ = reread(card).remark


def test_a_sealed_value_given_to_another_row_does_not_open() -> None:
    Card.objects.create(phone=PHONE)
    other = Card(phone=Card.objects.values_list("phone", flat=True).get())
    with pytest.raises(SealError, match="打不开"):
        other.save()


def test_bytes_made_for_copy_are_read_by_the_field() -> None:
    card = Card.objects.create()
    store(card, "phone", seal(Card, "phone", card.row_key, PHONE))
    assert reread(card).phone == PHONE


def test_saving_a_read_row_moves_it_to_the_new_key(settings: Settings) -> None:
    old, new = ("old", b"o" * 32), ("new", b"n" * 32)
    settings.DATA_KEYS = [old]
    card = Card.objects.create(phone=PHONE)
    settings.DATA_KEYS = [new, old]
    loaded = reread(card)
    assert (loaded.phone, key_name(stored(card))) == (PHONE, "old")
    loaded.save()
    settings.DATA_KEYS = [new]
    assert (reread(card).phone, key_name(stored(card))) == (PHONE, "new")


def test_a_row_whose_key_is_lost_can_still_be_saved(settings: Settings) -> None:
    card = Card.objects.create(phone=PHONE)
    settings.DATA_KEYS = [("new", b"n" * 32)]
    loaded = reread(card)
    loaded.title = "改"
    loaded.save()
    assert reread(card).title == "改"
    with pytest.raises(SealError, match="PORTAL_DATA_KEYS"):
        _ = loaded.phone


@pytest.mark.parametrize("value", ["13700137000", b"13700137000", F("title"), F("remark"), Value("13700137000")])
def test_update_refuses_to_store_plain_text(value: Any) -> None:
    card = Card.objects.create(phone=PHONE)
    with pytest.raises(SealError, match=r"Card\.phone 是加密字段"), transaction.atomic():
        Card.objects.update(phone=value)
    assert reread(card).phone == PHONE


@pytest.mark.parametrize("phone", [OTHER, ""])
def test_bulk_update_refuses(phone: str) -> None:
    card = Card.objects.create(phone=PHONE)
    card.phone = phone
    with pytest.raises(SealError, match="bulk_update"), transaction.atomic():
        Card.objects.bulk_update([card], ["phone"])
    assert reread(card).phone == PHONE


def test_update_may_wipe() -> None:
    card = Card.objects.create(phone=PHONE)
    Card.objects.update(phone="", phone_index=None)
    assert (reread(card).phone, reread(card).phone_index) == ("", None)


@pytest.mark.parametrize(
    "lookup", ["phone", "phone__exact", "phone__contains", "phone__in", "phone__startswith", "phone__length__gt"]
)
def test_lookups_are_refused(lookup: str) -> None:
    with pytest.raises(FieldError, match="盲索引"):
        Card.objects.filter(**{lookup: PHONE})
    with pytest.raises(FieldError, match="盲索引"):
        Slip.objects.exclude(**{f"card__{lookup}": PHONE})


def test_isnull_is_allowed() -> None:
    Card.objects.create()
    assert Card.objects.filter(phone__isnull=False).count() == 1


@pytest.mark.parametrize("value", [None, 13800138000, b"138"])
def test_only_text_can_be_assigned(value: Any) -> None:
    with pytest.raises(TypeError, match="takes str"):
        Card(phone=value)


def test_a_fixture_is_refused() -> None:
    with pytest.raises(SealError, match="dumpdata"):
        serialize("json", [Card.objects.create(phone=PHONE)])


def test_the_index_finds_however_it_is_typed() -> None:
    card = Card.objects.create(phone="+86 138-0013-8000")
    Card.objects.create(phone=OTHER)
    for typed in (PHONE, "138 0013 8000", "１３８００１３８０００"):
        assert Card.objects.get(phone_index=blind_index("phone", typed)) == card
    assert Card.objects.filter(phone_index__in=[blind_index("phone", PHONE)]).count() == 1
    assert reread(card).phone_index == blind_index("phone", PHONE)


@pytest.mark.parametrize("phone", ["", " - "])
def test_the_index_of_nothing_is_null(phone: str) -> None:
    Card.objects.create(phone=phone)
    assert Card.objects.filter(phone_index__isnull=True).count() == 1


@pytest.mark.parametrize(
    "load",
    [
        lambda: Card.objects.get(),
        lambda: Card.objects.only("row_key", "phone").get(),
        lambda: Card.objects.defer("phone").get(),
    ],
)
@pytest.mark.parametrize("update_fields", [None, ["phone"]])
def test_the_index_follows_its_source(load: Any, update_fields: list[str] | None) -> None:
    Card.objects.create(phone=PHONE)
    card = load()
    card.phone = OTHER
    card.save(update_fields=update_fields)
    assert Card.objects.get(phone_index=blind_index("phone", OTHER)).phone == OTHER


def test_a_row_saved_without_its_source_keeps_its_index() -> None:
    Card.objects.create(phone=PHONE)
    card = Card.objects.defer("phone").get()
    card.title = "改"
    card.save()
    assert Card.objects.get(phone_index=blind_index("phone", PHONE)).title == "改"


def test_the_index_column_is_indexed_bytea() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type FROM information_schema.columns WHERE table_name = 'privacy_tests_card'"
            " AND column_name IN ('phone', 'phone_index')"
        )
        assert cursor.fetchall() == [("bytea",)] * 2
        constraints = connection.introspection.get_constraints(cursor, "privacy_tests_card").values()
    assert any(found["index"] and found["columns"] == ["phone_index"] for found in constraints)


@pytest.mark.parametrize(
    "field",
    [
        SealedTextField("电话", blank=True, max_length=40),
        BlindIndexField(source="phone", kind="phone"),
        BlindIndexField(source="phone", kind="phone", db_index=False),
    ],
)
def test_a_migration_can_write_it_down(field: SealedTextField | BlindIndexField) -> None:
    _, path, args, kwargs = field.deconstruct()
    twin = type(field)(*args, **kwargs)
    assert path == f"community_portal.privacy.fields.{type(field).__name__}"
    assert twin.deconstruct()[1:] == (path, args, kwargs)
    assert (twin.null, twin.db_index, twin.max_length) == (field.null, field.db_index, field.max_length)
    assert "community_portal.privacy.fields" in MigrationWriter.serialize(field)[0]


def test_a_column_can_be_added_to_a_table_with_rows() -> None:
    card = Card.objects.create(phone=PHONE)
    added = SealedTextField(blank=True)
    added.set_attributes_from_name("note")
    added.model = Card
    with connection.schema_editor() as editor:
        editor.add_field(Card, added)
    assert stored(card, "note") == b""


def test_forms_take_and_show_plain_text() -> None:
    form_class = modelform_factory(Card, fields=["phone", "remark"])
    form = form_class(instance=reread(Card.objects.create(phone=PHONE)))
    assert form["phone"].value() == PHONE
    assert type(form.fields["phone"].widget) is TextInput
    assert type(form.fields["remark"].widget) is Textarea
    saved = form_class({"phone": OTHER, "remark": "注"}, instance=form.instance).save()
    assert (reread(saved).phone, reread(saved).remark) == (OTHER, "注")
    assert "phone" in form_class({"phone": "1" * 41}).errors


def test_model_validation_knows_the_length() -> None:
    with pytest.raises(ValidationError, match="40"):
        Card(phone="1" * 41).full_clean()


def test_an_index_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        BlindIndexField(source="mail", kind="mail")


def test_checks_name_a_missing_row_key_and_impossible_options() -> None:
    class Loose(models.Model):
        text = SealedTextField(null=True, db_index=True)

        class Meta:
            app_label = "privacy_tests"

        def __str__(self) -> str:
            return self.text

    found = [error.id for error in Loose._meta.get_field("text").check()]
    assert found == ["privacy.E001", "privacy.E001", "privacy.E002"]
    assert Card.check() == []
