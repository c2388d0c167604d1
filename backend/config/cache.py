"""The cache is Redis, and can be done without: who asks while it is away waits once, not at each question."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

from redis import exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

ANSWER_WITHIN_S = 1.0
AWAY_FOR_S = 10.0
T = TypeVar("T")


class Breaker(Retry):
    """Tries a second time, on a new connection; then takes Redis for away and refuses at once for a while.

    One for all connections of a process. Threads may race for it: each loses one answer's time at most.
    """

    def __init__(self, away_for_s: float = AWAY_FOR_S) -> None:
        super().__init__(NoBackoff(), 1)
        self._away_for_s = away_for_s
        self._away_until = 0.0

    def __deepcopy__(self, memo: Any) -> Self:
        """Stay one: redis-py gives each connection a copy."""
        return self

    def call_with_retry(self, do: Callable[[], T], fail: Callable[..., Any], *args: Any, **kwargs: Any) -> T:
        """Do as `Retry` does.

        Raises:
            ConnectionError, TimeoutError: Redis does not answer, or did not a moment ago.
        """
        if time.monotonic() < self._away_until:
            raise exceptions.ConnectionError("Redis did not answer a moment ago")
        try:
            return super().call_with_retry(do, fail, *args, **kwargs)
        except (exceptions.ConnectionError, exceptions.TimeoutError):
            self._away_until = time.monotonic() + self._away_for_s
            raise


def redis_cache(url: str) -> dict[str, Any]:
    """Return Django's settings of a cache in Redis whose failures are misses."""
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": url,
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": ANSWER_WITHIN_S,
            "SOCKET_TIMEOUT": ANSWER_WITHIN_S,
            "CONNECTION_POOL_KWARGS": {"retry": Breaker()},
        },
    }
