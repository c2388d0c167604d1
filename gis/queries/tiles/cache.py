"""Tiles kept in the memory of the process, up to so many bytes; those longest unused go first."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Weighed(Protocol):
    @property
    def body(self) -> bytes: ...


T = TypeVar("T", bound=Weighed)


class BoundedCache(Generic[T]):
    """A least-recently-used cache bounded by the bytes of what it holds. Threads may share it.

    Keys hold a version: what has changed is never asked for again, and leaves as the oldest.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held: OrderedDict[str, T] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: str) -> T | None:
        """Return what is kept under a key, and keep it longer."""
        with self._lock:
            if (found := self._held.get(key)) is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: str, value: T) -> None:
        """Keep a value, and let go of the oldest that no longer fit."""
        with self._lock:
            if (before := self._held.pop(key, None)) is not None:
                self._bytes -= _weight(before)
            self._held[key] = value
            self._bytes += _weight(value)
            while self._bytes > self._most_bytes and self._held:
                _, dropped = self._held.popitem(last=False)
                self._bytes -= _weight(dropped)


OVERHEAD = 400
"""Bytes that a small entry costs beside its body, about."""


def _weight(value: Weighed) -> int:
    return len(value.body) + OVERHEAD
