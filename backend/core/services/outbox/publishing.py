"""Writing an event."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from backend.core import events
from backend.core.models import OutboxDelivery, OutboxEvent
from backend.core.services.outbox.registry import consumers_of

CHANNEL = "chabaka_outbox"


def publish(topic: str, payload: dict[str, Any]) -> OutboxEvent:
    """Write an event and what each consumer owes it, in the caller's transaction.

    Raises:
        RuntimeError: there is no transaction, so the event could outlive a failed change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() belongs in the transaction of the change it tells of")
    event = OutboxEvent.objects.create(topic=topic, payload=payload)
    OutboxDelivery.objects.bulk_create(
        OutboxDelivery(event=event, consumer=name) for name in consumers_of(topic)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    transaction.on_commit(lambda: events.outbox_written.send_robust(sender=OutboxEvent, topic=topic))
    return event
