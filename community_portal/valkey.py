"""Django's Redis cache, with one client kept for all requests: making one costs more than what is asked of it."""

from typing import Any, cast

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class KeptClient(RedisCacheClient):
    """Clients share their pool and are safe to use from any thread, so one for reading and writing each will do."""

    _serializer: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client for reading or writing."""
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class ValkeyCache(RedisCache):
    """The cache backend of settings.CACHES; Django makes one for each thread."""

    _cache: KeptClient

    def get_and_add(self, look: str, add: str, value: Any, seconds: int) -> tuple[Any, bool]:
        """As `get(look)` and `add(add, value, seconds)`, in one message: what is there, and whether it was added."""
        keep = self._cache._serializer
        pipe = self._cache.get_client(None, write=True).pipeline(transaction=False)
        pipe.get(self.make_and_validate_key(look))
        pipe.set(self.make_and_validate_key(add), keep.dumps(value), ex=seconds, nx=True)
        found, added = pipe.execute()
        return None if found is None else keep.loads(found), bool(added)

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient


def get_and_add(look: str, add: str, value: Any, seconds: int) -> tuple[Any, bool]:
    """ValkeyCache.get_and_add of the default cache."""
    return cast(ValkeyCache, caches["default"]).get_and_add(look, add, value, seconds)
