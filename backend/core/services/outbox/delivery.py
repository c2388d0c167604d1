"""Deliver what is owed: claim, run the handler with its mark in one transaction, retry later, give up in the
end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.db import connection, transaction

from backend.core import clock
from backend.core.models import OutboxDelivery
from backend.core.services.outbox.registry import consumer_of
from backend.core.services.outbox.sequence import assign_sequence

LEASE = timedelta(seconds=30)
BATCH = 20
MAX_ATTEMPTS = 8
CLAIM = Path(__file__).with_name("claim.sql").read_text()
State = OutboxDelivery.State

log = structlog.get_logger(__name__)


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after a failed attempt: 2 s doubling, 10 minutes at most."""
    return timedelta(seconds=min(2**attempts, 600))


def deliver_due(*, limit: int = 1000) -> int:
    """Deliver due deliveries until none is left or `limit` is reached; return how many were handled."""
    assign_sequence()
    handled = 0
    while handled < limit:
        claimed = _claim(clock.now())
        if not claimed:
            break
        for delivery_id in claimed:
            _deliver(delivery_id)
        handled += len(claimed)
    return handled


def revive(ids: Iterable[int]) -> int:
    """Give parked deliveries a new start; return how many."""
    dead = OutboxDelivery.objects.filter(pk__in=list(ids), state=State.DEAD)
    return dead.update(state=State.PENDING, attempts=0, not_before=clock.now(), claimed_until=None)


def _claim(at: datetime) -> list[int]:
    """Take due rows for a while. The attempt counts from here, so that one that kills its worker runs out
    too."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": at, "until": at + LEASE, "limit": BATCH})
        rows = sorted(cursor.fetchall(), key=lambda row: row[1])
    return [row[0] for row in rows]


def _deliver(delivery_id: int) -> None:
    try:
        with transaction.atomic():
            delivery = _lock(delivery_id)
            if delivery is None:
                return
            if delivery.attempts > MAX_ATTEMPTS:
                _park(delivery, delivery.last_error or "the worker was lost at each attempt")
                return
            consumer = consumer_of(delivery.event.topic, delivery.consumer)
            if consumer is None:
                _park(delivery, "no such consumer")
                return
            consumer.handle(delivery.event)
            delivery.state, delivery.delivered_at, delivery.last_error = State.DELIVERED, clock.now(), ""
            delivery.save(update_fields=["state", "delivered_at", "last_error"])
    except Exception as error:
        log.warning("outbox_delivery_failed", delivery=delivery_id, error=type(error).__name__, exc_info=True)
        _postpone(delivery_id, error)


def _lock(delivery_id: int) -> OutboxDelivery | None:
    rows = OutboxDelivery.objects.select_for_update(of=("self",), skip_locked=True).select_related("event")
    return rows.filter(pk=delivery_id, state=State.PENDING).first()


@transaction.atomic
def _postpone(delivery_id: int, error: Exception) -> None:
    delivery = _lock(delivery_id)
    if delivery is None:
        return
    delivery.last_error = f"{type(error).__name__}: {error}"[:2000]
    if delivery.attempts >= MAX_ATTEMPTS:
        _park(delivery, delivery.last_error)
        return
    delivery.not_before = clock.now() + backoff(delivery.attempts)
    delivery.claimed_until = None
    delivery.save(update_fields=["last_error", "not_before", "claimed_until"])


def _park(delivery: OutboxDelivery, why: str) -> None:
    """Stop trying. The row stays, shown by `manage.py outbox --stuck`, until someone revives it."""
    delivery.state, delivery.last_error = State.DEAD, why
    delivery.save(update_fields=["state", "last_error"])
    log.error("outbox_delivery_parked", delivery=delivery.pk, consumer=delivery.consumer, why=why)
    consumer = consumer_of(delivery.event.topic, delivery.consumer)
    if consumer and consumer.when_dead:
        consumer.when_dead(delivery.event)
