"""The fingerprints of the access log: of one entry, and of its end; pure."""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = "0" * 64
_PURPOSE_OF_KEY = b"access log chain"
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Entry:
    """What an access log row says, without its fingerprints."""

    at: datetime
    staff_id: int | None
    action: str
    subject: str
    field: str
    purpose: str
    detail: str = ""


def chain_key_of(index_key: bytes) -> bytes:
    """The key of a chain that begins under this index key; kept from then on, whatever becomes of the index key."""
    return hmac.digest(index_key, _PURPOSE_OF_KEY, "sha256")


def fingerprint(chain_key: bytes, previous: str, entry: Entry) -> str:
    """64 hex digits over the entry and the fingerprint before it (FIRST for none).

    Keyed, so that whoever can write to the table but lacks the key cannot make a chain that holds. A detail counts
    when there is one: entries of the time before details keep their fingerprints.
    """
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [previous, at, entry.staff_id, entry.action, entry.subject, entry.field, entry.purpose]
    if entry.detail:
        said.append(entry.detail)
    message = _as_json(said)
    return hmac.digest(chain_key, message.encode(), "sha256").hex()


def end_seal(chain_key: bytes, entries: int, head: str) -> str:
    """64 hex digits over the number of entries and the last one's fingerprint."""
    return hmac.digest(chain_key, f"end:{entries}:{head}".encode(), "sha256").hex()
