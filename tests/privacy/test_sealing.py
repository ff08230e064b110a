import os
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from community_portal.privacy.normal import normalise
from community_portal.privacy.sealing import AES, SM4, SealError, blind_index, key_name, open_sealed, seal
from tests.privacy.models import Card, Slip

OLD, NEW = ("2024", os.urandom(32)), ("2025", os.urandom(32))
ROW = UUID("12345678-1234-5678-1234-567812345678")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
EACH_EXAMPLE = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=[AES, SM4])
def cipher(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Each cipher in turn, with one key."""
    settings.DATA_CIPHER, settings.DATA_KEYS = request.param, [OLD]
    return str(request.param)


@EACH_EXAMPLE
@given(text=TEXTS, row_key=st.uuids())
def test_what_was_sealed_opens_as_it_was(cipher: str, text: str, row_key: UUID) -> None:
    assert open_sealed(Card, "phone", row_key, seal(Card, "phone", row_key, text)) == text


@EACH_EXAMPLE
@given(text=TEXTS.filter(len), place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_no_byte_can_be_altered(cipher: str, text: str, place: int, flip: int) -> None:
    blob = bytearray(seal(Card, "phone", ROW, text))
    blob[place % len(blob)] ^= flip
    with pytest.raises(SealError):
        open_sealed(Card, "phone", ROW, bytes(blob))


@EACH_EXAMPLE
@given(length=st.integers(1, 60))
def test_a_cut_value_does_not_open(cipher: str, length: int) -> None:
    blob = seal(Card, "phone", ROW, "13800138000 转 8 号线接线员")
    with pytest.raises(SealError):
        open_sealed(Card, "phone", ROW, blob[: min(length, len(blob) - 1)])


def test_a_value_of_another_row_field_or_model_does_not_open(cipher: str) -> None:
    blob = seal(Card, "phone", ROW, "13800138000")
    for model, field, row_key in [(Card, "phone", uuid4()), (Card, "remark", ROW), (Slip, "phone", ROW)]:
        with pytest.raises(SealError, match=f"{field} 的密文打不开"):
            open_sealed(model, field, row_key, blob)


def test_the_stored_bytes_have_the_documented_layout(cipher: str) -> None:
    blob = seal(Card, "phone", ROW, "13800138000")
    assert blob[:6] == bytes([{AES: 1, SM4: 2}[cipher], 4]) + b"2024"
    assert len(blob) == 6 + 12 + 11 + 16
    assert b"138" not in blob
    assert key_name(blob) == "2024"
    assert blob != seal(Card, "phone", ROW, "13800138000")


def test_empty_text_is_empty_bytes(cipher: str) -> None:
    assert seal(Card, "phone", ROW, "") == b""
    assert open_sealed(Card, "phone", ROW, b"") == ""
    assert key_name(b"") == ""


def test_the_first_key_seals_and_the_older_still_opens(settings: Settings) -> None:
    settings.DATA_KEYS = [OLD]
    old = seal(Card, "phone", ROW, "旧")
    settings.DATA_KEYS = [NEW, OLD]
    new = seal(Card, "phone", ROW, "新")
    assert (key_name(old), key_name(new)) == ("2024", "2025")
    assert open_sealed(Card, "phone", ROW, old) == "旧"
    settings.DATA_KEYS = [NEW]
    assert open_sealed(Card, "phone", ROW, new) == "新"
    with pytest.raises(SealError, match="2024 不在 PORTAL_DATA_KEYS 中"):
        open_sealed(Card, "phone", ROW, old)


def test_another_key_under_the_same_name_does_not_open(settings: Settings) -> None:
    settings.DATA_KEYS = [OLD]
    blob = seal(Card, "phone", ROW, "13800138000")
    settings.DATA_KEYS = [("2024", os.urandom(32))]
    with pytest.raises(SealError, match="打不开"):
        open_sealed(Card, "phone", ROW, blob)


def test_values_of_both_ciphers_open_side_by_side(settings: Settings) -> None:
    settings.DATA_CIPHER = AES
    before = seal(Card, "phone", ROW, "甲")
    settings.DATA_CIPHER = SM4
    after = seal(Card, "phone", ROW, "乙")
    assert [open_sealed(Card, "phone", ROW, blob) for blob in (before, after)] == ["甲", "乙"]


def test_an_unknown_cipher_is_named(settings: Settings) -> None:
    settings.DATA_CIPHER = "ROT13"
    with pytest.raises(SealError, match="ROT13"):
        seal(Card, "phone", ROW, "13800138000")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("138 0013-8000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("＋８６１３８００１３８０００", "13800138000"),
        ("008613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("(010) 6730-8000", "01067308000"),
        ("+86-10-67308000", "01067308000"),
        ("86730800", "86730800"),
        ("", ""),
        (" - ", ""),
    ],
)
def test_equal_phones_have_one_spelling_and_one_index(typed: str, plain: str) -> None:
    assert normalise("phone", typed) == plain
    assert blind_index("phone", typed) == blind_index("phone", plain)


def test_equal_id_numbers_have_one_index() -> None:
    assert blind_index("id_number", "110105 19491231 002x") == blind_index("id_number", "11010519491231002Ｘ")


def test_an_index_depends_on_kind_text_and_key_and_has_16_bytes(settings: Settings) -> None:
    first = blind_index("phone", "13800138000")
    settings_changed = {first, blind_index("id_number", "13800138000"), blind_index("phone", "13800138001")}
    settings.INDEX_KEY = os.urandom(32)
    assert len(settings_changed | {blind_index("phone", "13800138000")}) == 4
    assert len(first) == 16


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="email"):
        blind_index("email", "a@b.cn")
