"""Answers that a process remembers for a minute: configuration that changes rarely and is asked for all the time."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

SECONDS = 60
MOST = 10_000


class Remembered(Generic[K, V]):
    """A small memory by key; everything in it is forgotten a minute after the first answer, or when it is full."""

    def __init__(self) -> None:
        self._since = 0.0
        self._answers: dict[K, V] = {}

    def get(self, key: K, ask: Callable[[], V]) -> V:
        """The remembered answer for a key, or what `ask` says now."""
        now = time.monotonic()
        if now - self._since > SECONDS or len(self._answers) >= MOST:
            self._since, self._answers = now, {}
        if key not in self._answers:
            self._answers[key] = ask()
        return self._answers[key]

    def forget(self) -> None:
        """Ask anew from here on."""
        self._answers = {}
