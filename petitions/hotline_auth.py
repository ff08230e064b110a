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
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils.translation import gettext as _

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


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body sent at a timestamp (seconds since 1970 as text)."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def authenticate(headers: Mapping[str, str], body: bytes, *, at: datetime) -> HotlineClient:
    """The client that signed this body. Raises SignatureRefused."""
    key, timestamp, signature = (headers.get(name, "").strip() for name in (KEY, TIMESTAMP, SIGNATURE))
    if not (key and timestamp and signature):
        raise SignatureRefused("unsigned", _("请求要带 X-Portal-Key、X-Portal-Timestamp 和 X-Portal-Signature"))
    client = active_client(key)
    expected = sign(client.secret if client else "", timestamp, body)
    if not hmac.compare_digest(expected.encode(), signature.lower().encode()) or client is None:
        raise SignatureRefused("bad_signature", _("Key 不认识或已停用，或签名不对"))
    _check_time(timestamp, at)
    _check_first(key, signature.lower(), at)
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


def _check_first(key: str, signature: str, at: datetime) -> None:
    name = _seen_key(key, signature)
    if cache.add(name, at.timestamp(), REMEMBER_SECONDS):
        return
    first: float | None = cache.get(name)
    if first is not None and at.timestamp() - first > RETRY.total_seconds():
        raise SignatureRefused("replayed", _("这个签名已经用过，请用新的时间重新签名"))


def _seen_key(key: str, signature: str) -> str:
    return "hotline-seen:" + hashlib.sha256(f"{key}:{signature}".encode()).hexdigest()
