"""The fingerprint of one access log entry; pure."""

import hmac
import json
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

FIRST = "0" * 64
_PURPOSE_OF_KEY = b"access log chain"


@dataclass(frozen=True)
class Entry:
    """What an access log row says, without its fingerprints."""

    at: datetime
    staff_id: int | None
    action: str
    subject: str
    field: str
    purpose: str


def fingerprint(key: bytes, previous: str, entry: Entry) -> str:
    """64 hex digits over the entry and the fingerprint before it (FIRST for none).

    Keyed, so that whoever can write to the table but lacks the key cannot make a chain that holds.
    """
    _, *rest = astuple(entry)
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    message = json.dumps([previous, at, *rest], ensure_ascii=False, separators=(",", ":"))
    chain_key = hmac.digest(key, _PURPOSE_OF_KEY, "sha256")
    return hmac.digest(chain_key, message.encode(), "sha256").hex()
