"""How often one address may do something without an account; counted in Valkey, in fixed windows."""

import ipaddress
import logging
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
HOUR, TEN_MINUTES = 3600, 600
WHOLE_V6_LINE = 64
TOO_MANY = 429


@dataclass(frozen=True)
class Limit:
    """At most `times` in a window of so many seconds. When Valkey is away nobody is kept out."""

    name: str
    times: int
    seconds: int

    def hit(self, who: str, at: datetime) -> int:
        """Count one; minutes to wait when that is one too many, else 0."""
        key = self._key(who, at)
        try:
            cache.add(key, 0, self.seconds)
            return self._wait(at) if cache.incr(key) > self.times else 0
        except (RedisError, ValueError):
            logger.warning("limit %s not counted", self.name, exc_info=True)
            return 0

    def wait(self, who: str, at: datetime) -> int:
        """Minutes to wait when the window is used up, else 0; counts nothing."""
        try:
            return self._wait(at) if cache.get(self._key(who, at), 0) >= self.times else 0
        except RedisError:
            logger.warning("limit %s not read", self.name, exc_info=True)
            return 0

    def _key(self, who: str, at: datetime) -> str:
        window = int(at.timestamp()) // self.seconds
        return f"limit:{self.name}:{window}:{salted_hmac('limit', who).hexdigest()[:24]}"

    def _wait(self, at: datetime) -> int:
        return ceil((self.seconds - at.timestamp() % self.seconds) / 60)


def asking() -> Limit:
    """How much one address may send in an hour (settings.PUBLIC_FORM_PER_HOUR)."""
    return Limit("ask", settings.PUBLIC_FORM_PER_HOUR, HOUR)


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, as seen by the outermost of settings.PROXY_COUNT own proxies.

    An IPv6 line counts as one, whatever address of it is used.
    """
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    behind = settings.PROXY_COUNT
    text = hops[-behind] if 0 < behind <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address) and not address.ipv4_mapped:
        return str(ipaddress.ip_network((address, WHOLE_V6_LINE), strict=False))
    return str(address)
