"""Reading the outbox: the events after a point, and what is owed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet

from backend.core.models import OutboxDelivery, OutboxEvent

STUCK_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Owed:
    """Deliveries of one topic to one consumer in one state."""

    topic: str
    consumer: str
    state: str
    count: int
    oldest_at: datetime


def events_after(seq: int, topics: Collection[str] = (), limit: int = 500) -> list[OutboxEvent]:
    """Return numbered events beyond `seq`, in order, of these topics (all, when none is named).

    Whoever was given `seq` has been given everything below it: numbers appear in order.
    """
    rows = OutboxEvent.objects.filter(seq__gt=seq).order_by("seq")
    return list(rows.filter(topic__in=topics)[:limit] if topics else rows[:limit])


def latest_seq() -> int:
    """Return the last number given, 0 before the first."""
    return OutboxEvent.objects.aggregate(top=Max("seq"))["top"] or 0


def owed() -> list[Owed]:
    """Count deliveries by topic, consumer and state."""
    groups = OutboxDelivery.objects.values("event__topic", "consumer", "state").order_by(
        "event__topic", "consumer", "state"
    )
    counted = groups.annotate(count=Count("pk"), oldest=Min("event__created_at"))
    return [
        Owed(row["event__topic"], row["consumer"], row["state"], row["count"], row["oldest"])
        for row in counted
    ]


def stuck(at: datetime) -> QuerySet[OutboxDelivery]:
    """Return parked deliveries and those still pending long after they were due."""
    late = Q(state=OutboxDelivery.State.PENDING, event__created_at__lt=at - STUCK_AFTER)
    return (
        OutboxDelivery.objects.filter(Q(state=OutboxDelivery.State.DEAD) | late)
        .select_related("event")
        .order_by("pk")
    )


def depth() -> dict[str, int]:
    """Count deliveries that are pending and dead, without touching the delivered ones."""
    counts = (
        OutboxDelivery.objects.exclude(state=OutboxDelivery.State.DELIVERED)
        .values("state")
        .annotate(n=Count("pk"))
    )
    return {"pending": 0, "dead": 0} | {row["state"]: row["n"] for row in counts.order_by()}
