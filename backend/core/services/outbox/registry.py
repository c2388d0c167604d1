"""Who consumes which topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backend.core.models import OutboxEvent

Handler = Callable[[OutboxEvent], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A handler and what to do when its last attempt has failed."""

    handle: Handler
    when_dead: Handler | None = None


_consumers: dict[str, dict[str, Consumer]] = defaultdict(dict)


def subscribe(topic: str, *, consumer: str, when_dead: Handler | None = None) -> Callable[[Handler], Handler]:
    """Register a handler of a topic under a name of its own (`app.what_it_does`).

    The handler runs in the worker, in one transaction with the mark of its delivery. It must be idempotent
    towards anything outside the database. `when_dead` runs once, with the mark that delivery was given up.
    """

    def register(handler: Handler) -> Handler:
        if consumer in _consumers[topic]:
            raise ValueError(f"{consumer} already consumes {topic}")
        _consumers[topic][consumer] = Consumer(handler, when_dead)
        return handler

    return register


def unsubscribe(topic: str, *, consumer: str) -> None:
    """Forget a consumer: what was owed to it is parked at the next delivery."""
    _consumers.get(topic, {}).pop(consumer, None)


def consumers_of(topic: str) -> Iterable[str]:
    """Name the consumers of a topic."""
    return tuple(_consumers.get(topic, ()))


def consumer_of(topic: str, consumer: str) -> Consumer | None:
    """Return a consumer, or None when the code no longer knows it."""
    return _consumers.get(topic, {}).get(consumer)


def handler_of(topic: str, consumer: str) -> Handler | None:
    """Return the handler of a consumer, or None when the code no longer knows it."""
    found = consumer_of(topic, consumer)
    return found.handle if found else None
