"""The outbox: events written with the change, read in the order they became visible, delivered at least once.

A serial column is given before commit, so its order is not the order in which rows appear: a reader that remembers
the highest id would step over a transaction that commits late. `assign_sequence` numbers committed rows instead, one
caller at a time; readers follow `seq`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction

from backend.core import events
from backend.core.models import OutboxDelivery, OutboxEvent

CHANNEL = "chabaka_outbox"
SEQUENCE_LOCK = 0x0C4ABA4A
Handler = Callable[[OutboxEvent], None]

_consumers: dict[str, dict[str, Handler]] = defaultdict(dict)


def subscribe(topic: str, *, consumer: str) -> Callable[[Handler], Handler]:
    """Register a handler of a topic under a name of its own (`app.what_it_does`).

    The handler runs in the worker, in one transaction with the mark of its delivery. It must be idempotent
    towards anything outside the database.
    """

    def register(handler: Handler) -> Handler:
        if consumer in _consumers[topic]:
            raise ValueError(f"{consumer} already consumes {topic}")
        _consumers[topic][consumer] = handler
        return handler

    return register


def consumers_of(topic: str) -> Iterable[str]:
    """Name the consumers of a topic."""
    return _consumers[topic].keys() if topic in _consumers else ()


def handler_of(topic: str, consumer: str) -> Handler | None:
    """Return the handler of a consumer, or None when the code no longer knows it."""
    return _consumers.get(topic, {}).get(consumer)


def publish(topic: str, payload: dict[str, Any]) -> OutboxEvent:
    """Write an event and what each consumer owes it, in the caller's transaction.

    Raises:
        RuntimeError: there is no transaction, so the event could outlive a failed change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() belongs in the transaction of the change it tells of")
    event = OutboxEvent.objects.create(topic=topic, payload=payload)
    OutboxDelivery.objects.bulk_create(OutboxDelivery(event=event, consumer=name) for name in consumers_of(topic))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    transaction.on_commit(lambda: events.outbox_written.send_robust(sender=OutboxEvent, topic=topic))
    return event


def assign_sequence() -> int:
    """Number the committed events that have no `seq` yet; return how many. One caller at a time, others wait."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCE_LOCK])
        cursor.execute(
            """
            WITH waiting AS (
                SELECT id, row_number() OVER (ORDER BY id) AS place FROM core_outboxevent WHERE seq IS NULL
            ), top AS (SELECT coalesce(max(seq), 0) AS seq FROM core_outboxevent)
            UPDATE core_outboxevent AS event SET seq = top.seq + waiting.place
            FROM waiting, top WHERE event.id = waiting.id
            """
        )
        return cursor.rowcount
