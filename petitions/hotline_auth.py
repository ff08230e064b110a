"""Who sends a hotline order, and that nobody else wrote, changed or replayed it.

X-Portal-Signature is the hex HMAC-SHA256 of `timestamp + "." + body` with the client's secret. A request is refused
when its timestamp is more than five minutes off, and when it was seen before. A hotline that got no answer sends the
same bytes again within the same second, so copies within RETRY of the first sight count as that retry (they can double
nothing, an order has one number); later ones are replays.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils.translation import gettext as _

from community_portal.valkey import get_and_add
from petitions.models import HotlineClient

KEY, TIMESTAMP, SIGNATURE = "X-Portal-Key", "X-Portal-Timestamp", "X-Portal-Signature"
WINDOW = timedelta(minutes=5)
RETRY = timedelta(seconds=10)
# A timestamp may lie five minutes ahead and stays valid for five more after that.
REMEMBER_SECONDS = int(2 * WINDOW.total_seconds()) + 60
CLIENT_SECONDS = 60
MARK_BITS = 48
_known: dict[str, tuple[int, HotlineClient]] = {}


class SignatureRefused(Exception):
    """The request is not let in; `code` is for programs, the text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Signed:
    """What a request says of itself: whose key, when, its signature in lower case, over which body."""

    key: str
    timestamp: str
    signature: str
    body: bytes

    @property
    def seen(self) -> str:
        """Where the cache remembers this signature."""
        return _seen_key(self.key, self.signature)

    def by(self, client: HotlineClient | None) -> bool:
        """Whether this client signed it; an unknown one takes as long to say so."""
        expected = sign(client.secret if client else "", self.timestamp, self.body)
        return hmac.compare_digest(expected.encode(), self.signature.encode()) and client is not None


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body sent at a timestamp (seconds since 1970 as text)."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def authenticate(headers: Mapping[str, str], body: bytes, *, at: datetime) -> HotlineClient:
    """The client that signed this body. Raises SignatureRefused."""
    key, timestamp, signature = (headers.get(name, "").strip() for name in (KEY, TIMESTAMP, SIGNATURE))
    if not (key and timestamp and signature):
        raise SignatureRefused("unsigned", _("请求要带 X-Portal-Key、X-Portal-Timestamp 和 X-Portal-Signature"))
    said = Signed(key, timestamp, signature.lower(), body)
    if (client := _usual(said, at)) is not None:
        return client
    client = active_client(key)
    if not said.by(client) or client is None:
        raise SignatureRefused("bad_signature", _("Key 不认识或已停用，或签名不对"))
    _check_time(timestamp, at)
    if not cache.add(said.seen, at.timestamp(), REMEMBER_SECONDS):
        _check_retry(said, at)
    return client


def _usual(said: Signed, at: datetime) -> HotlineClient | None:
    """The client when this process knows it and it has not changed since: one message to the cache asks everything.

    When it changed, what was remembered of the request is taken back: it is judged anew.
    """
    mark, client = _known.get(said.key, (None, None))
    if not said.by(client):
        return None
    _check_time(said.timestamp, at)
    marked, first = get_and_add(HotlineClient.cache_key(said.key), said.seen, at.timestamp(), REMEMBER_SECONDS)
    if marked != mark:
        if first:
            cache.delete(said.seen)
        return None
    if not first:
        _check_retry(said, at)
    return client


def forget_request(headers: Mapping[str, str]) -> None:
    """Make room for the same request again: it could not be served."""
    cache.delete(_seen_key(headers.get(KEY, "").strip(), headers.get(SIGNATURE, "").strip().lower()))


def active_client(key: str) -> HotlineClient | None:
    """The client with this key and its division, as it was at most a minute ago; one that was changed is read anew.

    Each process keeps what it read under the mark that stands for the client in the cache just then. Whoever changes
    the client takes the mark away, so that nobody's memory of it counts any more.
    """
    name = HotlineClient.cache_key(key)
    mark: int | None = cache.get(name)
    if mark is not None and (known := _known.get(key)) and known[0] == mark:
        return known[1]
    found = HotlineClient.objects.filter(key=key, is_active=True)
    client = found.select_related("division__parent__parent__parent__parent").first()
    if client is not None:
        if mark is None:
            mark = secrets.randbits(MARK_BITS)
            mark = mark if cache.add(name, mark, CLIENT_SECONDS) else cache.get(name)
        if mark is not None:
            _known[key] = (mark, client)
    return client


def _check_time(timestamp: str, at: datetime) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise SignatureRefused("bad_timestamp", _("X-Portal-Timestamp 应为 1970 年以来的秒数"))
    if abs(int(timestamp) - at.timestamp()) > WINDOW.total_seconds():
        raise SignatureRefused("expired", _("请求的时间与本机相差超过 5 分钟，请校准时钟后重新签名"))


def _check_retry(said: Signed, at: datetime) -> None:
    """A signature that was seen before is let in again only as a retry."""
    first: float | None = cache.get(said.seen)
    if first is not None and at.timestamp() - first > RETRY.total_seconds():
        raise SignatureRefused("replayed", _("这个签名已经用过，请用新的时间重新签名"))


def _seen_key(key: str, signature: str) -> str:
    return "hotline-seen:" + hashlib.sha256(f"{key}:{signature}".encode()).hexdigest()
