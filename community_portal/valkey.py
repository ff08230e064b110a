"""Django's Redis cache, with one client kept for all requests: making one costs more than what is asked of it."""

from typing import Any, cast

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import ConnectionPool


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


def _exchange(pool: ConnectionPool, *commands: tuple[Any, ...]) -> list[Any]:
    """The answers to some commands that are sent as one message; once more when the connection was lost.

    A pipeline of the client does the same with four times the work of what it sends.
    """
    connection = pool.get_connection()
    try:
        message = connection.pack_commands(commands)

        def talk() -> list[Any]:
            connection.send_packed_command(message)
            return [connection.read_response() for _command in commands]

        return connection.retry.call_with_retry(talk, lambda _error: connection.disconnect())
    finally:
        pool.release(connection)


class ValkeyCache(RedisCache):
    """The cache backend of settings.CACHES; Django makes one for each thread."""

    _cache: KeptClient

    def get_and_add(self, look: str, add: str, value: Any, seconds: int) -> tuple[Any, bool]:
        """As `get(look)` and `add(add, value, seconds)`, in one message: what is there, and whether it was added."""
        keep, client = self._cache._serializer, self._cache.get_client(None, write=True)
        asked = ("GET", self.make_and_validate_key(look))
        told = ("SET", self.make_and_validate_key(add), keep.dumps(value), "EX", seconds, "NX")
        found, added = _exchange(client.connection_pool, asked, told)
        return None if found is None else keep.loads(found), added is not None

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient


def get_and_add(look: str, add: str, value: Any, seconds: int) -> tuple[Any, bool]:
    """ValkeyCache.get_and_add of the default cache."""
    return cast(ValkeyCache, caches["default"]).get_and_add(look, add, value, seconds)
