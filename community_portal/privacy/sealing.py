"""Encryption of single values, each bound to its row and field, and blind indexes for exact search.

A sealed value is: cipher id (1 byte), length of the key's name (1 byte), the key's name, nonce (12 bytes), ciphertext
with its 16-byte tag. Empty text is empty bytes. The associated data "app.model.field:row_key" is not stored: a value
moved to another row or field does not open.
"""

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from community_portal.privacy.normal import normalise

AES, SM4 = "AES-256-GCM", "SM4-GCM"
CIPHER_IDS = {AES: 1, SM4: 2}
NONCE_BYTES, TAG_BYTES = 12, 16
INDEX_BYTES = 16


class SealError(Exception):
    """A value cannot be sealed, or a sealed value cannot be opened; the text says which and why."""


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...


class _Sm4Gcm:
    """SM4 in Galois/counter mode (GB/T 32907, GB/T 36624) with the interface of AESGCM."""

    def __init__(self, key: bytes) -> None:
        self.algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        work = Cipher(self.algorithm, modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(data) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        body, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        work = Cipher(self.algorithm, modes.GCM(nonce, tag)).decryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(body) + work.finalize()


@dataclass(frozen=True)
class _KeyRing:
    """The keys ready for use: `header` and `writer` seal, `readers` open by (cipher id, key name)."""

    header: bytes
    writer: _Aead
    readers: dict[tuple[int, bytes], _Aead]


@lru_cache(maxsize=4)
def _key_ring(keys: tuple[tuple[str, bytes], ...], cipher: str) -> _KeyRing:
    if cipher not in CIPHER_IDS:
        raise SealError(
            _("加密算法只能是 %(names)s，现在是 %(name)s") % {"names": "、".join(CIPHER_IDS), "name": cipher}
        )
    readers = {(CIPHER_IDS[kind], name.encode()): _aead(kind, key) for name, key in keys for kind in CIPHER_IDS}
    name = keys[0][0].encode()
    return _KeyRing(bytes((CIPHER_IDS[cipher], len(name))) + name, readers[CIPHER_IDS[cipher], name], readers)


def _aead(cipher: str, key: bytes) -> _Aead:
    """Each cipher works with its own key, derived from the configured one."""
    derived = hmac.digest(key, cipher.encode(), "sha256")
    return AESGCM(derived) if cipher == AES else _Sm4Gcm(derived[:16])


def _current() -> _KeyRing:
    keys: Sequence[tuple[str, bytes]] = settings.DATA_KEYS
    return _key_ring(tuple(keys), settings.DATA_CIPHER)


def seal(model: type[models.Model], field_name: str, row_key: UUID, text: str) -> bytes:
    """The bytes to store for `text` in this field of the row with this key; for COPY and for the field itself."""
    if not text:
        return b""
    ring = _current()
    nonce = os.urandom(NONCE_BYTES)
    bound = f"{model._meta.label_lower}.{field_name}:{row_key}".encode()
    return ring.header + nonce + ring.writer.encrypt(nonce, text.encode(), bound)


def open_sealed(model: type[models.Model], field_name: str, row_key: UUID, blob: bytes) -> str:
    """The text that `seal` was given. Raises SealError for an unknown key and for damaged, moved or foreign bytes."""
    if not blob:
        return ""
    place = f"{model._meta.label_lower}.{field_name}"
    try:
        start = 2 + blob[1]
        name = blob[2:start]
        reader = _current().readers.get((blob[0], name))
        if reader is None:
            raise SealError(
                _("%(place)s 的密文用的密钥 %(key)s 不在 PORTAL_DATA_KEYS 中") % {"place": place, "key": _shown(name)}
            )
        nonce, body = blob[start : start + NONCE_BYTES], blob[start + NONCE_BYTES :]
        return reader.decrypt(nonce, body, f"{place}:{row_key}".encode()).decode()
    except (InvalidTag, IndexError, ValueError) as error:
        raise SealError(
            _("%(place)s 的密文打不开：已损坏，或不属于这一行（%(row)s）") % {"place": place, "row": row_key}
        ) from error


def key_name(blob: bytes) -> str:
    """Which key sealed these bytes; empty for an empty value."""
    return _shown(blob[2 : 2 + blob[1]]) if len(blob) > 1 else ""


def _shown(name: bytes) -> str:
    return name.decode(errors="replace")


def is_current(blob: bytes) -> bool:
    """Whether these bytes were sealed with the key and cipher that seal now; so is an empty value."""
    return not blob or blob.startswith(_current().header)


def is_known(blob: bytes) -> bool:
    """Whether the key that sealed these bytes is still configured."""
    return not blob or (blob[0], blob[2 : 2 + blob[1]]) in _current().readers


def current_header() -> bytes:
    """The bytes that every value sealed now begins with: cipher, and the name of the key."""
    return _current().header


class BlindIndex(bytes):
    """An index made with the newest key; `older` are those of the same number under keys that are being replaced.

    Filtering a BlindIndexField by it finds rows of all of them, so that nothing goes missing while keys are rotated.
    """

    older: tuple[bytes, ...] = ()


def blind_index(kind: str, text: str) -> BlindIndex:
    """16 bytes, equal for equal numbers however they are typed; `kind` is "phone" or "id_number", else ValueError."""
    message = f"{kind}:{normalise(kind, text)}".encode()
    found = BlindIndex(_keyed(settings.INDEX_KEY, message))
    found.older = tuple(_keyed(key, message) for key in settings.OLDER_INDEX_KEYS)
    return found


def index_of(kind: str, text: str) -> bytes | None:
    """What a blind index column holds for `text`: nothing when no number is left of it."""
    bare = normalise(kind, text)
    return _keyed(settings.INDEX_KEY, f"{kind}:{bare}".encode()) if bare else None


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")[:INDEX_BYTES]
